// SPDX-License-Identifier: Apache-2.0
// b_transport: translation, refill, time, faults, and what the rules of TLM-2.0 ask of an
// interconnect. A protocol checker stands on every hop of the bench.
#include <gmock/gmock.h>

#include <lookaside/mmu/mmu.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using translation::Cause;
using translation::FenceForm;
using translation::Pmp;
using translation::Rule;

class MmuTest : public SystemCTest {};

// ---- translation and refill -------------------------------------------------------------------

TEST_F(MmuTest, MissWalkRefillThenHit) {
  Bench b;
  b.map(kVa, kPa);
  b.memory.set(kPa + 8, 0x1122'3344'5566'7788);
  b.run([&] {
    const Reply miss = b.load(kVa + 8);
    ASSERT_TRUE(miss.ok());
    EXPECT_EQ(miss.value, 0x1122'3344'5566'7788U);
    ASSERT_EQ(b.memory.on(true).size(), 3U) << "one PTE read per level of Sv39";
    for (const auto& pte : b.memory.on(true)) {
      EXPECT_EQ(pte.requester, protocol::Requester::kWalker);
      EXPECT_EQ(pte.length, 8U);
      EXPECT_EQ(pte.streaming_width, 8U);
      EXPECT_FALSE(pte.write);
    }
    const Reply hit = b.load(kVa + 16);
    EXPECT_TRUE(hit.ok());
    EXPECT_EQ(b.memory.on(true).size(), 3U);
    EXPECT_EQ(b.memory.on(false).back().address, kPa + 16);
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
  EXPECT_EQ(f.at("walker.pte_reads_per_level.level1"), 1);
  EXPECT_EQ(f.at("walker.pte_reads_per_level.level2"), 1);
  EXPECT_EQ(f.at("walker.walk_latency_ns.sum"), 30) << "three reads of 10 ns";
  EXPECT_EQ(f.at("walker.mean_walk_latency_ns"), 30);
  EXPECT_EQ(f.at("accesses.load"), 2);
}

TEST_F(MmuTest, FetchRefillsFromTheSharedL2) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    b.load(kVa);
    EXPECT_TRUE(b.fetch(kVa).ok());
    EXPECT_EQ(b.memory.on(true).size(), 3U) << "no second walk";
    EXPECT_TRUE(b.fetch(kVa).ok());
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("l1i.lookups"), 2);
  EXPECT_EQ(f.at("l1i.hits"), 1);
  EXPECT_EQ(f.at("l1i.fills"), 1);
  EXPECT_EQ(f.at("l2.hits"), 1);
  EXPECT_EQ(f.at("l2.fills"), 1);
}

class TlbCombinations : public SystemCTest, public ::testing::WithParamInterface<unsigned> {};

TEST_P(TlbCombinations, TranslateAlike) {
  const unsigned on = GetParam();
  mmu::Config config;
  config.l1i.enabled = (on & 1) != 0;
  config.l1d.enabled = (on & 2) != 0;
  config.l2.enabled = (on & 4) != 0;
  Bench b(config);
  b.map(kVa, kPa);
  b.run([&] {
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(b.store(kVa + 8, 77).ok());
      EXPECT_EQ(b.load(kVa + 8).value, 77U);
      EXPECT_EQ(b.fetch(kVa + 8).value, 77U);
    }
  });
  // Two stores, two loads and two fetches: those behind no TLB walk each time.
  constexpr int kWalks[8] = {6, 5, 3, 2, 1, 1, 1, 1};
  EXPECT_EQ(Figures(b.mmu.statistics()).at("walker.walks"), kWalks[on]);
}
INSTANTIATE_TEST_SUITE_P(All, TlbCombinations, ::testing::Range(0U, 8U));

TEST_F(MmuTest, ASuperpageIsOneEntryAndALimitedL1HoldsPieces) {
  mmu::Config config;
  config.l1d.geometry.page_shifts = {12};
  Bench b(config);
  b.map(0x4000'0000, 0x8000'0000, Bench::kAll, 2);
  b.run([&] {
    EXPECT_TRUE(b.load(0x4000'0000 + 0x3000).ok());
    EXPECT_TRUE(b.load(0x4000'0000 + 0x7008).ok());
    EXPECT_EQ(b.memory.on(true).size(), 1U) << "the L2 holds the whole page";
    EXPECT_EQ(b.memory.on(false).back().address, 0x8000'7008U);
  });
  EXPECT_EQ(Figures(b.mmu.statistics()).at("l1d.fills"), 2);
}

TEST_F(MmuTest, AsidsAndGlobals_ASID01) {
  Bench b;
  b.map(kVa, kPa);
  b.map(kVa + 0x1000, kPa, Bench::kAll | Bench::kG);
  b.run([&] {
    b.load(kVa);
    b.load(kVa + 0x1000);
    Context other = b.context;
    other.asid = 2;
    b.use(other);
    b.load(kVa + 0x1000);
    EXPECT_EQ(Figures(b.mmu.statistics()).at("walker.walks"), 2);
    b.load(kVa);
    EXPECT_EQ(Figures(b.mmu.statistics()).at("walker.walks"), 3);
  });
}

TEST_F(MmuTest, BareAndMachineModeBypassTheTlbs_SATP18) {
  Bench b;
  Context c = b.context;
  c.data_privilege = Privilege::kMachine;
  b.run([&] {
    b.use(c);
    EXPECT_TRUE(b.load(kPa).ok());
    c.data_privilege = Privilege::kUser;
    c.format = nullptr;
    b.use(c);
    EXPECT_TRUE(b.store(kPa + 0xFFC, 1).ok()) << "without pages nothing is split";
    EXPECT_EQ(b.memory.on(false).back().length, 8U);
    EXPECT_TRUE(b.memory.on(true).empty());
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("bypasses"), 2);
  EXPECT_EQ(f.at("l1d.lookups"), 0);
}

TEST_F(MmuTest, MprvSeparatesFetchAndData_PRV01) {
  Bench b;
  b.map(kVa, kPa);
  Context c = b.context;
  c.fetch_privilege = Privilege::kMachine;
  b.run([&] {
    b.use(c);
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_TRUE(b.fetch(kPa).ok());
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("l1d.lookups"), 1);
  EXPECT_EQ(f.at("l1i.lookups"), 0);
}

// ---- payloads and contexts --------------------------------------------------------------------

TEST_F(MmuTest, WithoutExtensionSocketAndCommandDecide_H_EX_01) {
  Bench b;
  b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kA);
  unsigned char data[8] = {};
  b.run([&] {
    tlm::tlm_generic_payload p;
    Bench::set(p, false, kVa, data, 8);
    EXPECT_TRUE(b.send(false, p).ok());
    Bench::set(p, true, kVa, data, 8);
    EXPECT_EQ(b.send(false, p).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "a store";
    Bench::set(p, false, kVa, data, 4);
    EXPECT_EQ(b.send(true, p).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "a fetch";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("accesses.load"), 1);
  EXPECT_EQ(f.at("accesses.store"), 1);
  EXPECT_EQ(f.at("accesses.fetch"), 1);
  EXPECT_EQ(f.at("faults_per_rule.no_execute"), 1);
}

TEST_F(MmuTest, TheExtensionsContextReplacesTheSockets) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    Context bare;
    b.mmu.set_context(0, bare);
    EXPECT_FALSE(b.load(kVa).ok());
    b.with_context = true;
    EXPECT_TRUE(b.load(kVa).ok());
  });
}

TEST_F(MmuTest, TheExtensionsAccessKindRulesTheCause_WALK21) {
  Bench b;
  b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kA);
  b.run([&] {
    EXPECT_TRUE(b.access(Access::kLoadReserved, kVa).ok());
    for (const Access kind : {Access::kAmo, Access::kStoreConditional}) {
      const Reply r = b.access(kind, kVa);
      EXPECT_EQ(r.fault.cause, Cause::kStorePage);
      EXPECT_EQ(r.fault.access, kind);
    }
  });
}

TEST_F(MmuTest, MalformedPayloadsAreRefused_H_GP_01) {
  Bench b({}, nullptr, false);
  b.map(kVa, kPa);
  unsigned char data[8] = {};
  b.run([&] {
    tlm::tlm_generic_payload p;
    Bench::set(p, false, kVa, nullptr, 8);
    EXPECT_EQ(b.send(false, p).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    Bench::set(p, false, kVa, data, 0);
    EXPECT_EQ(b.send(false, p).status, tlm::TLM_BURST_ERROR_RESPONSE);
    Bench::set(p, false, kVa, data, 8);
    p.set_streaming_width(0);
    EXPECT_EQ(b.send(false, p).status, tlm::TLM_BURST_ERROR_RESPONSE);
    Bench::set(p, false, kVa, data, 8);
    p.set_byte_enable_ptr(data);
    p.set_byte_enable_length(0);
    EXPECT_EQ(b.send(false, p).status, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_TRUE(b.memory.seen.empty());
  });
}

TEST_F(MmuTest, IgnoreIsTranslatedAndMovesNothing_H_GP_09) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    tlm::tlm_generic_payload p;
    Bench::set(p, false, kVa + 0x10, nullptr, 0);
    p.set_command(tlm::TLM_IGNORE_COMMAND);
    p.set_streaming_width(1);
    b.send(false, p);
    ASSERT_EQ(b.memory.on(false).size(), 1U);
    EXPECT_EQ(b.memory.on(false)[0].address, kPa + 0x10);
  });
}

// ---- faults -----------------------------------------------------------------------------------

TEST_F(MmuTest, AFaultStopsHereAndSaysWhy) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kA);
  b.run([&] {
    const Reply r = b.store(kVa + 0x123, 1, 1);
    EXPECT_EQ(r.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    ASSERT_TRUE(r.faulted);
    EXPECT_EQ(r.fault.cause, Cause::kStorePage);
    EXPECT_EQ(r.fault.rule, Rule::kNoWrite);
    EXPECT_EQ(r.fault.tval, kVa + 0x123);
    EXPECT_EQ(r.fault.pte_address, pte);
    EXPECT_TRUE(b.memory.on(false).empty()) << "H-RS-03";
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_FALSE(b.load(kVa).faulted) << "the record of an older fault is gone";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("faults_per_rule.no_write"), 1);
  EXPECT_EQ(f.at("faults_per_cause.store_page_fault"), 1);
  EXPECT_EQ(f.at("walker.walks_faulted"), 1);
  EXPECT_EQ(f.at("l1d.fills"), 1) << "a refused access fills nothing";
}

TEST_F(MmuTest, NonCanonicalIsRefusedBeforeAnyLookup_CAN02) {
  Bench b;
  b.run([&] {
    const Reply r = b.load(0x0000'0040'0000'0000);
    EXPECT_EQ(r.fault.rule, Rule::kNotCanonical);
    EXPECT_EQ(r.fault.cause, Cause::kLoadPage);
    EXPECT_TRUE(b.memory.seen.empty());
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("l1d.lookups"), 0);
  EXPECT_EQ(f.at("walker.walks"), 0);
  EXPECT_EQ(f.at("faults_per_rule.not_canonical"), 1);
}

TEST_F(MmuTest, PermissionsAreJudgedAtEveryHit_PERM05) {
  Bench b;
  b.map(kVa, kPa, Bench::kAll | Bench::kU);
  b.run([&] {
    Context c = b.context;
    c.data_privilege = Privilege::kUser;
    b.use(c);
    EXPECT_TRUE(b.load(kVa).ok());
    c.data_privilege = Privilege::kSupervisor;
    b.use(c);
    EXPECT_EQ(b.load(kVa).fault.rule, Rule::kUserPageWithoutSum);
    c.sum = true;
    b.use(c);
    EXPECT_TRUE(b.load(kVa).ok());
    EXPECT_EQ(b.fetch(kVa).fault.rule, Rule::kUserPageFetch) << "hit in the L2";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("walker.walks"), 1) << "no flush, no new walk";
  EXPECT_EQ(f.at("l1d.hits"), 2);
  EXPECT_EQ(f.at("l1i.fills"), 0);
}

TEST_F(MmuTest, PmpOnTheAccessAndOnPtes) {
  Bench b;
  b.map(kVa, kPa);
  Pmp pmp;
  // Entry 0: no right on the page; entry 1: everything, everywhere.
  pmp.write_addr(0, (kPa >> 2) | 0x1FF);
  pmp.write_cfg(0, 0x18);
  pmp.write_addr(1, ~std::uint64_t{0} >> 10);
  pmp.write_cfg(1, 0x1F);
  b.run([&] {
    EXPECT_TRUE(b.load(kVa).ok());
    b.mmu.set_pmp(0, pmp);
    const Reply r = b.load(kVa + 8);
    EXPECT_EQ(r.fault.cause, Cause::kLoadAccess) << "a hit in the TLB says nothing about PMP";
    EXPECT_EQ(r.fault.rule, Rule::kPmpPermission);
    EXPECT_EQ(r.fault.physical, kPa + 8);
    EXPECT_EQ(b.memory.on(false).size(), 1U);
    pmp.write_addr(0, (Bench::kRoot >> 2) | 0x1FF);
    b.mmu.set_pmp(0, pmp);
    b.fence(FenceForm::kAll);
    const Reply w = b.store(kVa, 1);
    EXPECT_EQ(w.fault.cause, Cause::kStoreAccess) << "the original type (WALK-06)";
    EXPECT_EQ(w.fault.rule, Rule::kPteAccessRefused);
    EXPECT_EQ(w.fault.level, 2);
  });
}

TEST_F(MmuTest, BusErrorsKeepTheirStatusAndBecomeAccessFaults_H_GP_05) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa);
  b.memory.broken = {{kPa + 0x100, kPa + 0x1FF}, {pte + 8, pte + 15}};
  b.run([&] {
    const Reply r = b.load(kVa + 0x108);
    EXPECT_EQ(r.status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    ASSERT_TRUE(r.faulted) << "the hart reads only the record";
    EXPECT_EQ(r.fault.rule, Rule::kBusError);
    EXPECT_EQ(r.fault.cause, Cause::kLoadAccess);
    EXPECT_EQ(r.fault.tval, kVa + 0x108);
    EXPECT_EQ(r.fault.physical, kPa + 0x108);
    const Reply w = b.fetch(kVa + 0x1000);
    EXPECT_EQ(w.fault.rule, Rule::kPteBusError) << "WALK-05";
    EXPECT_EQ(w.fault.cause, Cause::kFetchAccess);
    EXPECT_EQ(w.fault.pte_address, pte + 8);
  });
}

TEST_F(MmuTest, ATargetThatIgnoresAtomicsGivesAnAccessFault) {
  Bench b;
  b.map(kVa, kPa);
  unsigned char data[8] = {};
  const auto swap = [&] {
    tlm::tlm_generic_payload p;
    protocol::AccessExtension ext;
    protocol::AtomicExtension atomic;
    ext.access = Access::kAmo;
    atomic.op = protocol::AtomicOp::kSwap;
    atomic.operand = 5;
    Bench::set(p, true, kVa, data, 8);
    p.set_extension(&ext);
    p.set_extension(&atomic);
    Reply r = b.send(false, p);
    p.clear_extension(&ext);
    p.clear_extension(&atomic);
    r.faulted = ext.faulted;
    r.fault = ext.fault;
    return r;
  };
  b.run([&] {
    EXPECT_TRUE(swap().ok());
    EXPECT_EQ(b.memory.get(kPa, 8), 5U);
    b.memory.atomics = false;
    const Reply r = swap();
    EXPECT_FALSE(r.ok());
    EXPECT_EQ(r.fault.rule, Rule::kBusError);
    EXPECT_EQ(r.fault.cause, Cause::kStoreAccess);
  });
}

}  // namespace
}  // namespace lookaside::tests
