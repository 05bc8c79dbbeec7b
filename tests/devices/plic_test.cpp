// SPDX-License-Identifier: Apache-2.0
// Against the PLIC specification 1.0.0, and against a naive model of it under random traffic.
#include <algorithm>
#include <random>
#include <set>
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/plic.h>

namespace lookaside::devices {
namespace {

constexpr std::uint64_t kPending = 0x1000;
constexpr unsigned kMachine = 11;
constexpr unsigned kSupervisor = 9;
constexpr unsigned kSources = 95;

std::uint64_t priority(unsigned source) {
  return 4ULL * source;
}
std::uint64_t enable(unsigned context, unsigned word) {
  return 0x2000 + 0x80ULL * context + 4ULL * word;
}
std::uint64_t threshold(unsigned context) {
  return 0x200000 + 0x1000ULL * context;
}
std::uint64_t claim(unsigned context) {
  return 0x200004 + 0x1000ULL * context;
}

using PlicSetup = tests::SystemCTest;

class PlicTest : public tests::SystemCTest {
 protected:
  PlicTest() : master("master"), hart0("hart0"), hart1("hart1"), plic("plic", PlicConfig{2}) {
    master.socket.bind(plic.socket);
    plic.harts.bind(hart0);
    plic.harts.bind(hart1);
    tests::elaborate();
  }
  void write(std::uint64_t address, std::uint64_t value) {
    ASSERT_EQ(master.write(address, 4, value), tlm::TLM_OK_RESPONSE) << std::hex << address;
  }
  std::uint64_t read(std::uint64_t address) {
    const std::uint64_t value = master.read(address, 4);
    EXPECT_EQ(master.status, tlm::TLM_OK_RESPONSE) << std::hex << address;
    return value;
  }
  /// Source 10 with priority 1, enabled for hart 0's M context.
  void prepare_source_10() {
    write(priority(10), 1);
    write(enable(0, 0), 1U << 10);
  }

