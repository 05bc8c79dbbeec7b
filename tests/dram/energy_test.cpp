// SPDX-License-Identifier: Apache-2.0
// DDR4-2400 8 Gb x8 by hand: 1.2 V over a clock of 1/1.2 ns make 1 pJ for each milliampere.
#include <gtest/gtest.h>

#include <lookaside/dram/energy.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

TEST(Energy, IsThatOfTheCurrents) {
  const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  Counters counters;
  counters.commands[static_cast<unsigned>(Op::kAct)] = 10;
  counters.commands[static_cast<unsigned>(Op::kRd)] = 100;
  counters.commands[static_cast<unsigned>(Op::kWra)] = 1;
  counters.commands[static_cast<unsigned>(Op::kRef)] = 2;
  const auto rails = energy(organization, counters, {{1000, 100, 10, 1, 5}});
  ASSERT_EQ(rails.size(), 2U);
  EXPECT_EQ(rails[0].rail, "VDD");
  EXPECT_NEAR(rails[0].activate, 8 * 10 * 433, 1e-6) << "48 * 56 - 43 * 39 - 34 * 17";
  EXPECT_NEAR(rails[0].read, 8 * 100 * 92 * 4, 1e-6) << "135 - 43, four clocks";
  EXPECT_NEAR(rails[0].write, 8 * 80 * 4, 1e-6);
  EXPECT_NEAR(rails[0].refresh, 8 * 2 * 216 * 420, 1e-6) << "250 - 34 over tRFC";
  EXPECT_NEAR(rails[0].standby, 8 * (43000 + 3400 + 370 + 25), 1e-6);
  EXPECT_NEAR(rails[0].self_refresh, 8 * 5 * 30, 1e-6);
  EXPECT_NEAR(rails[1].standby, 8 * 1111 * 3 * 2.5 / 1.2, 1e-6) << "VPP: 3 mA at 2.5 V";
}

TEST(Energy, IsAbsentWithoutCurrents) {
  EXPECT_TRUE(energy({builtin_device("DDR5-4800"), 1, 1, 32}, {}, {}).empty());
}

}  // namespace
}  // namespace lookaside::dram
