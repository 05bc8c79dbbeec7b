// SPDX-License-Identifier: Apache-2.0
// Trap entry and return, delegation, and priority of interrupts, by table from the privileged
// manual.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/riscv/core/trap.h>

namespace lookaside::tests {
namespace {

using riscv::CsrFile;
using riscv::HartConfig;
using translation::Privilege;
namespace csr = riscv::csr;
namespace status = riscv::mstatus;

constexpr Privilege kModes[] = {Privilege::kUser, Privilege::kSupervisor, Privilege::kMachine};

HartConfig config(unsigned xlen) {
  HartConfig c;
  c.xlen = xlen;
  return c;
}

/// A file in `privilege` with the given mstatus bits (MPP aside, which ends as U).
CsrFile in_mode(Privilege privilege, std::uint64_t mstatus = 0, unsigned xlen = 64) {
  CsrFile file(config(xlen));
  // mret turns MPIE into MIE and sets MPIE: set the wanted MIE by way of it.
  const std::uint64_t mpie = (mstatus & status::kMie) != 0 ? status::kMpie : 0;
  file.write(csr::kMstatus, (mstatus & ~status::kMie) | mpie |
                                static_cast<std::uint64_t>(privilege) << status::kMppShift);
  file.leave_machine_trap();
  return file;
}

TEST(TrapTest, ExceptionDelegationMatrix) {
  static constexpr unsigned kCodes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15};
  for (const unsigned code : kCodes) {
    for (const Privilege from : kModes) {
      for (const bool delegated : {false, true}) {
        CsrFile file(config(64));
        file.write(csr::kMtvec, 0x1000);
        file.write(csr::kStvec, 0x2000);
        file.write(csr::kMedeleg, delegated ? 1ULL << code : ~(1ULL << code));
        file.write(csr::kMstatus, static_cast<std::uint64_t>(from) << status::kMppShift);
        file.leave_machine_trap();
        const std::uint64_t pc = file.enter_trap(false, code, 0x4002, 0x77);
        const bool to_s = delegated && from != Privilege::kMachine;
        EXPECT_EQ(pc, to_s ? 0x2000U : 0x1000U) << code;
        EXPECT_EQ(file.privilege(), to_s ? Privilege::kSupervisor : Privilege::kMachine);
        EXPECT_EQ(file.peek(to_s ? csr::kSepc : csr::kMepc), 0x4002U);
        EXPECT_EQ(file.peek(to_s ? csr::kScause : csr::kMcause), code);
        EXPECT_EQ(file.peek(to_s ? csr::kStval : csr::kMtval), 0x77U);
        EXPECT_EQ(file.peek(to_s ? csr::kMepc : csr::kSepc), 0U) << "the other set is untouched";
      }
    }
  }
}

TEST(TrapTest, EcallFromMachineModeIsNeverDelegated) {
  CsrFile file = in_mode(Privilege::kMachine);
  file.write(csr::kMedeleg, ~0ULL);
  EXPECT_EQ(file.peek(csr::kMedeleg) & (1U << 11), 0U);
}

TEST(TrapTest, EntryToMachineModeStacksModeAndEnable) {
  for (const Privilege from : kModes) {
    for (const bool mie : {false, true}) {
      CsrFile file = in_mode(from, mie ? status::kMie : 0);
      file.enter_trap(false, 2, 0x4000, 0);
      EXPECT_EQ((file.mstatus() & status::kMpp) >> status::kMppShift,
                static_cast<std::uint64_t>(from));
      EXPECT_EQ((file.mstatus() & status::kMpie) != 0, mie);
      EXPECT_EQ(file.mstatus() & status::kMie, 0U);
    }
  }
}

TEST(TrapTest, EntryToSupervisorModeStacksModeAndEnable) {
  for (const Privilege from : {Privilege::kUser, Privilege::kSupervisor}) {
    for (const bool sie : {false, true}) {
      CsrFile file = in_mode(from, (sie ? status::kSie : 0) | status::kMie);
      file.write(csr::kMedeleg, ~0ULL);
      const std::uint64_t machine = file.mstatus() & (status::kMie | status::kMpie | status::kMpp);
      file.enter_trap(false, 8, 0x4000, 0);
      EXPECT_EQ((file.mstatus() & status::kSpp) != 0, from == Privilege::kSupervisor);
      EXPECT_EQ((file.mstatus() & status::kSpie) != 0, sie);
      EXPECT_EQ(file.mstatus() & status::kSie, 0U);
      EXPECT_EQ(file.mstatus() & (status::kMie | status::kMpie | status::kMpp), machine);
    }
  }
}

TEST(TrapTest, EntryKeepsMprv) {  // PRV-09
  CsrFile file = in_mode(Privilege::kMachine);
  file.write(csr::kMstatus, status::kMprv);
  file.enter_trap(false, 13, 0x4000, 0);
  EXPECT_NE(file.mstatus() & status::kMprv, 0U);
  EXPECT_EQ(file.context().data_privilege, Privilege::kMachine) << "MPP is M now";
}

TEST(TrapTest, MretTable) {
  for (const Privilege to : kModes) {
    for (const bool mpie : {false, true}) {
      CsrFile file(config(64));
      file.write(csr::kMepc, 0x1234);
      file.write(csr::kMstatus, status::kMprv | (mpie ? status::kMpie : 0) |
                                    static_cast<std::uint64_t>(to) << status::kMppShift);
      EXPECT_EQ(file.leave_machine_trap(), 0x1234U);
      EXPECT_EQ(file.privilege(), to);
      EXPECT_EQ((file.mstatus() & status::kMie) != 0, mpie);
      EXPECT_NE(file.mstatus() & status::kMpie, 0U);
      EXPECT_EQ(file.mstatus() & status::kMpp, 0U) << "least privileged mode";
      EXPECT_EQ((file.mstatus() & status::kMprv) != 0, to == Privilege::kMachine);  // PRV-04
    }
  }
}

TEST(TrapTest, SretTable) {
  for (const bool spp : {false, true}) {
    for (const bool spie : {false, true}) {
      CsrFile file(config(64));
      file.write(csr::kSepc, 0x1234);
      file.write(csr::kMstatus,
                 status::kMprv | (spie ? status::kSpie : 0) | (spp ? status::kSpp : 0));
      EXPECT_EQ(file.leave_supervisor_trap(), 0x1234U);
      EXPECT_EQ(file.privilege(), spp ? Privilege::kSupervisor : Privilege::kUser);
      EXPECT_EQ((file.mstatus() & status::kSie) != 0, spie);
      EXPECT_NE(file.mstatus() & status::kSpie, 0U);
      EXPECT_EQ(file.mstatus() & (status::kSpp | status::kMprv), 0U);
    }
  }
}

TEST(TrapTest, VectorsAreForInterruptsOnly) {
  for (const unsigned xlen : {32U, 64U}) {
    CsrFile file = in_mode(Privilege::kMachine, 0, xlen);
    file.write(csr::kMtvec, 0x80000001);
    EXPECT_EQ(file.enter_trap(false, 5, 0, 0), 0x80000000U);
    EXPECT_EQ(file.enter_trap(true, 7, 0, 0), 0x8000001cU);
    EXPECT_EQ(file.peek(csr::kMcause), 7 | 1ULL << (xlen - 1));
    CsrFile user = in_mode(Privilege::kUser, 0, xlen);
    user.write(csr::kStvec, 0x80000001);
    user.write(csr::kMideleg, 0x222);
    EXPECT_EQ(user.enter_trap(true, 9, 0, 0), 0x80000024U);
    EXPECT_EQ(user.peek(csr::kScause), 9 | 1ULL << (xlen - 1));
  }
}

TEST(TrapTest, TvalIsCutToXlen) {
  CsrFile file = in_mode(Privilege::kMachine, 0, 32);
  file.enter_trap(false, 5, 0, 0x123456789);
  EXPECT_EQ(file.peek(csr::kMtval), 0x23456789U);
}

/// Whether an interrupt of code is taken in a mode with given enables; from the definition: by M if
/// it is not delegated and (mode < M or MIE); by S if delegated and (mode < S or mode = S and SIE).
TEST(TrapTest, InterruptEnableTable) {
  for (const unsigned code : {1U, 3U, 5U, 7U, 9U, 11U}) {
    for (const Privilege mode : kModes) {
      for (unsigned bits = 0; bits < 16; ++bits) {
        const bool mie = (bits & 1U) != 0;
        const bool sie = (bits & 2U) != 0;
        const bool delegated = (bits & 4U) != 0 && (code & 2U) == 0;
        const bool enabled = (bits & 8U) != 0;
        CsrFile file = in_mode(mode, (mie ? status::kMie : 0) | (sie ? status::kSie : 0));
        file.write(csr::kMideleg, (bits & 4U) != 0 ? ~0ULL : 0);
        file.write(csr::kMie, enabled ? 1ULL << code : ~(1ULL << code));
        file.write(csr::kMip, (1ULL << code) & 0x222);
        file.set_line(code, true);
        file.set_timers(code == 7, false);
        const bool by_machine = !delegated && (mode != Privilege::kMachine || mie);
        const bool by_supervisor =
            delegated && (mode == Privilege::kUser || (mode == Privilege::kSupervisor && sie));
        const bool taken = enabled && (by_machine || by_supervisor);
        EXPECT_EQ(file.pending_interrupt(), taken ? static_cast<int>(code) : -1)
            << "code " << code << " in " << translation::name(mode) << " bits " << bits;
      }
    }
  }
}

TEST(TrapTest, InterruptPriority) {
  // MEI, MSI, MTI, SEI, SSI, STI; what is handled in M comes before what is handled in S.
  struct {
    std::uint64_t mip;
    std::uint64_t mideleg;
    int taken;
  } const cases[] = {{0xaaa, 0, 11},    {0x2aa, 0, 3},     {0x2a2, 0, 7},      {0x222, 0, 9},
                     {0x022, 0, 1},     {0x020, 0, 5},     {0xaaa, 0x222, 11}, {0x222, 0x222, 9},
                     {0x022, 0x222, 1}, {0x020, 0x222, 5}, {0x222, 0x202, 5},  {0x222, 0x020, 9},
                     {0x2a2, 0x222, 7}, {0x022, 0x002, 5}, {0x220, 0x200, 5}};
  for (const auto& c : cases) {
    CsrFile file = in_mode(Privilege::kUser);
    file.write(csr::kMie, ~0ULL);
    file.write(csr::kMip, c.mip & 0x222);
    file.write(csr::kMideleg, c.mideleg);
    for (const unsigned line : {3U, 11U}) file.set_line(line, ((c.mip >> line) & 1U) != 0);
    file.set_timers((c.mip & 0x80) != 0, false);
    EXPECT_EQ(file.pending_interrupt(), c.taken) << std::hex << c.mip << " " << c.mideleg;
  }
}

TEST(TrapTest, NamesAreDistinct) {
  std::set<std::string> names;
  for (unsigned code = 0; code < riscv::kCauseCount; ++code) {
    EXPECT_TRUE(names.insert(riscv::exception_name(code)).second) << code;
  }
  EXPECT_STREQ(riscv::exception_name(13), "load_page_fault");
  EXPECT_STREQ(riscv::exception_name(2), "illegal_instruction");
  EXPECT_STREQ(riscv::interrupt_name(7), "machine_timer_interrupt");
}

}  // namespace
}  // namespace lookaside::tests
