// SPDX-License-Identifier: Apache-2.0
// Many four-phase requests: data right against a flat array, every rule of the protocol and of the
// DRAM kept, nobody starved.
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <lookaside/ddr/control.h>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::AtomicOp;
using protocol::Requester;
using tests::NbJob;

class NbRandomTest : public tests::SystemCTest {};

/// What the requests do, one after the other.
struct Flat {
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(1 << 15);
  std::vector<std::vector<std::uint8_t>> expected;  ///< of each read

  void apply(const NbJob& job) {
    const std::size_t at = job.address - kBase;
    std::vector<std::uint8_t> seen(
        memory.begin() + static_cast<std::ptrdiff_t>(at),
        memory.begin() + static_cast<std::ptrdiff_t>(at + job.data.size()));
    if (job.atomic) {
      std::uint64_t value = 0;
      for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{memory[at + i]} << (8 * i);
      value += job.operand;
      for (unsigned i = 0; i < 8; ++i) memory[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    } else if (job.write) {
      std::copy(job.data.begin(), job.data.end(), memory.begin() + static_cast<std::ptrdiff_t>(at));
      seen.clear();
    }
    expected.push_back(std::move(seen));
  }
};

NbJob draw(std::mt19937_64& random) {
  NbJob job;
  const bool big = random() % 16 == 0;
  const std::size_t bytes = 1 + random() % (big ? 700 : 64);
  // Few rows and bursts, so that requests meet; spread over the banks.
  const std::uint64_t spread = random() % 8 * 4096;
  job.address = kBase + std::min<std::uint64_t>(spread + random() % 256, (1 << 15) - bytes);
  job.data.assign(bytes, 0xEE);
  job.write = random() % 3 == 0;
  if (job.write) {
    for (auto& byte : job.data) byte = static_cast<std::uint8_t>(random());
  }
  if (random() % 10 == 0) {
    job.atomic = job.write = true;
    job.op = AtomicOp::kAdd;
    job.operand = random();
    job.address &= ~std::uint64_t{7};
    job.data.assign(8, 0);
  }
  job.requester = static_cast<Requester>(random() % protocol::kRequesterCount);
  return job;
}

struct Variant {
  const char* name;
  void (*change)(ControllerConfig&);
};

void PrintTo(const Variant& variant, std::ostream* out) {
  *out << variant.name;
}

const Variant kVariants[] = {
    {"Default", [](ControllerConfig&) {}},
    {"OnePlace", [](ControllerConfig& c) { c.channel.queue_depth = 1; }},
    {"PostedSplit",
     [](ControllerConfig& c) { c.channel.posted_writes = c.channel.split_queues = true; }},
    {"PostedTiny",
     [](ControllerConfig& c) {
       c.channel.posted_writes = c.channel.split_queues = true;
       c.channel.queue_depth = c.channel.write_depth = 2;
       c.channel.high_watermark = 2;
       c.channel.low_watermark = 1;
     }},
    {"ChannelsRanksXor",
     [](ControllerConfig& c) {
       c.organization.channels = 2;
       c.organization.ranks = 2;
       c.map = "row:bank:rank:column[6:2]:bank_group:channel:column[1:0]";
       c.exclusive_or = {"bank[0]^row[0]", "channel[0]^column[3]"};
       c.pipeline_clocks = 7;
     }},
    {"QosClosed",
     [](ControllerConfig& c) {
       c.priority = {0, 3, 2, 1, 0, 3};
       c.channel.page_policy = dram::PagePolicyKind::kClosed;
       c.channel.age_cap = 100;
     }},
    {"PowerDownPostponed",
     [](ControllerConfig& c) {
       c.channel.power_down_after = 20;
       c.channel.self_refresh_after = 400;
       c.channel.postpone = 4;
       c.channel.pull_in = 4;
     }},
};

class NbVariantTest : public tests::SystemCTest, public testing::WithParamInterface<Variant> {};

void random_requests_see_what_was_written_before(NbSystem& s) {
  std::mt19937_64 random(tests::seed());
  Flat flat;
  const std::uint64_t rounds = tests::rounds(2000);
  std::uint64_t not_before = 0;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    NbJob job = draw(random);
    if (random() % 64 == 0) not_before += random() % 2'000'000;  // idle now and then
    job.not_before_ps = not_before;
    flat.apply(job);
    s.master.add(std::move(job));
  }
  s.master.outstanding = 1 + static_cast<unsigned>(random() % 64);
  s.master.end_resp_ps = random() % 2 == 0 ? -1 : static_cast<std::int64_t>(random() % 3000);
  s.run();
  for (std::size_t i = 0; i < rounds; ++i) {
    ASSERT_EQ(s.master.results[i].status, tlm::TLM_OK_RESPONSE) << i;
    if (!flat.expected[i].empty()) {
      ASSERT_EQ(s.master.results[i].data, flat.expected[i]) << i;
    }
  }
}

TEST_P(NbVariantTest, RandomRequestsSeeWhatWasWrittenBefore) {
  ControllerConfig config = NbSystem::small();
  GetParam().change(config);
  NbSystem s(config);
  random_requests_see_what_was_written_before(s);
}

