// SPDX-License-Identifier: Apache-2.0
// The hart's direct port: what it serves, that it leaves no trace when it does not, and that merely
// counted accesses give the same array state, counts and times as performed ones.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "seed.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using protocol::DirectGrant;
using protocol::Port;
using tlb::Replacement;
using translation::FenceForm;
using translation::Pmp;

class DirectTest : public SystemCTest {
 protected:
  DirectGrant g;
  bool direct(Bench& b, Access a, std::uint64_t va, unsigned n = 8) {
    return b.mmu.direct(a == Access::kFetch ? Port::kFetch : Port::kData, va, n, a, g);
  }
};

TEST_F(DirectTest, ServesHitsWithTheirRights) {
  Bench b;
  b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.run([&] {
    EXPECT_FALSE(direct(b, Access::kLoad, kVa)) << "not resident";
    b.load(kVa);
    ASSERT_TRUE(direct(b, Access::kLoad, kVa + 16));
    EXPECT_EQ(g.first, kVa);
    EXPECT_EQ(g.last, kVa + 0xFFF);
    EXPECT_EQ(g.host, &b.memory.bytes[kPa - Memory::kBase]);
    EXPECT_EQ(g.read_latency_ps, 10'000U);
    EXPECT_TRUE(g.read);
    EXPECT_FALSE(g.write) << "D is clear";
    EXPECT_FALSE(direct(b, Access::kStore, kVa));
    EXPECT_TRUE(b.store(kVa, 7).ok());
    ASSERT_TRUE(direct(b, Access::kStore, kVa));
    EXPECT_TRUE(g.countable);
    EXPECT_FALSE(direct(b, Access::kFetch, kVa)) << "the other port has its own TLB";
  });
}

TEST_F(DirectTest, RepeatsAreFoldedIntoTheCounters) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    b.load(kVa);
    ASSERT_TRUE(direct(b, Access::kLoad, kVa));
    *g.repeats += 10;
    *g.write_repeats += 100;
    Context bare;
    b.use(bare);
    ASSERT_TRUE(direct(b, Access::kFetch, kPa, 4));
    *g.repeats += 1000;
  });
  for (int reading = 0; reading < 2; ++reading) {
    const Figures f(b.mmu.statistics());
    EXPECT_EQ(f.at("accesses.load"), 12);
    EXPECT_EQ(f.at("accesses.store"), 100);
    EXPECT_EQ(f.at("accesses.fetch"), 1001);
    EXPECT_EQ(f.at("l1d.lookups"), 112);
    EXPECT_EQ(f.at("l1d.hits"), 111);
    EXPECT_EQ(f.at("bypasses"), 1001);
    EXPECT_EQ(f.at("translations"), 1113);
  }
}

