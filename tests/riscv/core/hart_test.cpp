// SPDX-License-Identifier: Apache-2.0
// What a hart does besides computing: exceptions with their tval, privileged instructions,
// counters, limits.
#include <gtest/gtest.h>

#include <lookaside/riscv/core/hart.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly
using riscv::HartConfig;
using riscv::Pause;
using translation::Privilege;
namespace csr = riscv::csr;
namespace status = riscv::mstatus;

constexpr std::uint64_t kBase = Machine::kBase;

/// The machine has trapped to M with these values.
void expect_trap(const Machine& m, unsigned cause, std::uint64_t epc, std::uint64_t tval) {
  EXPECT_EQ(m.csr(csr::kMcause), cause);
  EXPECT_EQ(m.csr(csr::kMepc), epc);
  EXPECT_EQ(m.csr(csr::kMtval), tval);
  EXPECT_EQ(m.hart.pc(), Machine::kHandler);
  EXPECT_EQ(m.exceptions(), 1U);
}

TEST(HartTest, IllegalInstructionsHaveTheirBitsInTval) {
  for (const unsigned xlen : {32U, 64U}) {
    for (const std::uint32_t word : {0xffffffffU, 0x0000U, 0x8002U, 0x00000057U, 0x7c001073U}) {
      Machine m(xlen);
      m.load({nop(), word});
      m.clocks(2);
      expect_trap(m, 2, kBase + 4, (word & 3U) == 3U ? word : word & 0xffffU);
      EXPECT_EQ(m.hart.retired(), 1U);
    }
  }
}

TEST(HartTest, WideInstructionsDoNotExistOnRv32) {
  for (const std::uint32_t word :
       {ld(a0, 0, a1), sd(a0, 0, a1), i(0x03, 6, a0, a1, 0), i(0x1b, 0, a0, a1, 0),
        r(0x3b, 0, 0, a0, a1, a2), amo(0, 3, a0, a1, a2), slli(a0, a0, 32)}) {
    Machine m(32);
    m.load({word});
    m.clocks(1);
    expect_trap(m, 2, kBase, word);
  }
}

TEST(HartTest, EnvironmentCallsNameTheMode) {
  struct {
    Privilege mode;
    unsigned cause;
  } const cases[] = {{Privilege::kUser, 8}, {Privilege::kSupervisor, 9}, {Privilege::kMachine, 11}};
  for (const auto& c : cases) {
    Machine m(64);
    m.open_pmp();
    m.load({ecall()});
    m.go(kBase, c.mode);
    m.clocks(1);
    expect_trap(m, c.cause, kBase, 0);
    EXPECT_EQ(m.hart.retired(), 0U) << "a trapping instruction does not retire";
  }
}

TEST(HartTest, EbreakTvalKnob) {
  for (const auto knob : {riscv::EbreakTval::kPc, riscv::EbreakTval::kZero}) {
    HartConfig config = Machine::config(64);
    config.ebreak_tval = knob;
    Machine m(config);
    m.load({nop(), ebreak()});
    m.clocks(2);
    expect_trap(m, 3, kBase + 4, knob == riscv::EbreakTval::kPc ? kBase + 4 : 0);
  }
  Machine m(64);
  m.system.put<std::uint16_t>(kBase, 0x9002);  // c.ebreak
  m.clocks(1);
  expect_trap(m, 3, kBase, kBase);
}

TEST(HartTest, MisalignedAccessesWorkOrTrapByKnob) {
  for (const auto knob : {riscv::Misaligned::kHardware, riscv::Misaligned::kTrap}) {
    for (const bool grants : {false, true}) {
      HartConfig config = Machine::config(64);
      config.misaligned = knob;
      Machine load(config);
      load.system.grants = grants;
      load.system.put<std::uint64_t>(Machine::kData, 0x8877665544332211);
      load.load({lbu(a0, 0, a1), lw(a0, 1, a1)});
      load.hart.set_reg(a1, Machine::kData);
      load.clocks(2);
      Machine store(config);
      store.system.grants = grants;
      store.load({sd(a0, 4, a1)});
      store.hart.set_reg(a0, 0x0102030405060708);
      store.hart.set_reg(a1, Machine::kData);
      store.clocks(1);
      if (knob == riscv::Misaligned::kTrap) {
        expect_trap(load, 4, kBase + 4, Machine::kData + 1);  // MIS-01
        expect_trap(store, 6, kBase, Machine::kData + 4);
        EXPECT_EQ(store.system.get<std::uint64_t>(Machine::kData + 4), 0U);
      } else {
        EXPECT_EQ(load.hart.reg(a0), 0x55443322U);
        EXPECT_EQ(store.system.get<std::uint64_t>(Machine::kData + 4), 0x0102030405060708U);
        EXPECT_EQ(store.hart.statistics().misaligned.value, 1U);
      }
    }
  }
}

