// SPDX-License-Identifier: Apache-2.0
// Access to CSRs: who may, and the rules that are the same for all.
#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/riscv/core/csr_table.h>
#include <lookaside/translation/format.h>

namespace lookaside::riscv {

using translation::AdUpdate;
using translation::Pmp;
using translation::Privilege;

CsrFile::CsrFile(const HartConfig& config)
    : config_(config),
      xlen_(config.xlen),
      asid_mask_((1U << (config.xlen == 32 && config.asid_bits > 9 ? 9 : config.asid_bits)) - 1U),
      pmp_(config.pmp_entries, config.xlen == 32 ? 34 : 56) {
  if (config.ad_update == AdPolicy::kMenvcfg && config.reset_adue) menvcfg_ |= menvcfg::kAdue;
  if (config.reset_pmp_open && config.pmp_entries != 0) {
    pmp_.write_addr(0, ~std::uint64_t{0});
    pmp_.write_cfg(0, Pmp::kR | Pmp::kW | Pmp::kX |
                          static_cast<std::uint8_t>(static_cast<unsigned>(Pmp::Mode::kNapot) << 3));
  }
  changes_ = {true, true, true};
}

bool CsrFile::counter_enabled(unsigned number) const {
  const std::uint64_t mask = bit(number & 0x1fU);
  if (privilege_ == Privilege::kMachine) return true;
  if ((mcounteren_ & mask) == 0) return false;
  return privilege_ == Privilege::kSupervisor || (scounteren_ & mask) != 0;
}

bool CsrFile::accessible(unsigned number, bool write) const {
  if (!csr_exists(number, xlen_)) return false;
  if (write && (number >> 10) == 3) return false;
  if (((number >> 8) & 3U) > static_cast<unsigned>(privilege_)) return false;
  if (number >= csr::kCycle && number <= csr::kHpmcounter31h) return counter_enabled(number);
  if (number == csr::kStimecmp || number == csr::kStimecmph) {
    // Sstc: below M it needs menvcfg.STCE and mcounteren.TM.
    return privilege_ == Privilege::kMachine ||
           (sstc_enabled() && (mcounteren_ & bit(csr::kTime & 0x1fU)) != 0);
  }
  if (number == csr::kSatp) {  // SATP-15
    return privilege_ == Privilege::kMachine || (mstatus_ & mstatus::kTvm) == 0;
  }
  const bool is_pmp = number >= csr::kPmpcfg0 && number <= csr::kPmpaddr15;
  return !is_pmp || config_.pmp_entries != 0;
}

std::uint64_t CsrFile::peek(unsigned number) const {
  if (!csr_exists(number, xlen_)) return 0;
  const CsrTable::Row& row = *CsrTable::find(number);
  if (row.get != nullptr) return (this->*row.get)(number)&xlen_mask();
  return row.field != nullptr ? this->*row.field & xlen_mask() : 0;
}

bool CsrFile::read(unsigned number, std::uint64_t& value) const {
  if (!accessible(number, false)) return false;
  value = peek(number);
  return true;
}

std::uint64_t CsrFile::value_to_modify(unsigned number) const {
  const std::uint64_t value = peek(number);
  if (number != csr::kMip) return value;
  return (value & ~interrupt::kSeip) | (software_ & interrupt::kSeip);
}

void CsrFile::write(unsigned number, std::uint64_t value) {
  const CsrTable::Row& row = *CsrTable::find(number);
  value &= xlen_mask();
  if (row.set != nullptr) {
    (this->*row.set)(number, value);
  } else if (row.field != nullptr) {
    this->*row.field = (this->*row.field & ~row.writable) | (value & row.writable);
  }
}

translation::Context CsrFile::context() const {
  translation::Context context;
  const unsigned mode = static_cast<unsigned>(xlen_ == 32 ? satp_ >> 31 : satp_ >> 60);
  context.format = mode == 0 ? nullptr : translation::format_of_satp(xlen_, mode);
  if (context.format != nullptr) {
    const std::uint64_t ppn = satp_ & (bit(xlen_ == 32 ? 22 : 44) - 1);
    context.root = ppn << context.format->page_shift;
    context.asid = static_cast<std::uint32_t>(satp_ >> (xlen_ == 32 ? 22 : 44)) & asid_mask_;
  }
  context.fetch_privilege = privilege_;
  const bool mprv = (mstatus_ & mstatus::kMprv) != 0 && privilege_ == Privilege::kMachine;
  context.data_privilege =
      mprv ? static_cast<Privilege>((mstatus_ & mstatus::kMpp) >> mstatus::kMppShift) : privilege_;
  context.sum = (mstatus_ & mstatus::kSum) != 0;
  context.mxr = (mstatus_ & mstatus::kMxr) != 0;
  const bool hardware =
      config_.ad_update == AdPolicy::kHardware || (menvcfg_ & menvcfg::kAdue) != 0;
  context.ad_update = hardware ? AdUpdate::kHardware : AdUpdate::kFault;
  return context;
}

}  // namespace lookaside::riscv
