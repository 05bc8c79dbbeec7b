// SPDX-License-Identifier: Apache-2.0
// Physical memory protection (rule book A.13): 0, 4 or 16 entries with grain 0 (4 bytes).
#pragma once

#include <array>
#include <cstdint>

#include <lookaside/translation/fault.h>

namespace lookaside::translation {

/// PMP state as the CSRs hold it, and the check. Copyable; equality decides whether the MMU must
/// drop what it derived from an older state.
class Pmp {
 public:
  static constexpr unsigned kEntries = 16;

  enum class Mode : std::uint8_t { kOff = 0, kTor = 1, kNa4 = 2, kNapot = 3 };
  static constexpr std::uint8_t kR = 1, kW = 2, kX = 4, kL = 0x80;

  /// `implemented`: 0, 4 or 16 entries; the rest read zero and ignore writes (PMP-02). `pa_bits`
  /// cuts pmpaddr: 34 on RV32, 56 on RV64 (PMP-01).
  explicit Pmp(unsigned implemented = kEntries, unsigned pa_bits = 56);

  unsigned implemented() const { return implemented_; }
  std::uint8_t cfg(unsigned i) const { return cfg_[i]; }
  std::uint64_t addr(unsigned i) const { return addr_[i]; }

  /// One byte of pmpcfg, one pmpaddr, written as the CSRs are. A write that a lock forbids leaves
  /// the entry as it was (PMP-14, PMP-15), bits 6:5 read zero, and of the reserved R=0 W=1 the W
  /// bit is dropped (PMP-13: our choice among the legal values). `i` beyond the implemented
  /// entries: ignored.
  void write_cfg(unsigned i, std::uint8_t value);
  void write_addr(unsigned i, std::uint64_t value);

  /// The span entry `i` matches as [first, last], inclusive; false when it matches nothing.
  bool range(unsigned i, std::uint64_t& first, std::uint64_t& last) const;

  /// kNone, or why `bytes` bytes (1 or more) at physical `pa` may not be accessed (PMP-09 to
  /// PMP-12).
  Rule check(std::uint64_t pa, std::uint64_t bytes, Access access, Privilege privilege) const;

  /// Shrinks the span [first, last], which holds `pa`, until no entry that could decide an access
  /// inside it has an edge there: `check` then answers the same for all accesses of one kind and
  /// privilege that lie in the span (CACHE-11).
  void uniform_span(std::uint64_t pa, std::uint64_t& first, std::uint64_t& last) const;

  friend bool operator==(const Pmp& a, const Pmp& b) {
    return a.implemented_ == b.implemented_ && a.pa_bits_ == b.pa_bits_ && a.cfg_ == b.cfg_ &&
           a.addr_ == b.addr_;
  }
  friend bool operator!=(const Pmp& a, const Pmp& b) { return !(a == b); }

 private:
  unsigned implemented_;
  unsigned pa_bits_;
  std::array<std::uint8_t, kEntries> cfg_{};
  std::array<std::uint64_t, kEntries> addr_{};
};

}  // namespace lookaside::translation
