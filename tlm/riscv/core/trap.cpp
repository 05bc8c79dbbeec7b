// SPDX-License-Identifier: Apache-2.0
// Trap entry and return, delegation, and the priority of interrupts.
#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/riscv/core/trap.h>

namespace lookaside::riscv {

using translation::Privilege;

const char* exception_name(unsigned code) {
  static constexpr const char* kNames[kCauseCount] = {
      "fetch_misaligned", "fetch_access_fault", "illegal_instruction", "breakpoint",
      "load_misaligned",  "load_access_fault",  "store_misaligned",    "store_access_fault",
      "ecall_from_u",     "ecall_from_s",       "reserved_10",         "ecall_from_m",
      "fetch_page_fault", "load_page_fault",    "reserved_14",         "store_page_fault"};
  return code < kCauseCount ? kNames[code] : "reserved";
}

const char* interrupt_name(unsigned code) {
  switch (code) {
    case interrupt::kSupervisorSoftware:
      return "supervisor_software_interrupt";
    case interrupt::kMachineSoftware:
      return "machine_software_interrupt";
    case interrupt::kSupervisorTimer:
      return "supervisor_timer_interrupt";
    case interrupt::kMachineTimer:
      return "machine_timer_interrupt";
    case interrupt::kSupervisorExternal:
      return "supervisor_external_interrupt";
    case interrupt::kMachineExternal:
      return "machine_external_interrupt";
    default:
      return "reserved_interrupt";
  }
}

void CsrFile::set_line(unsigned line, bool level) {
  const std::uint64_t mask = bit(line) & interrupt::kLines;
  lines_ = level ? lines_ | mask : lines_ & ~mask;
}

void CsrFile::set_timers(bool machine, bool supervisor) {
  timers_ = (machine ? interrupt::kMtip : 0) | (supervisor ? interrupt::kStip : 0);
}

void CsrFile::set_privilege(Privilege privilege) {
  privilege_ = privilege;
  changes_.context = true;
}

int CsrFile::pending_interrupt() const {
  const std::uint64_t pending = mip() & mie_;
  if (pending == 0) return -1;
  const bool machine_enabled = privilege_ != Privilege::kMachine || (mstatus_ & mstatus::kMie) != 0;
  const bool supervisor_enabled =
      privilege_ == Privilege::kUser ||
      (privilege_ == Privilege::kSupervisor && (mstatus_ & mstatus::kSie) != 0);
  std::uint64_t takeable = machine_enabled ? pending & ~mideleg_ : 0;
  if (takeable == 0 && supervisor_enabled) takeable = pending & mideleg_;
  // External before software before timer, machine before supervisor.
  static constexpr unsigned kOrder[] = {
      interrupt::kMachineExternal,    interrupt::kMachineSoftware,    interrupt::kMachineTimer,
      interrupt::kSupervisorExternal, interrupt::kSupervisorSoftware, interrupt::kSupervisorTimer};
  for (const unsigned code : kOrder) {
    if ((takeable & bit(code)) != 0) return static_cast<int>(code);
  }
  return -1;
}

std::uint64_t CsrFile::enter_trap(bool interrupt, unsigned code, std::uint64_t epc,
                                  std::uint64_t tval) {
  const std::uint64_t delegated = interrupt ? mideleg_ : medeleg_;
  const bool to_supervisor = privilege_ != Privilege::kMachine && ((delegated >> code) & 1U) != 0;
  const std::uint64_t cause = (interrupt ? bit(xlen_ - 1) : 0) | code;
  std::uint64_t vector;
  if (to_supervisor) {
    sepc_ = epc & ~bit(0);
    scause_ = cause;
    stval_ = tval & xlen_mask();
    const bool sie = (mstatus_ & mstatus::kSie) != 0;
    mstatus_ &= ~(mstatus::kSpp | mstatus::kSpie | mstatus::kSie);
    if (privilege_ == Privilege::kSupervisor) mstatus_ |= mstatus::kSpp;
    if (sie) mstatus_ |= mstatus::kSpie;
    vector = stvec_;
  } else {
    mepc_ = epc & ~bit(0);
    mcause_ = cause;
    mtval_ = tval & xlen_mask();
    const bool mie = (mstatus_ & mstatus::kMie) != 0;
    mstatus_ &= ~(mstatus::kMpp | mstatus::kMpie | mstatus::kMie);
    mstatus_ |= static_cast<std::uint64_t>(privilege_) << mstatus::kMppShift;
    if (mie) mstatus_ |= mstatus::kMpie;
    vector = mtvec_;
  }
  set_privilege(to_supervisor ? Privilege::kSupervisor : Privilege::kMachine);
  const bool vectored = (vector & 1U) != 0 && interrupt;
  return ((vector & ~std::uint64_t{3}) + (vectored ? 4ULL * code : 0)) & xlen_mask();
}

std::uint64_t CsrFile::leave_machine_trap() {
  const auto previous = static_cast<Privilege>((mstatus_ & mstatus::kMpp) >> mstatus::kMppShift);
  const bool mpie = (mstatus_ & mstatus::kMpie) != 0;
  mstatus_ &= ~(mstatus::kMie | mstatus::kMpp);
  mstatus_ |= mstatus::kMpie | (mpie ? mstatus::kMie : 0);
  if (previous != Privilege::kMachine) mstatus_ &= ~mstatus::kMprv;  // PRV-04
  set_privilege(previous);
  return mepc_;
}

std::uint64_t CsrFile::leave_supervisor_trap() {
  const auto previous = (mstatus_ & mstatus::kSpp) != 0 ? Privilege::kSupervisor : Privilege::kUser;
  const bool spie = (mstatus_ & mstatus::kSpie) != 0;
  mstatus_ &= ~(mstatus::kSie | mstatus::kSpp | mstatus::kMprv);
  mstatus_ |= mstatus::kSpie | (spie ? mstatus::kSie : 0);
  set_privilege(previous);
  return sepc_;
}

}  // namespace lookaside::riscv
