// SPDX-License-Identifier: Apache-2.0
// lookaside_page_walker against translation::Walk: the sequence of PTE accesses, the result, the
// cause, the rule, and the number of cycles.
#include <WalkerRv64.h>
#include <WalkerSv32.h>
#include <iostream>
#include <optional>

#include <gmock/gmock.h>

#include "rtl/clocked.h"
#include "rtl/functional_coverage.h"
#include "rtl/pte_bus.h"
#include "rtl/rtl_access.h"
#include "seed.h"
#include "stimulus/walk_coverage.h"
#include "stimulus/walk_generator.h"

namespace lookaside::tests {
namespace {

using stimulus::Random;
using stimulus::WalkCoverage;
using stimulus::WalkPhase;
using translation::AdUpdate;
using translation::Context;
using translation::Format;
using translation::Pmp;
using translation::Privilege;
using translation::Rule;
using translation::Translation;
using translation::Walk;

/// How a walk is disturbed.
struct Disturbance {
  std::optional<unsigned> fence_cycle;  ///< 0 is the cycle that takes the request
  unsigned stall_percent = 0;
  unsigned late_response_percent = 0;
};

template <typename Model>
class Walker {
 public:
  struct Result {
    unsigned cycles = 0;  ///< from the edge that takes the request to that of the response
    bool aborted = false;
    Rule rule = Rule::kNone;
    unsigned cause = 0;
    std::uint64_t tval = 0, ppn = 0;
    unsigned level = 0, perm = 0;
    bool global = false;
    WalkPhase fenced_in = WalkPhase::kEnd;
    std::size_t accesses_before_fence = 0;
  };

  explicit Walker(std::uint64_t seed) : generator(stimulus::MmuWeights{}, seed) {
    rtl_->req_valid_i = 0;
    rtl_->fence_i = 0;
    rtl_->rsp_ready_i = 0;
    rtl_->mem_rsp_valid_i = 0;
    rtl_.reset();
  }

  Result walk(const Context& c, const Pmp& pmp, std::uint64_t va, translation::Access access,
              const Disturbance& d) {
    bus.accesses.clear();
    request(c, va, access);
    Result r;
    unsigned cycle = 0;
    for (bool taken = false;; ++cycle) {
      EXPECT_LT(cycle, 5000U) << "no response";
      if (cycle >= 5000U) return r;
      bus.stall = generator.random().chance(d.stall_percent);
      const bool fence = d.fence_cycle.has_value() && *d.fence_cycle == cycle;
      rtl_->fence_i = fence;
      rtl_->rsp_ready_i = !generator.random().chance(d.late_response_percent);
      bus.drive(*rtl_);
      judge(pmp);
      if (fence) {
        r.fenced_in = phase(taken);
        r.accesses_before_fence = bus.accesses.size();
      }
      bus.clocked(*rtl_);
      if (taken && rtl_->rsp_valid_o != 0 && rtl_->rsp_ready_i != 0) break;
      taken = taken || rtl_->req_ready_o != 0;
      rtl_.edge();
      rtl_->req_valid_i = !taken;
      if (taken) request_noise();
    }
    response(cycle, r);
    rtl_.edge();
    rtl_->fence_i = 0;
    rtl_.settle();
    return r;
  }

  PteBus bus;
  stimulus::WalkGenerator generator;

 private:
  WalkPhase phase(bool taken) {
    if (!taken) return WalkPhase::kRequest;
    if (rtl_->rsp_valid_o != 0) {
      return rtl_->rsp_ready_i != 0 ? WalkPhase::kResponse : WalkPhase::kResponseWaits;
    }
    if (rtl_->mem_req_valid_o != 0) {
      return bus.stall ? WalkPhase::kMemoryStall : WalkPhase::kMemoryRequest;
    }
    if (rtl_->mem_rsp_valid_i != 0) return WalkPhase::kMemoryAnswers;
    return bus.busy() ? WalkPhase::kMemoryWorks : WalkPhase::kEnd;
  }
  // What belongs to the request counts in its cycle only.
  void request_noise() {
    constexpr unsigned kBits = 20;
    noise_.on(rtl_->req_va_i, kBits);
    noise_.on(rtl_->req_access_i, 1);
    noise_.on(rtl_->req_root_i, kBits);
    noise_.on(rtl_->req_user_i, 1);
    noise_.on(rtl_->req_sum_i, 1);
    noise_.on(rtl_->req_mxr_i, 1);
    noise_.on(rtl_->req_update_i, 1);
  }
  void request(const Context& c, std::uint64_t va, translation::Access access) {
    rtl_->req_valid_i = 1;
    put(rtl_->req_va_i, va);
    put(rtl_->req_access_i, rtl_access(access));
    put(rtl_->req_mode_i, c.format->satp_mode);
    put(rtl_->req_root_i, c.root >> c.format->page_shift);
    rtl_->req_user_i = c.privilege(access) == Privilege::kUser;
    rtl_->req_sum_i = c.sum;
    rtl_->req_mxr_i = c.mxr;
    rtl_->req_update_i = c.ad_update == AdUpdate::kHardware;
  }
  void judge(const Pmp& pmp) {
    const auto kind =
        rtl_->pmp_store_o != 0 ? translation::Access::kStore : translation::Access::kLoad;
    rtl_->pmp_allowed_i = pmp.check(rtl_->pmp_addr_o, sizeof(rtl_->mem_rsp_data_i), kind,
                                    Privilege::kSupervisor) == Rule::kNone;
    rtl_.settle();
  }
  void response(unsigned cycle, Result& r) {
    r.cycles = cycle;
    r.aborted = rtl_->rsp_aborted_o != 0;
    r.rule = static_cast<Rule>(rtl_->rsp_rule_o);
    r.cause = rtl_->rsp_cause_o;
    r.tval = rtl_->rsp_tval_o;
    r.ppn = rtl_->rsp_ppn_o;
    r.level = rtl_->rsp_level_o;
    r.perm = rtl_->rsp_perm_o;
    r.global = rtl_->rsp_global_o != 0;
  }

