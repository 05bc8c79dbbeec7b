// SPDX-License-Identifier: Apache-2.0
// What happens around a walk: fences, A and D bits, races, time; and what configuration allows.
#include <gmock/gmock.h>

#include <lookaside/mmu/mmu.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using translation::Cause;
using translation::FenceForm;
using translation::Rule;

class WalkTest : public SystemCTest {};

// ---- fences -----------------------------------------------------------------------------------

TEST_F(WalkTest, AFenceDropsAndCounts_SFN12) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa);
  b.map(kVa + 0x1000, kPa + 0x1000);
  b.run([&] {
    b.load(kVa);
    b.load(kVa + 0x1000);
    b.fetch(kVa);
    b.memory.set(pte, (kPa + 0x2000) >> 12 << 10 | Bench::kAll);
    b.load(kVa);
    EXPECT_EQ(b.memory.on(false).back().address, kPa) << "no fence yet: the old one may serve";
    b.fence(FenceForm::kAddress, kVa + 0x123);
    b.load(kVa);
    EXPECT_EQ(b.memory.on(false).back().address, kPa + 0x2000);
    b.load(kVa + 0x1000);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("walker.walks"), 3) << "the other page stayed";
  EXPECT_EQ(f.at("l1d.flushed"), 1);
  EXPECT_EQ(f.at("l1i.flushed"), 1);
  EXPECT_EQ(f.at("l2.flushed"), 1);
  EXPECT_EQ(f.at("fences.address"), 1);
}

// The walk has read the pointer to the old table when software installs a new table and fences.
TEST_F(WalkTest, AFenceDuringAWalkStopsTheStaleFill_SFN11) {
  Bench b;
  b.map(kVa, kPa);
  const std::uint64_t new_table = Bench::kRoot + 0x10'0000;
  b.memory.set(new_table + (kVa >> 12 & 511) * 8, (kPa + 0x2000) >> 12 << 10 | Bench::kAll);
  b.memory.wait_in_walk = sc_time(10, sc_core::SC_NS);
  b.initiator.other_body = [&] {
    sc_core::wait(25, sc_core::SC_NS);  // level 1 was read at 20 ns, level 0 comes at 30 ns
    const auto walk = b.memory.on(true);
    ASSERT_EQ(walk.size(), 3U);
    b.memory.set(walk[1].address, new_table >> 12 << 10 | Bench::kV);
    b.fence(FenceForm::kAll);
  };
  b.run([&] {
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_EQ(b.memory.on(false).back().address, kPa + 0x2000);
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_EQ(b.memory.on(false).back().address, kPa + 0x2000);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("walker.walks_restarted"), 1);
  EXPECT_EQ(f.at("l1d.fills"), 1);
}

TEST_F(WalkTest, TwoThreadsMayWalkAtOnce_H_BT_03) {
  Bench b;
  b.map(kVa, kPa);
  b.map(kVa + 0x20'0000, kPa + 0x1000);
  b.memory.set(kPa, 1);
  b.memory.set(kPa + 0x1000, 2);
  b.memory.wait_in_walk = sc_time(10, sc_core::SC_NS);
  b.initiator.other_body = [&] {
    sc_core::wait(5, sc_core::SC_NS);
    EXPECT_EQ(b.load(kVa + 0x20'0000).value, 2U);
  };
  b.run([&] { EXPECT_EQ(b.load(kVa).value, 1U); });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("walker.walks"), 2);
  EXPECT_EQ(f.at("walker.pte_reads"), 6);
}

// ---- A and D ----------------------------------------------------------------------------------

TEST_F(WalkTest, AStoreThroughACachedCleanEntryWalksAgain_AD14) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kAll & ~(Bench::kD | Bench::kA));
  b.run([&] {
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_EQ(b.memory.get(pte, 8) & (Bench::kA | Bench::kD), Bench::kA);
    EXPECT_TRUE(b.store(kVa, 3).ok());
    EXPECT_EQ(b.memory.get(pte, 8) & Bench::kD, Bench::kD) << "AD-07";
    const auto walks = b.memory.on(true);
    EXPECT_TRUE(walks.back().atomic);
    EXPECT_TRUE(b.store(kVa, 4).ok());
    EXPECT_EQ(b.memory.on(true).size(), walks.size()) << "now it is dirty";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("l1d.stale_hits"), 1);
  EXPECT_EQ(f.at("l1d.replaced"), 1);
  EXPECT_EQ(f.at("walker.walks"), 2);
  EXPECT_EQ(f.at("walker.ad_updates"), 2);
}

TEST_F(WalkTest, WithSvadeAMissingBitIsAFault_AD01) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.run([&] {
    Context c = b.context;
    c.ad_update = translation::AdUpdate::kFault;
    b.use(c);
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_EQ(b.store(kVa, 1).fault.rule, Rule::kDirtyClear) << "on a hit";
    b.fence(FenceForm::kAll);
    EXPECT_EQ(b.store(kVa, 1).fault.rule, Rule::kDirtyClear) << "on a walk";
    EXPECT_EQ(b.memory.get(pte, 8) & Bench::kD, 0U);
  });
}

// T-19: somebody writes the PTE between its read and the compare-and-swap.
TEST_F(WalkTest, ALostCompareAndSwapReadsAgain_AD04) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kAll & ~(Bench::kA | Bench::kD));
  b.memory.before = [&](const Memory::Seen& s) {
    if (!s.atomic || b.memory.get(pte, 8) >> 10 != kPa >> 12) return;
    b.memory.set(pte, (kPa + 0x3000) >> 12 << 10 | Bench::kV | Bench::kR | Bench::kW);
  };
  b.run([&] {
    EXPECT_TRUE(b.store(kVa, 9).ok());
    EXPECT_EQ(b.memory.on(false).back().address, kPa + 0x3000);
    EXPECT_EQ(b.memory.get(pte, 8) & (Bench::kA | Bench::kD | Bench::kX), Bench::kA | Bench::kD);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("walker.ad_retries"), 1);
  EXPECT_EQ(f.at("walker.ad_updates"), 1);
}

