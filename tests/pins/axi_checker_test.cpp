// SPDX-License-Identifier: Apache-2.0
// Each rule of the AXI checker fires on a sequence that breaks it and nothing else, and stays quiet
// on ones that are legal.
#include "pins/axi_checker.h"

#include <functional>
#include <set>
#include <vector>

#include <gmock/gmock.h>

namespace lookaside::tests {
namespace {

using pins::AxiAddress;
using pins::AxiChecker;
using pins::AxiPins;
using pins::AxiRule;
using pins::AxiViolation;

using Sequence = std::vector<AxiPins>;

AxiAddress address(std::uint64_t addr = 0x1000) {
  AxiAddress a;
  a.valid = a.ready = true;
  a.addr = addr;
  a.size = 3;
  return a;
}

// One cycle each.
AxiPins read_address(AxiAddress a) {
  AxiPins p;
  p.ar = a;
  return p;
}
AxiPins read_data(unsigned resp = 0, bool last = true) {
  AxiPins p;
  p.r = {true, true, 7, resp, last};
  return p;
}
AxiPins write_address(AxiAddress a) {
  AxiPins p;
  p.aw = a;
  return p;
}
AxiPins write_data(unsigned strb = 0xff, bool last = true) {
  AxiPins p;
  p.w = {true, true, 7, strb, last};
  return p;
}
AxiPins response(unsigned resp = 0) {
  AxiPins p;
  p.b = {true, true, resp};
  return p;
}
AxiPins reset() {
  AxiPins p;
  p.reset_n = false;
  return p;
}

template <typename Change>
AxiAddress with(AxiAddress a, Change change) {
  change(a);
  return a;
}
AxiAddress exclusive(std::uint64_t addr = 0x1000) {
  return with(address(addr), [](AxiAddress& a) { a.lock = true; });
}
AxiAddress burst(unsigned len, unsigned kind = 1, std::uint64_t addr = 0x1000) {
  return with(address(addr), [&](AxiAddress& a) {
    a.len = len;
    a.burst = kind;
  });
}

std::multiset<std::string> broken(const Sequence& sequence, bool lite = false) {
  AxiChecker checker(8, lite);
  for (const AxiPins& p : sequence) checker.clock(p);
  std::multiset<std::string> names;
  for (const AxiViolation& v : checker.violations()) names.insert(name(v.rule));
  return names;
}

/// A channel that offers something and is not taken, and then what `next` makes of it.
Sequence waiting(const std::function<void(AxiPins&)>& next) {
  AxiPins first = read_address(address());
  first.ar.ready = false;
  AxiPins second = first;
  second.ar.ready = true;
  next(second);
  return {first, second};
}

TEST(AxiChecker, LegalSequencesAreLegal) {
  EXPECT_THAT(broken({reset(), read_address(address()), read_data()}), ::testing::IsEmpty());
  EXPECT_THAT(broken({write_address(address()), write_data(), response()}), ::testing::IsEmpty());
  EXPECT_THAT(broken({write_data(), write_address(address()), response()}), ::testing::IsEmpty())
      << "data may be taken before their address";
  EXPECT_THAT(broken({read_address(exclusive()), read_data(1), write_address(exclusive()),
                      write_data(), response(1)}),
              ::testing::IsEmpty());
  EXPECT_THAT(broken({read_address(burst(1)), read_data(0, false), read_data()}),
              ::testing::IsEmpty());
  EXPECT_THAT(broken({read_address(burst(3, 2, 0x1018)), read_data(0, false), read_data(0, false),
                      read_data(0, false), read_data()}),
              ::testing::IsEmpty());
  EXPECT_THAT(broken(waiting([](AxiPins&) {})), ::testing::IsEmpty());
  EXPECT_THAT(broken({read_address(address()), read_data(2)}, true), ::testing::IsEmpty());
}

struct Row {
  AxiRule rule;
  Sequence sequence;
  bool lite = false;
};

std::vector<Row> rows() {
  const AxiAddress narrow = with(address(0x1004), [](AxiAddress& a) { a.size = 2; });
  const auto in_reset = [] {
    AxiPins p = reset();
    p.aw.valid = true;
    return p;
  };
  return {
      {AxiRule::kValidInReset, {in_reset()}},
      {AxiRule::kValidDropped, waiting([](AxiPins& p) { p.ar.valid = false; })},
      {AxiRule::kChanged, waiting([](AxiPins& p) { p.ar.addr += 8; })},
      {AxiRule::kReadDataUnasked, {read_data()}},
      {AxiRule::kReadDataUnasked, {read_address(address()), read_data(), read_data()}},
      {AxiRule::kResponseUnasked, {write_address(address()), response()}},
      {AxiRule::kResponseUnasked, {write_data(), response()}},
      {AxiRule::kReadLast, {read_address(address()), read_data(0, false)}},
      {AxiRule::kWriteLast, {write_address(address()), write_data(0xff, false)}},
      {AxiRule::kReservedBurst, {read_address(burst(0, 3))}},
      {AxiRule::kBurstLength, {read_address(burst(2, 2))}},
      {AxiRule::kBurstLength, {read_address(burst(16, 0))}},
      {AxiRule::kSizeAboveWidth,
       {read_address(with(address(), [](AxiAddress& a) { a.size = 4; }))}},
      {AxiRule::kCrosses4K, {write_address(burst(1, 1, 0x1ff8))}},
      {AxiRule::kWrapUnaligned, {read_address(burst(1, 2, 0x1004))}},
      {AxiRule::kStrobeOutside, {write_address(narrow), write_data(0x0f)}},
      {AxiRule::kExclusiveShape, {read_address(exclusive(0x1004))}},
      {AxiRule::kExclusiveShape,
       {read_address(with(exclusive(), [](AxiAddress& a) { a.len = 2; }))}},
      {AxiRule::kExclusiveUnpaired, {write_address(exclusive())}},
      {AxiRule::kExclusiveUnpaired,
       {read_address(exclusive()), read_data(1), write_address(exclusive(0x1008))}},
      {AxiRule::kExOkayForNormal, {read_address(address()), read_data(1)}},
      {AxiRule::kExOkayForNormal, {write_address(address()), write_data(), response(1)}},
      {AxiRule::kReadRespInBurst,
       {read_address(with(exclusive(), [](AxiAddress& a) { a.len = 1; })), read_data(1, false),
        read_data(0)}},
      {AxiRule::kLiteShape, {read_address(burst(1))}, true},
      {AxiRule::kLiteShape, {read_address(exclusive())}, true},
      {AxiRule::kLiteExOkay, {read_address(address()), read_data(1)}, true},
  };
}

TEST(AxiChecker, EachRuleFiresOnWhatBreaksIt) {
  std::set<AxiRule> fired;
  for (const Row& row : rows()) {
    SCOPED_TRACE(name(row.rule));
    EXPECT_THAT(broken(row.sequence, row.lite), ::testing::ElementsAre(name(row.rule)));
    fired.insert(row.rule);
  }
  EXPECT_EQ(fired.size(), pins::kAxiRules) << "a rule without a row";
}

TEST(AxiChecker, EveryChannelIsHeldToTheHandshake) {
  const std::function<void(AxiPins&, bool, bool, unsigned)> offers[] = {
      [](AxiPins& p, bool valid, bool ready, unsigned what) {
        p.ar = address(0x1000 + 8 * what);
        p.ar.valid = valid, p.ar.ready = ready;
      },
      [](AxiPins& p, bool valid, bool ready, unsigned what) {
        p.aw = address(0x1000 + 8 * what);
        p.aw.valid = valid, p.aw.ready = ready;
      },
      [](AxiPins& p, bool valid, bool ready, unsigned what) {
        p.w = {valid, ready, what, 0xff, true};
      },
      [](AxiPins& p, bool valid, bool ready, unsigned what) {
        p.r = {valid, ready, what, 0, true};
      },
      [](AxiPins& p, bool valid, bool ready, unsigned what) {
        p.b = {valid, ready, 2 * what};
      },
  };
  for (const auto& offer : offers) {
    for (const bool dropped : {false, true}) {
      AxiPins first, second;
      offer(first, true, false, 0);
      offer(second, !dropped, true, 1);
      // Something is outstanding, so that answers are not unasked.
      const auto names =
          broken({read_address(address()), write_address(address()), write_data(), first, second});
      EXPECT_EQ(names.count(dropped ? "valid_dropped" : "changed_while_waiting"), 1U);
    }
  }
}

TEST(AxiChecker, SaysWhereAndBySpecification) {
  AxiChecker checker(8);
  checker.clock({});
  checker.clock(read_data());
  ASSERT_EQ(checker.violations().size(), 1U);
  EXPECT_EQ(text(checker.violations().front()),
            "cycle 2, R: read_data_unasked (IHI 0022E, A3.3.1)");
}

}  // namespace
}  // namespace lookaside::tests