  Clocked<Model> rtl_;
  Noise noise_;
};

/// Feeds the accesses that the RTL made to the model, which must ask for the same.
void replay(Walk& walk, const std::vector<PteAccess>& accesses) {
  for (const PteAccess& a : accesses) {
    ASSERT_THAT(walk.step(), ::testing::AnyOf(Walk::Step::kReadPte, Walk::Step::kCompareAndSwap));
    ASSERT_EQ(a.cas, walk.step() == Walk::Step::kCompareAndSwap);
    ASSERT_EQ(a.address, walk.pte_address());
    if (a.cas) {
      ASSERT_EQ(a.expected, walk.expected());
      ASSERT_EQ(a.desired, walk.desired());
      if (a.error) {
        walk.swap_failed();
      } else {
        walk.swap_done(a.swapped);
      }
    } else if (a.error) {
      walk.read_failed();
    } else {
      walk.read_done(a.data);
    }
  }
}

template <typename Result>
void compare(const Walk& walk, const Result& r) {
  if (walk.step() == Walk::Step::kFault) {
    ASSERT_EQ(name(r.rule), name(walk.fault().rule));
    ASSERT_EQ(r.cause, static_cast<unsigned>(walk.fault().cause));
    ASSERT_EQ(r.tval, walk.fault().tval);
    return;
  }
  ASSERT_EQ(walk.step(), Walk::Step::kDone);
  ASSERT_EQ(r.rule, Rule::kNone);
  const Translation& t = walk.translation();
  ASSERT_EQ(r.ppn, t.pa_base >> t.format->page_shift);
  ASSERT_EQ(r.level, t.level);
  ASSERT_EQ(r.global, t.global);
  // D A U X W R against the PTE's D A (G) U X W R (V).
  ASSERT_EQ(r.perm, (t.pte >> 1 & 0xf) | (t.pte >> 6 & 3) << 4);
}

template <typename Model>
class Bench {
 public:
  Bench(const std::string& name, std::vector<const Format*> formats, std::uint64_t seed)
      : walker(seed), cover(name, formats), formats_(std::move(formats)) {
    walker.bus.perform = [this](PteAccess& a) { perform(a); };
  }

