// SPDX-License-Identifier: Apache-2.0
// System instructions: CSR access, trap return, WFI, SFENCE.VMA, ECALL, EBREAK.
#include <lookaside/riscv/core/hart.h>
#include <lookaside/translation/format.h>

namespace lookaside::riscv {

using translation::Privilege;

namespace {

std::uint64_t page_mask(const translation::Context& context, translation::Access access) {
  if (!context.translates(access)) return ~std::uint64_t{0};
  return (std::uint64_t{1} << context.format->page_shift) - 1;
}

/// CSRs that show figures of the moment.
constexpr bool shows_clock(unsigned number) {
  return (number >> 8) == 0xb || (number >> 8) == 0xc || number == csr::kMcountinhibit;
}

/// The register that a supervisor CSR is a window on; a commit log names that one.
constexpr unsigned storage_of(unsigned number) {
  switch (number) {
    case csr::kSstatus:
      return csr::kMstatus;
    case csr::kSie:
      return csr::kMie;
    case csr::kSip:
      return csr::kMip;
    default:
      return number;
  }
}

}  // namespace

/// Tells the MMU what CSR writes, traps and returns have changed.
void Hart::apply_changes() {
  const CsrFile::Changes changes = csrs_.take_changes();
  if (changes.timers) stale_ = true;
  if (changes.context) {
    const translation::Context context = csrs_.context();
    if (!started_ || context != context_) {
      started_ = true;
      context_ = context;
      fetch_page_mask_ = page_mask(context, translation::Access::kFetch);
      data_page_mask_ = page_mask(context, translation::Access::kLoad);
      system_.set_context(context);
      fetch_.close();
      data_.close();
    }
  }
  if (changes.pmp) {
    system_.set_pmp(csrs_.pmp());
    fetch_.close();
    data_.close();
  }
}

void Hart::commit_csr(unsigned number) {
  if (observer_ == nullptr) return;
  commit_.csr = static_cast<int>(storage_of(number));
  commit_.csr_value = csrs_.peek(storage_of(number));
}

bool Hart::csr_instruction(const Instruction& i, CsrAction action, std::uint64_t operand,
                           bool writes) {
  const auto number = static_cast<unsigned>(i.imm);
  if (!csrs_.accessible(number, writes)) return raise(Exception::kIllegalInstruction, i.raw);
  if (shows_clock(number)) {
    Clock clock;
    clock.cycle = cycles();
    clock.next_cycle = (now_ + cost_) / config_.cycle_ps;
    clock.retired = retired_;
    clock.time = system_.ticks_at(now_);
    csrs_.set_clock(clock);
  }
  const std::uint64_t old = csrs_.peek(number);
  if (writes) {
    const std::uint64_t base = csrs_.value_to_modify(number);
    switch (action) {
      case CsrAction::kWrite:
        csrs_.write(number, operand);
        break;
      case CsrAction::kSet:
        csrs_.write(number, base | operand);
        break;
      case CsrAction::kClear:
        csrs_.write(number, base & ~operand);
        break;
    }
    apply_changes();
    attention();
    commit_csr(number);
  }
  x_[i.rd] = old;
  return true;
}

bool Hart::return_from_trap(const Instruction& i) {
  const bool machine = i.op == Op::kMret;
  const Privilege privilege = csrs_.privilege();
  const bool allowed =
      machine ? privilege == Privilege::kMachine
              : privilege == Privilege::kMachine ||
                    (privilege == Privilege::kSupervisor && (csrs_.mstatus() & mstatus::kTsr) == 0);
  if (!allowed) return raise(Exception::kIllegalInstruction, i.raw);
  next_pc_ = machine ? csrs_.leave_machine_trap() : csrs_.leave_supervisor_trap();
  apply_changes();
  attention();
  commit_csr(csr::kMstatus);
  return true;
}

bool Hart::wait_for_interrupt(const Instruction& i) {
  const Privilege privilege = csrs_.privilege();
  const bool allowed = privilege == Privilege::kMachine || (privilege == Privilege::kSupervisor &&
                                                            (csrs_.mstatus() & mstatus::kTw) == 0);
  if (!allowed) return raise(Exception::kIllegalInstruction, i.raw);
  ++statistics_.waits.value;
  waiting_ = true;
  attention();
  return true;
}

/// The form follows the register numbers, not their values (SFN-01).
bool Hart::fence_vma(const Instruction& i) {
  const Privilege privilege = csrs_.privilege();
  const bool allowed =
      privilege == Privilege::kMachine ||
      (privilege == Privilege::kSupervisor && (csrs_.mstatus() & mstatus::kTvm) == 0);  // SFN-10
  if (!allowed) return raise(Exception::kIllegalInstruction, i.raw);
  translation::Fence fence;
  const unsigned form = (i.rs1 != 0 ? 2U : 0U) | (i.rs2 != 0 ? 1U : 0U);
  fence.form = static_cast<translation::FenceForm>(form);
  if (i.rs1 != 0) fence.va = x_[i.rs1];
  if (i.rs2 != 0) fence.asid = static_cast<std::uint32_t>(x_[i.rs2]) & csrs_.asid_mask();
  ++statistics_.fences.value;
  fetch_.close();
  data_.close();
  cost_ += system_.fence(fence, now_ + cost_);
  return true;
}

bool Hart::environment_call() {
  const auto privilege = static_cast<unsigned>(csrs_.privilege());
  return raise(static_cast<Exception>(static_cast<unsigned>(Exception::kEcallFromUser) + privilege),
               0);
}

bool Hart::breakpoint() {
  return raise(Exception::kBreakpoint, config_.ebreak_tval == EbreakTval::kPc ? pc_ : 0);
}

}  // namespace lookaside::riscv
