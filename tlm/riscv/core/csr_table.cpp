// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include <fmt/format.h>

#include <lookaside/riscv/core/csr_table.h>

namespace lookaside::riscv {

namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
/// Exceptions that can be taken below M: all that exist but ecall from M.
constexpr std::uint64_t kDelegable = 0xb3ff;

}  // namespace

// The fields of CsrFile are private; a table of pointers to them has to be a member of its friend.
// clang-format off
const CsrTable::Row CsrTable::kRows[] = {
    {csr::kSstatus, csr::kSstatus, "sstatus", Only::kAny, nullptr, 0, &CsrFile::get_sstatus, &CsrFile::set_sstatus},
    {csr::kSie, csr::kSie, "sie", Only::kAny, nullptr, 0, &CsrFile::get_sie, &CsrFile::set_mie},
    {csr::kStvec, csr::kStvec, "stvec", Only::kAny, &CsrFile::stvec_, ~bit(1)},
    {csr::kScounteren, csr::kScounteren, "scounteren", Only::kAny, &CsrFile::scounteren_, 0xffffffff},
    {csr::kSenvcfg, csr::kSenvcfg, "senvcfg", Only::kAny, &CsrFile::senvcfg_, menvcfg::kFiom},
    {csr::kSscratch, csr::kSscratch, "sscratch", Only::kAny, &CsrFile::sscratch_, kAll},
    {csr::kSepc, csr::kSepc, "sepc", Only::kAny, &CsrFile::sepc_, ~bit(0)},
    {csr::kScause, csr::kScause, "scause", Only::kAny, &CsrFile::scause_, kAll},
    {csr::kStval, csr::kStval, "stval", Only::kAny, &CsrFile::stval_, kAll},
    {csr::kSip, csr::kSip, "sip", Only::kAny, nullptr, 0, &CsrFile::get_mip, &CsrFile::set_mip},
    {csr::kStimecmp, csr::kStimecmp, "stimecmp", Only::kAny, nullptr, 0, &CsrFile::get_stimecmp, &CsrFile::set_stimecmp},
    {csr::kStimecmph, csr::kStimecmph, "stimecmph", Only::k32, nullptr, 0, &CsrFile::get_stimecmp, &CsrFile::set_stimecmp},
    {csr::kSatp, csr::kSatp, "satp", Only::kAny, &CsrFile::satp_, kAll, nullptr, &CsrFile::set_satp},

    {csr::kMstatus, csr::kMstatus, "mstatus", Only::kAny, nullptr, 0, &CsrFile::get_mstatus, &CsrFile::set_mstatus},
    {csr::kMisa, csr::kMisa, "misa", Only::kAny, nullptr, 0, &CsrFile::get_misa, nullptr},
    {csr::kMedeleg, csr::kMedeleg, "medeleg", Only::kAny, &CsrFile::medeleg_, kDelegable},
    {csr::kMideleg, csr::kMideleg, "mideleg", Only::kAny, &CsrFile::mideleg_, interrupt::kSupervisor},
    {csr::kMie, csr::kMie, "mie", Only::kAny, &CsrFile::mie_, interrupt::kAll, nullptr, &CsrFile::set_mie},
    {csr::kMtvec, csr::kMtvec, "mtvec", Only::kAny, &CsrFile::mtvec_, ~bit(1)},
    {csr::kMcounteren, csr::kMcounteren, "mcounteren", Only::kAny, &CsrFile::mcounteren_, 0xffffffff},
    {csr::kMenvcfg, csr::kMenvcfg, "menvcfg", Only::kAny, nullptr, 0, &CsrFile::get_menvcfg, &CsrFile::set_menvcfg},
    {csr::kMstatush, csr::kMstatush, "mstatush", Only::k32},
    {csr::kMenvcfgh, csr::kMenvcfgh, "menvcfgh", Only::k32, nullptr, 0, &CsrFile::get_menvcfg, &CsrFile::set_menvcfg},
    {csr::kMcountinhibit, csr::kMcountinhibit, "mcountinhibit", Only::kAny, &CsrFile::mcountinhibit_, 0, nullptr, &CsrFile::set_mcountinhibit},
    {csr::kMhpmevent3, csr::kMhpmevent31, "mhpmevent3"},
    {csr::kMscratch, csr::kMscratch, "mscratch", Only::kAny, &CsrFile::mscratch_, kAll},
    {csr::kMepc, csr::kMepc, "mepc", Only::kAny, &CsrFile::mepc_, ~bit(0)},
    {csr::kMcause, csr::kMcause, "mcause", Only::kAny, &CsrFile::mcause_, kAll},
    {csr::kMtval, csr::kMtval, "mtval", Only::kAny, &CsrFile::mtval_, kAll},
    {csr::kMip, csr::kMip, "mip", Only::kAny, nullptr, 0, &CsrFile::get_mip, &CsrFile::set_mip},
    {csr::kPmpcfg0, csr::kPmpcfg3, "pmpcfg0", Only::kAny, nullptr, 0, &CsrFile::get_pmpcfg, &CsrFile::set_pmpcfg},
    {csr::kPmpaddr0, csr::kPmpaddr15, "pmpaddr0", Only::kAny, nullptr, 0, &CsrFile::get_pmpaddr, &CsrFile::set_pmpaddr},

    {csr::kMcycle, csr::kMcycle, "mcycle", Only::kAny, nullptr, 0, &CsrFile::get_counter, &CsrFile::set_counter},
    {csr::kMinstret, csr::kMinstret, "minstret", Only::kAny, nullptr, 0, &CsrFile::get_counter, &CsrFile::set_counter},
    {csr::kMhpmcounter3, csr::kMhpmcounter31, "mhpmcounter3"},
    {csr::kMcycleh, csr::kMcycleh, "mcycleh", Only::k32, nullptr, 0, &CsrFile::get_counter, &CsrFile::set_counter},
    {csr::kMinstreth, csr::kMinstreth, "minstreth", Only::k32, nullptr, 0, &CsrFile::get_counter, &CsrFile::set_counter},
    {csr::kMhpmcounter3h, csr::kMhpmcounter31h, "mhpmcounter3h", Only::k32},

    {csr::kCycle, csr::kCycle, "cycle", Only::kAny, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kTime, csr::kTime, "time", Only::kAny, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kInstret, csr::kInstret, "instret", Only::kAny, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kHpmcounter3, csr::kHpmcounter31, "hpmcounter3"},
    {csr::kCycleh, csr::kCycleh, "cycleh", Only::k32, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kTimeh, csr::kTimeh, "timeh", Only::k32, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kInstreth, csr::kInstreth, "instreth", Only::k32, nullptr, 0, &CsrFile::get_counter, nullptr},
    {csr::kHpmcounter3h, csr::kHpmcounter31h, "hpmcounter3h", Only::k32},

    {csr::kMvendorid, csr::kMvendorid, "mvendorid"},
    {csr::kMarchid, csr::kMarchid, "marchid"},
    {csr::kMimpid, csr::kMimpid, "mimpid"},
    {csr::kMhartid, csr::kMhartid, "mhartid", Only::kAny, nullptr, 0, &CsrFile::get_mhartid, nullptr},
    {csr::kMconfigptr, csr::kMconfigptr, "mconfigptr"},
};
// clang-format on
const unsigned CsrTable::kRowCount = sizeof(kRows) / sizeof(kRows[0]);

