// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <lookaside/translation/pmp.h>

#include "translation/oracle.h"
#include "translation/random.h"

namespace lookaside::translation {
namespace {

constexpr std::uint8_t kTor = 0x08, kNa4 = 0x10, kNapot = 0x18;
constexpr std::uint8_t kR = 1, kW = 2, kX = 4, kL = 0x80;
constexpr std::uint64_t kOnes = ~std::uint64_t{0};

struct Entry {
  std::uint8_t cfg;
  std::uint64_t addr;
};

Pmp with(std::initializer_list<Entry> entries, unsigned implemented = 16) {
  Pmp pmp(implemented);
  unsigned i = 0;
  for (const Entry& e : entries) pmp.write_addr(i++, e.addr);
  i = 0;
  for (const Entry& e : entries) pmp.write_cfg(i++, e.cfg);
  return pmp;
}

Rule load(const Pmp& pmp, std::uint64_t pa, std::uint64_t bytes = 1,
          Privilege privilege = Privilege::kUser) {
  return pmp.check(pa, bytes, Access::kLoad, privilege);
}

// PMP-01, PMP-02: widths and counts.
TEST(Pmp, RegistersThatExist) {
  Pmp rv64, rv32(16, 34), four(4), none(0);
  for (Pmp* pmp : {&rv64, &rv32, &four, &none}) {
    for (unsigned i = 0; i < Pmp::kEntries; ++i) {
      pmp->write_addr(i, kOnes);
      pmp->write_cfg(i, 0x1f);
    }
  }
  for (unsigned i = 0; i < Pmp::kEntries; ++i) {
    EXPECT_EQ(rv64.addr(i), (std::uint64_t{1} << 54) - 1);
    EXPECT_EQ(rv32.addr(i), 0xffffffffU);
    EXPECT_EQ(four.addr(i), i < 4 ? (std::uint64_t{1} << 54) - 1 : 0);
    EXPECT_EQ(four.cfg(i), i < 4 ? 0x1f : 0);
    EXPECT_EQ(none.addr(i), 0U);
    EXPECT_EQ(none.cfg(i), 0);
  }
}

// PMP-26: grain discovery gives 4 bytes.
TEST(Pmp, GrainIsFourBytes) {
  Pmp pmp;
  pmp.write_cfg(0, 0);
  pmp.write_addr(0, kOnes);
  EXPECT_EQ(pmp.addr(0) & 1, 1U);
  pmp.write_cfg(0, kNa4);
  EXPECT_EQ(pmp.cfg(0), kNa4);  // PMP-07: selectable at grain 0
}

// PMP-13 and bits 6:5.
TEST(Pmp, ReservedCfgBitsAndPermissions) {
  Pmp pmp;
  pmp.write_cfg(0, 0x7f);
  EXPECT_EQ(pmp.cfg(0), 0x1f);
  for (std::uint8_t rwx = 0; rwx < 8; ++rwx) {
    pmp.write_cfg(1, rwx);
    EXPECT_FALSE((pmp.cfg(1) & kR) == 0 && (pmp.cfg(1) & kW) != 0);
    if (rwx != kW && rwx != (kW | kX)) {
      EXPECT_EQ(pmp.cfg(1), rwx);
    }
  }
}

// PMP-05: bounds, the empty range, and the address of an entry that is OFF.
TEST(Pmp, Tor) {
  const Pmp pmp = with({{kTor | kR, 0x1000 >> 2}, {0, 0x2000 >> 2}, {kTor | kR, 0x3004 >> 2}});
  EXPECT_EQ(load(pmp, 0), Rule::kNone);
  EXPECT_EQ(load(pmp, 0xfff), Rule::kNone);
  EXPECT_EQ(load(pmp, 0x1000), Rule::kPmpNoMatch);
  EXPECT_EQ(load(pmp, 0x1fff), Rule::kPmpNoMatch);
  EXPECT_EQ(load(pmp, 0x2000), Rule::kNone);
  EXPECT_EQ(load(pmp, 0x3003), Rule::kNone);
  EXPECT_EQ(load(pmp, 0x3004), Rule::kPmpNoMatch);

  std::uint64_t first = 0, last = 0;
  EXPECT_FALSE(with({{0, 0x800}, {kTor | kR, 0x800}}).range(1, first, last));
  EXPECT_FALSE(with({{0, 0x801}, {kTor | kR, 0x800}}).range(1, first, last));
  EXPECT_FALSE(with({{kTor | kR, 0}}).range(0, first, last));
  ASSERT_TRUE(with({{0, 0x7ff}, {kTor | kR, 0x800}}).range(1, first, last));
  EXPECT_EQ(first, 0x1ffcU);
  EXPECT_EQ(last, 0x1fffU);
}

// PMP-06: k trailing ones give 2^(k+3) bytes.
TEST(Pmp, Napot) {
  struct Row {
    std::uint64_t addr, first, last;
  };
  const Row rows[] = {{0x80000000 >> 2, 0x80000000, 0x80000007},
                      {0x80000000 >> 2 | 1, 0x80000000, 0x8000000f},
                      {0x80000000 >> 2 | 0x1ff, 0x80000000, 0x80000fff},
                      {0x80001000 >> 2 | 0x1ff, 0x80001000, 0x80001fff},
                      {0x7, 0, 0x3f},
                      {0x5, 0x10, 0x1f}};
  for (const Row& row : rows) {
    std::uint64_t first = 0, last = 0;
    ASSERT_TRUE(with({{kNapot, row.addr}}).range(0, first, last));
    EXPECT_EQ(first, row.first);
    EXPECT_EQ(last, row.last);
  }
  const Pmp all = with({{kNapot | kR, kOnes}});
  EXPECT_EQ(load(all, 0), Rule::kNone);
  EXPECT_EQ(load(all, (std::uint64_t{1} << 56) - 8, 8), Rule::kNone);
}

TEST(Pmp, Na4) {
  const Pmp pmp = with({{kNa4 | kR, 0x1000 >> 2}});
  EXPECT_EQ(load(pmp, 0xfff), Rule::kPmpNoMatch);
  EXPECT_EQ(load(pmp, 0x1000, 4), Rule::kNone);
  EXPECT_EQ(load(pmp, 0x1003), Rule::kNone);
  EXPECT_EQ(load(pmp, 0x1004), Rule::kPmpNoMatch);
}

// PMP-25: TOR cannot reach the last 4 bytes of the physical space, NAPOT can.
TEST(Pmp, EndOfThePhysicalSpace) {
  const std::uint64_t end = std::uint64_t{1} << 56;
  const Pmp tor = with({{kTor | kR, kOnes}});
  EXPECT_EQ(load(tor, end - 8, 4), Rule::kNone);
  EXPECT_EQ(load(tor, end - 4, 4), Rule::kPmpNoMatch);
  EXPECT_EQ(load(tor, end - 8, 8), Rule::kPmpPartialMatch);
  EXPECT_EQ(load(with({{kNapot | kR, kOnes - 1}}), end - 4, 4), Rule::kNone);
}

// PMP-09: the lowest entry that matches any byte decides, whatever the others say.
TEST(Pmp, LowestEntryDecides) {
  const Pmp denied = with({{kNapot, 0x400}, {kNapot | kR, kOnes}});
  EXPECT_EQ(load(denied, 0x1000), Rule::kPmpPermission);
  EXPECT_EQ(load(denied, 0x1008), Rule::kNone);
  const Pmp granted = with({{kNapot | kR, 0x400}, {kNapot, kOnes}});
  EXPECT_EQ(load(granted, 0x1000), Rule::kNone);
  EXPECT_EQ(load(granted, 0x1008), Rule::kPmpPermission);
}

// PMP-10: the deciding entry must match all bytes, in M-mode too, and even if both parts would
// pass.
TEST(Pmp, PartialMatchFailsForEverybody) {
  const Pmp pmp = with({{kNa4 | kR | kW | kX, 0x1004 >> 2}, {kNapot | kR | kW | kX, kOnes}});
  for (const Privilege p : {Privilege::kUser, Privilege::kSupervisor, Privilege::kMachine}) {
    for (std::uint64_t pa = 0xff8; pa < 0x1010; ++pa) {
      const std::uint64_t last = pa + 3;
      const bool touches = last >= 0x1004 && pa <= 0x1007;
      const bool inside = pa == 0x1004;
      EXPECT_EQ(load(pmp, pa, 4, p), touches && !inside ? Rule::kPmpPartialMatch : Rule::kNone)
          << std::hex << pa << name(p);
    }
    EXPECT_EQ(load(pmp, 0x1000, 8, p), Rule::kPmpPartialMatch);
    EXPECT_EQ(load(pmp, 0x1000, 16, p), Rule::kPmpPartialMatch);
  }
}

// PMP-11, PMP-16, PMP-19: who needs which bit.
TEST(Pmp, PermissionsByAccessPrivilegeAndLock) {
  struct Row {
    Access access;
    std::uint8_t needs;
  };
  const Row rows[] = {{Access::kFetch, kX},
                      {Access::kLoad, kR},
                      {Access::kStore, kW},
                      {Access::kLoadReserved, kR},
                      {Access::kStoreConditional, kW},
                      {Access::kAmo, kW}};
  for (const std::uint8_t rwx : std::initializer_list<std::uint8_t>{0, 1, 3, 4, 5, 7}) {
    for (const bool lock : {false, true}) {
      const Pmp pmp = with({{static_cast<std::uint8_t>(kNapot | rwx | (lock ? kL : 0)), kOnes}});
      for (const Row& row : rows) {
        const Rule judged = (rwx & row.needs) != 0 ? Rule::kNone : Rule::kPmpPermission;
        EXPECT_EQ(pmp.check(0x1000, 4, row.access, Privilege::kUser), judged);
        EXPECT_EQ(pmp.check(0x1000, 4, row.access, Privilege::kSupervisor), judged);
        EXPECT_EQ(pmp.check(0x1000, 4, row.access, Privilege::kMachine),
                  lock ? judged : Rule::kNone);
      }
    }
  }
}

// PMP-12: no match. Entries that exist but are OFF deny S and U; without entries everything passes.
TEST(Pmp, NoMatch) {
  for (const unsigned implemented : {4U, 16U}) {
    const Pmp off(implemented);
    EXPECT_EQ(load(off, 0x1000, 4, Privilege::kUser), Rule::kPmpNoMatch);
    EXPECT_EQ(load(off, 0x1000, 4, Privilege::kSupervisor), Rule::kPmpNoMatch);
    EXPECT_EQ(load(off, 0x1000, 4, Privilege::kMachine), Rule::kNone);
  }
  const Pmp none(0);
  EXPECT_EQ(load(none, 0x1000, 4, Privilege::kUser), Rule::kNone);
}

// PMP-14: a locked entry ignores writes, OFF or not. Unrelated entries do not.
TEST(Pmp, LockFreezesTheEntry) {
  for (const std::uint8_t mode : {std::uint8_t{0}, kTor, kNa4, kNapot}) {
    Pmp pmp;
    pmp.write_addr(3, 0x123);
    pmp.write_cfg(3, static_cast<std::uint8_t>(kL | mode | kR));
    pmp.write_cfg(3, 0);
    pmp.write_addr(3, 0x456);
    EXPECT_EQ(pmp.cfg(3), kL | mode | kR);
    EXPECT_EQ(pmp.addr(3), 0x123U);
    pmp.write_cfg(4, kNapot | kR);
    pmp.write_addr(4, 0x789);
    EXPECT_EQ(pmp.cfg(4), kNapot | kR);
    EXPECT_EQ(pmp.addr(4), 0x789U);
    pmp.write_cfg(2, kNapot);
    EXPECT_EQ(pmp.cfg(2), kNapot);
  }
}

// PMP-15: a locked TOR entry freezes the address below it, and only the address.
TEST(Pmp, LockedTorFreezesTheAddressBelow) {
  for (const std::uint8_t mode : {std::uint8_t{0}, kTor, kNa4, kNapot}) {
    Pmp pmp;
    pmp.write_addr(2, 0x100);
    pmp.write_addr(3, 0x200);
    pmp.write_cfg(3, static_cast<std::uint8_t>(kL | mode));
    pmp.write_addr(2, 0x111);
    pmp.write_cfg(2, kNa4);
    pmp.write_addr(1, 0x50);
    EXPECT_EQ(pmp.addr(2), mode == kTor ? 0x100U : 0x111U);
    EXPECT_EQ(pmp.cfg(2), kNa4);
    EXPECT_EQ(pmp.addr(1), 0x50U);
  }
  Pmp unlocked;
  unlocked.write_cfg(3, kTor);
  unlocked.write_addr(2, 0x111);
  EXPECT_EQ(unlocked.addr(2), 0x111U);
}

TEST(Pmp, Equality) {
  Pmp a, b;
  EXPECT_EQ(a, b);
  b.write_addr(7, 1);
  EXPECT_NE(a, b);
  b.write_addr(7, 0);
  EXPECT_EQ(a, b);
  b.write_cfg(7, 1);
  EXPECT_NE(a, b);
  EXPECT_NE(Pmp(16), Pmp(4));
  EXPECT_NE(Pmp(16, 34), Pmp(16, 56));
}

// CACHE-11 by hand: a superpage with a protected hole.
TEST(UniformSpan, StopsAtTheEdgesOfEntries) {
  const Pmp pmp = with({{kNapot | kR, (0x80101000 >> 2) | 0x1ff}, {kNapot | kR | kW, kOnes}});
  const auto span = [&pmp](std::uint64_t pa) {
    std::uint64_t first = 0x80000000, last = 0x801fffff;
    pmp.uniform_span(pa, first, last);
    return std::pair{first, last};
  };
  EXPECT_EQ(span(0x80000000), (std::pair<std::uint64_t, std::uint64_t>{0x80000000, 0x80100fff}));
  EXPECT_EQ(span(0x80101fff), (std::pair<std::uint64_t, std::uint64_t>{0x80101000, 0x80101fff}));
  EXPECT_EQ(span(0x80102000), (std::pair<std::uint64_t, std::uint64_t>{0x80102000, 0x801fffff}));
}

// Against the naive rule: the span is the run of bytes that the same entry decides, no more, no
// less.
TEST(UniformSpan, IsTheRunOfBytesWithOneDecider) {
  const std::uint64_t seed = tests::seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  tests::Random random(seed);
  constexpr std::uint64_t kFirst = 0x1000, kLast = 0x107f;
  unsigned cut = 0;
  for (unsigned n = 0; n < 20000; ++n) {
    const unsigned count = random.chance(50) ? 4 : 16;
    Pmp pmp(count);
    oracle::Pmp naive;
    naive.count = static_cast<int>(count);
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint64_t addr = 0x3f8 + random.below(0x38);
      const auto cfg = static_cast<std::uint8_t>(random.below(4) << 3 | random.below(8));
      pmp.write_addr(i, addr);
      pmp.write_cfg(i, cfg);
      naive.write_addr(static_cast<int>(i), addr);
      naive.write_cfg(static_cast<int>(i), cfg);
    }
    const std::uint64_t pa = kFirst + random.below(0x80);
    std::uint64_t low = pa, high = pa;
    while (low > kFirst && naive.decider(low - 1) == naive.decider(pa)) --low;
    while (high < kLast && naive.decider(high + 1) == naive.decider(pa)) ++high;
    std::uint64_t first = kFirst, last = kLast;
    pmp.uniform_span(pa, first, last);
    ASSERT_EQ(first, low) << "case " << n;
    ASSERT_EQ(last, high) << "case " << n;
    if (first != kFirst || last != kLast) ++cut;
  }
  EXPECT_GT(cut, 1000U);
}

}  // namespace
}  // namespace lookaside::translation
