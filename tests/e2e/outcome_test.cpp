// SPDX-License-Identifier: Apache-2.0
// How runs end: what the guest says, and limits against guests that say nothing.
#include <gmock/gmock.h>

#include "e2e/guests.h"
#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using namespace rv;
using ::testing::HasSubstr;

class Outcome : public ProgramTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  Finished run_elf(const std::vector<std::uint8_t>& elf, std::vector<std::string> options = {}) {
    std::vector<std::string> words{"run", write("guest.elf", elf)};
    words.insert(words.end(), options.begin(), options.end());
    return lookaside(words);
  }
  Finished run(const Code& code, std::vector<std::string> options = {}) {
    return run_elf(guest(code, GetParam()), std::move(options));
  }
};
INSTANTIATE_TEST_SUITE_P(Xlen, Outcome, ::testing::Values(32U, 64U));

TEST_P(Outcome, FinisherPasses) {
  const Finished result = run(finish(0x5555));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("PASSED"));
  EXPECT_EQ(result.out, "");
}

TEST_P(Outcome, FinisherFailsWithItsCode) {
  const Finished result = run(finish(42U << 16 | 0x3333));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("FAILED with code 42"));
}

TEST_P(Outcome, TohostPassesAndFails) {
  const Finished passed = run_elf(tohost(1, GetParam()));
  EXPECT_EQ(passed.status, 0) << passed.err;
  const Finished failed = run_elf(tohost(7 << 1 | 1, GetParam()));
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("test case 7 failed"));
  const Finished plain = run_elf(tohost(5, GetParam()), {"--set", "cpu.fast_path=false"});
  EXPECT_EQ(plain.status, 1);
  EXPECT_THAT(plain.err, HasSubstr("FAILED with code 2"));
}

TEST_P(Outcome, AnEvenTohostIsNoEnd) {
  const Finished result = run_elf(tohost(2, GetParam()), {"--instructions", "1000"});
  EXPECT_EQ(result.status, 3);
}

TEST_P(Outcome, InstructionLimitIsExact) {
  const Finished result = run({jump(0)}, {"--instructions", "123456"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("limit of 123456 instructions"));
  EXPECT_THAT(result.err, ::testing::ContainsRegex("instructions +123456\n"));
}

TEST_P(Outcome, TimeLimitEndsASpinAndASleep) {
  // The sleeper has set mtimecmp to 0x100000 ticks, which is later than the limit.
  const Code sleep{lui(kT0, 0x2004),
                   lui(kT1, 0x100),
                   store(2, kT1, kT0),
                   store(2, kZero, kT0, 4),
                   addi(kT0, kZero, 128),
                   csrw(kMie, kT0),
                   kWfi,
                   jump(-4)};
  for (const Code& code : {Code{jump(0)}, sleep}) {
    const Finished result = run(code, {"--time", "50us"});
    EXPECT_EQ(result.status, 3) << result.err;
    EXPECT_THAT(result.err, ::testing::ContainsRegex("simulated time +50\\.0"));
  }
}

TEST_P(Outcome, AJumpIntoNowhereEnds) {
  // mtvec is 0 after reset, and nothing is mapped there either.
  const Finished result = run({jump_to(kZero)});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("traps nest without end"));
  EXPECT_THAT(result.err, HasSubstr("at pc 0x0"));
}

TEST_P(Outcome, TheTrapThatBeganARowIsNamed) {
  const Finished result = run({lui(kT0, 0x40000), jump_to(kT0)});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("the first is fetch_access_fault at pc 0x40000000, tval "
                                    "0x40000000, handler 0x0: fetch access fault at 0x40000000"));
  EXPECT_THAT(result.err, HasSubstr("; the last is fetch_access_fault at pc 0x0"));
}

TEST_P(Outcome, AHandlerThatTrapsAtOnceEnds) {
  const Finished result = run({auipc(kT0, 0), addi(kT0, kT0, 12), csrw(kMtvec, kT0), kEcall});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("traps nest without end"));
}

TEST_P(Outcome, AHandlerThatWorksAndTrapsEndsAtTheInstructionLimit) {
  const Finished result =
      run({auipc(kT0, 0), addi(kT0, kT0, 12), csrw(kMtvec, kT0), addi(kT1, kT1, 1), kEcall},
          {"--instructions", "100000"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("limit of 100000 instructions"));
}

TEST_P(Outcome, AUartFloodEnds) {
  const Code flood{lui(kT0, 0x10000), addi(kT1, kZero, 'x'), store(0, kT1, kT0), jump(-4)};
  const Finished result = run(flood, {"--set", "limits.uart_output=10000"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, std::string(10000, 'x'));
  EXPECT_THAT(result.err, HasSubstr("limits.uart_output"));
  const Finished counted = run(flood, {"--instructions", "20000", "--set", "limits.uart_output=0"});
  EXPECT_EQ(counted.status, 3);
  EXPECT_NEAR(static_cast<double>(counted.out.size()), 10000, 10);
}

TEST_P(Outcome, WaitingForNothingEnds) {
  const Finished masked = run({kWfi, jump(-4)});
  EXPECT_EQ(masked.status, 3);
  EXPECT_THAT(masked.err, HasSubstr("waits for an interrupt"));
  // External interrupts on, but no device is asked to raise one.
  const Finished hopeless =
      run({lui(kT0, 1), addi(kT0, kT0, -2048), csrw(kMie, kT0), kWfi, jump(-4)});
  EXPECT_EQ(hopeless.status, 3);
}

TEST_P(Outcome, WaitingForInputThatHasEndedEnds) {
  // Receive interrupt of the UART on, external interrupts on, standard input empty.
  const Finished result =
      run({lui(kT0, 0x10000), addi(kT1, kZero, 1), store(0, kT1, kT0, 1), lui(kT0, 1),
           addi(kT0, kT0, -2048), csrw(kMie, kT0), kWfi, jump(-4)});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("waits for an interrupt that no device will raise"));
}

/// A root table whose first entry points at the table itself: every level is that entry.
TEST_P(Outcome, APageTableThatPointsAtItselfEnds) {
  const bool rv32 = GetParam() == 32;
  const std::uint64_t table = kRam + 0x1000;
  const std::uint64_t pte = table >> 12 << 10 | 1;
  ElfBuilder::Bytes root;
  for (unsigned i = 0; i < 4096 / (rv32 ? 4 : 8); ++i) ElfBuilder::append(root, pte, rv32 ? 4 : 8);
  const Code code{
      addi(kT0, kZero, -1),
      csrw(kPmpaddr0, kT0),
      addi(kT0, kZero, 0x1f),
      csrw(kPmpcfg0, kT0),  // all of memory, RWX
      addi(kT0, kZero, 1),
      slli(kT0, kT0, rv32 ? 31 : 63),
      auipc(kT1, 1),
      srli(kT1, kT1, 12),  // page number of the table
      or_(kT0, kT0, kT1),
      csrw(kSatp, kT0),
      lui(kT0, 1),
      addi(kT0, kT0, -2048),
      csrw(kMstatus, kT0),  // MPP = S
      csrw(kMepc, kZero),
      kMret,
  };
  const auto elf = ElfBuilder(GetParam()).entry(kRam).code(kRam, code).segment(table, root).build();
  const Finished result = run_elf(elf, {"--instructions", "1000000"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("traps nest without end"));
  EXPECT_THAT(result.err, HasSubstr("1 fetch page fault"));
}

}  // namespace
}  // namespace lookaside::tests
