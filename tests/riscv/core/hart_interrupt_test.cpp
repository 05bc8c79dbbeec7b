// SPDX-License-Identifier: Apache-2.0
// Timers, external lines, WFI, and that neither quantum nor fast path moves an interrupt.
#include <gtest/gtest.h>

#include <lookaside/riscv/core/hart.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly
using riscv::Pause;
using translation::Privilege;
namespace csr = riscv::csr;
namespace status = riscv::mstatus;

constexpr std::uint64_t kBase = Machine::kBase;
constexpr std::uint64_t kTick = FlatSystem::kTickPs;

TEST(HartInterruptTest, MachineTimerFiresAtItsTickAndNotBefore) {
  Machine m(64);
  m.load({addi(a0, a0, 1), jal(zero, -4)});
  m.system.mtimecmp_ticks = 3;
  m.csr(csr::kMie, riscv::interrupt::kMtip);
  m.csr(csr::kMstatus, status::kMie);
  m.hart.run(10 * kTick);
  EXPECT_EQ(m.hart.last_trap().time_ps, 3 * kTick);
  EXPECT_TRUE(m.hart.last_trap().interrupt);
  EXPECT_EQ(m.csr(csr::kMcause), 7 | 1ULL << 63);
  EXPECT_EQ(m.csr(csr::kMtval), 0U);
  // 300 clocks, two for each round.
  EXPECT_EQ(m.hart.reg(a0), 150U);
  EXPECT_EQ(m.csr(csr::kMepc), kBase);
  EXPECT_EQ(m.hart.statistics().interrupts.values[7], 1U);
}

TEST(HartInterruptTest, TimerBitFallsWhenMtimecmpIsRaised) {
  Machine m(64);
  m.system.mtimecmp_ticks = 0;
  m.load({csrr(a0, csr::kMip), sd(a1, 0, a2), csrr(a3, csr::kMip)});
  m.hart.set_reg(a1, 1000);
  m.hart.set_reg(a2, FlatSystem::kMtimecmpAddress);
  m.retire(3);
  EXPECT_EQ(m.hart.reg(a0), riscv::interrupt::kMtip);
  EXPECT_EQ(m.hart.reg(a3), 0U) << "already for the next instruction";
}

TEST(HartInterruptTest, SupervisorTimerFiresAtStimecmp) {  // Sstc
  for (const unsigned xlen : {32U, 64U}) {
    Machine m(xlen);
    m.open_pmp();
    m.load({addi(a0, a0, 1), jal(zero, -4)});
    if (xlen == 32) {
      m.csr(csr::kMenvcfgh, 0x80000000);
      m.csr(csr::kStimecmph, 0);
    } else {
      m.csr(csr::kMenvcfg, riscv::menvcfg::kStce);
    }
    m.csr(csr::kStimecmp, 5);
    m.csr(csr::kMie, riscv::interrupt::kStip);
    m.csr(csr::kMideleg, riscv::interrupt::kStip);
    m.go(kBase, Privilege::kUser);
    m.hart.run(10 * kTick);
    EXPECT_EQ(m.hart.last_trap().time_ps, 5 * kTick);
    EXPECT_EQ(m.csr(csr::kScause), 5 | 1ULL << (xlen - 1));
    EXPECT_EQ(m.hart.csrs().privilege(), Privilege::kSupervisor);
    EXPECT_EQ(m.hart.reg(a0), 250U);
  }
}

TEST(HartInterruptTest, AnStimecmpWrittenInTheMiddleOfASliceCounts) {
  Machine m(64);
  m.open_pmp();
  m.load({csrw(csr::kStimecmp, a1), addi(a0, a0, 1), jal(zero, -4)});
  m.csr(csr::kMenvcfg, riscv::menvcfg::kStce);
  m.csr(csr::kMcounteren, 2);
  m.csr(csr::kMie, riscv::interrupt::kStip);
  m.go(kBase, Privilege::kSupervisor);
  m.hart.set_reg(a1, 4);
  m.hart.run(10 * kTick);
  EXPECT_EQ(m.hart.statistics().interrupts.values[5], 1U);
  EXPECT_EQ(m.hart.last_trap().time_ps, 4 * kTick);
}

