// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/translation/walk.h>

#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using namespace tests;  // NOLINT: the tables' vocabulary

// WALK-06, A.8: the cause follows the original access.
TEST(Fault, CausesFollowTheAccess) {
  for (const Access a : kAccesses) {
    EXPECT_EQ(static_cast<unsigned>(page_fault(a)), page_cause(a));
    EXPECT_EQ(static_cast<unsigned>(access_fault(a)), access_cause(a));
  }
  EXPECT_EQ(static_cast<unsigned>(misaligned_fault(Access::kLoad)), 4U);
  EXPECT_EQ(static_cast<unsigned>(misaligned_fault(Access::kLoadReserved)), 4U);
  EXPECT_EQ(static_cast<unsigned>(misaligned_fault(Access::kStore)), 6U);
  EXPECT_EQ(static_cast<unsigned>(misaligned_fault(Access::kStoreConditional)), 6U);
  EXPECT_EQ(static_cast<unsigned>(misaligned_fault(Access::kAmo)), 6U);
}

struct Expected {
  Rule rule;
  char fault_class;  // P page, A access, M misaligned
  const char* row;
};
// Table A.4, with the class its "result" column gives.
constexpr Expected kTable[] = {{Rule::kNotCanonical, 'P', "0"},
                               {Rule::kPteAccessRefused, 'A', "1"},
                               {Rule::kPteBusError, 'A', "1"},
                               {Rule::kNotValid, 'P', "2a"},
                               {Rule::kWriteWithoutRead, 'P', "2b"},
                               {Rule::kReservedBits, 'P', "2c"},
                               {Rule::kPointerBits, 'P', "2c"},
                               {Rule::kPointerAtLeafLevel, 'P', "3"},
                               {Rule::kMisalignedSuperpage, 'P', "4"},
                               {Rule::kSupervisorPage, 'P', "5"},
                               {Rule::kUserPageFetch, 'P', "5"},
                               {Rule::kUserPageWithoutSum, 'P', "5"},
                               {Rule::kNoExecute, 'P', "7"},
                               {Rule::kNoRead, 'P', "7"},
                               {Rule::kNoWrite, 'P', "7"},
                               {Rule::kAccessedClear, 'P', "8"},
                               {Rule::kDirtyClear, 'P', "8"},
                               {Rule::kPteUpdateRefused, 'A', "9"},
                               {Rule::kPteUpdateBusError, 'A', "9"},
                               {Rule::kPmpNoMatch, 'A', "11"},
                               {Rule::kPmpPartialMatch, 'A', "11"},
                               {Rule::kPmpPermission, 'A', "11"},
                               {Rule::kBusError, 'A', "11"},
                               {Rule::kMisaligned, 'M', ""}};

TEST(Fault, RowsAndClassesFollowTableA4) {
  ASSERT_EQ(std::size(kTable) + 1, kRuleCount);
  for (const Expected& e : kTable) {
    EXPECT_STREQ(table_row(e.rule), e.row) << name(e.rule);
    for (const Access a : kAccesses) {
      if (e.fault_class == 'M') continue;
      EXPECT_EQ(static_cast<unsigned>(cause_of(e.rule, a)),
                e.fault_class == 'P' ? page_cause(a) : access_cause(a))
          << name(e.rule);
    }
  }
  EXPECT_EQ(cause_of(Rule::kMisaligned, Access::kLoad), Cause::kLoadMisaligned);
  EXPECT_EQ(cause_of(Rule::kMisaligned, Access::kAmo), Cause::kStoreMisaligned);
}

TEST(Fault, EveryRuleHasItsOwnNameAndAnId) {
  std::set<std::string> names;
  for (const Expected& e : kTable) {
    EXPECT_TRUE(names.insert(name(e.rule)).second) << name(e.rule);
    EXPECT_STRNE(rule_id(e.rule), "") << name(e.rule);
  }
  EXPECT_STREQ(rule_id(Rule::kUserPageWithoutSum), "PERM-02");
  EXPECT_STREQ(rule_id(Rule::kPteUpdateRefused), "AD-11");
  EXPECT_STREQ(name(Rule::kUserPageWithoutSum), "user_page_without_sum");
  EXPECT_STREQ(name(Cause::kStorePage), "store page fault");
  EXPECT_STREQ(name(Cause::kFetchAccess), "fetch access fault");
  EXPECT_STREQ(name(Cause::kLoadMisaligned), "load address misaligned");
}

