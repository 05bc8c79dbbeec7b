// SPDX-License-Identifier: Apache-2.0
// The Verilated TLBs behind the model's interface; history; choice of a variant.
#include <gmock/gmock.h>

#include "cosim/faulty_port.h"
#include "cosim/tlb/lockstep_tlb.h"
#include "cosim/tlb/replay.h"
#include "seed.h"
#include "stimulus/tlb_generator.h"

namespace lookaside::cosim {
namespace {

using ::testing::HasSubstr;
using tlb::Array;
using tlb::Replacement;
using translation::Translation;

constexpr std::uint64_t kRounds = 20'000;

Translation translation_of(const TlbVariant& v, const Operation& o) {
  Translation t;
  t.format = &format_of(v);
  t.level = o.level;
  t.page_shift = t.format->leaf_shift(o.level);
  t.va_base = o.va & ~t.offset_mask();
  t.pa_base = o.ppn << t.format->page_shift;
  t.global = o.global;
  t.pte = with_perm(1, o.perm);
  t.pte_address = o.va;  // anything: it must come back
  return t;
}

stimulus::TlbGenerator generator(const TlbVariant& v, std::uint64_t seed) {
  stimulus::TlbShape shape;
  shape.format = &format_of(v);
  shape.sets = v.sets;
  shape.asid_bits = v.asid_bits;
  return {shape, {}, seed};
}

class Variants : public ::testing::TestWithParam<const TlbVariant*> {};
std::vector<const TlbVariant*> built() {
  std::vector<const TlbVariant*> all;
  for (const TlbVariant& v : tlb_variants()) {
    if (v.make != nullptr) all.push_back(&v);
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Built, Variants, ::testing::ValuesIn(built()),
                         [](const auto& v) { return v.param->name; });

bool same(const tlb::Entry& a, const tlb::Entry& b) {
  if (a.valid != b.valid) return false;
  const Translation& x = a.translation;
  const Translation& y = b.translation;
  return !a.valid || (a.asid == b.asid && x.va_base == y.va_base && x.pa_base == y.pa_base &&
                      x.page_shift == y.page_shift && x.global == y.global && x.pte == y.pte);
}

void expect_same(const Translation& rtl, const Translation& model) {
  EXPECT_EQ(rtl.va_base, model.va_base);
  EXPECT_EQ(rtl.pa_base, model.pa_base);
  EXPECT_EQ(rtl.page_shift, model.page_shift);
  EXPECT_EQ(rtl.level, model.level);
  EXPECT_EQ(rtl.global, model.global);
  EXPECT_EQ(rtl.pte, model.pte);
  EXPECT_EQ(rtl.pte_address, model.pte_address);
}

// Through tlb::Tlb the RTL gives what the array gives, in every member.
TEST_P(Variants, AnswerAsTheArrayDoes) {
  const TlbVariant& v = *GetParam();
  RtlTlb rtl(v, geometry_of(v));
  Array model(geometry_of(v));
  stimulus::TlbGenerator random = generator(v, tests::seed());
  for (std::uint64_t i = 0; i < tests::rounds(kRounds) && !HasFailure(); ++i) {
    const Operation o = random.next();
    SCOPED_TRACE(line_of(o));
    if (o.kind == OperationKind::kFill) {
      const tlb::FillResult m = model.fill(translation_of(v, o), o.va, o.asid);
      const tlb::FillResult r = rtl.fill(translation_of(v, o), o.va, o.asid);
      ASSERT_EQ(r.stored, m.stored);
      EXPECT_EQ(r.set, m.set);
      EXPECT_EQ(r.way, m.way);
      EXPECT_EQ(r.evicted, m.evicted);
      EXPECT_EQ(r.overlapping, m.overlapping);
      EXPECT_TRUE(!m.evicted || same(r.victim, m.victim));
    } else if (o.kind == OperationKind::kFence) {
      EXPECT_EQ(rtl.invalidate(o.fence()), model.invalidate(o.fence()));
    } else {
      const bool dropping = o.kind == OperationKind::kDrop;
      const tlb::LookupResult probed = rtl.probe(o.va, o.asid);
      const tlb::LookupResult m = dropping ? model.drop(o.va, o.asid) : model.lookup(o.va, o.asid);
      const tlb::LookupResult r = dropping ? rtl.drop(o.va, o.asid) : rtl.lookup(o.va, o.asid);
      ASSERT_EQ(r.hit, m.hit);
      EXPECT_EQ(probed.hit, m.hit);
      EXPECT_NE(r.cycles, tlb::LookupResult::kUntimed);
      EXPECT_EQ(m.cycles, tlb::LookupResult::kUntimed);
      if (!m.hit) continue;
      EXPECT_EQ(r.set, m.set);
      EXPECT_EQ(r.way, m.way);
      expect_same(r.translation, m.translation);
      expect_same(probed.translation, m.translation);
    }
  }
  const auto left = rtl.snapshot();
  const auto want = model.snapshot();
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(same(left[i], want[i])) << i;
}

// The state after operations(), whatever of the past was folded up, is the state of the run: the
// same entries, and the same victims from then on.
TEST_P(Variants, AFoldedHistoryLeadsToTheSameState) {
  const TlbVariant& v = *GetParam();
  for (const std::size_t chunk : {std::size_t{64}, std::size_t{500}}) {
    Array run(geometry_of(v));
    TlbHistory history(geometry_of(v), format_of(v), chunk);
    stimulus::TlbGenerator random = generator(v, tests::seed());
    const auto perform = [&](Array& array, const Operation& o) {
      TlbEvent e;
      e.kind = o.kind;
      e.va = o.va;
      e.asid = o.asid;
      if (o.kind == OperationKind::kFill) {
        e.ppn = o.ppn;
        e.level = o.level;
        e.perm = o.perm;
        e.global = o.global;
        const tlb::FillResult f = array.fill(translation_of(v, o), o.va, o.asid);
        e.hit = f.stored;
        e.set = f.set;
        e.way = static_cast<std::uint16_t>(f.way);
      } else if (o.kind == OperationKind::kFence) {
        e.form = o.form;
        array.invalidate(o.fence());
      } else {
        const tlb::LookupResult r =
            o.kind == OperationKind::kDrop ? array.drop(o.va, o.asid) : array.lookup(o.va, o.asid);
        e.hit = r.hit;
        e.set = r.set;
        e.way = static_cast<std::uint16_t>(r.way);
      }
      return e;
    };
    for (unsigned i = 0; i < 5'000; ++i) {
      history.add(perform(run, random.next()), [&] { return run.snapshot(); });
    }
    const std::vector<Operation> folded = history.operations();
    EXPECT_LT(folded.size(), 5'000U);
    Array again(geometry_of(v));
    for (const Operation& o : folded) perform(again, o);
    const auto left = again.snapshot();
    const auto want = run.snapshot();
    for (std::size_t i = 0; i < want.size(); ++i) ASSERT_TRUE(same(left[i], want[i])) << i;
    for (unsigned i = 0; i < 2'000; ++i) {
      const Operation o = random.next();
      const TlbEvent a = perform(run, o);
      const TlbEvent b = perform(again, o);
      ASSERT_EQ(outcome_text(a), outcome_text(b)) << line_of(o);
    }
  }
}

// Verilator keeps one present context for each thread, which a model asks when it goes.
TEST(RtlTlbs, SeveralLiveAndGoInAnyOrder) {
  for (const bool first_goes_first : {false, true}) {
    const TlbVariant& v = *built().front();
    auto first = std::make_unique<RtlTlb>(v, geometry_of(v));
    auto second = std::make_unique<RtlTlb>(v, geometry_of(v));
    (first_goes_first ? first : second).reset();
    RtlTlb& left = first_goes_first ? *second : *first;
    EXPECT_FALSE(left.lookup(0x1000, 1).hit);
  }
}

TEST(RtlLatency, FirstLevelAnswersInTheSameCycleTheSecondAsItsDatasheetSays) {
  for (const TlbVariant* v : built()) {
    if (v->name != "l1_rv64" && v->name != "l2_rv64") continue;
    RtlTlb rtl(*v, geometry_of(*v));
    const Operation small = fill(0x5000, 1, 7, 0, false, 1);
    const Operation large = fill(0x4020'0000, 1, 0x200, 1, false, 1);
    for (const Operation& o : {small, large}) rtl.fill(translation_of(*v, o), o.va, o.asid);
    // Its set is another one than that of a small page at its address.
    // rtl/README.md: hit on a page of level k: k + 2; miss: levels + 1.
    const bool second = v->level == 2;
    EXPECT_EQ(rtl.lookup(0x5000, 1).cycles, second ? 2U : 0U);
    EXPECT_EQ(rtl.lookup(0x4020'0000, 1).cycles, second ? 3U : 0U);
    EXPECT_EQ(rtl.lookup(0x9000'0000, 1).cycles, second ? 6U : 0U);
  }
}

TEST(Minimise, LeavesWhatIsNeededInItsOrder) {
  std::vector<int> list(1000);
  for (int i = 0; i < 1000; ++i) list[static_cast<std::size_t>(i)] = i;
  // Needs 17, 450 and 451, then the last one.
  const auto shows = [](const std::vector<int>& c) {
    const auto has = [&](int x) { return std::find(c.begin(), c.end(), x) != c.end(); };
    return has(17) && has(450) && has(451) && c.back() == 999;
  };
  EXPECT_EQ(minimise(list, shows), (std::vector<int>{17, 450, 451, 999}));
  EXPECT_EQ(minimise(list, [](const auto&) { return false; }).size(), 1000U);
  EXPECT_EQ(minimise(list, [](const auto&) { return true; }), (std::vector<int>{999}));
  std::size_t work = 0;
  minimise(list,
           [&](const std::vector<int>& c) {
             work += c.size();
             return shows(c);
           },
           {5'000});
  EXPECT_LT(work, 7'000U) << "the budget ends it";
}

TlbWish wish(unsigned level, unsigned va_bits, unsigned entries, unsigned ways,
             Replacement policy = Replacement::kTreePlru) {
  TlbWish w{"mmu.l1d", level, va_bits, {}};
  w.geometry.entries = entries;
  w.geometry.ways = ways;
  w.geometry.replacement = policy;
  w.geometry.asid_bits = va_bits == 32 ? 9 : 16;
  w.geometry.page_shifts = {12, 21, 22, 30, 39, 48};
  return w;
}

TEST(Choose, DefaultsAreThereAndSmallerFormatsToo) {
  EXPECT_EQ(choose(tlb_variants(), wish(1, 57, 16, 16)).name, "l1_rv64");
  EXPECT_EQ(choose(tlb_variants(), wish(2, 57, 512, 4)).name, "l2_rv64");
  EXPECT_EQ(choose(tlb_variants(), wish(1, 32, 16, 16)).name, "l1_rv32");
  EXPECT_EQ(choose(tlb_variants(), wish(2, 32, 512, 4)).name, "l2_rv32");
  EXPECT_EQ(choose(tlb_variants(), wish(1, 39, 16, 16)).name, "l1_rv64");
  TlbWish few = wish(1, 57, 16, 16);
  few.geometry.asid_bits = 3;
  EXPECT_EQ(choose(tlb_variants(), few).name, "l1_rv64");
}

TEST(Choose, AnythingElseIsRefusedWithTheList) {
  TlbWish no_gigapages = wish(1, 57, 16, 16);
  no_gigapages.geometry.page_shifts = {12, 21};
  for (const TlbWish& w :
       {wish(1, 57, 17, 17), wish(1, 57, 16, 4), wish(1, 57, 16, 16, Replacement::kFifo),
        wish(1, 57, 16, 16, Replacement::kRandom), wish(1, 57, 512, 4), no_gigapages}) {
    try {
      choose(tlb_variants(), w);
      ADD_FAILURE() << "accepted";
    } catch (const VariantError& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith("mmu.l1d: found level 1, Sv57, "));
      for (const TlbVariant& v : tlb_variants()) EXPECT_THAT(error.what(), HasSubstr(text(v)));
    }
  }
}

TEST(Replay, RefusesWhatIsNoStimulusOfATlb) {
  const struct {
    const char* text;
    const char* message;
  } rows[] = {
      {"block tlb format=sv99\n", "x: block tlb: format: found 'sv99'"},
      {"block tlb policy=fifo\n", "x: block tlb: policy: found 'fifo'"},
      {"block tlb entries=16 ways=5\n", "x: block tlb: 5 ways do not divide 16 entries"},
      {"block tlb colour=red\n", "x: block tlb: found setting 'colour'"},
      {"block tlb format=sv32\nfill va=0 asid=0 ppn=0 level=3 global=0 perm=r-----\n",
       "x:2: found 'fill"},
      {"block tlb format=sv32\nlatency edges=3\n", "x:2: found 'latency edges=3', expected lookup"},
  };
  for (const auto& row : rows) {
    try {
      replay_tlb(parse_stimulus(row.text, "x"), tlb_variants());
      ADD_FAILURE() << "accepted: " << row.text;
    } catch (const StimulusError& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith(row.message));
    }
  }
}

}  // namespace
}  // namespace lookaside::cosim
