// SPDX-License-Identifier: Apache-2.0
// RtlMmu: statistics counted from pins equal the model's; time is that of the clock.
#include <deque>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "cosim/mmu/engine_bench.h"
#include "seed.h"
#include "stimulus/mmu_generator.h"

namespace lookaside::tests {
namespace {

/// Every counter, one a line, but those of time.
class Printed : public observe::StatisticVisitor {
 public:
  using Description = observe::Description;
  void scalar(const std::string& path, const Description& d, std::uint64_t value) override {
    text << path << "." << d.name << " " << value << "\n";
  }
  void derived(const std::string&, const Description&, double) override {}
  void vector(const std::string& path, const Description& d, const observe::Vector& v) override {
    for (std::size_t i = 0; i < v.values.size(); ++i) {
      text << path << "." << d.name << "." << v.labels[i] << " " << v.values[i] << "\n";
    }
  }
  void histogram(const std::string& path, const Description& d,
                 const observe::Histogram& h) override {
    text << path << "." << d.name << ".count " << h.count() << "\n";
  }
  void absent(const std::string&, const Description&, const std::string&) override {}
  std::ostringstream text;
};

std::string printed(const mmu::Counters& counters) {
  Printed p;
  counters.group.visit(p);
  return p.text.str();
}

/// One PTE access as it was asked for, and its answer.
struct PteAccess {
  bool cas = false;
  mmu::PteRequest want;
  bool ok = true, swapped = false;
  std::uint64_t data = 0;
};

/// The same accesses, fences and answers of memory, for the model first, then for the RTL.
class Twice {
 public:
  Twice(const MmuVariant& variant, std::vector<const Format*> formats, std::uint64_t seed)
      : around_model_(variant),
        around_rtl_(variant),
        model_(around_model_.config, around_model_.counters, around_model_.waves),
        rtl_(around_rtl_.config, around_rtl_.counters, around_rtl_.waves, variant.make()),
        pmp_(variant.pmp_entries, formats.front()->pa_bits),
        generator_({std::move(formats), 1, variant.pmp_entries}, weights_, seed) {
    set_pmp(open_pmp(variant.pmp_entries,
                     variant.va_bits == 32 ? translation::kSv32 : translation::kSv57));
  }

  /// Until the next access; what falls into a walk comes before it here.
  void step() {
    using cosim::OperationKind;
    while (true) {
      time_ps_ += generator_.random().below(40) * 1000;
      const cosim::Operation o = generator_.next();
      switch (o.kind) {
        case OperationKind::kContext:
          context_ = o.context;
          break;
        case OperationKind::kPmp:
          pmp_.write_addr(o.index, o.value);
          pmp_.write_cfg(o.index, o.cfg);
          set_pmp(pmp_);
          break;
        case OperationKind::kWrite:
          words_[o.pa] = o.value;
          broken_.erase(o.pa);
          break;
        case OperationKind::kBusError:
          broken_.insert(o.pa);
          break;
        case OperationKind::kFence:
          model_.fence(o.fence(), time_ps_);
          time_ps_ += rtl_.fence(o.fence(), time_ps_);
          break;
        case OperationKind::kAccess:
          access(o);
          return;
        default:
          break;
      }
    }
  }
  /// Long enough for the second level to come to rest.
  void finish() {
    for (int i = 0; i < 2; ++i) {
      time_ps_ += 1'000'000'000;
      step();
    }
    for (int i = 0; i < 2; ++i) {
      time_ps_ += 1'000'000'000;
      model_.fence({}, time_ps_);
      rtl_.fence({}, time_ps_);
    }
  }
  std::string model() { return printed(around_model_.counters); }
  std::string rtl() { return printed(around_rtl_.counters); }
  const mmu::Counters& counters() const { return around_rtl_.counters; }

