// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <lookaside/riscv/core/hart.h>

#include "riscv/flat_system.h"
#include "riscv/program.h"

namespace lookaside::tests {
namespace {
using namespace assembler;  // NOLINT: instructions read as assembly
TEST(HartTest, CountsALoop) {
  FlatSystem system;
  riscv::HartConfig config;
  config.reset_pc = FlatSystem::kBase;
  riscv::Hart hart(config, system);
  std::uint64_t pc = FlatSystem::kBase;
  for (std::uint32_t w :
       {li(t0, 10), li(t1, 0), add(t1, t1, t0), addi(t0, t0, -1), bne(t0, zero, -8), stay()}) {
    system.put(pc, w);
    pc += 4;
  }
  hart.set_instruction_limit(100);
  EXPECT_EQ(hart.run(1000000), riscv::Pause::kLimit);
  EXPECT_EQ(hart.reg(t1), 55u);
  EXPECT_EQ(hart.time_ps(), 100000u);
}
}  // namespace
}  // namespace lookaside::tests