TEST_F(DirectTest, ARefusalLeavesNoTrace) {
  Bench b;
  b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kA);
  b.map(kVa + 0x1000, 0x1000'0000);  // a device: no DMI, no memory
  b.map(kVa + 0x2000, kPa);
  b.run([&] {
    b.load(kVa);
    b.load(kVa + 0x1000);
    const auto figures = Figures(b.mmu.statistics()).all();
    const std::size_t seen = b.memory.seen.size();
    for (int i = 0; i < 2; ++i) {
      EXPECT_FALSE(direct(b, Access::kStore, kVa)) << "not permitted";
      EXPECT_FALSE(direct(b, Access::kLoad, kVa + 0x1000)) << "no memory";
      EXPECT_FALSE(direct(b, Access::kLoad, kVa + 0x2000)) << "not resident";
      EXPECT_FALSE(direct(b, Access::kLoad, kVa + 0xFFC)) << "crosses the page";
      EXPECT_FALSE(direct(b, Access::kAmo, kVa)) << "atomics go to the memory";
      EXPECT_FALSE(direct(b, Access::kLoadReserved, kVa));
      EXPECT_FALSE(direct(b, Access::kLoad, 0x0000'0040'0000'0000)) << "not canonical";
    }
    EXPECT_EQ(Figures(b.mmu.statistics()).all(), figures);
    EXPECT_EQ(b.memory.seen.size(), seen);
    EXPECT_LE(b.memory.dmi_calls, 3U) << "a refusal from below is remembered";
  });
}

TEST_F(DirectTest, SwitchedOffByConfiguration) {
  mmu::Config c;
  c.direct = false;
  Bench b(c);
  b.map(kVa, kPa);
  b.run([&] {
    b.load(kVa);
    EXPECT_FALSE(direct(b, Access::kLoad, kVa));
  });
}

TEST_F(DirectTest, NotCountableWhenARepetitionWouldCount) {
  /// An array whose policy, as SRRIP's or NRU's, sees every hit.
  class Fussy : public tlb::Tlb {
   public:
    explicit Fussy(const tlb::Geometry& s) : array_(mmu::make_array("", s)) {}
    const tlb::Geometry& geometry() const override { return array_->geometry(); }
    tlb::LookupResult lookup(std::uint64_t va, std::uint32_t asid) override {
      ++lookups;
      return array_->lookup(va, asid);
    }
    tlb::LookupResult probe(std::uint64_t va, std::uint32_t asid) const override {
      return array_->probe(va, asid);
    }
    tlb::FillResult fill(const translation::Translation& t, std::uint64_t va,
                         std::uint32_t asid) override {
      return array_->fill(t, va, asid);
    }
    unsigned invalidate(const translation::Fence& f) override { return array_->invalidate(f); }
    std::vector<tlb::Entry> snapshot() const override { return array_->snapshot(); }
    const std::uint64_t& generation() const override { return array_->generation(); }
    bool repeat_hit_is_noop() const override { return false; }
    unsigned lookups = 0;

   private:
    std::unique_ptr<tlb::Tlb> array_;
  };
  mmu::Config c;
  Fussy* l1d = nullptr;
  c.make_tlb = [&](const std::string& name, const tlb::Geometry& shape) {
    auto tlb = std::make_unique<Fussy>(shape);
    if (name == "l1d") l1d = tlb.get();
    return tlb;
  };
  Bench b(c);
  b.map(kVa, kPa);
  b.run([&] {
    b.load(kVa);
    for (unsigned i = 2; i < 5; ++i) {
      ASSERT_TRUE(direct(b, Access::kLoad, kVa));
      EXPECT_FALSE(g.countable);
      EXPECT_EQ(l1d->lookups, i) << "each access is a real lookup";
    }
  });
}

// ---- what ends a grant ------------------------------------------------------------------------

class GrantEnds : public DirectTest {
 protected:
  void expect_ended(Bench& b, const std::function<void()>& change) {
    b.load(kVa);
    ASSERT_TRUE(direct(b, Access::kLoad, kVa));
    EXPECT_EQ(*g.generation, g.generation_value);
    change();
    EXPECT_NE(*g.generation, g.generation_value);
  }
};

TEST_F(GrantEnds, ByAnyChangeOfWhatItWasMadeFrom) {
  Bench b;
  for (unsigned i = 0; i < 32; ++i) b.map(kVa + i * 0x1000, kPa + i * 0x1000);
  b.run([&] {
    expect_ended(b, [&] { b.fence(FenceForm::kAddress, kVa); });
    expect_ended(b, [&] {
      Context c = b.context;
      c.sum = !c.sum;
      b.use(c);
    });
    expect_ended(b, [&] { b.load(kVa + 0x1000); });
    expect_ended(b, [&] {
      b.load(kVa + 0x1000);
      DirectGrant other = g;
      ASSERT_TRUE(direct(b, Access::kLoad, kVa));
      other = g;
      ASSERT_TRUE(direct(b, Access::kLoad, kVa + 0x1000));
      g = other;  // another entry was used since
    });
    expect_ended(b, [&] { b.memory.physical->invalidate_direct_mem_ptr(kPa, kPa); });
    expect_ended(b, [&] { b.mmu.set_pmp(0, Pmp(4)); });
  });
}

TEST_F(GrantEnds, NotByWhatDoesNotConcernIt) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    b.fetch(kVa);
    ASSERT_TRUE(direct(b, Access::kFetch, kVa, 4));
    const DirectGrant fetch = g;
    Context c = b.context;
    c.sum = true;
    b.use(c);
    b.load(kVa);
    b.fence(FenceForm::kAddress, kVa + 0x8000);
    EXPECT_EQ(*fetch.generation, fetch.generation_value);
    ASSERT_TRUE(direct(b, Access::kFetch, kVa, 4));
    EXPECT_EQ(*fetch.generation, fetch.generation_value) << "the same entry again";
  });
}

// ---- the counting property --------------------------------------------------------------------

/// A hart in front of one bench: with `counting` it uses grants as translation_port_if allows.
struct Rider {
  Bench& bench;
  bool counting;
  DirectGrant held[2];
  std::uint64_t counted = 0;
  std::uint64_t directs = 0;

  struct Result {
    bool ok;
    std::uint64_t value;
    std::uint64_t ps;
    bool operator==(const Result& o) const { return ok == o.ok && value == o.value && ps == o.ps; }
  };
  Result access(Access a, std::uint64_t va, unsigned n, std::uint64_t value) {
    const Port p = a == Access::kFetch ? Port::kFetch : Port::kData;
    DirectGrant& g = held[static_cast<unsigned>(p)];
    const bool store = a == Access::kStore;
    if (counting) {
      const bool repeat = g.covers(va, n) && (store ? g.write : g.read) && g.countable &&
                          *g.generation == g.generation_value;
      if (repeat) {
        ++counted;
        ++*(store ? g.write_repeats : g.repeats);
        return through(g, store, va, n, value);
      }
      if (bench.mmu.direct(p, va, n, a, g)) {
        ++directs;
        return through(g, store, va, n, value);
      }
      g = DirectGrant{};
    }
    const Reply r = bench.access(a, va, n, value);
    return {r.ok(), r.value, r.delay_ps};
  }
  static Result through(const DirectGrant& g, bool store, std::uint64_t va, unsigned n,
                        std::uint64_t value) {
    std::uint8_t* host = g.host + (va - g.first);
    if (store) {
      std::memcpy(host, &value, n);
      return {true, value, g.write_latency_ps};
    }
    std::uint64_t read = 0;
    std::memcpy(&read, host, n);
    return {true, read, g.read_latency_ps};
  }
};

