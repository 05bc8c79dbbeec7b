// SPDX-License-Identifier: Apache-2.0
// lookaside_pmp against translation::Pmp: random entries, accesses at their edges.
#include <PmpRv32.h>
#include <PmpRv64.h>
#include <iostream>

#include <gmock/gmock.h>

#include <lookaside/translation/pmp.h>

#include "rtl/clocked.h"
#include "rtl/functional_coverage.h"
#include "rtl/rtl_access.h"
#include "stimulus/walk_coverage.h"
#include "stimulus/walk_generator.h"
#include "translation/random.h"

namespace lookaside::tests {
namespace {

using translation::Pmp;
using translation::Privilege;
using translation::Rule;

constexpr unsigned kStates = 4000;
constexpr unsigned kAccessesPerState = 60;

template <std::size_t Words>
void put_bits(VlWide<Words>& port, unsigned from, unsigned width, std::uint64_t value) {
  for (unsigned i = 0; i < width; ++i) {
    const unsigned bit = from + i;
    const EData mask = EData{1} << (bit % 32);
    const bool set = ((value >> i) & 1) != 0;
    port[bit / 32] = set ? port[bit / 32] | mask : port[bit / 32] & ~mask;
  }
}
// A port of at most 64 bits.
template <typename Port>
void put_bits(Port& port, unsigned from, unsigned width, std::uint64_t value) {
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  port = static_cast<Port>((port & ~(mask << from)) | (value & mask) << from);
}

/// An address near an edge of some entry, or anywhere.
std::uint64_t near_edge(Random& random, const Pmp& pmp, unsigned bus_bits) {
  std::uint64_t first = 0, last = 0, pa = random.next();
  for (unsigned tries = 0; tries < 4; ++tries) {
    if (!pmp.range(random.below(pmp.implemented()), first, last)) continue;
    pa = random.chance(50) ? first : last + 1;
    pa += random.below(24) - 12;
    break;
  }
  return bus_bits == 64 ? pa : pa & ((std::uint64_t{1} << bus_bits) - 1);
}

Pmp draw(Random& random, unsigned entries, unsigned pa_bits) {
  Pmp pmp(entries, pa_bits);
  const std::uint64_t base = random.next() >> random.below(50);
  for (unsigned i = 0; i < entries; ++i) {
    // Neighbours and overlaps more often than strangers; NAPOT of every size.
    std::uint64_t addr = random.chance(70) ? base + random.below(64) : random.next();
    if (random.chance(40)) addr |= (std::uint64_t{1} << random.below(55)) - 1;
    pmp.write_addr(i, addr);
  }
  for (unsigned i = 0; i < entries; ++i) {
    auto cfg = static_cast<std::uint8_t>(random.next());
    if (random.chance(30)) cfg &= static_cast<std::uint8_t>(~0x18);  // off
    pmp.write_cfg(i, cfg);
  }
  return pmp;
}

/// Which entry decides, how, and for whom.
class PmpCoverage {
 public:
  explicit PmpCoverage(const std::string& name) : coverage(name) {
    using Bins = stimulus::CoverPoint::Bins;
    point_ = &coverage.add("match", {{"decides", {"none", "TOR", "NA4", "NAPOT"}},
                                     stimulus::flag("locked"),
                                     {"result", {"allowed", "no match", "partial", "permission"}},
                                     stimulus::access_axis(),
                                     {"mode", {"U", "S", "M"}}});
    point_->exclude("no entry decides",
                    [](const Bins& b) { return b[0] == kNone && (b[1] != 0 || b[2] > kNoMatch); });
    point_->exclude("an entry decides",
                    [](const Bins& b) { return b[0] != kNone && b[2] == kNoMatch; });
    point_->exclude("without a match M may, S and U may not", [](const Bins& b) {
      return b[0] == kNone && (b[2] == kAllowed) != (b[4] == kMachine);
    });
    point_->exclude("an entry that is not locked does not bind M", [](const Bins& b) {
      return b[1] == 0 && b[2] == kPermission && b[4] == kMachine;
    });
  }
  void sample(const Pmp& pmp, std::uint64_t pa, std::uint64_t bytes, translation::Access access,
              Privilege privilege, Rule rule) {
    unsigned mode = kNone;
    bool locked = false;
    for (unsigned i = 0; i < pmp.implemented() && mode == kNone; ++i) {
      std::uint64_t first = 0, last = 0;
      if (!pmp.range(i, first, last) || first > pa + (bytes - 1) || last < pa) continue;
      mode = pmp.cfg(i) >> 3 & 3;
      locked = (pmp.cfg(i) & 0x80) != 0;
    }
    const unsigned result = rule == Rule::kNone ? kAllowed
                                                : 1 + static_cast<unsigned>(rule) -
                                                      static_cast<unsigned>(Rule::kPmpNoMatch);
    const unsigned who =
        privilege == Privilege::kMachine ? kMachine : static_cast<unsigned>(privilege);
    point_->hit({mode, locked, result, stimulus::access_bin(access), who});
  }
  stimulus::Coverage coverage;

