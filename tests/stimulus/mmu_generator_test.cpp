// SPDX-License-Identifier: Apache-2.0
// The generator for MMUs: legal operations, reproducible, page tables that are there.
#include "stimulus/mmu_generator.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

#include <lookaside/translation/walk.h>

#include "seed.h"

namespace lookaside::stimulus {
namespace {

using cosim::Operation;
using cosim::OperationKind;

const MmuShape kRv64 = {{&translation::kSv39, &translation::kSv48, &translation::kSv57}, 16, 16};
const MmuShape kRv32 = {{&translation::kSv32}, 9, 4};

/// Memory that knows which addresses were written.
class Written final : public translation::PteMemory {
 public:
  std::map<std::uint64_t, std::uint64_t> words;
  std::set<std::uint64_t> errors;
  bool missed = false;

  bool read(std::uint64_t pa, unsigned, std::uint64_t& value) override {
    if (errors.count(pa) != 0) return false;
    const auto it = words.find(pa);
    missed = missed || it == words.end();
    value = it == words.end() ? 0 : it->second;
    return true;
  }
  bool compare_and_swap(std::uint64_t, unsigned, std::uint64_t, std::uint64_t,
                        bool& swapped) override {
    swapped = true;
    return true;
  }
};

TEST(MmuGenerator, AccessesLieInAPageWhoseTablesAreThere) {
  for (const MmuShape& shape : {kRv64, kRv32}) {
    MmuGenerator generator(shape, {}, tests::seed());
    Written memory;
    translation::Context context;
    const translation::Pmp open(0);
    unsigned accesses = 0;
    bool disturbed = false;
    for (unsigned i = 0; i < 30'000; ++i) {
      const Operation o = generator.next();
      if (o.kind == OperationKind::kContext) context = o.context;
      if (o.kind == OperationKind::kBusError) memory.errors.insert(o.pa);
      if (o.kind == OperationKind::kWrite) {
        disturbed = disturbed || o.phase != 0;
        memory.words[o.pa] = o.value;
        memory.errors.erase(o.pa);
      }
      if (o.kind != OperationKind::kAccess) continue;
      ++accesses;
      ASSERT_EQ(o.va >> 12, (o.va + o.bytes - 1) >> 12) << cosim::line_of(o);
      memory.missed = false;
      translation::translate(context, open, o.va, o.bytes, o.access, memory);
      ASSERT_TRUE(disturbed || !memory.missed) << i << ": " << cosim::line_of(o);
      disturbed = false;
    }
    EXPECT_GT(accesses, 10'000U);
  }
}

TEST(MmuGenerator, OneSeedOneStimulus) {
  MmuGenerator a(kRv64, {}, 7), b(kRv64, {}, 7), c(kRv64, {}, 8);
  unsigned different = 0;
  for (unsigned i = 0; i < 2000; ++i) {
    const Operation o = a.next();
    ASSERT_EQ(o, b.next());
    different += o != c.next();
  }
  EXPECT_GT(different, 1000U);
}

TEST(MmuGenerator, EveryOperationReadsBackFromItsLine) {
  for (const MmuShape& shape : {kRv64, kRv32}) {
    cosim::Stimulus stimulus;
    stimulus.block = "mmu";
    MmuGenerator generator(shape, {}, tests::seed());
    std::set<OperationKind> kinds;
    for (unsigned i = 0; i < 5000; ++i) {
      stimulus.operations.push_back(generator.next());
      kinds.insert(stimulus.operations.back().kind);
    }
    const cosim::Stimulus back = cosim::parse_stimulus(cosim::text_of(stimulus), "text");
    EXPECT_EQ(back.operations, stimulus.operations);
    EXPECT_EQ(kinds.size(), 7U);
  }
}

}  // namespace
}  // namespace lookaside::stimulus