void expect_same_state(Bench& a, Bench& b) {
  for (const Port p : {Port::kFetch, Port::kData}) {
    const auto x = a.mmu.l1(p)->snapshot();
    const auto y = b.mmu.l1(p)->snapshot();
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(x[i].valid, y[i].valid);
      ASSERT_EQ(x[i].asid, y[i].asid);
      ASSERT_EQ(x[i].translation.va_base, y[i].translation.va_base);
      ASSERT_EQ(x[i].translation.pte, y[i].translation.pte);
    }
  }
  const auto x = a.mmu.l2()->snapshot();
  const auto y = b.mmu.l2()->snapshot();
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(x[i].valid, y[i].valid);
    ASSERT_EQ(x[i].translation.va_base, y[i].translation.va_base);
  }
  ASSERT_EQ(Figures(a.mmu.statistics()).all(), Figures(b.mmu.statistics()).all());
  ASSERT_EQ(a.memory.bytes, b.memory.bytes);
}

class CountingProperty : public SystemCTest, public ::testing::WithParamInterface<Replacement> {};

TEST_P(CountingProperty, StateCountsAndTimesAreEqual) {
  const std::uint64_t seed = tests::seed(4242);
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  mmu::Config config;
  for (auto* tlb : {&config.l1i, &config.l1d, &config.l2}) {
    tlb->geometry.replacement = GetParam();
    tlb->lookup_cycles = 2;
  }
  config.l1i.geometry.entries = config.l1i.geometry.ways = 4;
  config.l1d.geometry.entries = 8;
  config.l1d.geometry.ways = 4;
  config.l2.geometry.entries = 16;
  config.l2.geometry.ways = 4;
  Bench plain(config);
  Bench quick(config);
  Rider slow{plain, false, {}};
  Rider fast{quick, true, {}};
  Bench* const both[] = {&plain, &quick};
  constexpr unsigned kPages = 24;
  for (Bench* b : both) {
    for (unsigned i = 0; i < kPages; ++i) {
      std::uint64_t flags = Bench::kAll;
      if (i % 3 == 0) flags &= ~Bench::kD;
      if (i % 5 == 0) flags &= ~Bench::kW;
      if (i % 7 == 0) flags |= Bench::kG;
      b->map(kVa + i * 0x1000, kPa + i * 0x1000, flags);
    }
    b->map(0x4000'0000, 0x8000'0000, Bench::kAll, 2);
    b->memory.dmi_write = {Memory::kBase, kPa + 0x5FFF};
  }
  plain.run([&] {
    std::mt19937_64 random(seed);
    std::uint64_t base[2] = {kVa, kVa};
    const std::uint64_t steps = tests::rounds(300'000);
    for (std::uint64_t step = 0; step < steps; ++step) {
      const unsigned port = random() % 2;
      if (random() % 8 == 0) {
        base[port] = random() % 12 == 0 ? 0x4040'0000 + random() % 8 * 0x1000
                                        : kVa + random() % kPages * 0x1000;
      }
      const Access kind = port == 0           ? Access::kFetch
                          : random() % 3 == 0 ? Access::kStore
                                              : Access::kLoad;
      const unsigned n = 4U << random() % 2;
      const std::uint64_t va = base[port] + random() % (random() % 64 == 0 ? 0x1000 : 0xFF0);
      const std::uint64_t value = random();
      ASSERT_EQ(slow.access(kind, va, n, value), fast.access(kind, va, n, value))
          << "step " << step;
      if (random() % 512 != 0) continue;
      const auto form = static_cast<FenceForm>(random() % 4);
      const bool fence = random() % 2 == 0;
      Context c = plain.context;
      c.asid = static_cast<std::uint32_t>(random() % 3);
      c.sum = random() % 2 == 0;
      for (Bench* b : both) {
        if (fence) {
          b->fence(form, base[1], c.asid);
        } else {
          b->use(c);
        }
        if (step % 3 == 0) b->memory.physical->invalidate_direct_mem_ptr(kPa, kPa + 0xFFFF);
      }
      if (step % 16 == 0) {
        ASSERT_NO_FATAL_FAILURE(expect_same_state(plain, quick));
      }
      plain.memory.seen.clear();
      quick.memory.seen.clear();
    }
    ASSERT_NO_FATAL_FAILURE(expect_same_state(plain, quick));
    EXPECT_GT(fast.counted, steps / 4) << "the property must have been put to the test";
    EXPECT_GT(fast.directs, steps / 16);
  });
  const Figures f(quick.mmu.statistics());
  for (const char* name : {"l1i", "l1d", "l2"}) {
    const std::string n = name;
    EXPECT_EQ(f.at(n + ".hits") + f.at(n + ".misses"), f.at(n + ".lookups"));
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, CountingProperty,
                         ::testing::Values(Replacement::kTreePlru, Replacement::kLru,
                                           Replacement::kFifo, Replacement::kRandom),
                         [](const auto& p) { return std::string(tlb::name(p.param)); });

}  // namespace
}  // namespace lookaside::tests
