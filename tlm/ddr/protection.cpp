// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <utility>

#include <lookaside/ddr/protection.h>

namespace lookaside::ddr {

using dram::EccVerdict;

Protection::Protection(const BackingStore& store, std::uint64_t window_ps, std::uint64_t seed,
                       Hooks hooks)
    : store_(store), hooks_(std::move(hooks)), retention_(window_ps, seed) {}

std::uint8_t* Protection::host(std::uint64_t word) const {
  return BackingStore::at(*store_.find(word, kWordBytes), word);
}

std::uint64_t Protection::load(std::uint64_t word) const {
  std::uint64_t value = 0;
  std::memcpy(&value, host(word), sizeof value);
  return value;
}

void Protection::show(std::uint64_t word, const dram::EccWord& stored) const {
  const std::uint64_t value = enabled_ ? dram::ecc_decode(stored).word.data : stored.data;
  std::memcpy(host(word), &value, sizeof value);
}

/// The word is stored as the backing store has it, with check bits that fit.
Protection::Words::iterator Protection::repair(Words::iterator at) {
  changed_ = true;
  return wrong_.erase(at);
}

/// At the end of whatever may have changed a word.
void Protection::settle() {
  if (changed_) {
    changed_ = false;
    hooks_.changed();
  }
  const bool deny = retention_.stopped() || !wrong_.empty();
  if (deny == denied_) return;
  denied_ = deny;
  hooks_.deny(deny);
}

void Protection::enable(bool on) {
  enabled_ = on;
  for (const auto& [word, wrong] : wrong_) show(word, wrong.stored);
}

void Protection::flip(std::uint64_t word, std::uint64_t data_mask, std::uint8_t check_mask) {
  if (store_.find(word, kWordBytes) == nullptr) return;  // the odd end of a region
  const auto found = wrong_.find(word);
  dram::EccWord stored;
  if (found != wrong_.end()) {
    stored = found->second.stored;
  } else {
    stored.data = load(word);
    stored.check = dram::ecc_check_bits(stored.data);
  }
  stored.data ^= data_mask;
  stored.check ^= check_mask;
  show(word, stored);
  changed_ = true;
  if (dram::ecc_decode(stored).verdict == EccVerdict::kClean) {
    wrong_.erase(word);  // flipped back
  } else {
    wrong_[word].stored = stored;
  }
}

bool Protection::inject(std::uint64_t address, std::uint64_t data_mask, std::uint8_t check_mask) {
  const std::uint64_t word = address & ~kInWord;
  if (store_.find(word, kWordBytes) == nullptr) return false;
  if (data_mask == 0 && check_mask == 0) return true;
  flip(word, data_mask, check_mask);
  ++counts_.injected;
  settle();
  return true;
}

void Protection::stop_refresh(std::uint64_t time_ps) {
  if (retention_.stopped()) return;
  retention_.stop(time_ps);
  settle();
}

std::uint64_t Protection::bytes() const {
  const auto& last = store_.spans().back();
  return last.offset + (last.last - last.first) + 1;
}

void Protection::lose(std::uint64_t word, std::uint64_t bit) {
  const auto before = wrong_.find(word);
  if (before != wrong_.end() && (before->second.decayed & bit) != 0) return;
  flip(word, bit, 0);
  ++counts_.decayed;
  const auto after = wrong_.find(word);
  if (after != wrong_.end()) after->second.decayed |= bit;
}

void Protection::lose(const std::vector<dram::Retention::Cell>& cells) {
  for (const auto& cell : cells) {
    for (const auto& span : store_.spans()) {
      if (cell.word < span.offset || cell.word - span.offset > span.last - span.first) continue;
      lose(span.first + (cell.word - span.offset), std::uint64_t{1} << cell.bit);
    }
  }
}

void Protection::start_refresh(std::uint64_t time_ps) {
  if (!retention_.stopped()) return;
  lose(retention_.start(bytes(), time_ps));
  settle();
}

void Protection::slept(std::uint64_t from_ps, std::uint64_t to_ps) {
  if (!retention_.stopped()) return;
  lose(retention_.refreshed(bytes(), from_ps, to_ps));
  settle();
}

/// Bits lost around [first, last], which lies in one region; words wholly inside [kept_first,
/// kept_last] have just been written and are as good as new.
void Protection::decay(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps,
                       std::uint64_t kept_first, std::uint64_t kept_last) {
  const auto& span = *store_.find(first, last - first + 1);
  const std::uint64_t offset = span.offset + (first - span.first);
  for (const auto& cell : retention_.touch(offset, offset + (last - first), time_ps)) {
    if (cell.word < span.offset || cell.word - span.offset > span.last - span.first) continue;
    const std::uint64_t word = span.first + (cell.word - span.offset);
    if (word >= kept_first && word + kInWord <= kept_last) continue;
    lose(word, std::uint64_t{1} << cell.bit);
  }
}

void Protection::log(std::uint64_t word, const dram::EccResult& result, EccFinder finder,
                     std::uint64_t time_ps) {
  ++(result.verdict == EccVerdict::kCorrected ? counts_.corrected : counts_.uncorrectable);
  hooks_.found({word, time_ps, result.verdict, finder, result.syndrome, result.bit});
}

tlm::tlm_response_status Protection::reading(std::uint64_t first, std::uint64_t last,
                                             std::uint64_t time_ps) {
  if (retention_.stopped()) decay(first, last, time_ps, 1, 0);
  if (!enabled_ || wrong_.empty()) {
    if (changed_) settle();
    return tlm::TLM_OK_RESPONSE;
  }
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  for (auto at = first_in(first); at != wrong_.end() && at->first <= last;) {
    const dram::EccResult result = dram::ecc_decode(at->second.stored);
    log(at->first, result, EccFinder::kRead, time_ps);
    const bool corrected = result.verdict == EccVerdict::kCorrected;
    if (!corrected) status = tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (corrected && demand_scrub_) {
      ++counts_.scrubbed;
      at = repair(at);
    } else {
      ++at;
    }
  }
  settle();
  return status;
}

/// Part of a wrong word has been written; the backing store has the new bytes beside the old ones.
void Protection::overwrite(Words::iterator at, std::uint64_t time_ps, WriteKind kind) {
  const dram::EccResult result = dram::ecc_decode(at->second.stored);
  // A debugger is no part of the system, and who has read the words has already taken notice.
  const bool notice = kind == WriteKind::kWhole || kind == WriteKind::kMasked;
  if (enabled_ && notice) log(at->first, result, EccFinder::kPartialWrite, time_ps);
  if (!enabled_ || result.verdict == EccVerdict::kCorrected) {
    if (enabled_ && kind != WriteKind::kDebug) ++counts_.scrubbed;
    repair(at);
    return;
  }
  const std::uint64_t value = load(at->first);
  // Two wrong check bits: stays uncorrectable, whatever the data.
  at->second.stored = {value, static_cast<std::uint8_t>(dram::ecc_check_bits(value) ^ 3)};
}

void Protection::written(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps,
                         WriteKind kind) {
  const bool whole = kind != WriteKind::kMasked;
  if (retention_.stopped() && kind != WriteKind::kDebug) {
    if (whole) {
      decay(first, last, time_ps, first, last);
    } else {
      decay(first, last, time_ps, 1, 0);
    }
  }
  if (wrong_.empty()) return;
  for (auto at = first_in(first); at != wrong_.end() && at->first <= last;) {
    const auto next = std::next(at);
    if (whole && at->first >= first && at->first + kInWord <= last) {
      repair(at);
    } else {
      overwrite(at, time_ps, kind);
    }
    at = next;
  }
  settle();
}

void Protection::patrolled(const std::optional<dram::Rounds>& rounds, std::uint64_t time_ps) {
  lose(retention_.patrol(rounds, time_ps));
  settle();
}

void Protection::find(std::uint64_t time_ps) {
  if (next_find() > time_ps) return;
  lose(retention_.found(time_ps));
  settle();
}

void Protection::patrol(std::uint64_t address, std::uint64_t time_ps) {
  const auto at = wrong_.find(address & ~kInWord);
  if (!enabled_ || at == wrong_.end()) return;
  const dram::EccResult result = dram::ecc_decode(at->second.stored);
  log(at->first, result, EccFinder::kPatrol, time_ps);
  if (result.verdict != EccVerdict::kCorrected) return;
  ++counts_.scrubbed;
  repair(at);
  settle();
}

std::optional<std::uint64_t> Protection::next_wrong(std::uint64_t address) const {
  const auto found = wrong_.lower_bound(address);
  if (found == wrong_.end()) return std::nullopt;
  return found->first;
}

std::vector<std::uint64_t> Protection::wrong_words() const {
  std::vector<std::uint64_t> addresses;
  for (const auto& [word, stored] : wrong_) addresses.push_back(word);
  return addresses;
}

}  // namespace lookaside::ddr
