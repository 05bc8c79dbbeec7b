// SPDX-License-Identifier: Apache-2.0
#include <lookaside/translation/walk.h>

namespace lookaside::translation {

Walk::Walk(const Context& context, const Pmp& pmp, std::uint64_t va, Access access)
    : context_(context), pmp_(&pmp), va_(va), access_(access) {
  const Format& format = *context_.format;
  level_ = format.levels - 1;
  table_ = context_.root;
  if (!format.canonical(va)) {
    fail(Rule::kNotCanonical);
    return;
  }
  ask_for_pte();
}

void Walk::ask_for_pte() {
  const Format& format = *context_.format;
  // The table's address is not cut to the format's physical width: an address beyond it must reach
  // the bus, which refuses it (SATP-21).
  pte_address_ = table_ + format.index(va_, level_) * format.pte_bytes;
  pte_ = 0;
  // PTE accesses are S-mode accesses whoever asked (WALK-08).
  if (pmp_->check(pte_address_, format.pte_bytes, Access::kLoad, Privilege::kSupervisor) !=
      Rule::kNone) {
    fail(Rule::kPteAccessRefused);
    return;
  }
  step_ = Step::kReadPte;
}

void Walk::read_failed() {
  fail(Rule::kPteBusError);
}

void Walk::read_done(std::uint64_t pte) {
  const Format& format = *context_.format;
  if (format.pte_bytes < 8) pte &= (std::uint64_t{1} << (8 * format.pte_bytes)) - 1;
  pte_ = pte;
  const Decoded decoded = format.decode(format, pte, level_);
  switch (decoded.kind) {
    case Decoded::Kind::kFault:
      fail(decoded.rule);
      return;
    case Decoded::Kind::kPointer:
      if (level_ == 0) {  // no format may walk below its last level (WALK-14)
        fail(Rule::kPointerAtLeafLevel);
        return;
      }
      global_ = global_ || decoded.global;
      table_ = decoded.address;
      --level_;
      ask_for_pte();
      return;
    case Decoded::Kind::kLeaf:
      leaf(decoded);
      return;
  }
}

void Walk::leaf(const Decoded& decoded) {
  const Format& format = *context_.format;
  translation_.va_base = va_;  // cut to the page below
  translation_.pa_base = decoded.address;
  translation_.page_shift = format.leaf_shift(level_);
  translation_.va_base &= ~translation_.offset_mask();
  // G of this very PTE is not kept in global_: a lost compare-and-swap reads it again.
  translation_.global = global_ || decoded.global;
  translation_.pte = pte_;
  translation_.pte_address = pte_address_;
  translation_.level = level_;
  translation_.format = &format;

  const Rule rule = check_hit(translation_, context_, access_);
  const bool missing_bit = rule == Rule::kAccessedClear || rule == Rule::kDirtyClear;
  if (rule == Rule::kNone) {
    step_ = Step::kDone;
  } else if (!missing_bit || context_.ad_update == AdUpdate::kFault) {
    fail(rule);
  } else if (pmp_->check(pte_address_, format.pte_bytes, Access::kStore, Privilege::kSupervisor) !=
             Rule::kNone) {
    fail(Rule::kPteUpdateRefused);  // only now, when an update is needed (AD-11)
  } else {
    desired_ = format.with_accessed_dirty(pte_, access_);
    step_ = Step::kCompareAndSwap;
  }
}

void Walk::swap_done(bool swapped) {
  if (!swapped) {
    ask_for_pte();  // row 10: from row 1 again, at the same level, with all checks (AD-04)
    return;
  }
  translation_.pte = desired_;
  step_ = Step::kDone;
}

void Walk::swap_failed() {
  fail(Rule::kPteUpdateBusError);
}

void Walk::fail(Rule rule) {
  step_ = Step::kFault;
  fault_.cause = cause_of(rule, access_);
  fault_.rule = rule;
  fault_.access = access_;
  fault_.privilege = context_.privilege(access_);
  fault_.tval = va_;  // never the PTE's address (WALK-07)
  if (rule == Rule::kNotCanonical) return;
  fault_.level = static_cast<int>(level_);
  fault_.pte_address = pte_address_;
  fault_.pte = pte_;
}

Fault physical_fault(const Context& context, Access access, std::uint64_t va, Rule rule) {
  Fault fault;
  fault.cause = cause_of(rule, access);
  fault.rule = rule;
  fault.access = access;
  fault.privilege = context.privilege(access);
  fault.tval = va;
  if (rule >= Rule::kPmpNoMatch && rule <= Rule::kBusError) fault.physical = va;
  return fault;
}

namespace {

void drive(Walk& walk, PteMemory& memory) {
  while (true) {
    switch (walk.step()) {
      case Walk::Step::kReadPte: {
        std::uint64_t pte = 0;
        if (memory.read(walk.pte_address(), walk.pte_bytes(), pte)) {
          walk.read_done(pte);
        } else {
          walk.read_failed();
        }
        break;
      }
      case Walk::Step::kCompareAndSwap: {
        bool swapped = false;
        if (memory.compare_and_swap(walk.pte_address(), walk.pte_bytes(), walk.expected(),
                                    walk.desired(), swapped)) {
          walk.swap_done(swapped);
        } else {
          walk.swap_failed();
        }
        break;
      }
      case Walk::Step::kDone:
      case Walk::Step::kFault:
        return;
    }
  }
}

}  // namespace

Outcome translate(const Context& context, const Pmp& pmp, std::uint64_t va, unsigned bytes,
                  Access access, PteMemory& memory) {
  Outcome outcome;
  outcome.pa = va;
  const bool translated = context.translates(access);
  if (translated) {
    Walk walk(context, pmp, va, access);
    drive(walk, memory);
    if (walk.step() == Walk::Step::kFault) {
      outcome.fault = walk.fault();
      return outcome;
    }
    outcome.translation = walk.translation();
    outcome.pa = outcome.translation.physical(va);
  }
  const Rule rule = check_physical(pmp, outcome.pa, bytes, context, access);
  outcome.ok = rule == Rule::kNone;
  if (!outcome.ok) {
    outcome.fault = translated ? make_fault(outcome.translation, context, access, va, rule)
                               : physical_fault(context, access, va, rule);
  }
  return outcome;
}

}  // namespace lookaside::translation
