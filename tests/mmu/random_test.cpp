// SPDX-License-Identifier: Apache-2.0
// Random accesses through the MMU, with fences and changing page tables, against translation
// written without TLB, sockets and time: translation::translate on a copy of memory.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "seed.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using translation::AdUpdate;
using translation::FenceForm;
using translation::Format;
using translation::Pmp;
using translation::Rule;

constexpr std::uint64_t kTables = 0x8000'0000;  // 64 table pages; data lies far behind them
constexpr unsigned kTablePages = 64;
constexpr std::uint64_t kData = 0x8040'0000;
constexpr unsigned kAsids = 4;

/// The reference's memory: a copy that only translate() and the test touch.
class Copy : public translation::PteMemory {
 public:
  explicit Copy(const std::vector<unsigned char>& from) : bytes(from) {}
  bool read(std::uint64_t pa, unsigned n, std::uint64_t& value) override {
    if (!inside(pa, n)) return false;
    value = 0;
    std::memcpy(&value, &bytes[pa - Memory::kBase], n);
    return true;
  }
  bool compare_and_swap(std::uint64_t pa, unsigned n, std::uint64_t expected, std::uint64_t desired,
                        bool& swapped) override {
    std::uint64_t now = 0;
    if (!read(pa, n, now)) return false;
    swapped = now == expected;
    if (swapped) std::memcpy(&bytes[pa - Memory::kBase], &desired, n);
    return true;
  }
  static bool inside(std::uint64_t pa, std::uint64_t n) {
    return pa >= Memory::kBase && pa <= Memory::kBase + Memory::kSize - n;
  }
  std::vector<unsigned char> bytes;
};

class RandomWorld {
 public:
  RandomWorld(std::uint64_t seed, const mmu::Config& config, bool globals)
      : globals_(globals), random_(seed), bench(config), pmp_(0), copy_(bench.memory.bytes) {
    for (unsigned i = 0; i < kAsids; ++i) contexts_[i] = some_context(i);
    for (unsigned page = 0; page < kTablePages; ++page) fill_table(page);
    switch_context();
  }

  void step() {
    const std::uint64_t what = draw(3000);
    if (what < 3) {
      switch_context();
    } else if (what < 13) {
      change_rights();
    } else if (what < 16) {
      rebuild();
    } else if (what < 20) {
      fence(static_cast<FenceForm>(1 + draw(3)));
    } else if (what < 25) {
      change_pmp();
    } else {
      access();
    }
  }
  void expect_equal_memory() { EXPECT_EQ(bench.memory.bytes, copy_.bytes); }

  std::uint64_t draw(std::uint64_t n) { return random_() % n; }

  std::uint64_t oks = 0;
  std::uint64_t crossings = 0;
  std::map<Rule, std::uint64_t> faults;

 private:
  bool globals_;
  std::mt19937_64 random_;

 public:
  Bench bench;

 private:
  static constexpr const Format* kFormats[] = {&translation::kSv32, &translation::kSv39,
                                               &translation::kSv48, &translation::kSv57};

  Context some_context(unsigned asid) {
    Context c;
    c.format = draw(12) == 0 ? nullptr : kFormats[draw(4)];
    c.root = table_of(c.format == &translation::kSv32 ? 4 : 8, 0, kTablePages / 2);
    c.asid = asid;
    rights(c);
    return c;
  }
  void rights(Context& c) {
    constexpr Privilege kModes[] = {Privilege::kUser, Privilege::kSupervisor,
                                    Privilege::kSupervisor, Privilege::kMachine};
    c.fetch_privilege = kModes[draw(3)];
    c.data_privilege = kModes[draw(20) == 0 ? 3 : draw(3)];
    c.sum = draw(2) == 0;
    c.mxr = draw(2) == 0;
    c.ad_update = update_;
  }
  // The tables are shared between address spaces, so a global page of one would be found in
  // another: software must not do that without a fence, and neither does this.
  void switch_context() {
    now_ = static_cast<unsigned>(draw(kAsids));
    contexts_[now_].ad_update = update_;
    bench.use(contexts_[now_]);
    last_va_ = some_va();
    if (globals_) fence(FenceForm::kAll);
  }
  void change_rights() {
    if (draw(8) == 0) {  // SATP-23: a change of ADUE needs a fence
      update_ = update_ == AdUpdate::kFault ? AdUpdate::kHardware : AdUpdate::kFault;
      fence(FenceForm::kAll);
    }
    rights(contexts_[now_]);
    bench.use(contexts_[now_]);
  }
  void fence(FenceForm form) {
    bench.fence(form, some_va(), static_cast<std::uint32_t>(draw(kAsids)));
  }
  void change_pmp() {
    Pmp pmp(4);
    pmp.write_addr(0, (kTables + draw(kTablePages) * 0x1000) >> 2 | (0x1FF >> draw(8)));
    pmp.write_cfg(0, static_cast<std::uint8_t>(0x18 | (draw(2) == 0 ? draw(2) : 7)));
    pmp.write_addr(1, (kData + draw(64) * 0x1000) >> 2 | (0x1FF >> draw(8)));
    pmp.write_cfg(1, static_cast<std::uint8_t>(0x18 | draw(2) | draw(2) << 2));
    pmp.write_addr(3, ~std::uint64_t{0} >> 10);
    pmp.write_cfg(3, 0x1F);
    pmp_ = draw(3) == 0 ? Pmp(0) : pmp;
    bench.mmu.set_pmp(0, pmp_);
    fence(FenceForm::kAll);  // SFN-18
  }