TEST(HartTest, MisalignedAtomicsAlwaysTrap) {  // MIS-04
  struct {
    std::uint32_t word;
    unsigned cause;
    unsigned offset;
  } const cases[] = {{amo(2, 2, a0, a1, 0), 4, 2},  {amo(2, 3, a0, a1, 0), 4, 4},
                     {amo(3, 2, a0, a1, a2), 6, 1}, {amo(3, 3, a0, a1, a2), 6, 4},
                     {amo(0, 2, a0, a1, a2), 6, 2}, {amo(0, 3, a0, a1, a2), 6, 4}};
  for (const auto& c : cases) {
    Machine m(64);
    m.load({c.word});
    m.hart.set_reg(a1, Machine::kData + c.offset);
    m.clocks(1);
    expect_trap(m, c.cause, kBase, Machine::kData + c.offset);
  }
}

TEST(HartTest, BusErrorsAreAccessFaultsOfTheirKind) {
  constexpr std::uint64_t kNowhere = 0x40000000;
  struct {
    std::uint32_t word;
    unsigned cause;
  } const cases[] = {{lw(a0, 0, a1), 5},
                     {sw(a0, 0, a1), 7},
                     {amo(2, 2, a0, a1, 0), 5},
                     {amo(3, 2, a0, a1, a2), 7},
                     {amo(0, 2, a0, a1, a2), 7}};
  for (const auto& c : cases) {
    Machine m(64);
    m.load({c.word});
    m.hart.set_reg(a1, kNowhere);
    m.clocks(1);
    expect_trap(m, c.cause, kBase, kNowhere);
  }
  Machine m(64);
  m.load({jalr(ra, a1, 0)});
  m.hart.set_reg(a1, kNowhere);
  m.clocks(2);
  expect_trap(m, 1, kNowhere, kNowhere);
  EXPECT_EQ(m.hart.reg(ra), kBase + 4) << "the jump itself retired";
}

TEST(HartTest, FaultingInstructionsChangeNothing) {
  Machine m(64);
  m.load({lw(a1, 0, a1)});
  m.hart.set_reg(a1, 0x40000000);
  m.clocks(1);
  EXPECT_EQ(m.hart.reg(a1), 0x40000000U);
}

// Which modes may execute what (SFN-10, SATP-15; TW and TSR of the machine manual).
TEST(HartTest, PrivilegedInstructionTable) {
  struct {
    std::uint64_t mstatus;
    std::uint32_t word;
    bool user;
    bool supervisor;
    bool machine;
  } const cases[] = {{0, mret(), false, false, true},
                     {0, sret(), false, true, true},
                     {status::kTsr, sret(), false, false, true},
                     {0, wfi(), false, true, true},
                     {status::kTw, wfi(), false, false, true},
                     {0, sfence_vma(zero, zero), false, true, true},
                     {status::kTvm, sfence_vma(a0, a1), false, false, true},
                     {status::kTvm, csrr(a0, csr::kSatp), false, false, true},
                     {status::kTsr | status::kTw, csrr(a0, csr::kSatp), false, true, true},
                     {0, csrr(a0, csr::kMscratch), false, false, true},
                     {0, csrr(a0, csr::kSscratch), false, true, true},
                     {0, csrw(csr::kCycle, a0), false, false, false},
                     {0, csrrs(a0, csr::kMvendorid, zero), false, false, true},
                     {0, csrrs(a0, csr::kMvendorid, a1), false, false, false},
                     {0, csrrw(zero, csr::kMisa, a1), false, false, true},
                     {0, csrr(a0, 0x7c0), false, false, false},
                     {0, csrr(a0, 0x7a0), false, false, false}};
  for (const auto& c : cases) {
    for (const Privilege mode : {Privilege::kUser, Privilege::kSupervisor, Privilege::kMachine}) {
      Machine m(64);
      m.open_pmp();
      m.load({c.word});
      m.csr(csr::kMstatus, c.mstatus);
      m.go(kBase, mode);
      m.clocks(1);
      const bool allowed = mode == Privilege::kUser         ? c.user
                           : mode == Privilege::kSupervisor ? c.supervisor
                                                            : c.machine;
      EXPECT_EQ(m.exceptions(), allowed ? 0U : 1U)
          << std::hex << c.word << " in " << translation::name(mode) << " mstatus " << c.mstatus;
      if (!allowed) {
        EXPECT_EQ(m.csr(csr::kMtval), c.word);
      }
    }
  }
}