 private:
  void set_pmp(const translation::Pmp& pmp) {
    pmp_ = pmp;
    model_.set_pmp(pmp);
    rtl_.set_pmp(pmp);
  }
  PteAccess perform(bool cas, const mmu::PteRequest& want) {
    PteAccess a;
    a.cas = cas;
    a.want = want;
    a.ok = broken_.count(want.address) == 0;
    if (!a.ok) return a;
    std::uint64_t& word = words_[want.address];
    a.data = word;
    // Now and then somebody else is faster.
    if (cas && generator_.random().chance(10)) word ^= 1U << 6;
    a.swapped = cas && word == want.expected;
    if (a.swapped) word = want.desired;
    return a;
  }
  void access(const cosim::Operation& o) {
    Job model;
    model.access = o.access;
    model.port = o.access == Access::kFetch ? protocol::Port::kFetch : protocol::Port::kData;
    model.va = o.va;
    model.bytes = o.bytes;
    model.context = context_;
    model.time_ps = time_ps_;
    Job rtl = model;
    std::deque<PteAccess> made;
    const Step want = drive(model_, model, [&](bool cas, const mmu::PteRequest& request) {
      made.push_back(perform(cas, request));
      return made.back();
    });
    const Step got = drive(rtl_, rtl, [&](bool cas, const mmu::PteRequest& request) {
      EXPECT_FALSE(made.empty());
      if (made.empty()) return PteAccess{};
      const PteAccess a = made.front();
      made.pop_front();
      EXPECT_EQ(request.address, a.want.address);
      EXPECT_EQ(request.bytes, a.want.bytes);
      EXPECT_EQ(cas, a.cas);
      if (cas) {
        EXPECT_EQ(request.expected, a.want.expected);
        EXPECT_EQ(request.desired, a.want.desired);
      }
      return a;
    });
    ASSERT_TRUE(made.empty());
    ASSERT_EQ(got, want);
    time_ps_ = std::max(time_ps_, rtl.time_ps);
    compare(model, rtl, want);
  }
  static void compare(const Job& model, const Job& rtl, Step step) {
    if (step == Step::kDone) {
      ASSERT_EQ(rtl.pa, model.pa);
      return;
    }
    ASSERT_EQ(rtl.fault.rule, model.fault.rule);
    ASSERT_EQ(rtl.fault.cause, model.fault.cause);
    ASSERT_EQ(rtl.fault.tval, model.fault.tval);
    ASSERT_EQ(rtl.fault.privilege, model.fault.privilege);
    ASSERT_EQ(rtl.fault.physical, model.fault.physical);
    // A fault that a walk found is explained as the model does.
    if (rtl.fault.level < 0) return;
    ASSERT_EQ(rtl.fault.level, model.fault.level);
    if (rtl.fault.rule == translation::Rule::kPteAccessRefused) return;
    ASSERT_EQ(rtl.fault.pte_address, model.fault.pte_address);
    ASSERT_EQ(rtl.fault.pte, model.fault.pte);
  }
  template <typename Perform>
  static Step drive(Engine& engine, Job& job, Perform perform) {
    Step step = engine.begin(job);
    while (step == Step::kReadPte || step == Step::kCompareAndSwap) {
      const bool cas = step == Step::kCompareAndSwap;
      const PteAccess a = perform(cas, job.pte);
      job.time_ps += 7'300;
      step = cas ? engine.pte_swapped(job, a.ok, a.swapped) : engine.pte_read(job, a.ok, a.data);
    }
    return step;
  }