TEST(Explain, SpeaksOfThePteThatRefused) {
  Fault f;
  f.cause = Cause::kStorePage;
  f.rule = Rule::kNoWrite;
  f.access = Access::kStore;
  f.privilege = Privilege::kUser;
  f.level = 0;
  f.tval = 0x40001000;
  f.pte_address = 0x80203008;
  f.pte = 0x20000c5b;
  EXPECT_EQ(explain(f),
            "store page fault at 0x40001000: U-mode store; the level-0 PTE 0x20000c5b at "
            "0x80203008 has W=0 (no_write, PERM-04, A.4 row 7)");
  f.cause = Cause::kStoreAccess;
  f.rule = Rule::kPteAccessRefused;
  f.access = Access::kAmo;
  f.level = 2;
  EXPECT_EQ(
      explain(f),
      "store access fault at 0x40001000: U-mode atomic; the level-2 PTE at 0x80203008 may not "
      "be read: PMP refuses the S-mode load (pte_access_refused, WALK-08, A.4 row 1)");
}

TEST(Explain, SpeaksOfAddressesWhereThereIsNoPte) {
  Context c = context(&kSv39, Privilege::kSupervisor);
  EXPECT_EQ(explain(physical_fault(c, Access::kLoad, 0x10000001, Rule::kMisaligned)),
            "load address misaligned at 0x10000001: S-mode load; the address is not aligned to the "
            "access (misaligned, MIS-01)");
  c.format = nullptr;
  c.fetch_privilege = Privilege::kMachine;
  EXPECT_EQ(
      explain(physical_fault(c, Access::kFetch, 0x5000, Rule::kBusError)),
      "fetch access fault at 0x5000: M-mode fetch; physical address 0x5000 was answered by the "
      "bus with an error (bus_error, A.8, A.4 row 11)");
  ArrayMemory memory;
  const Outcome o = translate(context(&kSv39), open_pmp(), 1ULL << 62, 4, Access::kFetch, memory);
  EXPECT_EQ(
      explain(o.fault),
      "fetch page fault at 0x4000000000000000: U-mode fetch; the address is not canonical: its "
      "upper bits differ from the top bit that is translated (not_canonical, CAN-01, A.4 row "
      "0)");
}

// Row 11 names the physical address although tval is the virtual one (WALK-07).
TEST(Fault, MakeFaultKnowsLeafAndPhysicalAddress) {
  Tables t{&kSv39, {}};
  const std::uint64_t at = t.map(0x40001000, 0, pte(0x90000000, kUserPage));
  Context c = context(&kSv39);
  const Outcome o = translate(c, open_pmp(), 0x40001234, 4, Access::kLoad, t.memory);
  ASSERT_TRUE(o.ok);
  const Fault bus = make_fault(o.translation, c, Access::kLoad, 0x40001234, Rule::kBusError);
  EXPECT_EQ(bus.cause, Cause::kLoadAccess);
  EXPECT_EQ(bus.tval, 0x40001234U);
  EXPECT_EQ(bus.physical, 0x90000234U);
  EXPECT_EQ(bus.level, 0);
  EXPECT_EQ(bus.pte_address, at);
  EXPECT_EQ(bus.pte, pte(0x90000000, kUserPage));
  EXPECT_EQ(bus.privilege, Privilege::kUser);
  const Fault page = make_fault(o.translation, c, Access::kAmo, 0x40001234, Rule::kNoWrite);
  EXPECT_EQ(page.cause, Cause::kStorePage);
  EXPECT_EQ(page.physical, 0U);
}

}  // namespace
}  // namespace lookaside::translation
