// SPDX-License-Identifier: Apache-2.0
// Direct memory pointers: what is lent, how far, and when it is taken back (rule book H.5).
#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using mmu::DmiPolicy;
using translation::FenceForm;
using translation::Pmp;

mmu::Config with(DmiPolicy policy) {
  mmu::Config c;
  c.dmi = policy;
  return c;
}

class DmiTest : public SystemCTest {
 protected:
  static void expect_page(const tlm::tlm_dmi& d, std::uint64_t va, std::uint64_t bytes) {
    EXPECT_EQ(d.get_start_address(), va);
    EXPECT_EQ(d.get_end_address(), va + bytes - 1);
  }
};

TEST_F(DmiTest, OnePageWithItsRights_H_DMI_01) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    tlm::tlm_dmi d;
    EXPECT_FALSE(b.get_dmi(false, false, kVa + 8, d)) << "not resident";
    expect_page(d, kVa, 4096);
    b.load(kVa);
    tlm::tlm_dmi e;
    ASSERT_TRUE(b.get_dmi(false, false, kVa + 8, e));
    expect_page(e, kVa, 4096);
    EXPECT_EQ(e.get_dmi_ptr(), &b.memory.bytes[kPa - Memory::kBase]);
    EXPECT_TRUE(e.is_read_write_allowed());
    EXPECT_EQ(e.get_read_latency(), sc_time(10, sc_core::SC_NS)) << "H-DMI-14";
    tlm::tlm_dmi f;
    EXPECT_FALSE(b.get_dmi(true, false, kVa, f)) << "the fetch port has a TLB of its own";
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("dmi_grants"), 1);
  EXPECT_EQ(f.at("lower_bound"), 1);
  EXPECT_EQ(f.at("l1d.lookups"), 1) << "asking is no lookup";
}

struct RightsCase {
  const char* label;
  std::uint64_t flags;  // besides V
  bool mxr;
  bool read;
  bool write;
  bool fetch;
};
void PrintTo(const RightsCase& c, std::ostream* os) {
  *os << c.label;
}

class DmiRights : public DmiTest, public ::testing::WithParamInterface<RightsCase> {};

TEST_P(DmiRights, GrantIsCutToThePage) {
  const RightsCase& c = GetParam();
  Bench b(with(DmiPolicy::kMapped));
  b.map(kVa, kPa, Bench::kV | c.flags);
  b.run([&] {
    Context context = b.context;
    context.mxr = c.mxr;
    context.ad_update = translation::AdUpdate::kHardware;
    b.use(context);
    for (const bool write : {false, true}) {
      tlm::tlm_dmi d;
      EXPECT_EQ(b.get_dmi(false, write, kVa, d), write ? c.write : c.read);
      if (!(write ? c.write : c.read)) continue;
      EXPECT_EQ(d.is_write_allowed(), c.write) << "H-DMI-16: demoted";
    }
    tlm::tlm_dmi d;
    EXPECT_EQ(b.get_dmi(true, false, kVa, d), c.fetch);
    EXPECT_FALSE(b.get_dmi(true, true, kVa, d)) << "nobody writes through the fetch port";
    EXPECT_TRUE(b.memory.seen.empty()) << "H-DMI-17: no walk, no A/D update";
  });
}

constexpr auto R = Bench::kR, W = Bench::kW, X = Bench::kX, A = Bench::kA, D = Bench::kD;
INSTANTIATE_TEST_SUITE_P(
    Table, DmiRights,
    ::testing::Values(RightsCase{"All", R | W | X | A | D, false, true, true, true},
                      RightsCase{"Clean_H_DMI_02", R | W | X | A, false, true, false, true},
                      RightsCase{"NotAccessed_H_DMI_03", R | W | X, false, false, false, false},
                      RightsCase{"ReadOnly", R | A | D, false, true, false, false},
                      RightsCase{"ExecuteOnly_H_DMI_04", X | A | D, false, false, false, true},
                      RightsCase{"ExecuteOnlyMxr", X | A | D, true, true, false, true},
                      RightsCase{"UserPage", R | W | X | A | D | Bench::kU, false, false, false,
                                 false}),
    [](const auto& c) { return std::string(c.param.label); });