const CsrTable::Row* CsrTable::find(unsigned number) {
  static const std::array<const Row*, 4096> index = [] {
    std::array<const Row*, 4096> result{};
    for (unsigned i = 0; i < kRowCount; ++i) {
      for (unsigned n = kRows[i].first; n <= kRows[i].last; ++n) result[n] = &kRows[i];
    }
    return result;
  }();
  return index[number & 0xfffU];
}

std::string csr_name(unsigned number) {
  const CsrTable::Row* row = CsrTable::find(number);
  if (row == nullptr) {
    return fmt::format("unknown_{:03x}", number & 0xfffU);
  }
  std::string name = row->name;
  if (row->first == row->last) return name;
  const std::size_t digits = name.find_first_of("0123456789");
  const bool high = name.back() == 'h';
  const unsigned base = static_cast<unsigned>(std::stoul(name.substr(digits)));
  return name.substr(0, digits) + std::to_string(base + number - row->first) + (high ? "h" : "");
}

bool csr_exists(unsigned number, unsigned xlen) {
  const CsrTable::Row* row = CsrTable::find(number);
  if (row == nullptr || (row->only == CsrTable::Only::k32 && xlen != 32)) return false;
  const bool odd_pmpcfg = row->first == csr::kPmpcfg0 && (number & 1U) != 0;
  return !(odd_pmpcfg && xlen == 64);  // PMP-03
}

}  // namespace lookaside::riscv
