// SPDX-License-Identifier: Apache-2.0
// LockstepMmu: agrees on good RTL, and sees each thing it says it compares when it is wrong.
#include <functional>
#include <utility>

#include <gmock/gmock.h>

#include "cosim/mmu/engine_bench.h"
#include "cosim/mmu/replay.h"

namespace lookaside::tests {
namespace {

using cosim::Difference;
using cosim::MmuAnswer;
using cosim::MmuMemoryRequest;
using cosim::MmuTlb;
using cosim::Monitor;
using ::testing::HasSubstr;

/// What is wrong with the RTL: a function that changes what the pins show, at its `nth` chance.
struct Fault {
  const char* name;
  bool (*answer)(MmuAnswer&) = nullptr;
  bool (*memory)(MmuMemoryRequest&) = nullptr;
  bool (*event)(cosim::MmuEvent&) = nullptr;
  bool keeps_entry = false;  ///< one is left by a fence
  bool silent = false;
};

/// A good RTL behind a fault.
class FaultyPort final : public MmuPort {
 public:
  inline static const Fault* fault = nullptr;
  static std::unique_ptr<MmuPort> make() { return std::make_unique<FaultyPort>(); }

  FaultyPort() : good_(make_rv64()) {}
  void reset() override { good_->reset(); }
  State request(const cosim::MmuRequest& request) override {
    if (fault->silent) throw cosim::RtlSilent("the RTL never takes the request");
    return shown(good_->request(request));
  }
  State respond(std::uint64_t edges, bool ok, bool swapped, std::uint64_t data) override {
    return shown(good_->respond(edges, ok, swapped, data));
  }
  void fence(const translation::Fence& f) override {
    good_->fence(f);
    shown(State::kAnswer);
  }
  void set_pmp(unsigned index, std::uint8_t cfg, std::uint64_t addr) override {
    good_->set_pmp(index, cfg, addr);
  }
  void idle(std::uint64_t edges) override {
    good_->idle(edges);
    shown(State::kMemory);
  }
  std::vector<std::uint64_t> valid(MmuTlb tlb) override {
    std::vector<std::uint64_t> words = good_->valid(tlb);
    if (fault->keeps_entry && tlb == MmuTlb::kL1D) words[0] |= 1;
    return words;
  }
  unsigned valid_count(MmuTlb tlb) override { return good_->valid_count(tlb); }
  void watch(std::function<void()> cycle) override { good_->watch(std::move(cycle)); }
  cosim::MmuInside inside() override { return good_->inside(); }

