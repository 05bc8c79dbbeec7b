// SPDX-License-Identifier: Apache-2.0
// Fields of the CSRs: what can be written, what is read back, who may access.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/translation/format.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using riscv::CsrFile;
using riscv::HartConfig;
using translation::Privilege;
namespace csr = riscv::csr;

constexpr std::uint64_t kOnes = ~0ULL;

HartConfig config(unsigned xlen) {
  HartConfig c;
  c.xlen = xlen;
  return c;
}

struct Warl {
  unsigned xlen;  ///< 0 = both
  unsigned number;
  std::uint64_t first;   ///< written first
  std::uint64_t second;  ///< then
  std::uint64_t read;    ///< RV32: cut to 32 bits
};

constexpr std::uint64_t kMstatusWritable = 0x7e19aa;  ///< SIE MIE SPIE MPIE SPP MPP MPRV..TSR

const Warl kWarl[] = {
    {32, csr::kMstatus, 0, kOnes, kMstatusWritable},
    {64, csr::kMstatus, 0, kOnes, kMstatusWritable | 0xa00000000},
    {32, csr::kMstatus, kOnes, 0, 0},
    {64, csr::kMstatus, kOnes, 0, 0xa00000000},
    {64, csr::kMstatus, 0x1800, 0x1000, 0xa00001800},  // MPP = 2 is reserved: stays 3
    {64, csr::kMstatus, 0x0800, 0x1000, 0xa00000800},  // stays 1
    {64, csr::kMstatus, 0x1800, 0x0800, 0xa00000800},
    {32, csr::kMstatush, 0, kOnes, 0},
    {32, csr::kSstatus, 0, kOnes, 0xc0122},
    {64, csr::kSstatus, 0, kOnes, 0x2000c0122},
    {32, csr::kMisa, 0, 0, 0x40141105},
    {64, csr::kMisa, 0, kOnes, 0x8000000000141105},
    {0, csr::kMedeleg, 0, kOnes, 0xb3ff},
    {0, csr::kMideleg, 0, kOnes, 0x222},
    {0, csr::kMie, 0, kOnes, 0xaaa},
    {0, csr::kMip, 0, kOnes, 0x222},
    {0, csr::kMtvec, 0, kOnes, 0xfffffffffffffffd},
    {0, csr::kMtvec, 0, 0x80000001, 0x80000001},
    {0, csr::kStvec, 0, 0x80000003, 0x80000001},
    {0, csr::kMepc, 0, kOnes, 0xfffffffffffffffe},
    {0, csr::kSepc, 0, kOnes, 0xfffffffffffffffe},
    {0, csr::kMscratch, 0, kOnes, kOnes},
    {0, csr::kSscratch, 5, kOnes, kOnes},
    {0, csr::kMtval, 0, kOnes, kOnes},
    {0, csr::kStval, 0, kOnes, kOnes},
    {0, csr::kMcounteren, 0, kOnes, 0xffffffff},
    {0, csr::kScounteren, 0, kOnes, 0xffffffff},
    {0, csr::kMcountinhibit, 0, kOnes, 0x5},
    {0, csr::kSenvcfg, 0, kOnes, 0x1},
    {32, csr::kMenvcfg, 0, kOnes, 0x1},
    {32, csr::kMenvcfgh, 0, kOnes, 0xa0000000},
    {64, csr::kMenvcfg, 0, kOnes, 0xa000000000000001},
    {0, csr::kMhpmevent3, 0, kOnes, 0},
    {0, csr::kMhpmcounter31, 0, kOnes, 0},
    {32, csr::kMhpmcounter3h, 0, kOnes, 0},
    {64, csr::kStimecmp, 0, 0x123456789abcdef0, 0x123456789abcdef0},
    {32, csr::kSatp, 0, 0xffffffff, 0xffffffff},
    {64, csr::kSatp, 0, 0x8ffff00000000123, 0x8ffff00000000123},
    {64, csr::kSatp, 0, 0x9000000000000001, 0x9000000000000001},
    {64, csr::kSatp, 0, 0xa000000000000001, 0xa000000000000001},
    // SATP-01: unsupported modes leave every field.
    {64, csr::kSatp, 0x8000100000000001, 0xb000200000000002, 0x8000100000000001},
    {64, csr::kSatp, 0x8000100000000001, 0x1000200000000002, 0x8000100000000001},
    {64, csr::kSatp, 0x8000100000000001, 0xf000200000000002, 0x8000100000000001},
    {64, csr::kSatp, 0x8000100000000001, 0, 0},
    {64, csr::kPmpaddr0, 0, kOnes, 0x3fffffffffffff},  // PMP-01: PA[55:2]
    {32, csr::kPmpaddr0, 0, kOnes, 0xffffffff},
    {64, csr::kPmpcfg0, 0, 0x1f1e1d1c1b1a1918, 0x1f1c1d1c1b181918},  // PMP-13: W without R drops W
};

