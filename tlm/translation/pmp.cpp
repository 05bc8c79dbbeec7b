// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/translation/pmp.h>

namespace lookaside::translation {
namespace {

constexpr std::uint8_t kModeShift = 3, kModeMask = 3;
constexpr std::uint8_t kWritable = 0x9f;  // bits 6:5 read zero

Pmp::Mode mode_of(std::uint8_t cfg) {
  return static_cast<Pmp::Mode>((cfg >> kModeShift) & kModeMask);
}

std::uint8_t needed(Access access) {
  if (access == Access::kFetch) return Pmp::kX;
  return is_store(access) ? Pmp::kW : Pmp::kR;
}

}  // namespace

Pmp::Pmp(unsigned implemented, unsigned pa_bits)
    : implemented_(std::min(implemented, kEntries)), pa_bits_(std::clamp(pa_bits, 3U, 63U)) {}

void Pmp::write_cfg(unsigned i, std::uint8_t value) {
  if (i >= implemented_ || (cfg_[i] & kL) != 0) return;
  value &= kWritable;
  if ((value & kR) == 0) value &= static_cast<std::uint8_t>(~kW);
  cfg_[i] = value;
}

void Pmp::write_addr(unsigned i, std::uint64_t value) {
  if (i >= implemented_ || (cfg_[i] & kL) != 0) return;
  if (i + 1 < implemented_ && (cfg_[i + 1] & kL) != 0 && mode_of(cfg_[i + 1]) == Mode::kTor) return;
  addr_[i] = value & ((std::uint64_t{1} << (pa_bits_ - 2)) - 1);
}

bool Pmp::range(unsigned i, std::uint64_t& first, std::uint64_t& last) const {
  if (i >= implemented_) return false;
  const std::uint64_t addr = addr_[i];
  switch (mode_of(cfg_[i])) {
    case Mode::kOff:
      return false;
    case Mode::kTor: {
      const std::uint64_t base = i == 0 ? 0 : addr_[i - 1];
      if (base >= addr) return false;
      first = base << 2;
      last = (addr << 2) - 1;
      return true;
    }
    case Mode::kNa4:
      first = addr << 2;
      last = first + 3;
      return true;
    case Mode::kNapot: {
      const std::uint64_t inside = addr ^ (addr + 1);  // the trailing ones and the zero above them
      first = (addr & ~inside) << 2;
      last = first + ((inside << 2) | 3);
      return true;
    }
  }
  return false;
}

Rule Pmp::check(std::uint64_t pa, std::uint64_t bytes, Access access, Privilege privilege) const {
  if (implemented_ == 0) return Rule::kNone;
  const std::uint64_t end = pa + (bytes - 1) < pa ? ~std::uint64_t{0} : pa + (bytes - 1);
  for (unsigned i = 0; i < implemented_; ++i) {
    std::uint64_t first = 0, last = 0;
    if (!range(i, first, last) || end < first || pa > last) continue;
    if (pa < first || end > last) return Rule::kPmpPartialMatch;
    if (privilege == Privilege::kMachine && (cfg_[i] & kL) == 0) return Rule::kNone;
    return (cfg_[i] & needed(access)) != 0 ? Rule::kNone : Rule::kPmpPermission;
  }
  return privilege == Privilege::kMachine ? Rule::kNone : Rule::kPmpNoMatch;
}

void Pmp::uniform_span(std::uint64_t pa, std::uint64_t& first, std::uint64_t& last) const {
  for (unsigned i = 0; i < implemented_; ++i) {
    std::uint64_t entry_first = 0, entry_last = 0;
    if (!range(i, entry_first, entry_last)) continue;
    if (pa < entry_first) {
      last = std::min(last, entry_first - 1);
    } else if (pa > entry_last) {
      first = std::max(first, entry_last + 1);
    } else {  // this entry decides here; later ones do not matter
      first = std::max(first, entry_first);
      last = std::min(last, entry_last);
      return;
    }
  }
}

}  // namespace lookaside::translation
