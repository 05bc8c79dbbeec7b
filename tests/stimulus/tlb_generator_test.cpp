// SPDX-License-Identifier: Apache-2.0
// The generator for TLBs: legal operations, reproducible, and weights that weigh.
#include "stimulus/tlb_generator.h"

#include <map>

#include <gmock/gmock.h>

#include "seed.h"

namespace lookaside::stimulus {
namespace {

using cosim::Operation;
using cosim::OperationKind;

const translation::Format* const kFormats[] = {&translation::kSv32, &translation::kSv39,
                                               &translation::kSv48, &translation::kSv57};

TEST(TlbGenerator, FillsAreCanonicalAndAligned) {
  for (const translation::Format* format : kFormats) {
    TlbGenerator generator({format, 8, 9}, {}, tests::seed());
    for (unsigned i = 0; i < 20'000; ++i) {
      const Operation o = generator.next();
      ASSERT_LT(o.asid, 1U << 9);
      if (o.kind != OperationKind::kFill) continue;
      ASSERT_TRUE(format->canonical(o.va)) << cosim::line_of(o);
      const unsigned offset_bits = format->leaf_shift(o.level) - format->page_shift;
      ASSERT_EQ(o.ppn & ((std::uint64_t{1} << offset_bits) - 1), 0U) << cosim::line_of(o);
    }
  }
}

TEST(TlbGenerator, OneSeedOneStimulus) {
  TlbGenerator a({}, {}, 7), b({}, {}, 7), c({}, {}, 8);
  unsigned different = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    const Operation o = a.next();
    ASSERT_EQ(o, b.next());
    different += o != c.next();
  }
  EXPECT_GT(different, 900U);
}

TEST(TlbGenerator, EveryOperationReadsBackFromItsLine) {
  cosim::Stimulus stimulus;
  stimulus.block = "tlb";
  TlbGenerator generator({}, {}, tests::seed());
  for (unsigned i = 0; i < 2000; ++i) stimulus.operations.push_back(generator.next());
  const cosim::Stimulus back = cosim::parse_stimulus(cosim::text_of(stimulus), "text");
  EXPECT_EQ(back.operations, stimulus.operations);
}

TEST(TlbGenerator, WeightsWeigh) {
  TlbWeights weights;
  weights.lookup = 10;
  weights.fill = 0;
  weights.drop = 0;
  weights.fence = 30;
  weights.fence_all = 0;
  weights.fence_asid = 0;
  TlbGenerator generator({}, weights, tests::seed());
  std::map<OperationKind, unsigned> kinds;
  for (unsigned i = 0; i < 4000; ++i) {
    const Operation o = generator.next();
    ++kinds[o.kind];
    if (o.kind == OperationKind::kFence) {
      ASSERT_GE(o.form, translation::FenceForm::kAddress);
    }
  }
  EXPECT_EQ(kinds.size(), 2U);
  EXPECT_NEAR(kinds[OperationKind::kFence], 3000, 200);
}

}  // namespace
}  // namespace lookaside::stimulus
