// SPDX-License-Identifier: Apache-2.0
// A one-level table of 22 index bits and 1 KiB pages, with PTE bits of its own: the walk must know
// nothing that is not in the Format.
#include <gmock/gmock.h>

#include <lookaside/translation/walk.h>

#include "translation/array_memory.h"
#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::ArrayMemory;

// PTE: present 0x80000000, write 0x40000000, referenced 0x20000000, modified 0x10000000, frame
// 21:0.
constexpr std::uint64_t kPresent = 0x80000000, kWrite = 0x40000000, kReferenced = 0x20000000,
                        kModified = 0x10000000;

Decoded decode(const Format& format, std::uint64_t pte, unsigned /*level*/) {
  if ((pte & kPresent) == 0) return {Decoded::Kind::kFault, Rule::kNotValid, 0, false};
  return {Decoded::Kind::kLeaf, Rule::kNone, (pte & 0x3fffff) << format.page_shift, false};
}
Rule permission(std::uint64_t pte, Access access, Privilege, bool, bool) {
  return is_store(access) && (pte & kWrite) == 0 ? Rule::kNoWrite : Rule::kNone;
}
std::uint64_t with_accessed_dirty(std::uint64_t pte, Access access) {
  return pte | kReferenced | (is_store(access) ? kModified : 0);
}

const Format kTextbook{
    "22/10", 1, 10, 4, 32, 32, false, 0, {22, 0, 0, 0, 0}, decode, permission, with_accessed_dirty};

Outcome go(ArrayMemory& memory, Access access, AdUpdate policy = AdUpdate::kHardware,
           const Pmp& pmp = tests::open_pmp()) {
  Context c;
  c.format = &kTextbook;
  c.root = 0x1000000;
  c.data_privilege = c.fetch_privilege = Privilege::kUser;
  c.ad_update = policy;
  return translate(c, pmp, 0xdeadbeec, 4, access, memory);
}
// 0xdeadbeec = page 0x37ab6f, offset 0x2ec.
constexpr std::uint64_t kPteAddress = 0x1000000 + 0x37ab6f * 4;

TEST(TextbookFormat, OneReadAndTenOffsetBits) {
  ArrayMemory memory;
  memory.words[kPteAddress] = kPresent | kReferenced | 0x155555;
  const Outcome o = go(memory, Access::kLoad);
  ASSERT_TRUE(o.ok) << explain(o.fault);
  EXPECT_EQ(o.pa, 0x155555ULL * 1024 + 0x2ec);
  EXPECT_EQ(o.translation.page_shift, 10U);
  EXPECT_EQ(o.translation.va_base, 0xdeadbc00U);
  EXPECT_THAT(memory.reads, ElementsAre(kPteAddress));
  EXPECT_THAT(memory.sizes, ElementsAre(4U));
}

TEST(TextbookFormat, FaultsByItsOwnBits) {
  ArrayMemory memory;
  EXPECT_EQ(go(memory, Access::kFetch).fault.cause, Cause::kFetchPage);
  memory.words[kPteAddress] = kPresent | 7;
  const Outcome o = go(memory, Access::kStore);
  EXPECT_EQ(o.fault.rule, Rule::kNoWrite);
  EXPECT_EQ(o.fault.level, 0);
  EXPECT_EQ(o.fault.pte_address, kPteAddress);
  EXPECT_EQ(o.fault.tval, 0xdeadbeecU);
}

TEST(TextbookFormat, ReferencedAndModifiedByFaultAndByHardware) {
  ArrayMemory memory;
  memory.words[kPteAddress] = kPresent | kWrite | 7;
  EXPECT_EQ(go(memory, Access::kLoad, AdUpdate::kFault).fault.rule, Rule::kAccessedClear);
  EXPECT_THAT(memory.writes, IsEmpty());
  ASSERT_TRUE(go(memory, Access::kLoad).ok);
  EXPECT_EQ(memory.words[kPteAddress], kPresent | kWrite | kReferenced | 7);
  EXPECT_EQ(go(memory, Access::kStore, AdUpdate::kFault).fault.rule, Rule::kDirtyClear);
  ASSERT_TRUE(go(memory, Access::kStore).ok);
  EXPECT_EQ(memory.words[kPteAddress], kPresent | kWrite | kReferenced | kModified | 7);
}

TEST(TextbookFormat, PmpJudgesItsPtes) {
  ArrayMemory memory;
  memory.words[kPteAddress] = kPresent | 7;
  Pmp pmp = tests::open_pmp();
  pmp.write_addr(0, kPteAddress >> 2);
  pmp.write_cfg(0, 0x11);
  EXPECT_EQ(go(memory, Access::kLoad, AdUpdate::kHardware, pmp).fault.rule,
            Rule::kPteUpdateRefused);
  pmp.write_cfg(0, 0x10);
  EXPECT_EQ(go(memory, Access::kLoad, AdUpdate::kHardware, pmp).fault.rule,
            Rule::kPteAccessRefused);
}

// A format that would lead below its last level is stopped by the walk itself (WALK-14).
TEST(TextbookFormat, NoPointerBelowTheLastLevel) {
  Format endless = kTextbook;
  endless.decode = [](const Format&, std::uint64_t, unsigned) {
    return Decoded{Decoded::Kind::kPointer, Rule::kNone, 0, false};
  };
  Context c;
  c.format = &endless;
  c.data_privilege = Privilege::kUser;
  ArrayMemory memory;
  const Outcome o = translate(c, tests::open_pmp(), 0, 4, Access::kLoad, memory);
  EXPECT_EQ(o.fault.rule, Rule::kPointerAtLeafLevel);
  EXPECT_EQ(memory.reads.size(), 1U);
}

}  // namespace
}  // namespace lookaside::translation
