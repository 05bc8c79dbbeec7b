// SPDX-License-Identifier: Apache-2.0
// WARL rules of the CSRs that are more than storage.
#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/translation/format.h>

namespace lookaside::riscv {

namespace {

constexpr bool is_high(unsigned number) {
  return number == csr::kMenvcfgh || number == csr::kStimecmph ||
         (number & 0xf80U) == csr::kMcycleh || (number & 0xf80U) == csr::kCycleh;
}
constexpr std::uint64_t half_of(unsigned number, std::uint64_t whole) {
  return is_high(number) ? whole >> 32 : whole;
}

}  // namespace

/// On RV32 a 64-bit register is written by halves.
std::uint64_t CsrFile::replace_half(unsigned number, std::uint64_t whole,
                                    std::uint64_t half) const {
  if (xlen_ == 64) return half;
  return is_high(number) ? (whole & 0xffffffffULL) | (half << 32)
                         : (whole & ~0xffffffffULL) | (half & 0xffffffffULL);
}

std::uint64_t CsrFile::get_mstatus(unsigned) const {
  return xlen_ == 64 ? mstatus_ | mstatus::kUxl64 | mstatus::kSxl64 : mstatus_;
}

void CsrFile::set_mstatus(unsigned, std::uint64_t value) {
  std::uint64_t writable = mstatus::kSupervisor | mstatus::kMie | mstatus::kMpie | mstatus::kMpp |
                           mstatus::kMprv | mstatus::kTvm | mstatus::kTw | mstatus::kTsr;
  if (config_.max_satp_mode == SatpMode::kBare) {  // SATP-17
    writable &= ~(mstatus::kSum | mstatus::kMxr | mstatus::kTvm);
  }
  const bool reserved_mpp = ((value & mstatus::kMpp) >> mstatus::kMppShift) == 2;
  if (reserved_mpp) writable &= ~mstatus::kMpp;
  mstatus_ = (mstatus_ & ~writable) | (value & writable);
  changes_.context = true;
}

std::uint64_t CsrFile::get_sstatus(unsigned) const {
  return (mstatus_ & mstatus::kSupervisor) | (xlen_ == 64 ? mstatus::kUxl64 : 0);
}

void CsrFile::set_sstatus(unsigned number, std::uint64_t value) {
  set_mstatus(number, (mstatus_ & ~mstatus::kSupervisor) | (value & mstatus::kSupervisor));
}

std::uint64_t CsrFile::get_misa(unsigned) const {
  constexpr std::uint64_t kImacsu = bit('I' - 'A') | bit('M' - 'A') | bit('A' - 'A') |
                                    bit('C' - 'A') | bit('S' - 'A') | bit('U' - 'A');
  return kImacsu | (xlen_ == 32 ? bit(30) : bit(63));
}

std::uint64_t CsrFile::get_mhartid(unsigned) const {
  return config_.hart_id;
}

std::uint64_t CsrFile::mip() const {
  const std::uint64_t software = sstc_enabled() ? software_ & ~interrupt::kStip : software_;
  return software | lines_ | timers_;
}

std::uint64_t CsrFile::get_mip(unsigned number) const {
  return number == csr::kSip ? mip() & mideleg_ : mip();
}

void CsrFile::set_mip(unsigned number, std::uint64_t value) {
  std::uint64_t writable = interrupt::kSupervisor;
  if (number == csr::kSip) writable = interrupt::kSsip & mideleg_;
  if (sstc_enabled()) writable &= ~interrupt::kStip;  // Sstc: STIP then shows the comparison
  software_ = (software_ & ~writable) | (value & writable);
}

std::uint64_t CsrFile::get_sie(unsigned) const {
  return mie_ & mideleg_;
}

void CsrFile::set_mie(unsigned number, std::uint64_t value) {
  const std::uint64_t writable = number == csr::kSie ? mideleg_ : interrupt::kAll;
  mie_ = (mie_ & ~writable) | (value & writable);
}

std::uint64_t CsrFile::get_menvcfg(unsigned number) const {
  return half_of(number, menvcfg_);
}

void CsrFile::set_menvcfg(unsigned number, std::uint64_t value) {
  std::uint64_t writable = menvcfg::kFiom | menvcfg::kStce;
  if (config_.ad_update == AdPolicy::kMenvcfg) writable |= menvcfg::kAdue;
  menvcfg_ = replace_half(number, menvcfg_, value) & writable;
  changes_.context = true;
  changes_.timers = true;
}

std::uint64_t CsrFile::get_stimecmp(unsigned number) const {
  return half_of(number, stimecmp_);
}

void CsrFile::set_stimecmp(unsigned number, std::uint64_t value) {
  stimecmp_ = replace_half(number, stimecmp_, value);
  changes_.timers = true;
}

/// SATP-01: a MODE that is not supported leaves the whole register as it was.
void CsrFile::set_satp(unsigned, std::uint64_t value) {
  const unsigned mode = static_cast<unsigned>(xlen_ == 32 ? value >> 31 : value >> 60);
  if (mode != 0) {
    const translation::Format* format = translation::format_of_satp(xlen_, mode);
    if (format == nullptr || config_.max_satp_mode == SatpMode::kBare) return;
    static constexpr unsigned kLevels[] = {0, 2, 3, 4, 5};
    const unsigned allowed = kLevels[static_cast<unsigned>(config_.max_satp_mode)];
    if (xlen_ == 64 && format->levels > allowed) return;
  }
  const unsigned shift = xlen_ == 32 ? 22 : 44;
  const std::uint64_t full_asid = xlen_ == 32 ? 0x1ff : 0xffff;
  satp_ = value & ~((full_asid & ~std::uint64_t{asid_mask_}) << shift);
  changes_.context = true;
}

void CsrFile::set_mcountinhibit(unsigned, std::uint64_t value) {
  mcountinhibit_ = value & (bit(0) | bit(2));
  cycle_.freeze((mcountinhibit_ & bit(0)) != 0, clock_.next_cycle);
  instret_.freeze((mcountinhibit_ & bit(2)) != 0, clock_.retired + 1);
}

std::uint64_t CsrFile::get_counter(unsigned number) const {
  switch (number & 0x1fU) {
    case 0:
      return half_of(number, cycle_.read(clock_.cycle));
    case 1:
      return half_of(number, clock_.time);
    default:
      return half_of(number, instret_.read(clock_.retired));
  }
}

void CsrFile::set_counter(unsigned number, std::uint64_t value) {
  const bool is_cycle = (number & 0x1fU) == 0;
  Counter& counter = is_cycle ? cycle_ : instret_;
  const std::uint64_t old = counter.read(is_cycle ? clock_.cycle : clock_.retired);
  counter.write(replace_half(number, old, value),
                is_cycle ? clock_.next_cycle : clock_.retired + 1);
}

std::uint64_t CsrFile::get_pmpcfg(unsigned number) const {
  const unsigned first = (number - csr::kPmpcfg0) * 4;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < xlen_ / 8; ++i) {
    value |= std::uint64_t{pmp_.cfg(first + i)} << (8 * i);
  }
  return value;
}

void CsrFile::set_pmpcfg(unsigned number, std::uint64_t value) {
  const unsigned first = (number - csr::kPmpcfg0) * 4;
  for (unsigned i = 0; i < xlen_ / 8; ++i) {
    pmp_.write_cfg(first + i, static_cast<std::uint8_t>(value >> (8 * i)));
  }
  changes_.pmp = true;
}

std::uint64_t CsrFile::get_pmpaddr(unsigned number) const {
  return pmp_.addr(number - csr::kPmpaddr0);
}

void CsrFile::set_pmpaddr(unsigned number, std::uint64_t value) {
  pmp_.write_addr(number - csr::kPmpaddr0, value);
  changes_.pmp = true;
}

}  // namespace lookaside::riscv
