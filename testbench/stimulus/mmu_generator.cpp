// SPDX-License-Identifier: Apache-2.0
#include "stimulus/mmu_generator.h"

#include <array>

#include "stimulus/pick.h"

namespace lookaside::stimulus {

using cosim::Operation;
using translation::Decoded;
using translation::Format;
using translation::Privilege;

namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr unsigned kWide = 5;      ///< percent of operands of any bits
constexpr unsigned kOwnAsid = 20;  ///< percent of fences that name the address space in use
constexpr unsigned kPages[] = {0, 1, 2, 5, 14, 27};  ///< of a last-level table, those in use
constexpr unsigned kAccessedBit = 6;                 ///< of a PTE; D is the next
constexpr unsigned kWordBits = 8;  ///< of a PTE that `change` turns most often: the flags

}  // namespace

MmuGenerator::MmuGenerator(const MmuShape& shape, const MmuWeights& weights, std::uint64_t seed)
    : shape_(shape), walks_(weights, seed), weights_(walks_.weights()) {
  context();
  protection();
}

Operation MmuGenerator::next() {
  const Operation o = peek();
  queue_.pop_front();
  return o;
}

const Operation& MmuGenerator::peek() {
  while (queue_.empty()) more();
  return queue_.front();
}

void MmuGenerator::more() {
  const MmuWeights& w = weights_;
  switch (pick<5>(random(), {w.access, w.fence, w.context, w.pmp, w.change})) {
    case 0:
      return access();
    case 1:
      return push(fence(0));
    case 2:
      return context();
    case 3:
      return protection();
    default:
      return change();
  }
}

void MmuGenerator::access() {
  Random& r = random();
  if (last_.bytes != 0 && r.chance(weights_.again)) return again();
  if (r.chance(20)) push(cosim::latency(1 + r.below(4)));
  const std::uint64_t address = va();
  const unsigned bytes = 1 + r.below(8);
  last_ = cosim::access(walks_.access(), address, bytes);
  disturb(last_);
  push(last_);
}

// T-57, T-16: the same once more, with something turned that needs no fence.
void MmuGenerator::again() {
  if (random().chance(weights_.flip)) flip();
  if (random().chance(weights_.pmp_aimed)) aim_protection();
  if (random().chance(30)) last_.access = walks_.access();
  disturb(last_);
  push(last_);
}

/// Sees to the page tables of an access, and to what happens while it is walked.
void MmuGenerator::disturb(const Operation& access) {
  const unsigned reads = make_path(access.va);
  if (reads == 0) return;
  Random& r = random();
  if (r.chance(weights_.fence_in_walk)) {
    const unsigned phase = 1 + r.below(reads + 1);
    Operation f = fence(phase);
    // Mostly a fence that concerns the access.
    if ((static_cast<unsigned>(f.form) & 2) != 0 && r.chance(70)) f.va = access.va;
    push(f);
  } else if (r.chance(weights_.lost_swap)) {
    // Behind the last read comes a compare-and-swap, if there is one.
    const unsigned bit = r.chance(75) ? kAccessedBit + r.below(2) : r.below(kWordBits);
    push(turn_bit(path_end_, bit, 1 + r.below(reads + 1)));
  }
}

void MmuGenerator::context() {
  Random& r = random();
  format_ = shape_.formats[r.below(static_cast<unsigned>(shape_.formats.size()))];
  context_ = walks_.context(*format_, 1);
  if (r.chance(10)) context_.asid |= static_cast<std::uint32_t>(1U << (shape_.asid_bits - 1));
  // Four roots, few address spaces, so that translations are met again.
  context_.root = std::uint64_t{0x80000 + r.below(4) * 16 + format_->levels} << format_->page_shift;
  // Now and then any, so that every bit is used.
  if (r.chance(kWide)) {
    context_.root = r.bits(format_->pa_bits - format_->page_shift) << format_->page_shift;
    context_.asid = static_cast<std::uint32_t>(r.bits(shape_.asid_bits));
  }
  if (r.chance(weights_.bare)) context_.format = nullptr;
  if (r.chance(weights_.machine)) context_.data_privilege = Privilege::kMachine;
  if (r.chance(weights_.machine)) context_.fetch_privilege = Privilege::kMachine;
  push(cosim::context(context_));
}

void MmuGenerator::flip() {
  const auto other = [](Privilege p) {
    return p == Privilege::kUser ? Privilege::kSupervisor : Privilege::kUser;
  };
  switch (random().below(3)) {
    case 0:
      context_.sum = !context_.sum;
      break;
    case 1:
      context_.mxr = !context_.mxr;
      break;
    default:
      context_.fetch_privilege = other(context_.fetch_privilege);
      context_.data_privilege = other(context_.data_privilege);
      break;
  }
  push(cosim::context(context_));
}

// Mostly open, with forbidden or read-only regions anywhere, and over words of page tables: half a
// PTE is refused whole (PMP-10).
void MmuGenerator::protection() {
  constexpr std::uint8_t kNa4 = 0x10, kNapot = 0x18, kAnyMode = 0x1f, kOpen = 0x1f;
  Random& r = random();
  const unsigned last = shape_.pmp_entries - 1;
  const std::uint64_t all = ones(format_->pa_bits - 2);
  for (unsigned i = 0; i < last; ++i) {
    if (!r.chance(weights_.pmp_region)) {
      push(cosim::pmp(i, 0, 0));
      continue;
    }
    // Never locked: an entry could not be changed again.
    std::uint64_t addr = r.next() | ones(r.below(52));
    unsigned cfg = static_cast<unsigned>(r.next()) & kAnyMode;
    if (r.chance(60)) {
      addr = (r.chance(50) ? some_pte() : some_data()) / 4 + r.below(2);
      cfg = kNa4 | r.below(8);
    }
    push(cosim::pmp(i, static_cast<std::uint8_t>(cfg), addr & all));
  }
  const bool closed = r.chance(weights_.pmp_closed);
  // Half of memory, or nothing; now and then not for everything.
  const std::uint8_t rest = r.chance(10) ? kNapot | static_cast<std::uint8_t>(r.below(8)) : kOpen;
  push(cosim::pmp(last, closed && r.chance(25) ? 0 : rest, closed ? all >> 2 : all));
}