  // One page in four holds 4-byte entries. The first half of the pages holds mostly pointers, the
  // second mostly leaves, so that many walks reach their end.
  static unsigned width_of(std::uint64_t page) { return page % 4 == 0 ? 4 : 8; }
  std::uint64_t table_of(unsigned bytes, std::uint64_t first, std::uint64_t count) {
    std::uint64_t page = first + draw(count);
    while (width_of(page) != bytes) page = first + draw(count);
    return kTables + page * 0x1000;
  }
  std::uint64_t random_pte(unsigned page) {
    const unsigned bytes = width_of(page);
    const bool upper = page < kTablePages / 2;
    const std::uint64_t what = draw(40);
    if (what == 0) {
      const std::uint64_t garbage = random_() & (bytes == 4 ? 0xFFFF'FFFF : ~std::uint64_t{0});
      return globals_ ? garbage : garbage & ~Bench::kG;
    }
    if (what == 1) return 0x1000'0000 >> 12 << 10 | Bench::kV;  // no memory there
    if (what < (upper ? 32U : 4U)) {
      const std::uint64_t flags = Bench::kV | (globals_ && draw(8) == 0 ? Bench::kG : 0);
      return table_of(bytes, 0, kTablePages) >> 12 << 10 | flags;
    }
    // Leaves of every size lie in data memory, aligned for a superpage now and then.
    constexpr std::uint64_t kFlags = Bench::kU | Bench::kG | Bench::kA | Bench::kD;
    std::uint64_t flags = Bench::kV | Bench::kR | (random_() & (Bench::kW | Bench::kX));
    flags |= random_() & kFlags;
    if (draw(8) == 0) flags = random_() & 0xFF;
    if (!globals_) flags &= ~Bench::kG;
    const std::uint64_t at = draw(4) == 0 ? kData : kData + draw(64) * 0x1000;
    return at >> 12 << 10 | flags;
  }
  // Only the few indices that some_va() makes are used.
  void fill_table(unsigned page) {
    const unsigned bytes = width_of(page);
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t at = kTables + page * 0x1000 + index(i) * bytes;
      const std::uint64_t pte = random_pte(page);
      bench.memory.set(at, pte, bytes);
      std::memcpy(&copy_.bytes[at - Memory::kBase], &pte, bytes);
    }
  }
  // New tables and new roots everywhere: everything must be fenced.
  void rebuild() {
    for (unsigned i = 0; i < 8; ++i) fill_table(static_cast<unsigned>(draw(kTablePages)));
    const unsigned other = static_cast<unsigned>(draw(kAsids));
    contexts_[other] = some_context(other);
    bench.use(contexts_[now_]);
    last_va_ = some_va();
    fence(FenceForm::kAll);
  }
  static std::uint64_t index(unsigned i) { return i < 4 ? i : 508 + (i - 4); }

