// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <lookaside/record/core/statistics_text.h>

namespace lookaside::record {
namespace {

using observe::Histogram;
using observe::Scalar;
using observe::StatisticGroup;
using observe::Vector;

TEST(StatisticsText, ShowsEveryKindAsATableOfItsGroup) {
  Scalar hits;
  Vector faults{{"load", "store", "fetch"}};
  Histogram latency;
  StatisticGroup top{"hart0"};
  StatisticGroup mmu{"mmu"};
  top.add_child(mmu);
  top.add({"instructions", "instructions", "Retired."}, hits);
  mmu.add({"faults", "faults", "Of each cause."}, faults);
  mmu.add({"latency_ns", "ns", "Of a walk."}, latency);
  mmu.add_derived({"hit_rate", "ratio", "Of all lookups."}, [] { return 0.5; });
  mmu.add_derived({"miss_rate", "ratio", "Of none."}, [] { return 0.0 / 0.0; });
  mmu.add_absent({"reads", "reads", "Of data."}, "timing is calibrated");
  hits.value = 1234;
  faults.values = {2, 0, 1};
  latency.add(1);
  latency.add(2);
  latency.add(3);
  EXPECT_EQ(statistics_text(top),
            "hart0\n"
            "  instructions                             1234  instructions Retired.\n"
            "\n"
            "hart0.mmu\n"
            "  faults                                      3  faults       Of each cause.\n"
            "    load                                      2\n"
            "    fetch                                     1\n"
            "  latency_ns                                  3  ns           Of a walk.\n"
            "    mean                                   2.00  (min 1, max 3)\n"
            "    1                                         1  ###############\n"
            "    2..3                                      2  ##############################\n"
            "  hit_rate                               0.5000  ratio        Of all lookups.\n"
            "  miss_rate                                 n/a  ratio        Of none.\n"
            "  reads                                       -  reads        Of data.\n"
            "    not known: timing is calibrated\n");
}

}  // namespace
}  // namespace lookaside::record