TEST(CsrFileTest, WarlFields) {
  for (const Warl& w : kWarl) {
    for (const unsigned xlen : {32U, 64U}) {
      if (w.xlen != 0 && w.xlen != xlen) continue;
      CsrFile file(config(xlen));
      const std::uint64_t mask = xlen == 32 ? 0xffffffffU : kOnes;
      file.write(w.number, w.first);
      file.write(w.number, w.second);
      EXPECT_EQ(file.peek(w.number), w.read & mask)
          << riscv::csr_name(w.number) << " rv" << xlen << std::hex << " written " << w.second;
    }
  }
}

TEST(CsrFileTest, PmpLocksAndHalves) {
  CsrFile file(config(32));
  file.write(csr::kPmpaddr0 + 5, 0x1234);
  file.write(csr::kPmpcfg0 + 1, 0x9f00);  // entry 5: L, NAPOT, RWX
  EXPECT_EQ(file.peek(csr::kPmpcfg0 + 1), 0x9f00U);
  file.write(csr::kPmpaddr0 + 5, 0);
  file.write(csr::kPmpcfg0 + 1, 0);
  EXPECT_EQ(file.peek(csr::kPmpaddr0 + 5), 0x1234U);  // PMP-14
  EXPECT_EQ(file.peek(csr::kPmpcfg0 + 1), 0x9f00U);
  EXPECT_EQ(file.pmp().cfg(5), 0x9fU);
}

TEST(CsrFileTest, PmpEntriesKnob) {
  HartConfig c = config(64);
  c.pmp_entries = 4;
  CsrFile four(c);
  four.write(csr::kPmpaddr0 + 3, 7);
  four.write(csr::kPmpaddr0 + 4, 7);
  four.write(csr::kPmpcfg0, 0x1f1f1f1f1f1f1f1f);
  EXPECT_EQ(four.peek(csr::kPmpaddr0 + 3), 7U);
  EXPECT_EQ(four.peek(csr::kPmpaddr0 + 4), 0U);
  EXPECT_EQ(four.peek(csr::kPmpcfg0), 0x1f1f1f1fU);  // PMP-02
  EXPECT_TRUE(four.accessible(csr::kPmpaddr15, true));
  c.pmp_entries = 0;
  EXPECT_FALSE(CsrFile(c).accessible(csr::kPmpaddr0, false));
  c.pmp_entries = 16;
  c.reset_pmp_open = true;
  const CsrFile open(c);
  EXPECT_EQ(open.pmp().check(0x80000000, 8, translation::Access::kStore, Privilege::kUser),
            translation::Rule::kNone);
  EXPECT_NE(
      CsrFile(config(64)).pmp().check(0x80000000, 8, translation::Access::kStore, Privilege::kUser),
      translation::Rule::kNone);
}

TEST(CsrFileTest, HalvesOf64BitRegistersOnRv32) {
  CsrFile file(config(32));
  file.write(csr::kStimecmp, 0x11111111);
  file.write(csr::kStimecmph, 0x22222222);
  EXPECT_EQ(file.stimecmp(), 0x2222222211111111U);
  EXPECT_EQ(file.peek(csr::kStimecmph), 0x22222222U);
  file.write(csr::kMcycle, 0xaaaaaaaa);
  file.write(csr::kMcycleh, 0xbbbbbbbb);
  EXPECT_EQ(file.peek(csr::kMcycle), 0xaaaaaaaaU);
  EXPECT_EQ(file.peek(csr::kMcycleh), 0xbbbbbbbbU);
  EXPECT_EQ(file.peek(csr::kCycleh), 0xbbbbbbbbU);
  file.write(csr::kMenvcfgh, 0x80000000);
  file.write(csr::kMenvcfg, 1);
  EXPECT_TRUE(file.sstc_enabled()) << "the lower half leaves the upper alone";
}

