// SPDX-License-Identifier: Apache-2.0
// lookaside_page_walker against translation::Walk: the sequence of PTE accesses, the result, the
// cause, the rule, and the number of cycles.
#include <WalkerRv64.h>
#include <WalkerSv32.h>
#include <iostream>
#include <optional>

#include <gmock/gmock.h>

#include "rtl/clocked.h"
#include "rtl/pte_bus.h"
#include "rtl/walk_stimulus.h"

namespace lookaside::tests {
namespace {

using translation::AdUpdate;
using translation::Context;
using translation::Format;
using translation::Pmp;
using translation::Privilege;
using translation::Rule;
using translation::Translation;
using translation::Walk;

/// LOOKASIDE_OPERATIONS, or enough for a quick run.
unsigned long long walks() {
  return from_environment("LOOKASIDE_OPERATIONS", 60'000);
}

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
  };

  explicit Walker(std::uint64_t seed) : stimulus(seed) {
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
      bus.stall = stimulus.random().chance(d.stall_percent);
      const bool fence = d.fence_cycle.has_value() && *d.fence_cycle == cycle;
      rtl_->fence_i = fence;
      rtl_->rsp_ready_i = !stimulus.random().chance(d.late_response_percent);
      bus.drive(*rtl_);
      judge(pmp);
      bus.clocked(*rtl_);
      if (taken && rtl_->rsp_valid_o != 0 && rtl_->rsp_ready_i != 0) break;
      taken = taken || rtl_->req_ready_o != 0;
      rtl_.edge();
      rtl_->req_valid_i = !taken;
    }
    r = response(cycle);
    rtl_.edge();
    rtl_->fence_i = 0;
    rtl_.settle();
    return r;
  }

  PteBus bus;
  WalkStimulus stimulus;

 private:
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
  Result response(unsigned cycle) {
    Result r;
    r.cycles = cycle;
    r.aborted = rtl_->rsp_aborted_o != 0;
    r.rule = static_cast<Rule>(rtl_->rsp_rule_o);
    r.cause = rtl_->rsp_cause_o;
    r.tval = rtl_->rsp_tval_o;
    r.ppn = rtl_->rsp_ppn_o;
    r.level = rtl_->rsp_level_o;
    r.perm = rtl_->rsp_perm_o;
    r.global = rtl_->rsp_global_o != 0;
    return r;
  }

  Clocked<Model> rtl_;
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
  Bench(std::vector<const Format*> formats, std::uint64_t seed)
      : walker(seed), formats_(std::move(formats)) {
    std::cout << "seed " << seed << "\n";
    walker.bus.perform = [this](PteAccess& a) { perform(a); };
  }

  /// Walks once and compares; `disturb` may set what disturbs the walk.
  template <typename Disturb>
  void once(Disturb disturb) {
    Random& random = walker.stimulus.random();
    const Format& format = *formats_[random.below(static_cast<unsigned>(formats_.size()))];
    const Context context = walker.stimulus.context(format, 1);
    const std::uint64_t va = walker.stimulus.va(format);
    const translation::Access access = walker.stimulus.access();
    walker.bus.latency = 1 + random.below(5);
    format_ = &format;
    level_ = format.levels - 1;
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
      ++rules[static_cast<unsigned>(r.rule)];
    }
    if (d.stall_percent == 0 && d.late_response_percent == 0) {
      // N (L + 1) + 2, and L + 1 for each compare-and-swap and each PTE read again; a
      // fence only makes it fewer accesses.
      const unsigned want = accesses * (walker.bus.latency + 1) + 2;
      ASSERT_EQ(r.cycles, want) << (fenced ? "fenced" : "undisturbed");
    }
    ASSERT_FALSE(walker.bus.busy());
  }

  Walker<Model> walker;
  unsigned rules[translation::kRuleCount] = {};
  unsigned aborted = 0;

 private:
  void perform(PteAccess& a) {
    Random& random = walker.stimulus.random();
    a.error = random.chance(2);
    if (a.cas) {
      a.swapped = random.chance(75);
      return;
    }
    a.data = walker.stimulus.pte(*format_, level_);
    if (a.error) return;
    const auto decoded = format_->decode(*format_, a.data, level_);
    if (decoded.kind == translation::Decoded::Kind::kPointer && level_ > 0) --level_;
  }
  // Half of memory is there for reads, a quarter of it for writes too.
  Pmp protection(const Format& format) {
    Pmp pmp(4, format.pa_bits);
    const bool open = walker.stimulus.random().chance(60);
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
};

const std::vector<const Format*> kRv64 = {&translation::kSv39, &translation::kSv48,
                                          &translation::kSv57};

// Every row of the fault table that a walk can end in was met.
template <typename Bench>
void expect_all_rules(const Bench& bench, bool sv32) {
  for (auto rule = Rule::kNone; rule <= Rule::kPteUpdateBusError;
       rule = static_cast<Rule>(static_cast<unsigned>(rule) + 1)) {
    const unsigned met = bench.rules[static_cast<unsigned>(rule)];
    if (sv32 && (rule == Rule::kNotCanonical || rule == Rule::kReservedBits)) {
      EXPECT_EQ(met, 0U) << name(rule);
    } else {
      EXPECT_GT(met, 0U) << name(rule);
    }
  }
}

template <typename Model>
void undisturbed(const std::vector<const Format*>& formats) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Bench<Model> bench(formats, start);
  for (unsigned long long i = 0; i < walks() && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    bench.once([](Disturbance&) {});
  }
  expect_all_rules(bench, formats.size() == 1);
}

TEST(RtlPageWalker, EqualsTheModelInEveryRv64ModeAndTakesTheCyclesItSays) {
  undisturbed<WalkerRv64>(kRv64);
}

TEST(RtlPageWalker, EqualsTheModelInSv32AndTakesTheCyclesItSays) {
  undisturbed<WalkerSv32>({&translation::kSv32});
}

// SFN-11: whenever a fence comes, nothing read before it is handed out; memory that stalls and a
// response that waits change nothing.
TEST(RtlPageWalker, AbortsOnAFenceInAnyCycle) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Bench<WalkerRv64> bench(kRv64, start);
  for (unsigned long long i = 0; i < walks() && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    Random& random = bench.walker.stimulus.random();
    bench.once([&](Disturbance& d) {
      if (random.chance(60)) d.fence_cycle = random.below(30);
      if (random.chance(50)) {
        d.stall_percent = 40;
        d.late_response_percent = 30;
      }
    });
  }
  EXPECT_GT(bench.aborted, walks() / 20);
}

}  // namespace
}  // namespace lookaside::tests
