// SPDX-License-Identifier: Apache-2.0
// Episodes found in a waveform written here by hand, as the MMU writes its signals.
#include <gmock/gmock.h>

#include <lookaside/record/core/episode.h>
#include <lookaside/record/core/error.h>
#include <lookaside/record/core/wave_buffer.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using observe::Signal;
using observe::SignalKind;
using ::testing::HasSubstr;
using tests::message_of;
using tests::Temporary;
using End = Translation::End;

enum Outcome : std::uint64_t { kIdle, kL1Hit, kL1Miss, kL2Miss, kWalk, kRefill, kMemory, kFault };
enum AccessKind : std::uint64_t { kFetch, kLoad, kNone };
constexpr std::uint64_t kNoLevel = 7;

/// Plays accesses one after the other into a file.
class Script {
 public:
  explicit Script(const std::string& path) : buffer_(path, {}) {
    access_ = declare("access", SignalKind::kEnum, 2, {{0, "fetch"}, {1, "load"}, {2, "none"}});
    va_ = declare("va", SignalKind::kBits, 64, {});
    pa_ = declare("pa", SignalKind::kBits, 64, {});
    outcome_ = declare("outcome", SignalKind::kEnum, 3,
                       {{0, "idle"},
                        {1, "l1_hit"},
                        {2, "l1_miss"},
                        {3, "l2_miss"},
                        {4, "walk"},
                        {5, "refill"},
                        {6, "memory"},
                        {7, "fault"}});
    level_ = declare("walk_level", SignalKind::kEnum, 3,
                     {{0, "level0"}, {1, "level1"}, {2, "level2"}, {7, "none"}});
    pte_address_ = declare("pte_address", SignalKind::kBits, 64, {});
    pte_ = declare("pte", SignalKind::kBits, 64, {});
    cause_ = declare("fault_cause", SignalKind::kEnum, 4, {{0, "none"}, {13, "load_page_fault"}});
    text_ = declare("fault_text", SignalKind::kText, 0, {});
    idle();
  }
  std::uint64_t now() const { return now_; }
  void wait(std::uint64_t ps) { now_ += ps; }
  void hit(AccessKind kind, std::uint64_t va) {
    start(kind, va);
    outcome_.set(now_, kL1Hit);
    pa_.set(now_, va + 1);
    now_ += 10;
    idle();
  }
  void walk(AccessKind kind, std::uint64_t va, const std::vector<WalkRead>& reads, bool faults) {
    start(kind, va);
    outcome_.set(now_, kL1Miss);
    outcome_.set(now_ += 1000, kL2Miss);
    std::uint64_t level = reads.size();
    for (const WalkRead& read : reads) {
      outcome_.set(now_, kWalk);
      level_.set(now_, --level);
      pte_address_.set(now_, read.pte_address);
      pte_.set(now_, read.pte);
      now_ += 50000;
    }
    level_.set(now_, kNoLevel);
    if (faults) {
      outcome_.set(now_, kFault);
      cause_.set(now_, std::uint64_t{13});
      text_.set(now_, "has V=0");
    } else {
      outcome_.set(now_, kRefill);
      outcome_.set(now_ += 1000, kMemory);
      pa_.set(now_, va + 1);
    }
    now_ += 10000;
    idle();
  }
  void close() { EXPECT_EQ(buffer_.close(now_), ""); }

 private:
  Signal declare(const char* name, SignalKind kind, unsigned width,
                 std::vector<observe::EnumName> n) {
    return {&buffer_, {"hart0.mmu", name, kind, width, std::move(n), ""}};
  }
  void start(AccessKind kind, std::uint64_t va) {
    access_.set(now_, kind);
    va_.set(now_, va);
  }
  void idle() {
    outcome_.set(now_, kIdle);
    access_.set(now_, kNone);
    level_.set(now_, kNoLevel);
    cause_.set(now_, std::uint64_t{0});
    text_.set(now_, "");
  }

  WaveBuffer buffer_;
  std::uint64_t now_ = 0;
  Signal access_, va_, pa_, outcome_, level_, pte_address_, pte_, cause_, text_;
};

class EpisodeTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("run.fst"); }
  std::optional<Episode> find(EpisodeKind kind, std::optional<std::uint64_t> va = {}) const {
    EpisodeQuery query;
    query.kind = kind;
    query.va = va;
    return find_episode(WaveReader(path()), query);
  }
  Temporary directory_;
};

const std::vector<WalkRead> kThreeLevels = {
    {0, "", 0x1000, 0x401}, {0, "", 0x1008, 0x801}, {0, "", 0x2010, 0xc0f}};