TEST(HartTest, FenceFormFollowsRegisterNumbers) {  // SFN-01, SFN-02
  using translation::FenceForm;
  struct {
    unsigned rs1;
    unsigned rs2;
    FenceForm form;
  } const cases[] = {{zero, zero, FenceForm::kAll},
                     {zero, a1, FenceForm::kAsid},
                     {a0, zero, FenceForm::kAddress},
                     {a0, a1, FenceForm::kAddressAsid}};
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{0xabcd0123456789ab}}) {
    for (const auto& c : cases) {
      Machine m(64);
      m.system.fence_ps = 5000;
      m.load({sfence_vma(c.rs1, c.rs2)});
      m.hart.set_reg(a0, value);
      m.hart.set_reg(a1, value);
      m.retire(1);
      ASSERT_EQ(m.system.fences.size(), 1U);
      EXPECT_EQ(m.system.fences[0].form, c.form);
      if (c.rs1 != 0) {
        EXPECT_EQ(m.system.fences[0].va, value);
      }
      if (c.rs2 != 0) {
        EXPECT_EQ(m.system.fences[0].asid, value & 0xffff);
      }
      EXPECT_EQ(m.hart.time_ps(), 6000U) << "one clock and the fence";
    }
  }
}

TEST(HartTest, CsrInstructionsReadModifyWrite) {
  Machine m(64);
  m.load({csrrw(a0, csr::kMscratch, a1), csrrs(a2, csr::kMscratch, a3),
          csrrc(a4, csr::kMscratch, a5), csrrwi(a6, csr::kMscratch, 31),
          i(0x73, 6, a7, 1, csr::kMscratch), i(0x73, 7, s2, 3, csr::kMscratch),
          csrr(s3, csr::kMscratch)});
  m.csr(csr::kMscratch, 0x11);
  m.hart.set_reg(a1, 0xf0);
  m.hart.set_reg(a3, 0x0f);
  m.hart.set_reg(a5, 0x33);
  m.retire(7);
  EXPECT_EQ(m.hart.reg(a0), 0x11U);
  EXPECT_EQ(m.hart.reg(a2), 0xf0U);
  EXPECT_EQ(m.hart.reg(a4), 0xffU);
  EXPECT_EQ(m.hart.reg(a6), 0xccU);
  EXPECT_EQ(m.hart.reg(a7), 31U);
  EXPECT_EQ(m.hart.reg(s2), 31U);
  EXPECT_EQ(m.hart.reg(s3), 28U);
}

TEST(HartTest, MinstretIsExact) {
  Machine m(64);
  m.load({csrr(a0, csr::kMinstret), nop(), csrr(a1, csr::kMinstret), csrw(csr::kMinstret, a2),
          csrr(a3, csr::kMinstret), ebreak()});
  m.hart.set_reg(a2, 1000);
  m.clocks(6);
  EXPECT_EQ(m.hart.reg(a0), 0U);
  EXPECT_EQ(m.hart.reg(a1), 2U);
  EXPECT_EQ(m.hart.reg(a3), 1000U) << "a written value replaces the writer's own count";
  // The ebreak did not retire: 1001 after the read of a3.
  m.load({csrr(a4, csr::kMinstret)}, Machine::kHandler);
  m.retire(1);
  EXPECT_EQ(m.hart.reg(a4), 1001U);
}

TEST(HartTest, McycleCountsClocksOfLocalTime) {
  Machine m(64);
  m.system.access_ps = 2000;  // each instruction: one clock, two for its fetch
  m.load({csrr(a0, csr::kMcycle), lw(a4, 0, a5), csrr(a1, csr::kMcycle), csrw(csr::kMcycle, a2),
          csrr(a3, csr::kMcycle)});
  m.hart.set_reg(a2, 5000);
  m.hart.set_reg(a5, Machine::kData);
  m.retire(5);
  EXPECT_EQ(m.hart.reg(a0), 0U);
  EXPECT_EQ(m.hart.reg(a1), 8U) << "3 + 5";
  EXPECT_EQ(m.hart.reg(a3), 5000U);
}