TEST(HartInterruptTest, AnExternalLineInterruptsBeforeTheNextInstruction) {
  Machine m(64);
  m.load({nop(), nop(), nop()});
  m.csr(csr::kMie, riscv::interrupt::kMeip);
  m.csr(csr::kMstatus, status::kMie);
  m.retire(2);
  m.hart.set_interrupt(11, true);
  m.hart.set_instruction_limit(0);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMepc), kBase + 8);
  EXPECT_EQ(m.csr(csr::kMcause), 11 | 1ULL << 63);
}

TEST(HartInterruptTest, EnablingAPendingInterruptTakesItAtOnce) {
  for (const std::uint32_t enabling : {csrrs(zero, csr::kMstatus, a0), csrw(csr::kMstatus, a0)}) {
    Machine m(64);
    m.load({enabling, li(a1, 1)});
    m.csr(csr::kMie, riscv::interrupt::kMsip);
    m.hart.set_interrupt(3, true);
    m.hart.set_reg(a0, status::kMie);
    m.clocks(4);
    EXPECT_EQ(m.csr(csr::kMepc), kBase + 4);
    EXPECT_EQ(m.hart.reg(a1), 0U);
  }
  Machine m(64);  // by mret
  m.open_pmp();
  m.csr(csr::kMie, riscv::interrupt::kMsip);
  m.csr(csr::kMepc, kBase + 0x100);
  m.hart.set_interrupt(3, true);
  m.load({mret()});
  m.clocks(3);
  EXPECT_EQ(m.csr(csr::kMepc), kBase + 0x100);
  EXPECT_EQ(m.hart.statistics().interrupts.values[3], 1U);
}

TEST(HartInterruptTest, InterruptsComeBeforeTheExceptionOfTheSameInstruction) {
  Machine m(64);
  m.load({ecall()});
  m.csr(csr::kMie, riscv::interrupt::kMeip);
  m.csr(csr::kMstatus, status::kMie);
  m.hart.set_interrupt(11, true);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMcause), 11 | 1ULL << 63);
  EXPECT_EQ(m.exceptions(), 0U);
}