 private:
  State shown(State state) {
    answer_ = good_->answer();
    memory_ = good_->memory();
    cycles_ = good_->cycles();
    busy_ = good_->busy();
    if (fault->answer != nullptr && state == State::kAnswer) fault->answer(answer_);
    if (fault->memory != nullptr && state == State::kMemory) fault->memory(memory_);
    for (const MmuTlb tlb : {MmuTlb::kL1I, MmuTlb::kL1D, MmuTlb::kL2}) {
      for (cosim::MmuEvent e : good_->events(tlb)) {
        if (fault->event != nullptr) fault->event(e);
        events(tlb).push_back(e);
      }
      good_->events(tlb).clear();
    }
    return state;
  }
  std::unique_ptr<MmuPort> good_;
};

const MmuVariant& faulty() {
  static const MmuVariant kVariant = [] {
    MmuVariant v = rv64();
    v.make = FaultyPort::make;
    return v;
  }();
  return kVariant;
}

class Lockstep : public ::testing::Test {
 protected:
  /// Loads, hits, a store that sets D, a fetch, faults, and a fence.
  static void exercise(Engine& engine) {
    const Format& format = translation::kSv39;
    engine.set_pmp(open_pmp(16, format));
    Tables tables(format);
    tables.map(2, Tables::kLeaf & ~0x80U);
    tables.map(5, 0);
    std::uint64_t time = 0;
    const auto run = [&](Access access, std::uint64_t va) {
      Job j = tables.job(access, va, time);
      tables.run(engine, j);
      time = j.time_ps + 1000;
    };
    run(Access::kLoad, 0x1008);
    run(Access::kLoad, 0x1010);
    run(Access::kStore, 0x2000);
    run(Access::kFetch, 0x1000);
    run(Access::kLoad, 0x5004);
    run(Access::kLoad, std::uint64_t{1} << 50);
    for (std::uint64_t page = 6; page < 16; ++page) run(Access::kLoad, page * Tables::kPage);
    engine.fence({translation::FenceForm::kAsid, 0, 1}, time);
    engine.fence({}, time);
    run(Access::kLoad, 0x1008);
  }
};

TEST_F(Lockstep, AgreesAndCountsWhatItCompared) {
  for (const MmuVariant* variant : {&rv64()}) {
    Surroundings around(*variant);
    Monitor monitor;
    cosim::LockstepMmu both("hart0.mmu", *variant, around.config, around.counters, around.waves,
                            monitor);
    exercise(both);
    EXPECT_FALSE(monitor.differed()) << report(*monitor.difference(), {});
    EXPECT_EQ(both.compared(), around.counters.translations.value);
    EXPECT_EQ(both.compared(), 17U);
  }
}

// Time, statistics and answers are the model's, whatever the RTL takes.
TEST_F(Lockstep, NumbersAreTheModels) {
  Surroundings alone(rv64());
  mmu::Translator model(alone.config, alone.counters, alone.waves);
  exercise(model);
  Surroundings around(rv64());
  Monitor monitor;
  cosim::LockstepMmu both("hart0.mmu", rv64(), around.config, around.counters, around.waves,
                          monitor);
  both.set_memory_edges(9);
  exercise(both);
  EXPECT_EQ(around.counters.walker.walk_latency_ns.sum(),
            alone.counters.walker.walk_latency_ns.sum());
  EXPECT_EQ(around.counters.l1d.hits.value, alone.counters.l1d.hits.value);
}

const Fault kFaults[] = {
    {"physical address", [](MmuAnswer& a) { return a.pa ^= 0x1000, true; }},
    {"fault", [](MmuAnswer& a) { return a.fault = !a.fault, true; }},
    {"rule",
     [](MmuAnswer& a) {
       if (a.fault) a.rule = translation::Rule::kReservedBits;
       return a.fault;
     }},
    {"cause", [](MmuAnswer& a) { return a.cause ^= a.fault ? 2 : 0, a.fault; }},
    {"tval", [](MmuAnswer& a) { return a.tval += a.fault ? 4 : 0, a.fault; }},
    {"PTE address", nullptr, [](MmuMemoryRequest& m) { return m.address ^= 8, true; }},
    {"asks memory for", nullptr, [](MmuMemoryRequest& m) { return std::exchange(m.cas, true); }},
    {"expected", nullptr, [](MmuMemoryRequest& m) { return m.expected ^= m.cas ? 1 : 0, m.cas; }},
    {"desired", nullptr, [](MmuMemoryRequest& m) { return m.desired ^= m.cas ? 0x80 : 0, m.cas; }},
    {"l1d", nullptr, nullptr,
     [](cosim::MmuEvent& e) { return e.way ^= e.hit_or_evict && !e.fill ? 1 : 0, true; }},
    {"l1d", nullptr, nullptr, [](cosim::MmuEvent& e) { return e.way ^= e.fill ? 1 : 0, true; }},
    {"l1d", nullptr, nullptr, [](cosim::MmuEvent& e) { return e.hit_or_evict ^= e.fill, true; }},
    {"l1d entries left", nullptr, nullptr, nullptr, true},
    {"answer", nullptr, nullptr, nullptr, false, true},
};

TEST_F(Lockstep, EverythingThatIsComparedIsSeenWhenItIsWrong) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    FaultyPort::fault = &fault;
    Surroundings around(rv64());
    Monitor monitor;
    unsigned stops = 0;
    monitor.on_difference([&](const Difference&) { ++stops; });
    cosim::LockstepMmu both("hart0.mmu", faulty(), around.config, around.counters, around.waves,
                            monitor);
    exercise(both);
    ASSERT_TRUE(monitor.differed());
    EXPECT_EQ(stops, 1U);
    const Difference& d = *monitor.difference();
    bool seen = false;
    for (const cosim::ComparedField& f : d.fields) seen |= f.name == fault.name && f.differs();
    EXPECT_TRUE(seen) << report(d, {});
    EXPECT_LT(both.compared(), around.counters.translations.value);
    EXPECT_EQ(d.history.block, "mmu");
    // The page is the engineer's.
    EXPECT_THAT(report(d, {}), HasSubstr("<-- differs"));
  }
}

// What was asked, and what memory answered, is all that a replay needs.
TEST_F(Lockstep, ADifferenceIsReproducedFromItsHistoryAndMinimised) {
  const Fault inverted{"physical address", [](MmuAnswer& a) { return a.pa ^= 0x1000, true; }};
  FaultyPort::fault = &inverted;
  Surroundings around(rv64());
  Monitor monitor;
  cosim::LockstepMmu both("hart0.mmu", faulty(), around.config, around.counters, around.waves,
                          monitor);
  exercise(both);
  ASSERT_TRUE(monitor.differed());
  const cosim::Stimulus read =
      cosim::parse_stimulus(text_of(monitor.difference()->history), "history.stim");
  const cosim::ReplayResult again = cosim::replay_mmu(read, {faulty()});
  ASSERT_TRUE(again.difference);
  EXPECT_EQ(again.difference->what(), monitor.difference()->what());
  const cosim::Stimulus small = cosim::minimise_mmu(read, {faulty()});
  EXPECT_LE(small.operations.size(), 6U) << text_of(small);
  EXPECT_FALSE(cosim::replay_mmu(small, {rv64()}).difference) << text_of(small);
}

TEST_F(Lockstep, StimuliThatCannotBeRunSayWhere) {
  const auto message = [](const std::string& text) {
    try {
      cosim::replay_mmu(cosim::parse_stimulus(text, "x.stim"), {rv64()});
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(message("block mmu variant=rv99\n"),
              HasSubstr("x.stim: block mmu: variant: found 'rv99', expected one of test_rv64"));
  EXPECT_THAT(message("block mmu variant=test_rv64\nlookup va=0x1000 asid=0x1\n"),
              HasSubstr("x.stim:2: found 'lookup"));
}

}  // namespace
}  // namespace lookaside::tests