TEST(CsrFileTest, AsidWidthIsCut) {
  HartConfig c = config(64);
  c.asid_bits = 4;
  CsrFile file(c);
  file.write(csr::kSatp, 0x8ffff00000000000);  // SATP-07
  EXPECT_EQ(file.peek(csr::kSatp), 0x8000f00000000000U);
  EXPECT_EQ(file.context().asid, 0xfU);
  c = config(32);  // 16 asked for, 9 exist
  CsrFile narrow(c);
  narrow.write(csr::kSatp, 0xffc00000);
  EXPECT_EQ(narrow.context().asid, 0x1ffU);
}

TEST(CsrFileTest, MaxSatpModeKnob) {
  using riscv::SatpMode;
  struct {
    unsigned xlen;
    SatpMode max;
    std::set<unsigned> accepted;
  } const cases[] = {{32, SatpMode::kBare, {0}},          {32, SatpMode::kSv57, {0, 1}},
                     {32, SatpMode::kSv32, {0, 1}},       {64, SatpMode::kBare, {0}},
                     {64, SatpMode::kSv39, {0, 8}},       {64, SatpMode::kSv48, {0, 8, 9}},
                     {64, SatpMode::kSv57, {0, 8, 9, 10}}};
  for (const auto& t : cases) {
    HartConfig c = config(t.xlen);
    c.max_satp_mode = t.max;
    for (unsigned mode = 0; mode < (t.xlen == 32 ? 2U : 16U); ++mode) {
      CsrFile file(c);
      const std::uint64_t value = std::uint64_t{mode} << (t.xlen == 32 ? 31 : 60) | 5;
      file.write(csr::kSatp, value);
      EXPECT_EQ(file.peek(csr::kSatp), t.accepted.count(mode) != 0 ? value : 0U) << mode;
    }
  }
  HartConfig c = config(64);
  c.max_satp_mode = SatpMode::kBare;
  CsrFile file(c);
  file.write(csr::kMstatus, kOnes);  // SATP-17
  EXPECT_EQ(file.mstatus() & (riscv::mstatus::kSum | riscv::mstatus::kMxr | riscv::mstatus::kTvm),
            0U);
}

TEST(CsrFileTest, AdUpdateKnob) {
  using riscv::AdPolicy;
  using translation::AdUpdate;
  HartConfig c = config(64);
  EXPECT_EQ(CsrFile(c).context().ad_update, AdUpdate::kHardware) << "reset_adue is the default";
  c.reset_adue = false;
  CsrFile file(c);
  EXPECT_EQ(file.context().ad_update, AdUpdate::kFault);
  file.write(csr::kMenvcfg, riscv::menvcfg::kAdue);
  EXPECT_EQ(file.context().ad_update, AdUpdate::kHardware);  // SVD-01
  for (const AdPolicy policy : {AdPolicy::kHardware, AdPolicy::kFault}) {
    c.ad_update = policy;
    c.reset_adue = true;
    CsrFile fixed(c);
    fixed.write(csr::kMenvcfg, kOnes);
    EXPECT_EQ(fixed.peek(csr::kMenvcfg) & riscv::menvcfg::kAdue, 0U);
    EXPECT_EQ(fixed.context().ad_update,
              policy == AdPolicy::kHardware ? AdUpdate::kHardware : AdUpdate::kFault);
  }
}