TEST_F(DmiTest, CutToWhatTheMemoryLends) {
  Bench b(with(DmiPolicy::kMapped));
  b.map(kVa, kPa);
  b.memory.dmi_read = {kPa + 0x100, kPa + 0x8FF};
  b.memory.dmi_write = {kPa + 0x100, kPa + 0x4FF};
  b.run([&] {
    tlm::tlm_dmi d;
    ASSERT_TRUE(b.get_dmi(false, false, kVa + 0x200, d));
    EXPECT_EQ(d.get_start_address(), kVa + 0x100);
    EXPECT_EQ(d.get_end_address(), kVa + 0x4FF);
    EXPECT_TRUE(d.is_read_write_allowed());
    EXPECT_EQ(d.get_dmi_ptr(), &b.memory.bytes[kPa + 0x100 - Memory::kBase]);
    tlm::tlm_dmi e;
    ASSERT_TRUE(b.get_dmi(false, false, kVa + 0x600, e));
    EXPECT_FALSE(e.is_write_allowed());
    tlm::tlm_dmi f;
    EXPECT_FALSE(b.get_dmi(false, true, kVa + 0x600, f));
    EXPECT_FALSE(b.get_dmi(false, false, kVa, f));
  });
}

TEST_F(DmiTest, CutToASpanOfUniformPmp_CACHE11) {
  Bench b(with(DmiPolicy::kMapped));
  b.map(kVa, kPa);
  Pmp pmp;
  pmp.write_addr(0, (kPa + 0x400) >> 2 | 0x1F);  // NAPOT, 256 bytes: read only
  pmp.write_cfg(0, 0x19);
  pmp.write_addr(1, ~std::uint64_t{0} >> 10);
  pmp.write_cfg(1, 0x1F);
  b.mmu.set_pmp(0, pmp);
  b.run([&] {
    tlm::tlm_dmi d;
    ASSERT_TRUE(b.get_dmi(false, false, kVa + 0x440, d));
    expect_page(d, kVa + 0x400, 0x100);
    EXPECT_FALSE(d.is_write_allowed());
    tlm::tlm_dmi e;
    ASSERT_TRUE(b.get_dmi(false, true, kVa, e));
    expect_page(e, kVa, 0x400);
  });
}

TEST_F(DmiTest, UntranslatedSpansAreNotCutToPages) {
  Bench b;
  b.run([&] {
    Context bare;
    b.use(bare);
    tlm::tlm_dmi d;
    ASSERT_TRUE(b.get_dmi(false, true, kPa, d));
    expect_page(d, Memory::kBase, Memory::kSize);
    ASSERT_TRUE(b.get_dmi(true, false, kPa, d));
  });
}

TEST_F(DmiTest, OffRefusesEverything) {
  Bench b(with(DmiPolicy::kOff));
  b.map(kVa, kPa);
  b.run([&] {
    EXPECT_FALSE(b.load(kVa).dmi_allowed) << "H-DMI-18";
    tlm::tlm_dmi d;
    EXPECT_FALSE(b.get_dmi(false, false, kVa, d));
    EXPECT_EQ(b.memory.dmi_calls, 0U);
  });
  EXPECT_EQ(Figures(b.mmu.statistics()).at("lower_bound"), 0);
}

TEST_F(DmiTest, TheHintKeepsItsPromise_H_DMI_18) {
  Bench b;
  b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.run([&] {
    tlm::tlm_dmi d;
    EXPECT_TRUE(b.load(kVa).dmi_allowed);
    EXPECT_TRUE(b.get_dmi(false, false, kVa, d));
    EXPECT_TRUE(b.store(kVa, 1).dmi_allowed);
    tlm::tlm_dmi e;
    EXPECT_TRUE(b.get_dmi(false, true, kVa, e));
    EXPECT_FALSE(b.store(kVa + 0x1000, 1).dmi_allowed) << "refused";
    b.memory.dmi_hint = false;
    EXPECT_FALSE(b.load(kVa).dmi_allowed);
    b.memory.dmi_hint = true;
    b.with_context = true;
    b.context.asid = 9;
    EXPECT_FALSE(b.load(kVa).dmi_allowed) << "not the socket's context (H-DMI-05)";
  });
}

TEST_F(DmiTest, ALaterHintEndsAnOlderRefusal) {
  Bench b(with(DmiPolicy::kMapped));
  b.map(kVa, kPa);
  b.memory.dmi_read = {1, 0};
  b.memory.dmi_hint = false;
  b.run([&] {
    tlm::tlm_dmi d;
    EXPECT_FALSE(b.get_dmi(false, false, kVa, d));
    b.memory.dmi_read = b.memory.dmi_write;
    b.memory.dmi_hint = true;
    EXPECT_TRUE(b.load(kVa).dmi_allowed);
    tlm::tlm_dmi e;
    EXPECT_TRUE(b.get_dmi(false, false, kVa, e));
  });
}

