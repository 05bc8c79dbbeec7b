// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <lookaside/translation/walk.h>

#include "translation/random.h"
#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using namespace tests;  // NOLINT

// A.1: MODE values. LVL-05: 11 (Sv64) does not exist.
TEST(Format, SatpModes) {
  EXPECT_EQ(format_of_satp(32, 1), &kSv32);
  EXPECT_EQ(format_of_satp(64, 8), &kSv39);
  EXPECT_EQ(format_of_satp(64, 9), &kSv48);
  EXPECT_EQ(format_of_satp(64, 10), &kSv57);
  EXPECT_EQ(format_of_satp(32, 0), nullptr);
  for (const unsigned mode : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    EXPECT_EQ(format_of_satp(64, mode), nullptr) << mode;
  }
  EXPECT_EQ(format_of_satp(32, 8), nullptr);
}

TEST(Format, ByName) {
  EXPECT_EQ(format_by_name("Sv32"), &kSv32);
  EXPECT_EQ(format_by_name("sv39"), &kSv39);
  EXPECT_EQ(format_by_name("SV48"), &kSv48);
  EXPECT_EQ(format_by_name("sv57"), &kSv57);
  EXPECT_EQ(format_by_name("sv5"), nullptr);
  EXPECT_EQ(format_by_name("sv577"), nullptr);
  EXPECT_EQ(format_by_name(""), nullptr);
}

// A.2, the first table.
TEST(Format, Shapes) {
  struct Row {
    const Format* format;
    const char* name;
    unsigned levels, va_bits, pa_bits, pte_bytes;
    unsigned page_shifts[5];
  };
  constexpr unsigned k4K = 12, k2M = 21, k4M = 22, k1G = 30, k512G = 39, k256T = 48;
  const Row rows[] = {{&kSv32, "Sv32", 2, 32, 34, 4, {k4K, k4M}},
                      {&kSv39, "Sv39", 3, 39, 56, 8, {k4K, k2M, k1G}},
                      {&kSv48, "Sv48", 4, 48, 56, 8, {k4K, k2M, k1G, k512G}},
                      {&kSv57, "Sv57", 5, 57, 56, 8, {k4K, k2M, k1G, k512G, k256T}}};
  for (const Row& row : rows) {
    EXPECT_EQ(row.format->name, row.name);
    EXPECT_EQ(row.format->levels, row.levels);
    EXPECT_EQ(row.format->va_bits, row.va_bits);
    EXPECT_EQ(row.format->pa_bits, row.pa_bits);
    EXPECT_EQ(row.format->pte_bytes, row.pte_bytes);
    for (unsigned level = 0; level < row.levels; ++level) {
      EXPECT_EQ(row.format->leaf_shift(level), row.page_shifts[level]);
    }
  }
}

// CAN-01, CAN-03 at the edges of the hole.
TEST(Format, Canonical) {
  for (const unsigned bits : {39U, 48U, 57U}) {
    const Format& f = *format_by_name("sv" + std::to_string(bits));
    const std::uint64_t half = std::uint64_t{1} << (bits - 1);
    EXPECT_TRUE(f.canonical(0));
    EXPECT_TRUE(f.canonical(half - 1));
    EXPECT_FALSE(f.canonical(half));
    EXPECT_FALSE(f.canonical(2 * half));
    EXPECT_FALSE(f.canonical(0 - half - 1));
    EXPECT_TRUE(f.canonical(0 - half));
    EXPECT_TRUE(f.canonical(~std::uint64_t{0}));
    EXPECT_FALSE(f.canonical(std::uint64_t{1} << 63));
  }
  EXPECT_TRUE(kSv32.canonical(0xffffffff));
  EXPECT_TRUE(kSv32.canonical(0x80000000));
}

// WALK-10: with V=0 no other bit matters.
TEST(Decode, NotValidWhateverElseIsSet) {
  const std::uint64_t seed = tests::seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (unsigned n = 0; n < 2000; ++n) {
    const std::uint64_t pte = random.next() & ~std::uint64_t{1};
    for (const Format* f : kFormats) {
      for (unsigned level = 0; level < f->levels; ++level) {
        const Decoded d = f->decode(*f, pte & (f->pte_bytes == 4 ? 0xffffffff : ~0ULL), level);
        EXPECT_EQ(d.kind, Decoded::Kind::kFault);
        EXPECT_EQ(d.rule, Rule::kNotValid);
      }
    }
  }
}

