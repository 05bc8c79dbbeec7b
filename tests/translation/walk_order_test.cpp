// SPDX-License-Identifier: Apache-2.0
// WALK-01 to WALK-04: each row of table A.4 alone, and each pair of rows that can hold together:
// the earlier row wins, in particular where the two differ in fault class.
#include <string>

#include <gtest/gtest.h>

#include <lookaside/translation/walk.h>

#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using namespace tests;  // NOLINT

constexpr std::uint64_t kVa = 0x40403000;
constexpr std::uint64_t kPage = 0x3'00000000;  // aligned for any superpage of one level up

// What is wrong with an access. Each defect changes one thing only.
enum Defect : unsigned {
  kNonCanonical,
  kUnreadable,
  kPteBus,
  kInvalid,
  kWriteOnly,
  kReserved,
  kPointerUser,
  kTooDeep,
  kMisaligned,
  kWrongUser,
  kNoPermission,
  kNoAccessed,
  kUnwritable,
  kSwapBus,
  kPageDenied,
  kDefects
};
struct Row {
  const char* row;
  char fault_class;  // P page fault, A access fault
};
constexpr Row kRows[kDefects] = {{"0", 'P'},  {"1", 'A'},  {"1", 'A'}, {"2a", 'P'}, {"2b", 'P'},
                                 {"2c", 'P'}, {"2c", 'P'}, {"3", 'P'}, {"4", 'P'},  {"5", 'P'},
                                 {"7", 'P'},  {"8", 'P'},  {"9", 'A'}, {"9", 'A'},  {"11", 'A'}};

struct Scenario {
  const Format* format;
  Access access;
  std::uint64_t va = kVa;
  unsigned level = 0;
  std::uint64_t flags = kUserPage;
  std::uint64_t page = kPage;
  AdUpdate ad_update = AdUpdate::kHardware;
  bool pte_readable = true, pte_writable = true, page_allowed = true;
  bool read_error = false, swap_error = false;

  void apply(Defect defect);
  Outcome run(ArrayMemory& memory) const;
};

std::uint64_t without_permission(Access a, std::uint64_t flags) {
  if (a == Access::kFetch) return flags & ~kX;
  return is_store(a) ? flags & ~kW : flags & ~(kR | kW);
}

void Scenario::apply(Defect defect) {
  switch (defect) {
    case kNonCanonical:
      va |= std::uint64_t{1} << 62;
      break;
    case kUnreadable:
      pte_readable = false;
      break;
    case kPteBus:
      read_error = true;
      break;
    case kInvalid:
      flags &= ~kV;
      break;
    case kWriteOnly:
      flags = (flags & ~kR) | kW;
      break;
    case kReserved:
      flags |= std::uint64_t{1} << 63;
      break;
    case kPointerUser:
      flags &= ~(kR | kW | kX);
      break;
    case kTooDeep:
      flags &= ~(kR | kW | kX | kU | kA | kD);
      break;
    case kMisaligned:
      level = 1;
      page |= 0x1000;
      break;
    case kWrongUser:
      flags &= ~kU;
      break;
    case kNoPermission:
      flags = without_permission(access, flags);
      break;
    case kNoAccessed:
      flags &= ~kA;
      ad_update = AdUpdate::kFault;
      break;
    case kUnwritable:
      flags &= ~kA;
      pte_writable = false;
      break;
    case kSwapBus:
      flags &= ~kA;
      swap_error = true;
      break;
    case kPageDenied:
      page_allowed = false;
      break;
    case kDefects:
      break;
  }
}

