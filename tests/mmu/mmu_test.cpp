// SPDX-License-Identifier: Apache-2.0
// b_transport: translation, refill, time, faults, and what the rules of TLM-2.0 ask of an
// interconnect.
#include <gmock/gmock.h>

#include <lookaside/mmu/mmu.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using translation::Cause;
using translation::FenceForm;
using translation::Rule;

class MmuTest : public SystemCTest {};

TEST_F(MmuTest, MissWalkRefillThenHit) {
  Bench b;
  b.map(0x40'0000, 0x8040'0000);
  b.memory.set(0x8040'0008, 0x1122'3344'5566'7788);
  b.run([&] {
    const Reply miss = b.load(0x40'0008);
    ASSERT_TRUE(miss.ok());
    EXPECT_EQ(miss.value, 0x1122'3344'5566'7788U);
    ASSERT_EQ(b.memory.on(true).size(), 3U) << "one PTE read per level of Sv39";
    for (const auto& pte : b.memory.on(true)) {
      EXPECT_EQ(pte.requester, protocol::Requester::kWalker);
      EXPECT_EQ(pte.length, 8U);
      EXPECT_EQ(pte.streaming_width, 8U);
      EXPECT_FALSE(pte.write);
    }
    const Reply hit = b.load(0x40'0010);
    EXPECT_TRUE(hit.ok());
    EXPECT_EQ(b.memory.on(true).size(), 3U);
    EXPECT_EQ(b.memory.on(false).back().address, 0x8040'0010U);
    EXPECT_EQ(b.memory.on(false).back().requester, protocol::Requester::kHartData);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("l1d.lookups"), 2);
  EXPECT_EQ(f.at("l1d.hits"), 1);
  EXPECT_EQ(f.at("l1d.misses"), 1);
  EXPECT_EQ(f.at("l1d.hit_rate"), 0.5);
  EXPECT_EQ(f.at("l2.lookups"), 1);
  EXPECT_EQ(f.at("l2.misses"), 1);
  EXPECT_EQ(f.at("l1d.fills"), 1);
  EXPECT_EQ(f.at("l2.fills"), 1);
  EXPECT_EQ(f.at("walker.walks"), 1);
  EXPECT_EQ(f.at("walker.pte_reads"), 3);
  EXPECT_EQ(f.at("walker.pte_reads_per_level.level0"), 1);
  EXPECT_EQ(f.at("walker.pte_reads_per_level.level2"), 1);
  EXPECT_EQ(f.at("accesses.load"), 2);
}

TEST_F(MmuTest, AFaultStopsHereAndSaysWhy) {
  Bench b;
  b.map(0x40'0000, 0x8040'0000, Bench::kV | Bench::kR | Bench::kA);
  b.run([&] {
    const Reply r = b.store(0x40'0123, 1, 1);
    EXPECT_EQ(r.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    ASSERT_TRUE(r.faulted);
    EXPECT_EQ(r.fault.cause, Cause::kStorePage);
    EXPECT_EQ(r.fault.rule, Rule::kNoWrite);
    EXPECT_EQ(r.fault.tval, 0x40'0123U);
    EXPECT_TRUE(b.memory.on(false).empty()) << "H-RS-03";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("faults_per_rule.no_write"), 1);
  EXPECT_EQ(f.at("faults_per_cause.store_page_fault"), 1);
}

TEST_F(MmuTest, BothPagesAreTranslatedBeforeEitherIsSent) {
  Bench b;
  b.map(0x40'0000, 0x8040'0000);
  b.run([&] {
    const Reply r = b.store(0x40'0FFC, ~0ULL);
    ASSERT_TRUE(r.faulted);
    EXPECT_EQ(r.fault.tval, 0x40'1000U) << "TVAL-05";
    EXPECT_TRUE(b.memory.on(false).empty());
    b.map(0x40'1000, 0x8060'0000);
    b.fence(FenceForm::kAll);
    EXPECT_TRUE(b.store(0x40'0FFC, 0x1122'3344'5566'7788).ok());
    EXPECT_EQ(b.memory.get(0x8040'0FFC, 4), 0x5566'7788U);
    EXPECT_EQ(b.memory.get(0x8060'0000, 4), 0x1122'3344U);
    EXPECT_EQ(b.load(0x40'0FFC).value, 0x1122'3344'5566'7788U);
  });
}

TEST_F(MmuTest, DirectServesHitsAndNothingElse) {
  Bench b;
  b.map(0x40'0000, 0x8040'0000, Bench::kAll & ~Bench::kD);
  b.run([&] {
    protocol::DirectGrant g;
    const auto direct = [&](Access a) {
      return b.mmu.direct(protocol::Port::kData, 0x40'0010, 8, a, g);
    };
    EXPECT_FALSE(direct(Access::kLoad)) << "not resident";
    b.load(0x40'0000);
    ASSERT_TRUE(direct(Access::kLoad));
    EXPECT_EQ(g.first, 0x40'0000U);
    EXPECT_EQ(g.last, 0x40'0FFFU);
    EXPECT_EQ(g.host, &b.memory.bytes[0x40'0000]);
    EXPECT_FALSE(g.write) << "D is clear";
    EXPECT_FALSE(direct(Access::kStore));
    EXPECT_TRUE(b.store(0x40'0010, 7).ok());
    ASSERT_TRUE(direct(Access::kStore));
    EXPECT_TRUE(g.countable);
    ++*g.repeats;
    ++*g.write_repeats;
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("accesses.load"), 3);
  EXPECT_EQ(f.at("accesses.store"), 3);
  EXPECT_EQ(f.at("l1d.lookups"), 6);
  EXPECT_EQ(f.at("l1d.hits"), 5);
  EXPECT_EQ(f.at("l1d.stale_hits"), 1);
}

}  // namespace
}  // namespace lookaside::tests
