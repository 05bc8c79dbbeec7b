// SPDX-License-Identifier: Apache-2.0
// Every compared field is compared, and a report tells what differed.
#include <gmock/gmock.h>

#include "cosim/faulty_port.h"
#include "cosim/tlb/lockstep_tlb.h"
#include "cosim/tlb/replay.h"

namespace lookaside::cosim {
namespace {

using ::testing::HasSubstr;
using translation::FenceForm;

class Lockstep : public ::testing::Test {
 protected:
  Lockstep()
      : variant_(faulty_variant()),
        tlb_("hart0.mmu.l1d", variant_, geometry_of(variant_), monitor_, counts_) {
    monitor_.set_clock([this] { return now_ += 1000; });
    fill(kVa, 0x2B);
  }
  ~Lockstep() override { FaultyPort::lies() = {}; }

  void fill(std::uint64_t va, unsigned perm) {
    translation::Translation t;
    t.format = &format_of(variant_);
    t.page_shift = t.format->page_shift;
    t.va_base = va;
    t.pa_base = va + 0x8000'0000;
    t.pte = with_perm(1, perm);
    tlb_.fill(t, va, kAsid);
  }
  std::string what() const {
    return monitor_.difference() ? monitor_.difference()->what() : "nothing";
  }

  static constexpr std::uint64_t kVa = 0x4000;
  static constexpr std::uint32_t kAsid = 5;
  TlbVariant variant_;
  Monitor monitor_;
  TlbComparisons counts_{"l1d"};
  std::uint64_t now_ = 0;
  LockstepTlb tlb_;
};

TEST_F(Lockstep, HonestRtlAgreesAndIsCounted) {
  EXPECT_TRUE(tlb_.lookup(kVa, kAsid).hit);
  EXPECT_FALSE(tlb_.lookup(kVa, kAsid + 1).hit);
  EXPECT_TRUE(tlb_.drop(kVa, kAsid).hit);
  EXPECT_FALSE(tlb_.drop(kVa, kAsid).hit);
  EXPECT_EQ(tlb_.invalidate({FenceForm::kAll, 0, 0}), 0U);
  EXPECT_EQ(what(), "nothing");
  EXPECT_EQ(counts_.lookups.value, 2U);
  EXPECT_EQ(counts_.fills.value, 1U);
  EXPECT_EQ(counts_.drops.value, 2U);
  EXPECT_EQ(counts_.fences.value, 1U);
}

struct Lie {
  const char* field;
  void (*lie)(TlbAnswer&);
};

TEST_F(Lockstep, EveryFieldOfALookupIsCompared) {
  const Lie rows[] = {
      {"hit, set, way, ppn, page size, global, permissions", [](TlbAnswer& a) { a.hit = false; }},
      {"set", [](TlbAnswer& a) { a.set ^= 1; }},
      {"way", [](TlbAnswer& a) { a.way ^= 1; }},
      {"ppn", [](TlbAnswer& a) { a.ppn ^= 1; }},
      {"page size", [](TlbAnswer& a) { a.level ^= 1; }},
      {"global", [](TlbAnswer& a) { a.global = !a.global; }},
      {"permissions", [](TlbAnswer& a) { a.perm ^= 32; }},
  };
  for (const Lie& row : rows) {
    for (const bool dropping : {false, true}) {
      FaultyPort::lies() = {};
      Monitor monitor;
      TlbComparisons counts("x");
      LockstepTlb tlb("x", variant_, geometry_of(variant_), monitor, counts);
      translation::Translation t = tlb_.probe(kVa, kAsid).translation;
      tlb.fill(t, kVa, kAsid);
      FaultyPort::lies().answer = row.lie;
      const tlb::LookupResult found = dropping ? tlb.drop(kVa, kAsid) : tlb.lookup(kVa, kAsid);
      EXPECT_TRUE(found.hit) << "the model answers";
      ASSERT_TRUE(monitor.differed()) << row.field;
      EXPECT_EQ(monitor.difference()->what(), row.field);
      EXPECT_EQ(counts.lookups.value + counts.drops.value, 0U) << "a difference is not counted";
    }
  }
}

TEST_F(Lockstep, AFalseHitIsADifference) {
  FaultyPort::lies().answer = [](TlbAnswer& a) { a.hit = true; };
  EXPECT_FALSE(tlb_.lookup(kVa + 0x1000, kAsid).hit);
  EXPECT_THAT(what(), ::testing::StartsWith("hit"));
}

TEST_F(Lockstep, EveryFieldOfARefillIsCompared) {
  const struct {
    const char* field;
    void (*lie)(TlbFilled&);
  } rows[] = {
      {"stored", [](TlbFilled& f) { f.stored = false; }},
      {"set", [](TlbFilled& f) { f.set ^= 1; }},
      {"way", [](TlbFilled& f) { f.way ^= 1; }},
      {"evicts", [](TlbFilled& f) { f.evicted = !f.evicted; }},
  };
  for (const auto& row : rows) {
    FaultyPort::lies() = {};
    Monitor monitor;
    TlbComparisons counts("x");
    LockstepTlb tlb("x", variant_, geometry_of(variant_), monitor, counts);
    FaultyPort::lies().filled = row.lie;
    tlb.fill(tlb_.probe(kVa, kAsid).translation, kVa, kAsid);
    ASSERT_TRUE(monitor.differed()) << row.field;
    EXPECT_EQ(monitor.difference()->what(), row.field);
  }
}

TEST_F(Lockstep, TheEntriesThatAFenceLeavesAreCompared) {
  FaultyPort::lies().valid = [](std::vector<std::uint64_t>& words) { words[0] |= 4; };
  tlb_.invalidate({FenceForm::kAddress, kVa, 0});
  ASSERT_EQ(what(), "entries left");
  const ComparedField& f = monitor_.difference()->fields.back();
  EXPECT_EQ(f.model, "0 valid");
  EXPECT_EQ(f.rtl, "1 valid; set.way only here: 0.2");
}

TEST_F(Lockstep, RtlThatDoesNotAnswerIsADifference) {
  FaultyPort::lies().silent = true;
  EXPECT_TRUE(tlb_.lookup(kVa, kAsid).hit);
  ASSERT_EQ(what(), "answer");
  EXPECT_THAT(monitor_.difference()->remark, HasSubstr("rsp_valid_o"));
}

TEST_F(Lockstep, OnlyTheFirstDifferenceIsReportedAndTheRunIsToldOnce) {
  unsigned calls = 0;
  monitor_.on_difference([&](const Difference&) { ++calls; });
  FaultyPort::lies().answer = [](TlbAnswer& a) { a.ppn ^= 1; };
  tlb_.lookup(kVa, kAsid);
  tlb_.lookup(kVa, kAsid);
  tlb_.drop(kVa, kAsid);
  EXPECT_EQ(calls, 1U);
  EXPECT_EQ(monitor_.difference()->number, 2U) << "the fill was the first";
}

TEST_F(Lockstep, ThePageShowsBothSidesAndWhatCameBefore) {
  tlb_.lookup(kVa, kAsid);
  tlb_.lookup(0x9000, kAsid);
  FaultyPort::lies().answer = [](TlbAnswer& a) { a.ppn ^= 1; };
  tlb_.lookup(kVa, kAsid);
  ASSERT_EQ(what(), "ppn");
  ReportFiles files;
  files.stimulus = "lockstep-001.stim";
  files.stimulus_note = "2 of 4 operations";
  files.wave_note = "none: a reason";
  const std::string page = report(*monitor_.difference(), files);
  for (const char* part :
       {"=== RTL and model differ: hart0.mmu.l1d ===", "operation 4 of this block",
        "lookup va=0x4000 asid=0x5", "> ppn", "0x80004", "0x80005   <-- differs",
        "the last 3 operations before it, oldest first", "hit set 0 way 0", "miss",
        "lockstep-001.stim  (2 of 4 operations)", "(none: a reason)"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  // What agrees is there without a mark.
  EXPECT_THAT(page, HasSubstr("    way "));
  EXPECT_EQ(headline(*monitor_.difference()).find("hart0.mmu.l1d: RTL and model differ in ppn at"),
            0U);
}

TEST_F(Lockstep, AMinimisedStimulusIsWhatIsNeededAndNothingElse) {
  FaultyPort::lies() = {};
  // Wrong permissions for an executable page: needs the fill and the lookup.
  FaultyPort::lies().answer = [](TlbAnswer& a) {
    if ((a.perm & 4) != 0) a.perm ^= 2;
  };
  for (unsigned i = 1; i < 200; ++i) {
    fill(0x10'0000 + 0x1000 * (i % 40), 0x2B);
    tlb_.lookup(0x10'0000 + 0x1000 * (i % 50), kAsid);
    if (i % 17 == 0) tlb_.invalidate({FenceForm::kAsid, 0, kAsid});
  }
  fill(0x7000, 0x2F);
  for (unsigned i = 0; i < 5; ++i) tlb_.lookup(0x8000, kAsid);
  tlb_.lookup(0x7000, kAsid);
  ASSERT_EQ(what(), "permissions");
  const std::vector<TlbVariant> variants = {variant_};
  const Stimulus small = minimise_tlb(monitor_.difference()->history, variants);
  ASSERT_EQ(small.operations.size(), 2U) << text_of(small);
  EXPECT_EQ(small.operations[0].kind, OperationKind::kFill);
  EXPECT_EQ(small.operations[1], lookup(0x7000, kAsid));
  // As a file, it shows the same.
  const ReplayResult again = replay_tlb(parse_stimulus(text_of(small), "x.stim"), variants);
  ASSERT_TRUE(again.difference);
  EXPECT_EQ(again.difference->what(), "permissions");
  FaultyPort::lies() = {};
  EXPECT_FALSE(replay_tlb(small, variants).difference);
  EXPECT_TRUE(minimise_tlb(small, variants).operations.empty()) << "nothing to show any more";
}

}  // namespace
}  // namespace lookaside::cosim