// WALK-11: 010 and 110. Row 2c: each reserved bit alone, on leaf and pointer. WALK-12: pointer
// bits.
TEST(Decode, ReservedEncodings) {
  for (const Format* f : kFormats) {
    const auto rule = [f](std::uint64_t pte, unsigned level) {
      const Decoded d = f->decode(*f, pte, level);
      return d.kind == Decoded::Kind::kFault ? d.rule : Rule::kNone;
    };
    EXPECT_EQ(rule(kV | kW, 0), Rule::kWriteWithoutRead);
    EXPECT_EQ(rule(kV | kW | kX, 0), Rule::kWriteWithoutRead);
    EXPECT_EQ(rule(kV | kW, 1), Rule::kWriteWithoutRead);
    for (unsigned bit = 54; bit < 64 && f->pte_bytes == 8; ++bit) {
      EXPECT_EQ(rule(std::uint64_t{1} << bit | kUserPage, 0), Rule::kReservedBits) << bit;
      EXPECT_EQ(rule(std::uint64_t{1} << bit | kV, 1), Rule::kReservedBits) << bit;
    }
    for (const std::uint64_t bit : {kA, kD, kU}) {
      EXPECT_EQ(rule(kV | bit, 1), Rule::kPointerBits);
      EXPECT_EQ(rule(kV | bit, 0), Rule::kPointerBits);
    }
    EXPECT_EQ(rule(kV, 0), Rule::kPointerAtLeafLevel);  // WALK-14
    EXPECT_EQ(rule(kV, 1), Rule::kNone);
    EXPECT_EQ(rule(kV | 0x300, 1), Rule::kNone);         // WALK-15: RSW
    EXPECT_EQ(rule(kUserPage | 0x300, 0), Rule::kNone);  // WALK-15
    EXPECT_EQ(rule(kV | kG, 1), Rule::kNone);            // WALK-13
  }
  // NAP-06: Sv32's bit 31 is PPN.
  EXPECT_EQ(kSv32.decode(kSv32, 0x80000000 | kUserPage, 0).address, 0x200000000U);
}

// Row 4: each low PPN bit of each superpage size.
TEST(Decode, MisalignedSuperpage) {
  for (const Format* f : kFormats) {
    const unsigned bits = f->pte_bytes == 4 ? 10 : 9;
    for (unsigned level = 0; level < f->levels; ++level) {
      for (unsigned bit = 0; bit < bits * level; ++bit) {
        const Decoded d = f->decode(*f, std::uint64_t{1} << (10 + bit) | kUserPage, level);
        EXPECT_EQ(d.kind, Decoded::Kind::kFault);
        EXPECT_EQ(d.rule, Rule::kMisalignedSuperpage) << f->name << ' ' << level << ' ' << bit;
      }
      const Decoded d = f->decode(*f, std::uint64_t{1} << (10 + bits * level) | kUserPage, level);
      EXPECT_EQ(d.kind, Decoded::Kind::kLeaf);
      EXPECT_EQ(d.address, std::uint64_t{0x1000} << (bits * level));
    }
  }
}

// A.5, by hand: for each row and each legal RWX, the accesses allowed without and with MXR.
struct Matrix {
  Privilege privilege;
  bool user_page;
  int sum;  // 0, 1, or -1: either
  const char* allowed[5][2];
};
constexpr std::uint64_t kRwx[5] = {kR, kR | kW, kX, kR | kX, kR | kW | kX};
constexpr Matrix kMatrix[] = {
    {Privilege::kUser,
     true,
     -1,
     {{"L", "L"}, {"LS", "LS"}, {"F", "FL"}, {"FL", "FL"}, {"FLS", "FLS"}}},
    {Privilege::kUser, false, -1, {{"", ""}, {"", ""}, {"", ""}, {"", ""}, {"", ""}}},
    {Privilege::kSupervisor, true, 0, {{"", ""}, {"", ""}, {"", ""}, {"", ""}, {"", ""}}},
    {Privilege::kSupervisor,
     true,
     1,
     {{"L", "L"}, {"LS", "LS"}, {"", "L"}, {"L", "L"}, {"LS", "LS"}}},
    {Privilege::kSupervisor,
     false,
     -1,
     {{"L", "L"}, {"LS", "LS"}, {"F", "FL"}, {"FL", "FL"}, {"FLS", "FLS"}}}};

char letter(Access a) {
  if (a == Access::kFetch) return 'F';
  return a == Access::kLoad || a == Access::kLoadReserved ? 'L' : 'S';
}

