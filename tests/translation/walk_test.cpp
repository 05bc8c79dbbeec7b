// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <lookaside/translation/walk.h>

#include "translation/array_memory.h"

namespace lookaside::translation {
namespace {

using ::testing::ElementsAre;
using tests::ArrayMemory;

Pmp open_pmp() {
  Pmp pmp;
  pmp.write_addr(0, ~std::uint64_t{0});
  pmp.write_cfg(0, 0x1f);
  return pmp;
}

Context user(const Format& format) {
  Context context;
  context.format = &format;
  context.root = 0x80000000;
  context.fetch_privilege = context.data_privilege = Privilege::kUser;
  return context;
}

// A.2, LVL-01, LVL-02: three levels, each index times eight, the last PTE gives the page.
TEST(Walk, Sv39ReadsOnePtePerLevel) {
  ArrayMemory memory;
  const std::uint64_t va = (5ULL << 30) | (6ULL << 21) | (7ULL << 12) | 0x123;
  memory.words[0x80000000 + 5 * 8] = (0x80001ULL << 10) | 0x1;
  memory.words[0x80001000 + 6 * 8] = (0x80002ULL << 10) | 0x1;
  memory.words[0x80002000 + 7 * 8] = (0x12345678ULL << 10) | 0xdf;
  const Outcome outcome = translate(user(kSv39), open_pmp(), va, 4, Access::kStore, memory);
  ASSERT_TRUE(outcome.ok) << explain(outcome.fault);
  EXPECT_EQ(outcome.pa, 0x12345678123U);
  EXPECT_THAT(memory.reads, ElementsAre(0x80000028, 0x80001030, 0x80002038));
}

}  // namespace
}  // namespace lookaside::translation
