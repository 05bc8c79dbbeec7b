// SPDX-License-Identifier: Apache-2.0
// Against the test finisher of QEMU's `virt` machine: 0x5555 pass, 0x3333 | code << 16 fail, 0x7777
// reset.
#include <target_fixture.h>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/devices/finisher.h>

namespace lookaside::devices {
namespace {

using Call = std::tuple<Finish, std::uint32_t, std::uint64_t>;

class FinisherTest : public tests::SystemCTest {
 protected:
  FinisherTest() : master("master"), finisher("finisher", FinisherConfig{7000}) {
    master.socket.bind(finisher.socket);
    finisher.on_finish([this](Finish finish, std::uint32_t code, std::uint64_t time) {
      calls.emplace_back(finish, code, time);
    });
    tests::elaborate();
  }
  tests::Master master;
  Finisher finisher;
  std::vector<Call> calls;
};

TEST_F(FinisherTest, PassFailAndReset) {
  EXPECT_EQ(master.write(0, 4, 0x5555), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.write(0, 4, 0x3333 | 42U << 16), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.write(0, 4, 0x7777), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.write(0, 2, 0x3333), tlm::TLM_OK_RESPONSE) << "firmware writes 16 bits as well";
  EXPECT_THAT(calls,
              testing::ElementsAre(Call(Finish::kPass, 0, 7000), Call(Finish::kFail, 42, 14000),
                                   Call(Finish::kReset, 0, 21000), Call(Finish::kFail, 0, 28000)));
}

TEST_F(FinisherTest, OtherValuesDoNothing) {
  for (const std::uint64_t value : {0x0ULL, 0x5554ULL, 0x5555'0000ULL, 0xFFFF'FFFFULL}) {
    EXPECT_EQ(master.write(0, 4, value), tlm::TLM_OK_RESPONSE);
  }
  EXPECT_EQ(master.write(2, 2, 0x5555), tlm::TLM_OK_RESPONSE) << "the upper half is the code";
  EXPECT_TRUE(calls.empty());
  EXPECT_EQ(master.read(0, 4), 0U);
}

TEST_F(FinisherTest, RefusesOtherSizesAndPlaces) {
  EXPECT_EQ(master.write(0, 8, 0x5555), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write(0, 1, 0x55), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write(4, 4, 0x5555), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write(2, 4, 0x5555), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write(~0ULL - 3, 4, 0x5555), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.poke(0, 4, 0x5555), 0U) << "debug writes end no simulation";
  EXPECT_TRUE(calls.empty());
}

}  // namespace
}  // namespace lookaside::devices