  tests::Master master;
  tests::InterruptRecorder hart0;
  tests::InterruptRecorder hart1;
  Plic plic;
};

TEST_F(PlicTest, RegistersKeepWhatTheyCanHold) {
  write(priority(1), 0xFFFF'FFFF);
  EXPECT_EQ(read(priority(1)), 7U) << "three priority bits";
  write(priority(kSources), 5);
  EXPECT_EQ(read(priority(kSources)), 5U);
  write(priority(0), 7);
  EXPECT_EQ(read(priority(0)), 0U) << "there is no source 0";
  for (const unsigned context : {0U, 1U, 2U, 3U}) {
    for (const unsigned word : {0U, 1U, 2U}) write(enable(context, word), 0xFFFF'FFFF);
    EXPECT_EQ(read(enable(context, 0)), 0xFFFF'FFFEU);
    EXPECT_EQ(read(enable(context, 1)), 0xFFFF'FFFFU);
    EXPECT_EQ(read(enable(context, 2)), 0xFFFF'FFFFU);
    write(threshold(context), 0xF);
    EXPECT_EQ(read(threshold(context)), 7U);
  }
  write(kPending, 0xFFFF'FFFF);
  EXPECT_EQ(read(kPending), 0U) << "read only";
}

TEST_F(PlicTest, RefusesWhatIsNotARegister) {
  for (const auto& [address, bytes] :
       std::vector<std::pair<std::uint64_t, unsigned>>{{0x0, 8},
                                                       {0x0, 1},
                                                       {0x2, 4},
                                                       {priority(kSources + 1), 4},
                                                       {kPending + 12, 4},
                                                       {enable(0, 3), 4},
                                                       {enable(4, 0), 4},
                                                       {threshold(4), 4},
                                                       {claim(4), 4},
                                                       {threshold(0), 8},
                                                       {0x200008, 4},
                                                       {0x600000, 4}}) {
    EXPECT_EQ(master.read_status(address, bytes), tlm::TLM_ADDRESS_ERROR_RESPONSE)
        << std::hex << address << " " << bytes;
  }
}

TEST_F(PlicTest, NotificationClaimCompletion) {
  prepare_source_10();
  plic.set_interrupt(10, true);
  EXPECT_EQ(read(kPending), 1U << 10);
  EXPECT_TRUE(hart0.level[kMachine]);
  EXPECT_EQ(hart0.level.count(kSupervisor), 0U);
  EXPECT_EQ(hart1.calls, 0U);

  EXPECT_EQ(read(claim(0)), 10U);
  EXPECT_EQ(read(kPending), 0U) << "the claim clears the pending bit";
  EXPECT_FALSE(hart0.level[kMachine]);
  EXPECT_EQ(read(claim(0)), 0U) << "nothing else is pending, though the level is still high";

  write(claim(0), 10);
  EXPECT_TRUE(hart0.level[kMachine]) << "the level is still high: a new request";
  EXPECT_EQ(read(claim(0)), 10U);
  plic.set_interrupt(10, false);
  write(claim(0), 10);
  EXPECT_FALSE(hart0.level[kMachine]);
  EXPECT_EQ(read(kPending), 0U);
}

TEST_F(PlicTest, ARequestOutlivesItsLevel) {
  prepare_source_10();
  plic.set_interrupt(10, true);
  plic.set_interrupt(10, false);
  EXPECT_EQ(read(kPending), 1U << 10);
  EXPECT_EQ(read(claim(0)), 10U);
  plic.set_interrupt(10, true);
  plic.set_interrupt(10, false);
  write(claim(0), 10);
  EXPECT_EQ(read(kPending), 0U) << "a pulse during service is no request: sources are levels";
}

TEST_F(PlicTest, SupervisorContextsAndOtherHarts) {
  write(priority(33), 2);
  write(enable(1, 1), 1U << 1);
  write(enable(2, 1), 1U << 1);
  plic.set_interrupt(33, true);
  EXPECT_TRUE(hart0.level[kSupervisor]);
  EXPECT_TRUE(hart1.level[kMachine]);
  EXPECT_EQ(read(kPending + 4), 1U << 1);
  EXPECT_EQ(read(claim(0)), 0U) << "not enabled for this context";
  EXPECT_EQ(read(claim(2)), 33U);
  EXPECT_FALSE(hart0.level[kSupervisor]) << "claimed by the other hart";
}

TEST_F(PlicTest, HighestPriorityThenLowestNumber) {
  for (unsigned word = 0; word < 3; ++word) write(enable(0, word), 0xFFFF'FFFF);
  for (const auto& [source, value] : std::vector<std::pair<unsigned, unsigned>>{
           {5, 3}, {6, 7}, {70, 7}, {4, 3}, {95, 1}, {8, 0}}) {
    write(priority(source), value);
    plic.set_interrupt(source, true);
  }
  for (const unsigned expected : {6U, 70U, 4U, 5U, 95U, 0U}) EXPECT_EQ(read(claim(0)), expected);
  EXPECT_EQ(read(kPending), 1U << 8) << "priority 0 never interrupts";
}

TEST_F(PlicTest, TheThresholdMasksNotificationsButNotClaims) {
  prepare_source_10();
  write(priority(10), 3);
  write(threshold(0), 3);
  plic.set_interrupt(10, true);
  EXPECT_EQ(hart0.level.count(kMachine), 0U) << "not above the threshold";
  write(threshold(0), 2);
  EXPECT_TRUE(hart0.level[kMachine]);
  write(threshold(0), 7);
  EXPECT_FALSE(hart0.level[kMachine]);
  EXPECT_EQ(read(claim(0)), 10U);
}

TEST_F(PlicTest, CompletionsOfDisabledOrUnclaimedSourcesAreIgnored) {
  prepare_source_10();
  plic.set_interrupt(10, true);
  EXPECT_EQ(read(claim(0)), 10U);
  write(claim(2), 10);
  EXPECT_EQ(read(kPending), 0U) << "not enabled for that context";
  write(enable(0, 0), 0);
  write(claim(0), 10);
  EXPECT_EQ(read(kPending), 0U) << "disabled since: ignored";
  write(enable(0, 0), 1U << 10);
  for (const std::uint64_t nothing : {0ULL, 9ULL, 96ULL, 0xFFFF'FFFFULL}) write(claim(0), nothing);
  EXPECT_EQ(read(kPending), 0U);
  write(claim(0), 10);
  EXPECT_EQ(read(kPending), 1U << 10);
  write(claim(0), 10);
  EXPECT_EQ(read(kPending), 1U << 10) << "not claimed again since";
  EXPECT_EQ(tests::statistic(plic.statistics(), "plic.completions"), 1U);
}

TEST_F(PlicTest, LinesThatDoNotExistAreIgnored) {
  plic.set_interrupt(0, true);
  plic.set_interrupt(96, true);
  plic.set_interrupt(~0U, true);
  for (unsigned word = 0; word < 3; ++word) EXPECT_EQ(read(kPending + 4ULL * word), 0U);
}

TEST_F(PlicTest, DebugReadsClaimNothing) {
  prepare_source_10();
  plic.set_interrupt(10, true);
  EXPECT_EQ(master.peek(claim(0), 4), 10U);
  EXPECT_EQ(read(claim(0)), 10U);
  EXPECT_EQ(master.poke(claim(0), 4, 10), 0U);
  EXPECT_EQ(read(kPending), 0U);
}

TEST_F(PlicSetup, RefusesImpossibleConfigurations) {
  EXPECT_THROW(Plic("none", PlicConfig{1, 0}), DeviceSetupError);
  EXPECT_THROW(Plic("many", PlicConfig{1, 1024}), DeviceSetupError);
  EXPECT_THROW(Plic("bits", PlicConfig{1, 95, 32}), DeviceSetupError);
}

/// The specification in its own words: sets of sources, nothing cached.
struct NaivePlic {
  std::vector<unsigned> priority = std::vector<unsigned>(kSources + 1);
  std::set<unsigned> high, pending, in_service;
  std::vector<std::set<unsigned>> enabled = std::vector<std::set<unsigned>>(4);
  std::vector<unsigned> threshold = std::vector<unsigned>(4);

  void gateways() {
    for (const unsigned s : high) {
      if (in_service.count(s) == 0) pending.insert(s);
    }
  }
  unsigned best(unsigned context) const {
    unsigned winner = 0;
    for (unsigned s = kSources; s >= 1; --s) {
      if (pending.count(s) == 0 || enabled[context].count(s) == 0 || priority[s] == 0) continue;
      if (winner == 0 || priority[s] >= priority[winner]) winner = s;
    }
    return winner;
  }
  bool line(unsigned context) const {
    return std::any_of(pending.begin(), pending.end(), [&](unsigned s) {
      return enabled[context].count(s) != 0 && priority[s] > threshold[context];
    });
  }
};

TEST_F(PlicTest, RandomTrafficAgainstANaiveModel) {
  std::mt19937_64 random(tests::seed(20240601));
  const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
  NaivePlic naive;
  unsigned claims = 0;
  for (std::uint64_t step = 0; step < tests::rounds(200'000); ++step) {
    const unsigned source = 1 + below(kSources);
    const unsigned context = below(4);
    switch (below(8)) {
      case 0:
      case 1: {
        const bool level = below(2) != 0;
        plic.set_interrupt(source, level);
        if (level) naive.high.insert(source);
        if (!level) naive.high.erase(source);
        break;
      }
      case 2:
        naive.priority[source] = below(8);
        write(priority(source), naive.priority[source]);
        break;
      case 3: {
        const unsigned word = below(3);
        const auto bits = static_cast<std::uint32_t>(random());
        write(enable(context, word), bits);
        for (unsigned bit = 0; bit < 32; ++bit) {
          const unsigned s = 32 * word + bit;
          if ((bits >> bit & 1) != 0 && s != 0) naive.enabled[context].insert(s);
          if ((bits >> bit & 1) == 0) naive.enabled[context].erase(s);
        }
        break;
      }
      case 4:
        naive.threshold[context] = below(8);
        write(threshold(context), naive.threshold[context]);
        break;
      case 5: {
        const unsigned expected = naive.best(context);
        ASSERT_EQ(read(claim(context)), expected) << "step " << step;
        if (expected == 0) break;
        ++claims;
        naive.pending.erase(expected);
        naive.in_service.insert(expected);
        break;
      }
      default: {
        // Mostly something that is in service, so that completions matter.
        const unsigned id = naive.in_service.empty() || below(4) == 0
                                ? source
                                : *std::next(naive.in_service.begin(),
                                             below(static_cast<unsigned>(naive.in_service.size())));
        write(claim(context), id);
        if (naive.enabled[context].count(id) != 0) naive.in_service.erase(id);
      }
    }
    naive.gateways();
    ASSERT_EQ(hart0.level[kMachine], naive.line(0)) << "step " << step;
    ASSERT_EQ(hart0.level[kSupervisor], naive.line(1)) << "step " << step;
    ASSERT_EQ(hart1.level[kMachine], naive.line(2)) << "step " << step;
    ASSERT_EQ(hart1.level[kSupervisor], naive.line(3)) << "step " << step;
    const unsigned word = below(3);
    std::uint32_t expected = 0;
    for (const unsigned s : naive.pending) expected |= s / 32 == word ? 1U << (s % 32) : 0U;
    ASSERT_EQ(read(kPending + 4ULL * word), expected) << "step " << step;
  }
  EXPECT_GT(claims, 100U) << "the traffic exercised too little";
}

}  // namespace
}  // namespace lookaside::devices