  /// Walks LOOKASIDE_OPERATIONS times, or often enough for a quick run, and compares; `disturb` may
  /// set what disturbs a walk.
  template <typename Disturb>
  void run(Disturb disturb) {
    const std::uint64_t walks = from_environment("LOOKASIDE_OPERATIONS", 60'000);
    for (std::uint64_t i = 1; i <= walks; ++i) {
      once(disturb);
      if (!::testing::Test::HasFailure()) continue;
      std::cout << "operation " << i << " differs\n";
      return;
    }
    std::cout << cover.coverage.name() << ": " << walks << " walks, " << aborted << " aborted\n";
    judge(cover.coverage);
  }

  Walker<Model> walker;
  WalkCoverage cover;
  unsigned aborted = 0;

 private:
  template <typename Disturb>
  void once(Disturb disturb) {
    Random& random = walker.generator.random();
    const Format& format = *formats_[random.below(static_cast<unsigned>(formats_.size()))];
    const Context context = walker.generator.context(format, 1);
    const std::uint64_t va = walker.generator.va(format);
    const translation::Access access = walker.generator.access();
    walker.bus.latency = 1 + random.below(5);
    format_ = &format;
    level_ = format.levels - 1;
    pointer_global_ = false;
    leaf_ = 0;
    Pmp pmp = protection(format);
    Disturbance d;
    disturb(d);
    const auto r = walker.walk(context, pmp, va, access, d);
    if (::testing::Test::HasFailure()) return;

    const auto accesses = static_cast<unsigned>(walker.bus.accesses.size());
    Walk walk(context, pmp, va, access);
    replay(walk, walker.bus.accesses);
    const bool fenced =
        d.fence_cycle.has_value() && *d.fence_cycle > 0 && *d.fence_cycle <= r.cycles;
    ASSERT_EQ(r.aborted, fenced);
    aborted += r.aborted ? 1 : 0;
    if (!r.aborted) {
      compare(walk, r);
      sample(walk);
    }
    if (d.fence_cycle.has_value() && *d.fence_cycle <= r.cycles) {
      cover.fence(r.fenced_in, static_cast<unsigned>(r.accesses_before_fence));
    }
    if (d.stall_percent == 0 && d.late_response_percent == 0) {
      // N (L + 1) + 2, and L + 1 for each compare-and-swap and each PTE read again; a
      // fence only makes it fewer accesses.
      const unsigned want = accesses * (walker.bus.latency + 1) + 2;
      ASSERT_EQ(r.cycles, want) << (fenced ? "fenced" : "undisturbed");
    }
    ASSERT_FALSE(walker.bus.busy());
  }

  void sample(const Walk& walk) {
    cover.walk(walk, leaf_);
    if (walk.step() == Walk::Step::kDone) cover.globals((leaf_ & 1U << 5) != 0, pointer_global_);
    using Update = WalkCoverage::Update;
    for (const PteAccess& a : walker.bus.accesses) {
      if (!a.cas) continue;
      cover.update(a.error     ? Update::kBusError
                   : a.swapped ? Update::kWon
                               : Update::kLost,
                   walk.access());
    }
    if (walk.step() == Walk::Step::kFault && walk.fault().rule == Rule::kPteUpdateRefused) {
      cover.update(Update::kRefused, walk.access());
    }
  }
  void perform(PteAccess& a) {
    Random& random = walker.generator.random();
    a.error = random.chance(a.cas ? 10 : 2);
    if (a.cas) {
      a.swapped = random.chance(75);
      return;
    }
    a.data = walker.generator.pte(*format_, level_);
    if (a.error) return;
    const auto decoded = format_->decode(*format_, a.data, level_);
    if (decoded.kind == translation::Decoded::Kind::kLeaf) leaf_ = a.data;
    if (decoded.kind == translation::Decoded::Kind::kPointer && level_ > 0) {
      --level_;
      pointer_global_ = pointer_global_ || decoded.global;
    }
  }
  // Half of memory is there for reads, a quarter of it for writes too.
  Pmp protection(const Format& format) {
    Pmp pmp(4, format.pa_bits);
    const bool open = walker.generator.random().chance(60);
    const std::uint64_t all = ~std::uint64_t{0};
    if (!open) {
      pmp.write_addr(0, all >> 12 >> (64 - format.pa_bits));
      pmp.write_cfg(0, 0x18);  // the lowest 1/1024 or so: nothing
      pmp.write_addr(1, all >> 2 >> (64 - format.pa_bits) >> 1);
      pmp.write_cfg(1, 0x19);  // NAPOT, R
    }
    pmp.write_addr(3, all);
    pmp.write_cfg(3, 0x1f);
    return pmp;
  }

  std::vector<const Format*> formats_;
  const Format* format_ = nullptr;
  unsigned level_ = 0;
  bool pointer_global_ = false;
  std::uint64_t leaf_ = 0;  ///< as it was read last
};

const std::vector<const Format*> kRv64 = {&translation::kSv39, &translation::kSv48,
                                          &translation::kSv57};

template <typename Model>
void undisturbed(const std::string& name, const std::vector<const Format*>& formats) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Bench<Model> bench(name, formats, start);
  bench.run([](Disturbance&) {});
}

TEST(RtlPageWalker, EqualsTheModelInEveryRv64ModeAndTakesTheCyclesItSays) {
  undisturbed<WalkerRv64>("walker RV64", kRv64);
}

TEST(RtlPageWalker, EqualsTheModelInSv32AndTakesTheCyclesItSays) {
  undisturbed<WalkerSv32>("walker Sv32", {&translation::kSv32});
}

// SFN-11: whenever a fence comes, nothing read before it is handed out; memory that stalls and a
// response that waits change nothing.
template <typename Model>
void fenced(const std::string& name, const std::vector<const Format*>& formats) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Bench<Model> bench(name, formats, start);
  bench.cover.want_fences();
  Random& random = bench.walker.generator.random();
  bench.run([&](Disturbance& d) {
    if (random.chance(60)) d.fence_cycle = random.below(30);
    if (random.chance(50)) {
      d.stall_percent = 40;
      d.late_response_percent = 30;
    }
  });
  EXPECT_GT(bench.aborted, 60'000U / 20);
}

TEST(RtlPageWalker, AbortsOnAFenceInAnyCycle) {
  fenced<WalkerRv64>("walker RV64 with fences", kRv64);
}

TEST(RtlPageWalker, AbortsOnAFenceInAnyCycleOfSv32) {
  fenced<WalkerSv32>("walker Sv32 with fences", {&translation::kSv32});
}

}  // namespace
}  // namespace lookaside::tests
