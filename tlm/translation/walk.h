// SPDX-License-Identifier: Apache-2.0
// A page-table walk as a resumable state machine. It asks for PTEs; whoever drives it performs the
// memory accesses: b_transport, nb_transport, debug access, an array in a test, RTL in lockstep.
#pragma once

#include <cstdint>

#include <lookaside/translation/format.h>
#include <lookaside/translation/pmp.h>

namespace lookaside::translation {

/// One walk. Shape: one PTE access outstanding; at most `format->levels` reads plus, under hardware
/// A/D update, one compare-and-swap and the re-read it may force (AD-04, unbounded only if somebody
/// else keeps changing the PTE).
///
/// Drive it so:
///   while (true) switch (walk.step()) {
///     case kReadPte:        walk.read_done(value) or walk.read_failed()      -- bus error
///     case kCompareAndSwap: walk.swap_done(swapped) or walk.swap_failed()    -- bus error
///     case kDone:           walk.translation()
///     case kFault:          walk.fault()
///   }
/// Rules 0 to 10 of rule book A.4 are applied here, PMP on PTE accesses included; row 11 (the final
/// physical address) belongs to the access, see check_physical(). Errors are faults, never
/// exceptions.
class Walk {
 public:
  enum class Step : std::uint8_t { kReadPte, kCompareAndSwap, kDone, kFault };

  /// `context.translates(access)` must hold. `pmp` must outlive the walk.
  Walk(const Context& context, const Pmp& pmp, std::uint64_t va, Access access);

  Step step() const { return step_; }

  /// For kReadPte and kCompareAndSwap: physical address of the PTE, and its size in bytes.
  std::uint64_t pte_address() const { return pte_address_; }
  unsigned pte_bytes() const { return context_.format->pte_bytes; }
  /// For kCompareAndSwap: write `desired` if memory still holds `expected` (AD-03 to AD-05).
  std::uint64_t expected() const { return pte_; }
  std::uint64_t desired() const { return desired_; }
  /// Level of the PTE that is being read or was read last.
  unsigned level() const { return level_; }

  void read_done(std::uint64_t pte);
  void read_failed();
  void swap_done(bool swapped);
  void swap_failed();

  const Translation& translation() const { return translation_; }
  const Fault& fault() const { return fault_; }
  const Context& context() const { return context_; }
  std::uint64_t va() const { return va_; }
  Access access() const { return access_; }

 private:
  void ask_for_pte();
  void leaf(const Decoded& decoded);
  void fail(Rule rule);

  Context context_;
  const Pmp* pmp_;
  std::uint64_t va_;
  Access access_;
  Step step_ = Step::kFault;
  unsigned level_ = 0;
  bool global_ = false;
  std::uint64_t table_ = 0;
  std::uint64_t pte_address_ = 0;
  std::uint64_t pte_ = 0;
  std::uint64_t desired_ = 0;
  Translation translation_;
  Fault fault_;
};

/// Row 11 of rule book A.4: PMP on the access itself. Returns kNone or the rule.
inline Rule check_physical(const Pmp& pmp, std::uint64_t pa, std::uint64_t bytes,
                           const Context& context, Access access) {
  return pmp.check(pa, bytes, access, context.privilege(access));
}

/// Fault of an access that was refused without a PTE at hand (Bare, M-mode, bus error, alignment).
Fault physical_fault(const Context& context, Access access, std::uint64_t va, Rule rule);

/// Physical memory as a walk sees it. Each function returns false for a bus error.
class PteMemory {
 public:
  virtual ~PteMemory() = default;
  virtual bool read(std::uint64_t pa, unsigned bytes, std::uint64_t& value) = 0;
  virtual bool compare_and_swap(std::uint64_t pa, unsigned bytes, std::uint64_t expected,
                                std::uint64_t desired, bool& swapped) = 0;
};

/// Result of translate(): a physical address, or a fault.
struct Outcome {
  bool ok = false;
  std::uint64_t pa = 0;
  Translation translation;  ///< format == nullptr when the access is not translated
  Fault fault;
};

/// The whole of one access that stays within a page: canonical check, walk, permissions, A/D, PMP.
/// The plain meaning of translation, without TLB and without time.
Outcome translate(const Context& context, const Pmp& pmp, std::uint64_t va, unsigned bytes,
                  Access access, PteMemory& memory);

}  // namespace lookaside::translation
