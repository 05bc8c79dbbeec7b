// SPDX-License-Identifier: Apache-2.0
// Accesses that cross a page, as two translations (rule book A.14, TVAL-05): whoever splits them,
// the core must answer for each half as these rules say.
#include <gtest/gtest.h>

#include <lookaside/translation/walk.h>

#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using namespace tests;  // NOLINT

struct Halves {
  Outcome first, second;
};
// 8 bytes at `va`, 4 of them in the next page.
Halves cross(Tables& t, std::uint64_t va, Access a, const Pmp& pmp = open_pmp()) {
  const Context c = context(t.format);
  return {translate(c, pmp, va, 4, a, t.memory), translate(c, pmp, va + 4, 4, a, t.memory)};
}

// MIS-02, MIS-03: each half has its own page, attributes and faults; TVAL-05: tval is the refused
// part.
TEST(Crossing, HalvesAreJudgedApart) {
  Tables t{&kSv39, {}};
  t.map(0x1000, 0, pte(0x90000000, kUserPage));
  t.map(0x2000, 0, pte(0xa5000000, kUserPage & ~kW));
  Halves h = cross(t, 0x1ffc, Access::kLoad);
  EXPECT_EQ(h.first.pa, 0x90000ffcU);
  EXPECT_EQ(h.second.pa, 0xa5000000U);
  h = cross(t, 0x1ffc, Access::kStore);
  EXPECT_TRUE(h.first.ok);
  EXPECT_EQ(h.second.fault.rule, Rule::kNoWrite);
  EXPECT_EQ(h.second.fault.tval, 0x2000U);
}

// MIS-08: the second half of a fetch may belong to the supervisor.
TEST(Crossing, FetchIntoASupervisorPage) {
  Tables t{&kSv39, {}};
  t.map(0x1000, 0, pte(0x90000000, kUserPage));
  t.map(0x2000, 0, pte(0x90001000, kSupervisorPage));
  const Halves h = cross(t, 0x1ffc, Access::kFetch);
  EXPECT_TRUE(h.first.ok);
  EXPECT_EQ(h.second.fault.cause, Cause::kFetchPage);
  EXPECT_EQ(h.second.fault.tval, 0x2000U);
}

// MIS-06: over the top of the canonical lower half.
TEST(Crossing, IntoTheCanonicalHole) {
  for (const Format* f : {&kSv39, &kSv48, &kSv57}) {
    Tables t{f, {}};
    const std::uint64_t hole = std::uint64_t{1} << (f->va_bits - 1);
    t.map(hole - 0x1000, 0, pte(0x90000000, kUserPage));
    const Halves h = cross(t, hole - 4, Access::kLoad);
    EXPECT_TRUE(h.first.ok) << explain(h.first.fault);
    EXPECT_EQ(h.second.fault.rule, Rule::kNotCanonical);
    EXPECT_EQ(h.second.fault.cause, Cause::kLoadPage);
    EXPECT_EQ(h.second.fault.tval, hole);
  }
}

// MIS-07: from the last byte of the address space to address 0, both of which are canonical.
TEST(Crossing, WrapsToZero) {
  Tables t{&kSv39, {}};
  t.map(~std::uint64_t{0xfff}, 0, pte(0x90000000, kUserPage));
  EXPECT_TRUE(cross(t, ~std::uint64_t{3}, Access::kLoad).first.ok);
  t.map(0, 0, pte(0xa0000000, kUserPage));
  EXPECT_EQ(cross(t, ~std::uint64_t{3}, Access::kLoad).second.pa, 0xa0000000U);
}

// PMP-20: each part is checked alone. A page border between two PMP entries is no partial match.
TEST(Crossing, PmpSeesEachPartAlone) {
  Tables t{&kSv39, {}};
  t.map(0x1000, 0, pte(0x90000000, kUserPage));
  t.map(0x2000, 0, pte(0x90001000, kUserPage));
  Pmp pmp = open_pmp();
  pmp.write_addr(0, (0x90001000 >> 2) | 0x1ff);
  pmp.write_cfg(0, 0x19);
  Halves h = cross(t, 0x1ffc, Access::kLoad, pmp);
  EXPECT_TRUE(h.first.ok && h.second.ok);
  h = cross(t, 0x1ffc, Access::kStore, pmp);
  EXPECT_TRUE(h.first.ok);
  EXPECT_EQ(h.second.fault.rule, Rule::kPmpPermission);
  EXPECT_EQ(h.second.fault.cause, Cause::kStoreAccess);
  EXPECT_EQ(h.second.fault.tval, 0x2000U);
  EXPECT_EQ(h.second.fault.physical, 0x90001000U);
}

// MIS-04: a misaligned atomic is a misaligned exception of its kind.
TEST(Crossing, MisalignedCauses) {
  const Context c = context(&kSv39);
  const Fault lr = physical_fault(c, Access::kLoadReserved, 0x1ffe, Rule::kMisaligned);
  EXPECT_EQ(lr.cause, Cause::kLoadMisaligned);
  EXPECT_EQ(lr.tval, 0x1ffeU);
  EXPECT_EQ(physical_fault(c, Access::kAmo, 1, Rule::kMisaligned).cause, Cause::kStoreMisaligned);
}

}  // namespace
}  // namespace lookaside::translation