/// Most writes leave parts of words: they read first.
TEST_P(NbVariantTest, AndWithErrorCorrection) {
  ControllerConfig config = NbSystem::small();
  GetParam().change(config);
  NbSystem s(config);
  ControlConfig ecc;
  ecc.ecc = true;
  const Control control("control", s.ddr, ecc);
  random_requests_see_what_was_written_before(s);
}
INSTANTIATE_TEST_SUITE_P(Random, NbVariantTest, testing::ValuesIn(kVariants),
                         [](const auto& test) { return test.param.name; });

/// Row hits without end, and one request to another row of their bank.
std::uint64_t wait_of_the_victim(const ControllerConfig& config, unsigned most) {
  NbSystem s(config);
  constexpr std::size_t kVictim = 40;
  unsigned hits = 0;
  const auto hit = [&] { s.master.add(read(kBase + std::uint64_t{64} * (hits++ % 128))); };
  s.master.on_response = [&](std::size_t) {
    const bool served = s.master.results[kVictim].begin_resp_ps != 0;
    if (!served && hits < most) hit();
  };
  for (unsigned i = 0; i < kVictim; ++i) hit();
  s.master.add(read(kBase + kRow));
  for (unsigned i = 0; i < 8; ++i) hit();
  s.run();
  const auto& victim = s.master.results[kVictim];
  return victim.begin_resp_ps - victim.begin_req_ps;
}

TEST_F(NbRandomTest, AnEndlessStreamOfRowHitsStarvesNobody) {
  ControllerConfig config = NbSystem::small();
  config.channel.age_cap = 300;
  config.channel.refresh = dram::RefreshMode::kNone;
  const std::uint64_t bound = longest_wait_ps(config);
  ASSERT_GT(bound, 0U);
  const std::uint64_t wait = wait_of_the_victim(config, 20'000);
  EXPECT_LE(wait, bound + clocks(21 + 1)) << "and then its data";
  EXPECT_GT(wait, clocks(300)) << "it did have to wait";
}

TEST_F(NbRandomTest, WithoutTheAgeCapItWouldStarve) {
  ControllerConfig config = NbSystem::small();
  config.channel.scheduling = dram::Scheduling::kFrFcfs;
  config.channel.refresh = dram::RefreshMode::kNone;
  EXPECT_EQ(longest_wait_ps(config), 0U) << "nothing is promised";
  EXPECT_GT(wait_of_the_victim(config, 5'000), clocks(20'000));
}

TEST_F(NbRandomTest, CrossingReadsAndWritesOnFullQueuesEnd) {
  ControllerConfig config = NbSystem::small();
  config.channel.posted_writes = config.channel.split_queues = true;
  config.channel.queue_depth = config.channel.write_depth = 2;
  config.channel.high_watermark = 2;
  config.channel.low_watermark = 0;
  NbSystem s(config);
  for (unsigned i = 0; i < 3000; ++i) {
    const std::uint64_t address = kBase + std::uint64_t{64} * (i % 3) + kRow * (i / 3 % 2);
    if (i % 2 == 0) {
      s.master.add(write(address, std::vector<std::uint8_t>(48, static_cast<std::uint8_t>(i))));
    } else {
      s.master.add(read(address));
    }
  }
  s.run();
}

TEST_F(NbRandomTest, PriorityShortensAWalkUnderLoadAndKeepsTheBound) {
  const auto mean_walk = [](std::uint8_t priority) {
    ControllerConfig config = NbSystem::small();
    config.priority[static_cast<unsigned>(Requester::kWalker)] = priority;
    NbSystem s(config);
    std::mt19937_64 random(4711);
    for (unsigned i = 0; i < 8000; ++i) {
      NbJob job = read(kBase + random() % (kBytes / 64) * 64);
      if (i % 8 == 0) job.requester = Requester::kWalker;
      s.master.add(std::move(job));
    }
    s.run();
    std::uint64_t sum = 0;
    std::uint64_t longest = 0;
    for (std::size_t i = 0; i < 8000; ++i) {
      const auto& r = s.master.results[i];
      if (i % 8 == 0) sum += r.begin_resp_ps - r.begin_req_ps;
      longest = std::max(longest, r.begin_resp_ps - r.end_req_ps);
    }
    EXPECT_LE(longest, longest_wait_ps(config) + clocks(21 + 1));
    tests::start_fresh_kernel();
    return sum / 1000;
  };
  const std::uint64_t equal = mean_walk(0);
  const std::uint64_t preferred = mean_walk(1);
  EXPECT_LT(preferred * 3, equal * 2) << preferred << " and " << equal << " ps";
}

TEST_F(NbRandomTest, TheSameInputGivesTheSameTimes) {
  const auto times = [] {
    NbSystem s;
    std::mt19937_64 random(99);
    for (unsigned i = 0; i < 500; ++i) s.master.add(draw(random));
    s.run();
    std::vector<std::uint64_t> all;
    for (const auto& r : s.master.results) all.push_back(r.begin_resp_ps);
    tests::start_fresh_kernel();
    return all;
  };
  const auto first = times();
  EXPECT_EQ(first, times());
}

}  // namespace
}  // namespace lookaside::ddr