  std::uint64_t some_va() {
    const Format* format = contexts_[now_].format;
    if (format == nullptr) return kData + draw(0x40'000);
    std::uint64_t va = draw(4) == 0 ? 0x1000 - 1 - draw(7) : draw(0x1000);
    unsigned shift = format->page_shift;
    for (unsigned level = 0; level < format->levels; ++level) {
      va |= index(static_cast<unsigned>(draw(8))) << shift;
      shift += format->index_bits[level];
    }
    if (!format->sign_extended) return va & 0xFFFF'FFFF;
    if ((va >> (format->va_bits - 1) & 1) != 0) va |= ~std::uint64_t{0} << format->va_bits;
    if (draw(200) == 0) va ^= std::uint64_t{1} << 62;
    return va;
  }

  struct Expected {
    bool ok = true;
    translation::Fault fault;
    struct Part {
      std::uint64_t va, pa, bytes;
    };
    std::vector<Part> parts;
  };
  // Page by page, as rule TVAL-05 has it: the first part that is refused is the fault.
  Expected expect(const Context& c, Access kind, std::uint64_t va, unsigned n) {
    Expected e;
    for (std::uint64_t done = 0; done < n;) {
      std::uint64_t at = va + done;
      if (c.translates(kind) && !c.format->sign_extended) at &= 0xFFFF'FFFF;
      std::uint64_t bytes = n - done;
      if (c.translates(kind)) bytes = std::min(bytes, 0x1000 - at % 0x1000);
      const translation::Outcome o =
          translate(c, pmp_, at, static_cast<unsigned>(bytes), kind, copy_);
      if (!o.ok) {
        e.ok = false;
        e.fault = o.fault;
        return e;
      }
      e.parts.push_back({at, o.pa, bytes});
      done += bytes;
    }
    for (std::size_t i = 0; i < e.parts.size(); ++i) {
      if (Copy::inside(e.parts[i].pa, e.parts[i].bytes)) continue;
      e.ok = false;
      e.fault.rule = Rule::kBusError;
      e.fault.cause = translation::access_fault(kind);
      e.fault.tval = e.parts[i].va;
      e.parts.resize(i);  // what was sent before has taken effect (H-GP-08)
      break;
    }
    return e;
  }
  void access() {
    const Context& c = contexts_[now_];
    const auto kind = static_cast<Access>(draw(3));
    const unsigned n = 1U << draw(4);
    const std::uint64_t va = draw(4) == 0 ? last_va_ : some_va();
    last_va_ = va;
    const std::uint64_t value = random_();
    const Expected e = expect(c, kind, va, n);
    SCOPED_TRACE(::testing::Message()
                 << (c.format ? c.format->name : "Bare") << " " << translation::name(kind)
                 << " va 0x" << std::hex << va << std::dec << " bytes " << n);
    const Reply r = bench.access(kind, va, n, value);
    ASSERT_EQ(r.ok(), e.ok) << (e.ok ? explain(r.fault) : explain(e.fault));
    ASSERT_EQ(r.faulted, !e.ok);
    if (!e.ok) {
      ++faults[e.fault.rule];
      ASSERT_EQ(translation::name(r.fault.rule), std::string(translation::name(e.fault.rule)));
      ASSERT_EQ(r.fault.cause, e.fault.cause);
      ASSERT_EQ(r.fault.tval, e.fault.tval);
      if (e.fault.rule == Rule::kBusError) {
        compare_data(e, kind, value, r.value);
        return;
      }
      ASSERT_EQ(r.fault.level, e.fault.level);
      // A TLB may lag behind in A and D of a PTE that another address shares.
      ASSERT_EQ(r.fault.pte | Bench::kA | Bench::kD, e.fault.pte | Bench::kA | Bench::kD);
      ASSERT_EQ(r.fault.pte_address, e.fault.pte_address);
      ASSERT_EQ(r.fault.physical, e.fault.physical);
      return;
    }
    ++oks;
    if (e.parts.size() > 1) ++crossings;
    compare_data(e, kind, value, r.value);
  }
  void compare_data(const Expected& e, Access kind, std::uint64_t value, std::uint64_t got) {
    std::uint64_t expected = 0;
    unsigned done = 0;
    for (const auto& [part_va, pa, bytes] : e.parts) {
      unsigned char* host = &copy_.bytes[pa - Memory::kBase];
      auto* side = reinterpret_cast<unsigned char*>(&expected) + done;
      if (kind == Access::kStore) {
        std::memcpy(host, reinterpret_cast<const unsigned char*>(&value) + done, bytes);
      } else {
        std::memcpy(side, host, bytes);
      }
      done += static_cast<unsigned>(bytes);
    }
    ASSERT_TRUE(kind == Access::kStore || !e.ok || got == expected)
        << got << " is not " << expected;
  }

  Pmp pmp_;
  Copy copy_;
  std::array<Context, kAsids> contexts_;
  unsigned now_ = 0;
  AdUpdate update_ = AdUpdate::kHardware;
  std::uint64_t last_va_ = 0;
};

struct Shape {
  const char* label;
  unsigned l1_entries;
  unsigned l1_ways;
  bool l2;
  bool globals;
  std::vector<unsigned> l1_shifts;  // empty: all
};
void PrintTo(const Shape& s, std::ostream* os) {
  *os << s.label;
}

class RandomTest : public SystemCTest, public ::testing::WithParamInterface<Shape> {};

TEST_P(RandomTest, EqualsPlainTranslation) {
  const Shape& s = GetParam();
  mmu::Config config;
  for (auto* l1 : {&config.l1i, &config.l1d}) {
    l1->geometry.entries = s.l1_entries;
    l1->geometry.ways = s.l1_ways;
    if (!s.l1_shifts.empty()) l1->geometry.page_shifts = s.l1_shifts;
  }
  config.l2.enabled = s.l2;
  config.l2.geometry.entries = 16;
  const std::uint64_t seed = tests::seed(90125);
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  RandomWorld world(seed, config, s.globals);
  const std::uint64_t steps = tests::rounds(100'000);
  world.bench.run([&] {
    for (std::uint64_t i = 0; i < steps && !HasFatalFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      world.step();
      world.bench.memory.seen.clear();
    }
    world.expect_equal_memory();
  });
  EXPECT_GT(world.oks, steps / 50);
  EXPECT_GT(world.crossings, 20U);
  for (const Rule rule :
       {Rule::kNotCanonical, Rule::kPteAccessRefused, Rule::kPteBusError, Rule::kNotValid,
        Rule::kWriteWithoutRead, Rule::kReservedBits, Rule::kPointerAtLeafLevel,
        Rule::kMisalignedSuperpage, Rule::kSupervisorPage, Rule::kUserPageFetch,
        Rule::kUserPageWithoutSum, Rule::kNoExecute, Rule::kNoWrite, Rule::kAccessedClear,
        Rule::kDirtyClear, Rule::kPmpPermission}) {
    EXPECT_GT(world.faults[rule], 0U) << translation::name(rule) << " never came";
  }
  const Figures f(world.bench.mmu.statistics());
  double l1_lookups = 0;
  double l1_misses = 0;
  for (const std::string name : {"l1i", "l1d", "l2"}) {
    if (name == "l2" && !s.l2) continue;
    EXPECT_EQ(f.at(name + ".hits") + f.at(name + ".misses"), f.at(name + ".lookups")) << name;
    EXPECT_GT(f.at(name + ".hits"), 0) << name;
    EXPECT_GT(f.at(name + ".evictions"), 0) << name;
    if (name == "l2") continue;
    l1_lookups += f.at(name + ".lookups");
    l1_misses += f.at(name + ".misses");
  }
  EXPECT_EQ(f.at("translations"),
            l1_lookups + f.at("bypasses") + f.at("faults_per_rule.not_canonical"));
  const double stale = f.at("l1i.stale_hits") + f.at("l1d.stale_hits");
  if (s.l2) {
    EXPECT_EQ(f.at("l2.lookups"), l1_misses);
    EXPECT_EQ(f.at("walker.walks"), f.at("l2.misses") + f.at("l2.stale_hits") + stale);
  } else {
    EXPECT_EQ(f.at("walker.walks"), l1_misses + stale);
  }
  EXPECT_EQ(f.at("walker.walk_latency_ns.count"), f.at("walker.walks"));
  double reads = 0;
  for (int level = 0; level < 5; ++level) {
    reads += f.at("walker.pte_reads_per_level.level" + std::to_string(level));
  }
  EXPECT_EQ(reads, f.at("walker.pte_reads"));
}

INSTANTIATE_TEST_SUITE_P(Shapes, RandomTest,
                         ::testing::Values(Shape{"Full8WithL2", 8, 8, true, false, {}},
                                           Shape{"Full4NoL2", 4, 4, false, true, {}},
                                           Shape{"Sets8SmallPages", 8, 2, true, false, {12}}),
                         [](const auto& s) { return std::string(s.param.label); });

}  // namespace
}  // namespace lookaside::tests
