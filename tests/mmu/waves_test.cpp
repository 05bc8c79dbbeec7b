// SPDX-License-Identifier: Apache-2.0
// A reviewer must see in the waveform, in order: the miss, each level of the walk with address and
// value, the refill, the hit that follows, and a fault by its name.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

/// Keeps every event as text: "outcome=l1_miss".
class Recorder : public observe::SignalSink {
 public:
  struct Event {
    std::uint64_t ps;
    std::string text;
  };
  observe::SignalId declare(const observe::SignalDescription& d) override {
    EXPECT_EQ(d.scope, "hart0.mmu");
    EXPECT_FALSE(d.sentence.empty());
    EXPECT_TRUE(names_.emplace(d.name, d).second) << d.name << " declared twice";
    signals_.push_back(d);
    return static_cast<observe::SignalId>(signals_.size() - 1);
  }
  void emit(observe::SignalId id, std::uint64_t ps, std::uint64_t value) override {
    EXPECT_GE(ps, sc_core::sc_time_stamp().value());
    std::string text = std::to_string(value);
    if (signals_[id].kind == observe::SignalKind::kEnum) {
      text = "?";
      for (const auto& n : signals_[id].names) {
        if (n.value == value) text = n.name;
        EXPECT_LT(n.value, 1U << signals_[id].width);
      }
    }
    events.push_back({ps, signals_[id].name + "=" + text});
  }
  void emit_text(observe::SignalId id, std::uint64_t ps, std::string_view text) override {
    events.push_back({ps, signals_[id].name + "=" + std::string(text)});
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const Event& e : events) result.push_back(e.text);
    return result;
  }
  std::vector<Event> events;

 private:
  std::vector<observe::SignalDescription> signals_;
  std::map<std::string, observe::SignalDescription> names_;
};

class WavesTest : public SystemCTest {
 protected:
  static std::string text(const char* name, std::uint64_t v) {
    return std::string(name) + "=" + std::to_string(v);
  }
  static void expect_time_order(const Recorder& r) {
    for (std::size_t i = 1; i < r.events.size(); ++i) {
      EXPECT_GE(r.events[i].ps, r.events[i - 1].ps) << r.events[i].text;
    }
  }
};

TEST_F(WavesTest, MissWalkRefillHit) {
  Recorder recorder;
  mmu::Config config;
  Bench b(config, &recorder);
  const std::uint64_t leaf = b.map(kVa, kPa);
  b.advance = true;
  b.local_ps = 5'000;
  b.run([&] {
    EXPECT_THAT(recorder.texts(), ::testing::IsSupersetOf({"outcome=idle", "access=none",
                                                           "fault_cause=none", "fault_text="}));
    recorder.events.clear();
    b.load(kVa + 8);
    b.load(kVa + 16);
    protocol::DirectGrant g;
    EXPECT_FALSE(b.mmu.direct(protocol::Port::kData, kVa, 8, Access::kLoad, g))
        << "every access must be seen";
  });
  const auto walk = b.memory.on(true);
  std::vector<std::string> expected = {"access=load", text("va", kVa + 8), "outcome=l1_miss",
                                       "outcome=l2_miss"};
  for (unsigned i = 0; i < 3; ++i) {
    expected.push_back("outcome=walk");
    expected.push_back("walk_level=level" + std::to_string(2 - i));
    expected.push_back(text("pte_address", walk[i].address));
    expected.push_back(text("pte", b.memory.get(walk[i].address, 8)));
  }
  EXPECT_EQ(walk[2].address, leaf);
  for (const std::string& more :
       {std::string("walk_level=none"), std::string("outcome=refill"), text("tlb_entry", 0),
        std::string("outcome=memory"), text("pa", kPa + 8), std::string("outcome=idle"),
        std::string("access=none"), std::string("access=load"), text("va", kVa + 16),
        text("tlb_entry", 0), std::string("outcome=l1_hit"), text("pa", kPa + 16),
        std::string("outcome=idle"), std::string("access=none")}) {
    expected.push_back(more);
  }
  EXPECT_EQ(recorder.texts(), expected);
  expect_time_order(recorder);
  // Each state is visible: it lasts.
  std::uint64_t last_ps = 0;
  for (const auto& e : recorder.events) {
    if (e.text.rfind("outcome=", 0) != 0 || e.text == "outcome=idle") continue;
    EXPECT_GT(e.ps, last_ps) << e.text;
    last_ps = e.ps;
  }
  EXPECT_EQ(recorder.events.front().ps, 5'000U);
  EXPECT_EQ(recorder.events.back().ps, b.local_ps);
}

TEST_F(WavesTest, AFaultHasItsNameAndItsSentence) {
  Recorder recorder;
  Bench b({}, &recorder);
  b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kA);
  b.advance = true;
  b.run([&] {
    b.load(kVa);
    recorder.events.clear();
    const Reply r = b.store(kVa, 1);
    const auto texts = recorder.texts();
    EXPECT_THAT(texts, ::testing::ElementsAre(
                           "access=store", text("va", kVa), "tlb_entry=0", "outcome=l1_hit",
                           "outcome=fault", "walk_level=none", "fault_cause=store_page_fault",
                           "fault_text=" + explain(r.fault), "outcome=idle", "access=none"));
    const auto& idle = recorder.events.back();
    EXPECT_GT(idle.ps, recorder.events[4].ps) << "the fault lasts";
    // It stays to be read; an equal one after it is told apart.
    recorder.events.clear();
    b.store(kVa, 1);
    const auto again = recorder.texts();
    const auto none = std::find(again.begin(), again.end(), "fault_cause=none");
    ASSERT_NE(none, again.end());
    EXPECT_EQ(*std::next(none), "fault_cause=store_page_fault");
  });
  expect_time_order(recorder);
}

TEST_F(WavesTest, L2HitAdUpdateAndBypass) {
  Recorder recorder;
  Bench b({}, &recorder);
  b.map(kVa, kPa, Bench::kAll & ~Bench::kD);
  b.advance = true;
  b.run([&] {
    b.load(kVa);
    recorder.events.clear();
    b.fetch(kVa);
    EXPECT_THAT(recorder.texts(),
                ::testing::IsSupersetOf({"access=fetch", "outcome=l2_hit", "outcome=refill"}));
    recorder.events.clear();
    b.store(kVa, 1);
    EXPECT_THAT(recorder.texts(), ::testing::Contains("outcome=ad_update"));
    Context bare;
    b.use(bare);
    recorder.events.clear();
    b.load(kPa);
    EXPECT_THAT(recorder.texts(),
                ::testing::IsSupersetOf({"outcome=bypass", text("pa", kPa).c_str()}));
  });
  expect_time_order(recorder);
}

}  // namespace
}  // namespace lookaside::tests