TEST(HartInterruptTest, WfiWaitsForAnEnabledInterruptWhateverTheGlobalEnable) {
  Machine m(64);
  m.load({wfi(), li(a0, 1), stay()});
  m.csr(csr::kMie, riscv::interrupt::kMeip);
  m.hart.set_interrupt(3, true);  // pending, but not enabled in mie
  EXPECT_EQ(m.hart.run(~0ULL), Pause::kWaiting);
  EXPECT_EQ(m.hart.retired(), 1U);
  EXPECT_EQ(m.hart.time_ps(), 1000U);
  m.hart.advance_to(50'000);
  m.hart.set_interrupt(11, true);
  EXPECT_EQ(m.hart.run(52'000), Pause::kDeadline);
  EXPECT_EQ(m.hart.reg(a0), 1U) << "MIE is off: execution goes on behind the wfi";
  EXPECT_EQ(m.hart.statistics().waits.value, 1U);
}

TEST(HartInterruptTest, WfiWithAPendingInterruptDoesNotWait) {
  Machine m(64);
  m.load({wfi(), stay()});
  m.csr(csr::kMie, riscv::interrupt::kMeip);
  m.hart.set_interrupt(11, true);
  EXPECT_EQ(m.hart.run(5000), Pause::kDeadline);
  EXPECT_EQ(m.hart.retired(), 5U);
}

TEST(HartInterruptTest, WfiKnowsTheTimerThatWillWakeIt) {
  Machine m(64);
  m.load({wfi(), stay()});
  m.system.mtimecmp_ticks = 42;
  EXPECT_EQ(m.hart.run(~0ULL), Pause::kWaiting);
  EXPECT_EQ(m.hart.next_timer_ps(), ~0ULL) << "MTIE is off";
  m.csr(csr::kMie, riscv::interrupt::kMtip);
  m.hart.run(~0ULL);
  EXPECT_EQ(m.hart.next_timer_ps(), 42 * kTick);
  m.hart.advance_to(42 * kTick);
  EXPECT_EQ(m.hart.run(42 * kTick + 1000), Pause::kDeadline);
}

TEST(HartInterruptTest, EpcOfAnInterruptThatEndsWfiIsBehindIt) {
  Machine m(64);
  m.load({wfi(), nop()});
  m.csr(csr::kMie, riscv::interrupt::kMeip);
  m.csr(csr::kMstatus, status::kMie);
  m.hart.run(~0ULL);
  m.hart.set_interrupt(11, true);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMepc), kBase + 4);
}

TEST(HartInterruptTest, TheHartDoesNotRunBeyondTheHorizon) {
  Machine m(64);
  m.load({addi(a0, a0, 1), jal(zero, -4)});
  m.system.horizon = 10'000;
  EXPECT_EQ(m.hart.run(~0ULL), Pause::kDeadline);
  EXPECT_EQ(m.hart.time_ps(), 10'000U);
}

/// A program with a timer that interrupts every 1.5 ticks, counts, sets the next and returns.
void load_ticking(Machine& m) {
  m.load({csrr(a1, csr::kTime), addi(a0, a0, 1), lw(a2, 0, a5), addi(a2, a2, 1), sw(a2, 0, a5),
          jal(zero, -20)});
  m.load({addi(s2, s2, 1), csrr(s3, csr::kMepc), add(s4, s4, s3), ld(s5, 0, s6), addi(s5, s5, 2),
          sd(s5, 0, s6), csrr(s7, csr::kMinstret), add(s8, s8, s7), mret()},
         Machine::kHandler);
  m.hart.set_reg(a5, Machine::kData);
  m.hart.set_reg(s6, FlatSystem::kMtimecmpAddress);
  m.system.mtimecmp_ticks = 1;
  m.system.access_ps = 700;
  m.csr(csr::kMie, riscv::interrupt::kMtip);
  m.csr(csr::kMstatus, status::kMie);
}

TEST(HartInterruptTest, NeitherQuantumNorFastPathChangesAnything) {
  constexpr std::uint64_t kEnd = 100 * kTick;
  Machine reference(64);
  load_ticking(reference);
  reference.hart.run(kEnd);
  EXPECT_GT(reference.hart.reg(s2), 40U) << "interrupts must have come";
  for (const bool grants : {false, true}) {
    for (const std::uint64_t quantum : {1ULL, 1000ULL, 33'333ULL, 1'000'000ULL, 1'000'000'000ULL}) {
      Machine m(64);
      m.system.grants = grants;
      load_ticking(m);
      while (m.hart.time_ps() < kEnd) {
        m.hart.run(std::min(m.hart.time_ps() + quantum, kEnd));
      }
      EXPECT_EQ(m.hart.time_ps(), reference.hart.time_ps());
      EXPECT_EQ(m.hart.retired(), reference.hart.retired());
      EXPECT_EQ(m.hart.pc(), reference.hart.pc());
      for (unsigned r = 0; r < 32; ++r) EXPECT_EQ(m.hart.reg(r), reference.hart.reg(r)) << r;
      EXPECT_TRUE(m.system.memory == reference.system.memory);
      EXPECT_EQ(m.system.lookups + m.system.repeats + m.system.write_repeats,
                reference.system.lookups)
          << "each access is one lookup";
      EXPECT_EQ(m.hart.statistics().loads.value, reference.hart.statistics().loads.value);
      EXPECT_EQ(m.hart.statistics().stores.value, reference.hart.statistics().stores.value);
      if (grants) {
        EXPECT_GT(m.system.repeats, m.system.lookups) << "the fast path must be used";
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::tests