  Surroundings around_model_, around_rtl_;
  mmu::Translator model_;
  cosim::RtlMmu rtl_;
  translation::Pmp pmp_;
  stimulus::MmuWeights weights_;
  stimulus::MmuGenerator generator_;
  std::map<std::uint64_t, std::uint64_t> words_;
  std::set<std::uint64_t> broken_;
  Context context_;
  std::uint64_t time_ps_ = 0;
};

void counts_are_equal(const MmuVariant& variant, const std::vector<const Format*>& formats) {
  Twice bench(variant, formats, seed());
  const std::uint64_t steps = rounds(20'000);
  for (std::uint64_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    bench.step();
  }
  bench.finish();
  EXPECT_EQ(bench.rtl(), bench.model());
  const mmu::Counters& c = bench.counters();
  for (const mmu::TlbCounters* t : {&c.l1i, &c.l1d, &c.l2}) {
    EXPECT_GT(t->hits.value, 20U);
    // An entry of a fetch always has its A bit.
    if (t != &c.l1i) {
      EXPECT_GT(t->stale_hits.value, 0U);
    }
    EXPECT_GT(t->evictions.value, 0U);
    EXPECT_GT(t->flushed.value, 0U);
    EXPECT_GT(t->replaced.value, 0U);
  }
}

TEST(RtlMmuEngine, CountsWhatTheModelCountsRv64) {
  counts_are_equal(rv64(), {&translation::kSv39, &translation::kSv48, &translation::kSv57});
}

TEST(RtlMmuEngine, CountsWhatTheModelCountsRv32) {
  counts_are_equal(rv32(), {&translation::kSv32});
}

void times(const MmuVariant& variant, const Format& format, unsigned l2_miss) {
  SCOPED_TRACE(format.name);
  constexpr std::uint64_t kClock = 1000;
  for (const std::uint64_t latency_ps : {1ULL, 1000ULL, 1001ULL, 30'000ULL}) {
    Surroundings around(variant);
    cosim::RtlMmu rtl(around.config, around.counters, around.waves, variant.make());
    rtl.set_pmp(open_pmp(4, format));
    Tables tables(format);
    const std::uint64_t l = std::max<std::uint64_t>(1, (latency_ps + kClock - 1) / kClock);
    const std::uint64_t walk = format.levels * (l + 1) + 2;
    Job miss = tables.job(Access::kLoad, 0x10, 500);
    ASSERT_EQ(tables.run(rtl, miss, latency_ps), Step::kDone);
    EXPECT_EQ(miss.time_ps, 500 + (walk + 2 + l2_miss) * kClock) << latency_ps;
    EXPECT_EQ(around.counters.walker.walk_latency_ns.max(), walk * kClock / 1000);
    Job hit = tables.job(Access::kLoad, 0x20, miss.time_ps);
    ASSERT_EQ(tables.run(rtl, hit, latency_ps), Step::kDone);
    EXPECT_EQ(hit.time_ps, miss.time_ps + kClock);
    EXPECT_EQ(hit.pa, 0x9000'0020U);
    // One compare-and-swap more.
    tables.map(3, Tables::kLeaf & ~0x80U);
    Job store = tables.job(Access::kStore, 0x3000, 1'000'000);
    ASSERT_EQ(tables.run(rtl, store, latency_ps), Step::kDone);
    EXPECT_EQ(store.time_ps, 1'000'000 + (walk + l + 1 + 2 + l2_miss) * kClock);
    EXPECT_EQ(rtl.fence({}, 2'000'000), kClock);
  }
}

TEST(RtlMmuEngine, TakesTheTimeOfTheDatasheet) {
  times(rv32(), translation::kSv32, 1);
  times(rv64(), translation::kSv39, 6);
  times(rv64(), translation::kSv57, 6);
}

// A refill of the second level goes on in the background: an access at once waits for it, a later
// one does not.
TEST(RtlMmuEngine, TheClockRunsBetweenAccessesWhileTheSecondLevelIsBusy) {
  const auto second_miss = [](std::uint64_t pause_ps) {
    Surroundings around(rv64());
    cosim::RtlMmu rtl(around.config, around.counters, around.waves, make_rv64());
    rtl.set_pmp(open_pmp(4, translation::kSv39));
    Tables tables(translation::kSv39);
    Job first = tables.job(Access::kLoad, 0, 0);
    tables.run(rtl, first);
    Job second = tables.job(Access::kLoad, 0x1000, first.time_ps + pause_ps);
    const std::uint64_t start = second.time_ps;
    tables.run(rtl, second);
    return second.time_ps - start;
  };
  EXPECT_EQ(second_miss(100'000), second_miss(20'000));
  EXPECT_GT(second_miss(0), second_miss(100'000));
}

}  // namespace
}  // namespace lookaside::tests