TEST(CsrFileTest, ContextFollowsSatpStatusAndPrivilege) {
  CsrFile file(config(64));
  EXPECT_EQ(file.context().format, nullptr);
  file.write(csr::kSatp, 0x8000'7000'0008'0123);
  file.write(csr::kMstatus, riscv::mstatus::kSum | riscv::mstatus::kMprv | 0x0800);
  const translation::Context m = file.context();
  EXPECT_EQ(m.format, &translation::kSv39);
  EXPECT_EQ(m.root, 0x80123000U);
  EXPECT_EQ(m.asid, 7U);
  EXPECT_EQ(m.fetch_privilege, Privilege::kMachine);  // PRV-01: never the fetch
  EXPECT_EQ(m.data_privilege, Privilege::kSupervisor);
  EXPECT_TRUE(m.sum);
  EXPECT_FALSE(m.mxr);
  file.leave_machine_trap();
  EXPECT_EQ(file.context().fetch_privilege, Privilege::kSupervisor);
  EXPECT_EQ(file.mstatus() & riscv::mstatus::kMprv, 0U);  // PRV-04
  file.write(csr::kMstatus, 0);
  EXPECT_FALSE(file.context().sum);
}

TEST(CsrFileTest, Sv32RootHas34Bits) {  // LVL-04
  CsrFile file(config(32));
  file.write(csr::kSatp, 0x803fffff);
  EXPECT_EQ(file.context().root, 0x3fffff000U);
}

// Every number that exists, per XLEN; whatever is not here must trap.
std::set<unsigned> existing(unsigned xlen) {
  std::set<unsigned> all = {0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x144,
                            0x14d, 0x180, 0x300, 0x301, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30a,
                            0x320, 0x340, 0x341, 0x342, 0x343, 0x344, 0x3a0, 0x3a2, 0xb00, 0xb02,
                            0xc00, 0xc01, 0xc02, 0xf11, 0xf12, 0xf13, 0xf14, 0xf15};
  for (unsigned n = 3; n < 32; ++n) all.insert({0x320 + n, 0xb00 + n, 0xc00 + n});
  for (unsigned n = 0; n < 16; ++n) all.insert(0x3b0 + n);
  if (xlen == 64) return all;
  all.insert({0x15d, 0x310, 0x31a, 0x3a1, 0x3a3, 0xb80, 0xb82, 0xc80, 0xc81, 0xc82});
  for (unsigned n = 3; n < 32; ++n) all.insert({0xb80 + n, 0xc80 + n});
  return all;
}

TEST(CsrFileTest, OnlyTheseRegistersExistAndReadOnlyOnesRefuseWrites) {
  for (const unsigned xlen : {32U, 64U}) {
    const CsrFile file(config(xlen));
    const std::set<unsigned> all = existing(xlen);
    for (unsigned n = 0; n < 4096; ++n) {
      EXPECT_EQ(file.accessible(n, false), all.count(n) != 0) << std::hex << n << " rv" << xlen;
      EXPECT_EQ(file.accessible(n, true), all.count(n) != 0 && n < 0xc00) << std::hex << n;
    }
  }
}

TEST(CsrFileTest, LowerModesReachOnlyTheirOwn) {
  for (const Privilege p : {Privilege::kUser, Privilege::kSupervisor}) {
    CsrFile file(config(64));
    file.write(csr::kMstatus, static_cast<std::uint64_t>(p) << 11);
    file.write(csr::kMcounteren, kOnes);
    file.write(csr::kScounteren, kOnes);
    file.write(csr::kMenvcfg, riscv::menvcfg::kStce);
    file.leave_machine_trap();
    ASSERT_EQ(file.privilege(), p);
    for (const unsigned n : existing(64)) {
      EXPECT_EQ(file.accessible(n, false), ((n >> 8) & 3U) <= static_cast<unsigned>(p))
          << std::hex << n;
    }
  }
}

TEST(CsrFileTest, CounterEnables) {
  struct {
    Privilege privilege;
    bool mcounteren;
    bool scounteren;
    bool readable;
  } const cases[] = {
      {Privilege::kMachine, false, false, true},   {Privilege::kSupervisor, false, true, false},
      {Privilege::kSupervisor, true, false, true}, {Privilege::kUser, true, false, false},
      {Privilege::kUser, false, true, false},      {Privilege::kUser, true, true, true}};
  for (const auto& c : cases) {
    for (const unsigned n : {0xc00U, 0xc01U, 0xc02U, 0xc03U, 0xc1fU, 0xc80U, 0xc81U, 0xc9fU}) {
      CsrFile file(config(32));
      const std::uint64_t bit = 1ULL << (n & 31U);
      file.write(csr::kMcounteren, c.mcounteren ? bit : ~bit);
      file.write(csr::kScounteren, c.scounteren ? bit : ~bit);
      file.write(csr::kMstatus, static_cast<std::uint64_t>(c.privilege) << 11);
      file.leave_machine_trap();
      EXPECT_EQ(file.accessible(n, false), c.readable) << std::hex << n;
    }
  }
}

TEST(CsrFileTest, StimecmpNeedsStceAndTheTimeBitBelowM) {
  for (const bool stce : {false, true}) {
    for (const bool tm : {false, true}) {
      CsrFile file(config(64));
      file.write(csr::kMenvcfg, stce ? riscv::menvcfg::kStce : 0);
      file.write(csr::kMcounteren, tm ? 2 : ~2ULL);
      EXPECT_TRUE(file.accessible(csr::kStimecmp, true)) << "in M";
      file.write(csr::kMstatus, 0x0800);
      file.leave_machine_trap();
      EXPECT_EQ(file.accessible(csr::kStimecmp, true), stce && tm);
    }
  }
}

TEST(CsrFileTest, TvmTrapsSatpInSupervisorModeOnly) {  // SATP-15
  CsrFile file(config(64));
  file.write(csr::kMstatus, riscv::mstatus::kTvm | 0x0800);
  EXPECT_TRUE(file.accessible(csr::kSatp, true));
  file.leave_machine_trap();
  EXPECT_FALSE(file.accessible(csr::kSatp, false));
  EXPECT_FALSE(file.accessible(csr::kSatp, true));
}

TEST(CsrFileTest, SupervisorViewsOfInterruptsFollowMideleg) {
  CsrFile file(config(64));
  file.write(csr::kMie, 0xaaa);
  file.write(csr::kMip, 0x222);
  EXPECT_EQ(file.peek(csr::kSie), 0U);
  EXPECT_EQ(file.peek(csr::kSip), 0U);
  file.write(csr::kSip, 0);
  EXPECT_EQ(file.peek(csr::kMip), 0x222U) << "not delegated: not writable through sip";
  file.write(csr::kMideleg, 0x202);
  EXPECT_EQ(file.peek(csr::kSie), 0x202U);
  EXPECT_EQ(file.peek(csr::kSip), 0x202U);
  file.write(csr::kSie, 0);
  EXPECT_EQ(file.peek(csr::kMie), 0x8a8U);
  file.write(csr::kSip, 0);
  EXPECT_EQ(file.peek(csr::kMip), 0x220U) << "only SSIP is writable through sip";
}

TEST(CsrFileTest, StipIsTheComparisonOnceSstcIsOn) {
  CsrFile file(config(64));
  file.write(csr::kMip, riscv::interrupt::kStip);
  EXPECT_NE(file.mip() & riscv::interrupt::kStip, 0U);
  file.write(csr::kMenvcfg, riscv::menvcfg::kStce);
  EXPECT_EQ(file.mip() & riscv::interrupt::kStip, 0U);
  file.set_timers(false, true);
  EXPECT_NE(file.mip() & riscv::interrupt::kStip, 0U);
  file.write(csr::kMip, 0);
  EXPECT_NE(file.mip() & riscv::interrupt::kStip, 0U) << "read-only";
  file.write(csr::kMenvcfg, 0);
  file.set_timers(false, false);
  EXPECT_NE(file.mip() & riscv::interrupt::kStip, 0U) << "what software wrote before is back";
}

TEST(CsrFileTest, SeipIsLineOrSoftwareAndModifiesAsSoftware) {
  CsrFile file(config(64));
  file.set_line(9, true);
  EXPECT_EQ(file.peek(csr::kMip), riscv::interrupt::kSeip);
  EXPECT_EQ(file.value_to_modify(csr::kMip), 0U) << "csrs must not store the line's level";
  file.write(csr::kMip, riscv::interrupt::kSeip);
  file.set_line(9, false);
  EXPECT_EQ(file.peek(csr::kMip), riscv::interrupt::kSeip);
}

TEST(CsrFileTest, LinesAreOnlyThoseOfDevices) {
  CsrFile file(config(64));
  for (unsigned line = 0; line < 64; ++line) file.set_line(line, true);
  EXPECT_EQ(file.mip(),
            riscv::interrupt::kMsip | riscv::interrupt::kSeip | riscv::interrupt::kMeip);
}

TEST(CsrFileTest, Names) {
  EXPECT_EQ(riscv::csr_name(0x300), "mstatus");
  EXPECT_EQ(riscv::csr_name(0x323), "mhpmevent3");
  EXPECT_EQ(riscv::csr_name(0x33f), "mhpmevent31");
  EXPECT_EQ(riscv::csr_name(0xb9f), "mhpmcounter31h");
  EXPECT_EQ(riscv::csr_name(0x3bf), "pmpaddr15");
  EXPECT_EQ(riscv::csr_name(0x7c0), "unknown_7c0");
}

}  // namespace
}  // namespace lookaside::tests