TEST(HartTest, InhibitedCountersStandStill) {
  Machine m(64);
  m.load({nop(), csrrwi(zero, csr::kMcountinhibit, 5), nop(), csrr(a0, csr::kMinstret),
          csrr(a1, csr::kMcycle), csrrwi(zero, csr::kMcountinhibit, 0), csrr(a2, csr::kMinstret),
          csrr(a3, csr::kMcycle), csrr(a4, csr::kMinstret)});
  m.retire(9);
  EXPECT_EQ(m.hart.reg(a0), 2U);
  EXPECT_EQ(m.hart.reg(a1), 2U);
  EXPECT_EQ(m.hart.reg(a2), 2U);
  EXPECT_EQ(m.hart.reg(a3), 3U);
  EXPECT_EQ(m.hart.reg(a4), 4U);
}

TEST(HartTest, TimeIsTheTimeBaseAtTheStartOfTheInstruction) {
  for (const unsigned xlen : {32U, 64U}) {
    Machine m(xlen);
    m.load({csrr(a0, csr::kTime), stay()});
    m.hart.advance_to(FlatSystem::kTickPs * 0x100000007ULL - 1000);
    m.retire(1);
    EXPECT_EQ(m.hart.reg(a0), xlen == 32 ? 6U : 0x100000006ULL);
    m.hart.set_pc(kBase);
    m.retire(1);
    EXPECT_EQ(m.hart.reg(a0), xlen == 32 ? 7U : 0x100000007ULL);
  }
  Machine m(32);
  m.load({csrr(a0, csr::kTimeh)});
  m.hart.advance_to(FlatSystem::kTickPs * 0x300000007ULL);
  m.retire(1);
  EXPECT_EQ(m.hart.reg(a0), 3U);
}

TEST(HartTest, InstructionLimitIsExact) {
  for (const bool grants : {false, true}) {
    Machine m(64);
    m.system.grants = grants;
    m.system.access_ps = 300;
    m.load({addi(a0, a0, 1), jal(zero, -4)});
    m.hart.set_instruction_limit(1001);
    EXPECT_EQ(m.hart.run(~0ULL), Pause::kLimit);
    EXPECT_EQ(m.hart.retired(), 1001U);
    EXPECT_EQ(m.hart.reg(a0), 501U);
    EXPECT_EQ(m.hart.run(~0ULL), Pause::kLimit) << "and stays so";
    EXPECT_EQ(m.hart.retired(), 1001U);
  }
}

TEST(HartTest, TrapsThatNestWithoutEndAreFound) {  // TVAL-12
  Machine m(64);
  m.csr(csr::kMtvec, 0x40000000);
  m.load({nop(), ecall()});
  EXPECT_EQ(m.hart.run(~0ULL), Pause::kTrapLoop);
  EXPECT_EQ(m.exceptions(), 1001U);
  EXPECT_EQ(m.csr(csr::kMepc), 0x40000000U);
}

TEST(HartTest, ALongSeriesOfTrapsWithWorkInBetweenIsNoLoop) {
  Machine m(64);
  m.load({ecall(), stay()});
  m.load({mret()}, Machine::kHandler);  // to the ecall again, one retired instruction each time
  EXPECT_EQ(m.clocks(10'000), Pause::kDeadline);
  EXPECT_EQ(m.exceptions(), 5000U);
}

TEST(HartTest, StopRequestTakesEffectBeforeTheNextInstruction) {
  Machine m(64);
  m.load({nop(), nop()});
  m.retire(1);
  m.hart.request_stop();
  m.hart.set_instruction_limit(0);
  EXPECT_EQ(m.hart.run(~0ULL), Pause::kStopped);
  EXPECT_EQ(m.hart.retired(), 1U);
}

TEST(HartTest, ImpossibleConfigurationsAreRefused) {
  FlatSystem system;
  const auto refused = [&](auto change, const char* text) {
    HartConfig c;
    change(c);
    try {
      riscv::Hart hart(c, system);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const riscv::HartError& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
  };
  refused([](HartConfig& c) { c.xlen = 128; }, "cpu.xlen is 128; expected 32 or 64");
  refused([](HartConfig& c) { c.pmp_entries = 8; }, "cpu.pmp_entries is 8; expected 0, 4 or 16");
  refused([](HartConfig& c) { c.cycle_ps = 0; }, "at least 1");
  refused([](HartConfig& c) { c.asid_bits = 17; }, "0 to 16");
  refused([](HartConfig& c) { c.trap_loop_limit = 0; }, "cpu.trap_loop_limit");
  refused([](HartConfig& c) { c.reset_pc = 0x1001; }, "even");
  refused(
      [](HartConfig& c) {
        c.xlen = 32;
        c.reset_pc = 0x100000000;
      },
      "32 bits");
  refused([](HartConfig& c) { c.max_satp_mode = riscv::SatpMode::kSv32; }, "cpu.max_satp_mode");
}

}  // namespace
}  // namespace lookaside::tests
