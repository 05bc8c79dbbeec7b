// SPDX-License-Identifier: Apache-2.0
// The control and status registers of one hart with their WARL rules, privilege, trap entry and
// return. It has no notion of memory and executes nothing.
#pragma once

#include <cstdint>

#include <lookaside/riscv/core/config.h>
#include <lookaside/riscv/core/csr.h>
#include <lookaside/translation/access.h>
#include <lookaside/translation/pmp.h>

namespace lookaside::riscv {

/// The free-running figures behind cycle, time and instret, at the start of an instruction.
struct Clock {
  std::uint64_t cycle = 0;       ///< clocks since reset
  std::uint64_t retired = 0;     ///< instructions retired since reset, this one not included
  std::uint64_t time = 0;        ///< value of the platform's time base
  std::uint64_t next_cycle = 0;  ///< clocks at the end of this instruction
};

/// A 64-bit counter with software-written value and inhibit bit over a free-running figure.
class Counter {
 public:
  std::uint64_t read(std::uint64_t raw) const { return frozen_ ? value_ : raw - base_; }
  /// `next` is the raw figure that the following instruction will read: a written value is what
  /// that one sees, the writing instruction itself does not count.
  void write(std::uint64_t value, std::uint64_t next) {
    value_ = value;
    base_ = next - value;
  }
  void freeze(bool freeze, std::uint64_t next) {
    if (freeze == frozen_) return;
    if (freeze) {
      value_ = next - base_;
    } else {
      base_ = next - value_;
    }
    frozen_ = freeze;
  }

 private:
  std::uint64_t base_ = 0;
  std::uint64_t value_ = 0;
  bool frozen_ = false;
};

/// State and rules of the CSRs. Values are XLEN bits wide, zero-extended.
class CsrFile {
 public:
  explicit CsrFile(const HartConfig& config);

  // What the hart asks.
  translation::Privilege privilege() const { return privilege_; }
  /// The context of the MMU that follows from satp, mstatus, menvcfg and the privilege.
  translation::Context context() const;
  const translation::Pmp& pmp() const { return pmp_; }
  std::uint64_t mip() const;
  std::uint64_t mie() const { return mie_; }
  std::uint64_t mstatus() const { return mstatus_; }
  std::uint64_t stimecmp() const { return stimecmp_; }
  bool sstc_enabled() const { return (menvcfg_ & menvcfg::kStce) != 0; }
  unsigned asid_mask() const { return asid_mask_; }
  /// Code of the interrupt to take now, or -1: enabled, delegated, by priority.
  int pending_interrupt() const;

  // What the hart and its surroundings change.
  void set_line(unsigned line, bool level);
  void set_timers(bool machine, bool supervisor);
  void set_clock(const Clock& clock) { clock_ = clock; }

  // CSR instructions. Both return false if the access is an illegal instruction in the current
  // mode.
  bool read(unsigned number, std::uint64_t& value) const;
  /// Whether the current mode may access the CSR, for writing if `write`.
  bool accessible(unsigned number, bool write) const;
  /// Stores what the WARL rules make of `value`. The CSR must be accessible for writing.
  void write(unsigned number, std::uint64_t value);
  /// The value a csrrs/csrrc computes with: like read(), but SEIP of mip is the bit that software
  /// wrote, not the external line.
  std::uint64_t value_to_modify(unsigned number) const;

  // Traps. Both return the new program counter.
  std::uint64_t enter_trap(bool interrupt, unsigned code, std::uint64_t epc, std::uint64_t tval);
  std::uint64_t leave_machine_trap();
  std::uint64_t leave_supervisor_trap();

  /// Value without privilege checks and side effects, 0 for a CSR that does not exist: for reports.
  std::uint64_t peek(unsigned number) const;
  /// Changes PMP or context-relevant state since the last call; the hart tells the MMU.
  struct Changes {
    bool context = false;
    bool pmp = false;
    bool timers = false;
  };
  Changes take_changes() {
    const Changes result = changes_;
    changes_ = {};
    return result;
  }

 private:
  friend struct CsrTable;
  using Getter = std::uint64_t (CsrFile::*)(unsigned number) const;
  using Setter = void (CsrFile::*)(unsigned number, std::uint64_t value);

  std::uint64_t xlen_mask() const { return xlen_ == 32 ? 0xffffffffULL : ~0ULL; }
  std::uint64_t replace_half(unsigned number, std::uint64_t whole, std::uint64_t half) const;
  bool counter_enabled(unsigned number) const;

  std::uint64_t get_mstatus(unsigned) const;
  void set_mstatus(unsigned number, std::uint64_t value);
  std::uint64_t get_sstatus(unsigned) const;
  void set_sstatus(unsigned number, std::uint64_t value);
  std::uint64_t get_misa(unsigned) const;
  std::uint64_t get_mhartid(unsigned) const;
  std::uint64_t get_mip(unsigned number) const;
  void set_mip(unsigned number, std::uint64_t value);
  std::uint64_t get_sie(unsigned) const;
  void set_mie(unsigned number, std::uint64_t value);
  std::uint64_t get_menvcfg(unsigned number) const;
  void set_menvcfg(unsigned number, std::uint64_t value);
  std::uint64_t get_stimecmp(unsigned number) const;
  void set_stimecmp(unsigned number, std::uint64_t value);
  void set_satp(unsigned, std::uint64_t value);
  void set_mcountinhibit(unsigned, std::uint64_t value);
  std::uint64_t get_counter(unsigned number) const;
  void set_counter(unsigned number, std::uint64_t value);
  std::uint64_t get_pmpcfg(unsigned number) const;
  void set_pmpcfg(unsigned number, std::uint64_t value);
  std::uint64_t get_pmpaddr(unsigned number) const;
  void set_pmpaddr(unsigned number, std::uint64_t value);

  void set_privilege(translation::Privilege privilege);

  HartConfig config_;
  unsigned xlen_;
  unsigned asid_mask_;
  translation::Privilege privilege_ = translation::Privilege::kMachine;
  translation::Pmp pmp_;
  Clock clock_;
  Counter cycle_;
  Counter instret_;
  Changes changes_;

  std::uint64_t mstatus_ = 0;
  std::uint64_t medeleg_ = 0, mideleg_ = 0;
  std::uint64_t mie_ = 0;
  std::uint64_t software_ = 0;  ///< SSIP, STIP and SEIP as software wrote them
  std::uint64_t lines_ = 0;     ///< levels of the external lines
  std::uint64_t timers_ = 0;    ///< MTIP and, with Sstc, STIP
  std::uint64_t mtvec_ = 0, stvec_ = 0;
  std::uint64_t mscratch_ = 0, sscratch_ = 0;
  std::uint64_t mepc_ = 0, sepc_ = 0;
  std::uint64_t mcause_ = 0, scause_ = 0;
  std::uint64_t mtval_ = 0, stval_ = 0;
  std::uint64_t mcounteren_ = 0, scounteren_ = 0;
  std::uint64_t mcountinhibit_ = 0;
  std::uint64_t menvcfg_ = 0, senvcfg_ = 0;
  std::uint64_t stimecmp_ = ~std::uint64_t{0};
  std::uint64_t satp_ = 0;
};

}  // namespace lookaside::riscv