// ---- revocation -------------------------------------------------------------------------------

class Revocation : public DmiTest {
 protected:
  /// Has a pointer to kVa lent to both ports, then expects `change` to take both back.
  void expect_revoked(Bench& b, const std::function<void()>& change) {
    b.load(kVa);
    b.fetch(kVa);
    for (const bool fetch : {false, true}) {
      tlm::tlm_dmi d;
      ASSERT_TRUE(b.get_dmi(fetch, false, kVa, d));
    }
    change();
    ASSERT_EQ(b.initiator.data_revoked.size(), 1U);
    EXPECT_LE(b.initiator.data_revoked[0].first, kVa);
    EXPECT_GE(b.initiator.data_revoked[0].last, kVa + 0xFFF);
    EXPECT_EQ(b.initiator.fetch_revoked.size(), 1U);
  }
};

TEST_F(Revocation, ByAFence_H_DMI_06) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] { expect_revoked(b, [&] { b.fence(FenceForm::kAll); }); });
}
TEST_F(Revocation, ByAnAddressFence_H_DMI_06) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] { expect_revoked(b, [&] { b.fence(FenceForm::kAddressAsid, kVa + 8, 1); }); });
}
TEST_F(Revocation, ByAContextChange_H_DMI_05) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    expect_revoked(b, [&] {
      b.use(b.context);
      EXPECT_TRUE(b.initiator.data_revoked.empty()) << "no change, no revocation";
      Context c = b.context;
      c.sum = true;
      b.use(c);
    });
  });
}
TEST_F(Revocation, ByAPmpChange_SFN18) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] { expect_revoked(b, [&] { b.mmu.set_pmp(0, Pmp()); }); });
}
TEST_F(Revocation, FromBelowWithAllAliases_H_DMI_09) {
  Bench b;
  b.map(kVa, kPa);
  b.map(kVa + 0x5000, kPa);
  b.map(kVa + 0x6000, kPa + 0x1000);
  b.run([&] {
    for (const std::uint64_t va : {kVa, kVa + 0x5000, kVa + 0x6000}) {
      b.load(va);
      tlm::tlm_dmi d;
      ASSERT_TRUE(b.get_dmi(false, false, va, d));
    }
    b.memory.physical->invalidate_direct_mem_ptr(kPa + 0x10, kPa + 0x1F);
    ASSERT_EQ(b.initiator.data_revoked.size(), 2U);
    EXPECT_EQ(b.initiator.data_revoked[0].first, kVa);
    EXPECT_EQ(b.initiator.data_revoked[1].first, kVa + 0x5000);
    // The memory is asked again, and its new answer counts.
    b.memory.dmi_read = {1, 0};
    tlm::tlm_dmi d;
    EXPECT_FALSE(b.get_dmi(false, false, kVa, d));
  });
}

class Eviction : public DmiTest, public ::testing::WithParamInterface<DmiPolicy> {};

TEST_P(Eviction, RevokesOnlyIfResidenceWasPromised_H_DMI_07) {
  mmu::Config c = with(GetParam());
  c.l1d.geometry.entries = 2;
  c.l1d.geometry.ways = 2;
  Bench b(c);
  for (unsigned i = 0; i < 3; ++i) b.map(kVa + i * 0x1000, kPa + i * 0x1000);
  b.run([&] {
    b.load(kVa);
    tlm::tlm_dmi d;
    ASSERT_TRUE(b.get_dmi(false, false, kVa, d));
    b.load(kVa + 0x1000);
    EXPECT_TRUE(b.initiator.data_revoked.empty());
    b.load(kVa + 0x2000);
    EXPECT_EQ(b.initiator.data_revoked.size(), GetParam() == DmiPolicy::kResident ? 1U : 0U);
    tlm::tlm_dmi e;
    EXPECT_EQ(b.get_dmi(false, false, kVa, e), GetParam() == DmiPolicy::kMapped);
  });
}
INSTANTIATE_TEST_SUITE_P(Policies, Eviction,
                         ::testing::Values(DmiPolicy::kResident, DmiPolicy::kMapped));

TEST_F(DmiTest, AStaleEntryTakesItsPointerAlong) {
  Bench b;
  b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.run([&] {
    b.load(kVa);
    tlm::tlm_dmi d;
    ASSERT_TRUE(b.get_dmi(false, false, kVa, d));
    b.store(kVa, 1);
    EXPECT_EQ(b.initiator.data_revoked.size(), 1U) << "H-DMI-21: now it would be lent for writing";
  });
}

}  // namespace
}  // namespace lookaside::tests