TEST_F(EpisodeTest, CutsTheRunIntoTranslations) {
  Script script(path());
  script.hit(kFetch, 0x80000000);
  script.hit(kFetch, 0x80000004);  // no pause between the two
  script.wait(1000);
  const std::uint64_t begin = script.now();
  script.walk(kLoad, 0x4000, kThreeLevels, false);
  script.hit(kLoad, 0x4000);
  // The same fault twice, with the same PTE at the same address.
  for (int i = 0; i < 2; ++i) script.walk(kLoad, 0x5000, {{0, "", 0x1010, 0}}, true);
  script.close();

  std::vector<Translation> seen;
  for_each_translation(WaveReader(path()), "hart0.mmu", [&seen](const Translation& t) {
    seen.push_back(t);
    return true;
  });
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[0].va, 0x80000000U);
  EXPECT_EQ(seen[1].va, 0x80000004U);
  EXPECT_EQ(seen[1].access, "fetch");
  EXPECT_EQ(seen[1].end, End::kHit);
  EXPECT_FALSE(seen[1].missed);

  const Translation& miss = seen[2];
  EXPECT_TRUE(miss.missed);
  EXPECT_EQ(miss.access, "load");
  EXPECT_EQ(miss.end, End::kRefill);
  EXPECT_EQ(miss.begin_ps / 100, begin / 100);
  ASSERT_EQ(miss.reads.size(), 3U);
  const std::vector<std::string> levels = {"level2", "level1", "level0"};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(miss.reads[i].level, levels[i]);
    EXPECT_EQ(miss.reads[i].pte_address, kThreeLevels[i].pte_address);
    EXPECT_EQ(miss.reads[i].pte, kThreeLevels[i].pte);
  }
  EXPECT_EQ(miss.pa, 0x4001U);
  EXPECT_GT(miss.refill_ps, miss.reads[2].time_ps);
  EXPECT_EQ(seen[3].end, End::kHit);
  for (const std::size_t i : {4, 5}) {
    EXPECT_EQ(seen[i].end, End::kFault);
    EXPECT_EQ(seen[i].fault_cause, "load_page_fault");
    EXPECT_EQ(seen[i].fault_text, "has V=0");
    ASSERT_EQ(seen[i].reads.size(), 1U);
    EXPECT_EQ(seen[i].reads[0].pte_address, 0x1010U);
    EXPECT_EQ(seen[i].reads[0].pte, 0U);
  }
}

TEST_F(EpisodeTest, RefillNeedsAHitOnTheSameAddressAndKind) {
  Script script(path());
  script.walk(kLoad, 0x4000, kThreeLevels, false);
  script.hit(kLoad, 0x4008);
  script.hit(kFetch, 0x4000);
  script.walk(kLoad, 0x6000, kThreeLevels, false);
  script.hit(kLoad, 0x6000);
  script.hit(kLoad, 0x4000);
  script.close();
  const auto episode = find(EpisodeKind::kRefill);
  ASSERT_TRUE(episode);
  ASSERT_EQ(episode->translations.size(), 2U);
  EXPECT_EQ(episode->translations[0].va, 0x6000U);
  EXPECT_LT(episode->from_ps, episode->translations[0].begin_ps);
  EXPECT_GT(episode->to_ps, episode->translations[1].end_ps);
  ASSERT_EQ(episode->markers.size(), 3U);
  EXPECT_EQ(episode->markers[0].label, "TLB miss");
  EXPECT_EQ(episode->markers[1].label, "refill");
  EXPECT_EQ(episode->markers[2].label, "hit");
  EXPECT_THAT(describe(*episode), HasSubstr("walk level0: the PTE at 0x2010 is 0xc0f"));

  const auto asked = find(EpisodeKind::kRefill, 0x4000);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->translations[0].va, 0x4000U);
  EXPECT_FALSE(find(EpisodeKind::kRefill, 0x7000));
  EXPECT_FALSE(find(EpisodeKind::kFault));
}

TEST_F(EpisodeTest, StoryIsTheShortestOfRefillHitAndFault) {
  Script script(path());
  script.walk(kLoad, 0x1000, kThreeLevels, false);
  script.hit(kLoad, 0x1000);
  script.wait(10000000);
  script.walk(kLoad, 0x2000, kThreeLevels, true);
  script.walk(kLoad, 0x3000, kThreeLevels, false);
  script.hit(kLoad, 0x3000);
  script.walk(kLoad, 0x5000, kThreeLevels, true);
  script.wait(10000000);
  script.walk(kLoad, 0x6000, kThreeLevels, true);
  script.close();
  const auto story = find(EpisodeKind::kStory);
  ASSERT_TRUE(story);
  ASSERT_EQ(story->translations.size(), 3U);
  EXPECT_EQ(story->translations[0].va, 0x3000U);
  EXPECT_EQ(story->translations[1].va, 0x3000U);
  EXPECT_EQ(story->translations[2].va, 0x5000U);
  EXPECT_EQ(story->markers.back().label, "load page fault");

  const auto first = find(EpisodeKind::kFault);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->translations[0].va, 0x2000U);
}

TEST_F(EpisodeTest, AWaveformOfSomethingElseIsRefused) {
  WaveBuffer buffer(path(), {});
  buffer.declare({"soc", "x", SignalKind::kBits, 1, {}, ""});
  EXPECT_EQ(buffer.close(1), "");
  EXPECT_THAT(message_of<RecordError>([&] { (void)find(EpisodeKind::kStory); }),
              HasSubstr("has no signal 'hart0.mmu.access'"));
}

}  // namespace
}  // namespace lookaside::record