// The first PMP entry over one word that the access before touched, so that it touches another one
// too.
void MmuGenerator::aim_protection() {
  constexpr unsigned kNa4 = 0x10;
  std::uint64_t address = last_.va;
  const auto it = words_.find(path_end_);
  if (context_.translates(last_.access) && it != words_.end()) {
    const Word& word = it->second;
    const Decoded decoded = word.format->decode(*word.format, word.pte, word.level);
    const std::uint64_t mask = ones(word.format->leaf_shift(word.level));
    address = decoded.address | (address & mask);
  }
  Random& r = random();
  last_.bytes = static_cast<std::uint8_t>(5 + r.below(4));
  push(cosim::pmp(0, static_cast<std::uint8_t>(kNa4 | r.below(8)),
                  (address / 4 + r.below(2)) & ones(format_->pa_bits - 2)));
}

// Something about a PTE that was made up before, or all of it.
void MmuGenerator::change() {
  const auto it = words_.find(some_pte());
  if (it == words_.end()) return;
  Random& r = random();
  Word& word = it->second;
  if (r.chance(weights_.bus_error * 5)) return push(cosim::bus_error(it->first));
  if (r.chance(25)) return push(turn_bit(it->first, r.below(r.chance(70) ? kWordBits : 32), 0));
  word.pte = walks_.pte(*word.format, word.level);
  push(cosim::write(it->first, word.format->pte_bytes, word.pte));
}

/// Writes a known PTE with one bit turned.
Operation MmuGenerator::turn_bit(std::uint64_t address, unsigned bit, unsigned phase) {
  Word& word = words_.at(address);
  word.pte ^= std::uint64_t{1} << bit;
  return cosim::write(address, word.format->pte_bytes, word.pte, phase);
}

Operation MmuGenerator::fence(unsigned phase) {
  const MmuWeights& w = weights_;
  const unsigned form =
      pick<4>(random(), {w.fence_all, w.fence_asid, w.fence_address, w.fence_address_asid});
  const bool wide = random().chance(kWide);
  auto asid = static_cast<std::uint32_t>(random().bits(wide ? shape_.asid_bits : 1));
  if (random().chance(kOwnAsid)) asid = context_.asid;
  return cosim::fence({static_cast<translation::FenceForm>(form), va(), asid}, phase);
}

/// A few values for each index, so that addresses are met again and again.
std::uint64_t MmuGenerator::va() {
  Random& r = random();
  const Format& format = *format_;
  std::uint64_t va = r.chance(90) ? std::uint64_t{r.below(8)} << 3 : kPageBytes - 8;
  if (va == 0 && r.chance(50)) va = r.below(8);
  for (unsigned level = 0; level < format.levels; ++level) {
    const std::uint64_t mask = ones(format.index_bits[level]);
    std::uint64_t index = level == 0 ? kPages[r.below(6)] : (r.chance(50) ? mask : 0);
    if (r.chance(1)) index = r.next() & mask;
    va |= index << format.leaf_shift(level);
  }
  if (!format.sign_extended) return va;
  if ((va >> (format.va_bits - 1) & 1) != 0) va |= ~std::uint64_t{0} << format.va_bits;
  return r.chance(weights_.noncanonical) ? va ^ upper_bits(r, format) : va;
}

/// Writes the PTEs on the way to `va` that are not there yet; returns how many are read.
unsigned MmuGenerator::make_path(std::uint64_t va) {
  if (context_.format == nullptr || !format_->canonical(va)) return 0;
  const Format& format = *format_;
  Random& r = random();
  std::uint64_t table = context_.root;
  unsigned reads = 0;
  for (unsigned level = format.levels; level-- > 0;) {
    const std::uint64_t address = table + format.index(va, level) * format.pte_bytes;
    path_end_ = address;
    const auto [it, fresh] = words_.try_emplace(address);
    Word& word = it->second;
    if (fresh) {
      word = {walks_.pte(format, level), &format, level};
      if (r.chance(weights_.bus_error)) {
        push(cosim::bus_error(address));
      } else {
        push(cosim::write(address, format.pte_bytes, word.pte));
      }
    }
    ++reads;
    const Decoded decoded = format.decode(format, word.pte, level);
    if (decoded.kind != Decoded::Kind::kPointer) break;
    table = decoded.address;
  }
  return reads;
}

/// Where an access touches memory: in a page that a leaf maps, or without translation.
std::uint64_t MmuGenerator::some_data() {
  const std::uint64_t address = va();
  const auto it = words_.find(random().chance(70) ? path_end_ : some_pte());
  if (it == words_.end() || random().chance(20)) return address;
  const Word& word = it->second;
  const Decoded decoded = word.format->decode(*word.format, word.pte, word.level);
  if (decoded.kind != Decoded::Kind::kLeaf) return address;
  const std::uint64_t mask = ones(word.format->leaf_shift(word.level));
  return decoded.address | (address & mask);
}

std::uint64_t MmuGenerator::some_pte() {
  if (words_.empty()) return 0;
  Random& r = random();
  if (r.chance(30)) return path_end_;
  const auto it = words_.lower_bound(r.bits(format_->pa_bits) >> r.below(24));
  return it == words_.end() ? words_.begin()->first : it->first;
}

}  // namespace lookaside::stimulus