Outcome Scenario::run(ArrayMemory& memory) const {
  Tables t{format, memory};
  const std::uint64_t at = t.map(va, level, pte(page, flags));
  if (read_error) t.memory.read_errors.insert(at);
  if (swap_error) t.memory.swap_errors.insert(at);
  Pmp pmp = open_pmp();
  // Entry 0 is the PTE alone (NA4 or 8 bytes NAPOT), entry 1 all of physical memory above 8 GiB.
  pmp.write_addr(0, at >> 2);
  pmp.write_cfg(
      0, static_cast<std::uint8_t>((t.pte_bytes() == 4 ? 0x10 : 0x18) | (pte_readable ? 1 : 0) |
                                   (pte_readable && pte_writable ? 2 : 0)));
  pmp.write_addr(1, 0x2'00000000 >> 2);
  pmp.write_addr(2, 0x4'00000000 >> 2);
  pmp.write_cfg(2, page_allowed ? 0x0f : 0x08);
  const Context c = context(format, Privilege::kUser, ad_update);
  const Outcome o = translate(c, pmp, va, 4, access, t.memory);
  memory = t.memory;
  return o;
}

bool applies(const Format* format, Defect d) {
  // Sv32 has neither an upper half to be canonical in nor reserved PTE bits.
  return format != &kSv32 || (d != kNonCanonical && d != kReserved);
}

// A PTE cannot be a pointer and have what only a leaf has.
bool together(Defect earlier, Defect later) {
  const auto pointer = [](Defect d) { return d == kPointerUser || d == kTooDeep; };
  const auto leaf = [](Defect d) {
    return d == kWriteOnly || (d >= kMisaligned && d <= kPageDenied);
  };
  if ((pointer(earlier) && leaf(later)) || (leaf(earlier) && pointer(later))) return false;
  if (earlier == kPointerUser && later == kTooDeep) return false;  // the second undoes the first
  // Taking the right to load away clears W as well, which undoes write-only.
  return !(earlier == kWriteOnly && later == kNoPermission);
}

void expect_row(const Scenario& s, Defect d, const std::string& what) {
  SCOPED_TRACE(what + " " + std::string(s.format->name) + " " + name(s.access));
  ArrayMemory memory;
  const Outcome o = s.run(memory);
  ASSERT_FALSE(o.ok);
  EXPECT_STREQ(table_row(o.fault.rule), kRows[d].row) << explain(o.fault);
  EXPECT_EQ(static_cast<unsigned>(o.fault.cause),
            kRows[d].fault_class == 'P' ? page_cause(s.access) : access_cause(s.access));
  EXPECT_EQ(o.fault.tval, s.va);
  EXPECT_TRUE(memory.writes.empty()) << "a refused walk wrote a PTE";
}

TEST(WalkOrder, WithoutDefectEverythingIsAllowed) {
  for (const Format* f : kFormats) {
    for (const Access a : kAccesses) {
      ArrayMemory memory;
      const Outcome o = Scenario{f, a}.run(memory);
      EXPECT_TRUE(o.ok) << explain(o.fault);
      EXPECT_EQ(o.pa, kPage);
    }
  }
}

TEST(WalkOrder, EachRowAlone) {
  for (const Format* f : kFormats) {
    for (const Access a : kAccesses) {
      for (unsigned d = 0; d < kDefects; ++d) {
        const auto defect = static_cast<Defect>(d);
        if (!applies(f, defect)) continue;
        Scenario s{f, a};
        s.apply(defect);
        expect_row(s, defect, std::string("row ") + kRows[d].row);
      }
    }
  }
}

TEST(WalkOrder, EarlierRowWinsInEachPair) {
  unsigned pairs = 0, of_different_class = 0;
  for (unsigned i = 0; i < kDefects; ++i) {
    for (unsigned j = i + 1; j < kDefects; ++j) {
      const auto earlier = static_cast<Defect>(i), later = static_cast<Defect>(j);
      if (!together(earlier, later)) continue;
      ++pairs;
      if (kRows[i].fault_class != kRows[j].fault_class) ++of_different_class;
      for (const Format* f : kFormats) {
        if (!applies(f, earlier) || !applies(f, later)) continue;
        for (const Access a : kAccesses) {
          Scenario s{f, a};
          s.apply(later);
          s.apply(earlier);
          expect_row(s, earlier, std::string("rows ") + kRows[i].row + " and " + kRows[j].row);
        }
      }
    }
  }
  // Fifteen defects make 105 pairs; those that cannot hold together are listed in together().
  EXPECT_EQ(pairs, 105U - 1 - 2 - 7 - 7 - 1);
  EXPECT_GT(of_different_class, 40U);
}

// The same between levels: what the upper level says comes before anything below it is even read.
TEST(WalkOrder, UpperLevelWins) {
  for (const Format* f : kFormats) {
    Tables t{f, {}};
    const std::uint64_t at = t.map(kVa, 0, 0);
    t.memory.read_errors.insert(at);
    const unsigned root = f->levels - 1;
    t.memory.words[t.pte_address(kVa, root)] |= kU;
    const Outcome o = translate(context(f), open_pmp(), kVa, 4, Access::kLoad, t.memory);
    EXPECT_EQ(o.fault.rule, Rule::kPointerBits);
    EXPECT_EQ(o.fault.level, static_cast<int>(root));
    EXPECT_EQ(t.memory.reads.size(), 1U);
  }
}

}  // namespace
}  // namespace lookaside::translation