TEST_F(WalkTest, AStaleEntryGoesEvenIfTheNewWalkFaults) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.run([&] {
    EXPECT_TRUE(b.load(kVa).ok());
    b.memory.set(pte, 0);
    EXPECT_EQ(b.store(kVa, 1).fault.rule, Rule::kNotValid);
    EXPECT_EQ(b.load(kVa).fault.rule, Rule::kNotValid);
  });
}

TEST_F(WalkTest, MemoryThatCannotSwapGivesAnAccessFault_AD12) {
  Bench b;
  b.map(kVa, kPa, Bench::kAll & ~Bench::kA);
  b.memory.atomics = false;
  b.run([&] {
    const Reply r = b.load(kVa);
    EXPECT_EQ(r.fault.rule, Rule::kPteUpdateBusError);
    EXPECT_EQ(r.fault.cause, Cause::kLoadAccess);
  });
}

// ---- time -------------------------------------------------------------------------------------

TEST_F(WalkTest, EveryStepHasItsTime_H_TM_01) {
  mmu::Config c;
  c.clock_ps = 500;
  c.l1d.lookup_cycles = 1;
  c.l1i.lookup_cycles = 2;
  c.miss_cycles = 4;
  c.l2.lookup_cycles = 8;
  c.refill_cycles = 16;
  c.fault_cycles = 32;
  c.fence_cycles = 64;
  Bench b(c);
  b.map(kVa, kPa);
  b.local_ps = 1'000'000;
  constexpr std::uint64_t kMemory = 10'000;
  b.run([&] {
    EXPECT_EQ(b.load(kVa).delay_ps, (1 + 4 + 8 + 16) * 500 + 4 * kMemory);
    const std::uint64_t walk_from = 1'000'000 + (1 + 4 + 8) * 500;
    const auto walk = b.memory.on(true);
    for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(walk[i].ps, walk_from + i * kMemory);
    EXPECT_EQ(b.memory.on(false)[0].ps, walk_from + 3 * kMemory + 16 * 500);
    EXPECT_EQ(b.load(kVa).delay_ps, 1 * 500 + kMemory) << "hit";
    EXPECT_EQ(b.fetch(kVa).delay_ps, (2 + 4 + 8 + 16) * 500 + kMemory) << "hit in the L2";
    EXPECT_EQ(b.load(kVa + 0x1000).delay_ps, (1 + 4 + 8 + 32) * 500 + 3 * kMemory) << "fault";
    sc_time delay(1, sc_core::SC_NS);
    b.mmu.fence(0, {}, delay);
    EXPECT_EQ(delay.value(), 1000U + 64 * 500);
  });
}

// ---- configuration ----------------------------------------------------------------------------

TEST_F(WalkTest, BadConfigurationsAreNamed) {
  const auto error = [](const std::function<void(mmu::Config&)>& change) {
    mmu::Config c;
    change(c);
    EXPECT_FALSE(mmu::validate(c).empty());
    try {
      mmu::Mmu mmu("bad", c);
    } catch (const mmu::ConfigError& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(error([](mmu::Config& c) { c.l1d.geometry.ways = 5; }),
              HasSubstr("hart0.mmu: l1d: 5 ways do not divide 16 entries"));
  EXPECT_THAT(error([](mmu::Config& c) { c.asid_bits = 20; }), HasSubstr("20 ASID bits"));
  EXPECT_THAT(error([](mmu::Config& c) { c.clock_ps = 0; }), HasSubstr("clock_ps is 0"));
  mmu::Config disabled;
  disabled.l2.enabled = false;
  disabled.l2.geometry.entries = 0;
  EXPECT_EQ(mmu::validate(disabled), "") << "what is not built need not be right";
}

TEST_F(WalkTest, TheFactoryMakesEveryTlb) {
  std::vector<std::string> names;
  mmu::Config c;
  c.asid_bits = 3;
  c.make_tlb = [&](const std::string& name, const tlb::Geometry& g) {
    names.push_back(name);
    EXPECT_EQ(g.asid_bits, 3U);
    return mmu::make_array(name, g);
  };
  Bench b(c);
  EXPECT_THAT(names, ::testing::ElementsAre("l1i", "l1d", "l2"));
}

}  // namespace
}  // namespace lookaside::tests