 private:
  enum : unsigned { kNone = 0 };
  enum : unsigned { kAllowed, kNoMatch, kPartial, kPermission };
  static constexpr unsigned kMachine = 2;
  stimulus::CoverPoint* point_;
};

template <typename Model>
void compare(const std::string& name_of_test, unsigned entries, unsigned pa_bits,
             unsigned bus_bits) {
  const std::uint64_t start = seed();
  std::cout << "seed " << start << "\n";
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Random random(start);
  PmpCoverage cover(name_of_test);
  VerilatedContext context;
  Model rtl(&context);
  unsigned seen[4] = {};
  constexpr Privilege kPrivileges[] = {Privilege::kUser, Privilege::kSupervisor,
                                       Privilege::kMachine};
  unsigned long long operations = 0;
  for (unsigned state = 0; state < kStates; ++state) {
    const Pmp pmp = draw(random, entries, pa_bits);
    for (unsigned i = 0; i < entries; ++i) {
      put_bits(rtl.cfg_i, 8 * i, 8, pmp.cfg(i));
      put_bits(rtl.addr_i, (pa_bits - 2) * i, pa_bits - 2, pmp.addr(i));
    }
    for (unsigned n = 0; n < kAccessesPerState; ++n) {
      const std::uint64_t pa = near_edge(random, pmp, bus_bits);
      std::uint64_t bytes = 1 + random.below(random.chance(80) ? 8 : 4096);
      const std::uint64_t end =
          bus_bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bus_bits) - 1;
      bytes = std::min(bytes, end - pa + (end - pa == ~std::uint64_t{0} ? 0 : 1));
      const translation::Access access =
          stimulus::kAccesses[random.below(translation::kAccessCount)];
      const Privilege privilege = kPrivileges[random.below(3)];
      put(rtl.first_i, pa);
      put(rtl.last_i, pa + (bytes - 1));
      put(rtl.access_i, rtl_access(access));
      put(rtl.priv_i, privilege);
      rtl.eval();
      const Rule want = pmp.check(pa, bytes, access, privilege);
      ++operations;
      cover.sample(pmp, pa, bytes, access, privilege, want);
      ASSERT_STREQ(name(static_cast<Rule>(rtl.rule_o)), name(want))
          << "operation " << operations << " state " << state << " pa 0x" << std::hex << pa
          << " bytes 0x" << bytes;
      ++seen[want == Rule::kNone
                 ? 0
                 : 1 + static_cast<unsigned>(want) - static_cast<unsigned>(Rule::kPmpNoMatch)];
    }
  }
  for (const unsigned n : seen) EXPECT_GT(n, kStates / 10);
  judge(cover.coverage);
  write_coverage(context);
}

TEST(RtlPmp, SixteenEntriesOfRv64EqualTheModel) {
  compare<PmpRv64>("PMP RV64", 16, 56, 64);
}

TEST(RtlPmp, FourEntriesOfRv32EqualTheModel) {
  compare<PmpRv32>("PMP RV32", 4, 34, 34);
}

// Rule book A.13, by hand: one entry after the other, the edges of each.
TEST(RtlPmp, EdgesByHand) {
  struct Case {
    std::uint64_t addr;  ///< of entry 1; entry 0 is off and holds 0x1000 >> 2
    std::uint64_t first, last;
    const char* rule;
    std::uint8_t cfg;
    Rule load_in_user_mode;
  };
  constexpr std::uint8_t kTorR = 0x09, kNa4R = 0x11, kNapotR = 0x19, kNapotW = 0x1a;
  constexpr Case kCases[] = {
      {0x2000 >> 2, 0x0fff, 0x0fff, "PMP-05: below", kTorR, Rule::kPmpNoMatch},
      {0x2000 >> 2, 0x1000, 0x1007, "PMP-05: base of an entry that is off", kTorR, Rule::kNone},
      {0x2000 >> 2, 0x1ffc, 0x1fff, "PMP-05: last word", kTorR, Rule::kNone},
      {0x2000 >> 2, 0x1ffc, 0x2003, "PMP-10", kTorR, Rule::kPmpPartialMatch},
      {0x2000 >> 2, 0x2000, 0x2003, "PMP-05: top is outside", kTorR, Rule::kPmpNoMatch},
      {0x1000 >> 2, 0x0ffc, 0x1003, "PMP-05: empty", kTorR, Rule::kPmpNoMatch},
      {0x2000 >> 2, 0x2000, 0x2003, "PMP-07", kNa4R, Rule::kNone},
      {0x2000 >> 2, 0x2000, 0x2007, "PMP-07", kNa4R, Rule::kPmpPartialMatch},
      {0x2000 >> 2, 0x2000, 0x2007, "PMP-06: 8 bytes", kNapotR, Rule::kNone},
      {(0x2000 >> 2) | 1, 0x2008, 0x200f, "PMP-06: 16 bytes", kNapotR, Rule::kNone},
      {(0x2000 >> 2) | 1, 0x200c, 0x2010, "PMP-10", kNapotR, Rule::kPmpPartialMatch},
      {~std::uint64_t{0}, 0, 7, "PMP-06: all ones cover everything", kNapotR, Rule::kNone},
      {(0x2000 >> 2) | 1, 0x2000, 0x2003, "PMP-11", kNapotW, Rule::kPmpPermission},
  };
  VerilatedContext context;
  PmpRv64 rtl(&context);
  rtl.access_i = 1;
  rtl.priv_i = 0;
  put_bits(rtl.addr_i, 0, 54, 0x1000 >> 2);
  for (const Case& c : kCases) {
    put_bits(rtl.cfg_i, 8, 8, c.cfg);
    put_bits(rtl.addr_i, 54, 54, c.addr);
    rtl.first_i = c.first;
    rtl.last_i = c.last;
    rtl.eval();
    EXPECT_STREQ(name(static_cast<Rule>(rtl.rule_o)), name(c.load_in_user_mode)) << c.rule;
  }
  write_coverage(context);
}

}  // namespace
}  // namespace lookaside::tests