TEST(Permission, MatrixA5) {
  unsigned cells = 0;
  for (const Format* f : kFormats) {
    for (const Matrix& row : kMatrix) {
      for (unsigned rwx = 0; rwx < 5; ++rwx) {
        for (const bool mxr : {false, true}) {
          for (const bool sum : {false, true}) {
            if (row.sum >= 0 && sum != (row.sum == 1)) continue;
            for (const Access a : kAccesses) {
              const std::uint64_t pte = kV | kRwx[rwx] | (row.user_page ? kU : 0) | kA | kD;
              const bool allowed =
                  std::string(row.allowed[rwx][mxr ? 1 : 0]).find(letter(a)) != std::string::npos;
              EXPECT_EQ(f->permission(pte, a, row.privilege, sum, mxr) == Rule::kNone, allowed)
                  << f->name << ' ' << name(row.privilege) << " U=" << row.user_page
                  << " SUM=" << sum << " MXR=" << mxr << " pte " << pte << ' ' << name(a);
              ++cells;
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(cells, 4U * (3 * 2 + 2) * 5 * 2 * 6);
}

TEST(Permission, NamesTheRule) {
  const auto rule = [](std::uint64_t pte, Access a, Privilege p, bool sum) {
    return kSv39.permission(pte, a, p, sum, false);
  };
  EXPECT_EQ(rule(kSupervisorPage, Access::kLoad, Privilege::kUser, true), Rule::kSupervisorPage);
  EXPECT_EQ(rule(kUserPage, Access::kFetch, Privilege::kSupervisor, true), Rule::kUserPageFetch);
  EXPECT_EQ(rule(kUserPage, Access::kAmo, Privilege::kSupervisor, false),
            Rule::kUserPageWithoutSum);
  EXPECT_EQ(rule(kV | kU | kR, Access::kFetch, Privilege::kUser, false), Rule::kNoExecute);
  EXPECT_EQ(rule(kV | kU | kX, Access::kLoadReserved, Privilege::kUser, false), Rule::kNoRead);
  EXPECT_EQ(rule(kV | kU | kR, Access::kStoreConditional, Privilege::kUser, false), Rule::kNoWrite);
}

// AD-02, AD-09, AD-15, WALK-15: bits are added, nothing else changes.
TEST(AccessedDirty, BitsThatAnAccessSets) {
  for (const Format* f : kFormats) {
    const std::uint64_t bare = 0x300 | kV | kR | kW;
    for (const Access a : kAccesses) {
      EXPECT_EQ(f->with_accessed_dirty(bare, a), bare | kA | (letter(a) == 'S' ? kD : 0));
      EXPECT_EQ(f->with_accessed_dirty(kUserPage, a), kUserPage);
    }
    EXPECT_EQ(f->with_accessed_dirty(bare | kD, Access::kLoad), bare | kA | kD);
  }
}

// PERM-05: the context of the lookup decides, not that of the fill. AD-14: a store needs D.
TEST(CheckHit, JudgesRawBitsUnderTheContextOfTheMoment) {
  Translation t;
  t.format = &kSv48;
  t.pte = kV | kR | kX | kU | kA;
  Context c = context(&kSv48, Privilege::kSupervisor);
  EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kUserPageWithoutSum);
  c.sum = true;
  EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kNone);
  c.data_privilege = Privilege::kUser;
  EXPECT_EQ(check_hit(t, c, Access::kStore), Rule::kNoWrite);
  EXPECT_EQ(check_hit(t, c, Access::kFetch), Rule::kUserPageFetch);  // fetch is still S
  t.pte = kV | kX | kU | kA;
  EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kNoRead);
  c.mxr = true;
  EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kNone);
  t.pte = kV | kR | kW | kU | kA;
  for (const AdUpdate policy : {AdUpdate::kFault, AdUpdate::kHardware}) {
    c.ad_update = policy;
    EXPECT_EQ(check_hit(t, c, Access::kStore), Rule::kDirtyClear);
    EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kNone);
  }
  t.pte = kV | kR | kW | kU;
  EXPECT_EQ(check_hit(t, c, Access::kLoad), Rule::kAccessedClear);
  EXPECT_EQ(check_hit(t, c, Access::kStore), Rule::kAccessedClear);
  t.pte |= kD;
  EXPECT_EQ(check_hit(t, c, Access::kStore), Rule::kAccessedClear);
}

TEST(Translation, CoversItsPageOnly) {
  Translation t;
  t.va_base = 0x40200000;
  t.pa_base = 0x80600000;
  t.page_shift = 21;
  EXPECT_TRUE(t.covers(0x40200000));
  EXPECT_TRUE(t.covers(0x403fffff));
  EXPECT_FALSE(t.covers(0x40400000));
  EXPECT_FALSE(t.covers(0x401fffff));
  EXPECT_FALSE(t.covers(0x140200000));
  EXPECT_EQ(t.physical(0x40212345), 0x80612345U);
}

}  // namespace
}  // namespace lookaside::translation
