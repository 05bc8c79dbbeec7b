// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/observe/statistic.h>

namespace lookaside::observe {
namespace {

using ::testing::ElementsAre;

/// Writes what it is shown as one line each.
class Lines : public StatisticVisitor {
 public:
  void scalar(const std::string& path, const Description& d, std::uint64_t value) override {
    lines.push_back(path + "/" + d.name + "=" + std::to_string(value) + " " + d.unit);
  }
  void derived(const std::string& path, const Description& d, double value) override {
    lines.push_back(path + "/" + d.name + "~" + std::to_string(value));
  }
  void vector(const std::string& path, const Description& d, const Vector& v) override {
    std::string line = path + "/" + d.name + "[";
    for (std::size_t i = 0; i < v.values.size(); ++i) {
      line += v.labels[i] + ":" + std::to_string(v.values[i]) + " ";
    }
    lines.push_back(line + "]");
  }
  void histogram(const std::string& path, const Description& d, const Histogram& h) override {
    lines.push_back(path + "/" + d.name + " n=" + std::to_string(h.count()));
  }
  void absent(const std::string& path, const Description& d, const std::string& reason) override {
    lines.push_back(path + "/" + d.name + " absent: " + reason);
  }
  std::vector<std::string> lines;
};

TEST(Statistic, AGroupIsVisitedInOrderOfRegistrationWithDottedPaths) {
  Scalar hits;
  Vector faults({"load", "store"});
  Histogram latency;
  StatisticGroup root("soc");
  StatisticGroup tlb("l1d");
  StatisticGroup nameless("");
  Scalar inner;
  root.add({"faults", "faults", ""}, faults);
  root.add_child(tlb);
  root.add_child(nameless);
  tlb.add({"hits", "accesses", ""}, hits);
  tlb.add({"latency_ns", "ns", ""}, latency);
  tlb.add_derived({"rate", "ratio", ""},
                  [&hits] { return static_cast<double>(hits.value) / 10.0; });
  tlb.add_absent({"bandwidth", "GB/s", ""}, "not timed");
  nameless.add({"inner", "events", ""}, inner);

  hits.value = 5;
  ++faults.values[1];
  latency.add(3);
  Lines seen;
  root.visit(seen);
  EXPECT_THAT(seen.lines, ElementsAre("soc/faults[load:0 store:1 ]", "soc.l1d/hits=5 accesses",
                                      "soc.l1d/latency_ns n=1", "soc.l1d/rate~0.500000",
                                      "soc.l1d/bandwidth absent: not timed", "soc/inner=0 events"));
}

TEST(Statistic, ResetReachesEveryCounterOfTheTree) {
  Scalar a;
  Scalar b;
  Vector v({"x"});
  Histogram h;
  StatisticGroup root("");
  StatisticGroup child("child");
  root.add({"a", "", ""}, a);
  root.add({"v", "", ""}, v);
  root.add_child(child);
  child.add({"b", "", ""}, b);
  child.add({"h", "", ""}, h);
  a.value = b.value = v.values[0] = 7;
  h.add(7);
  root.reset();
  EXPECT_EQ(a.value, 0U);
  EXPECT_EQ(b.value, 0U);
  EXPECT_EQ(v.values[0], 0U);
  EXPECT_EQ(h.count(), 0U);
  EXPECT_EQ(h.max(), 0U);
}

TEST(Histogram, BucketsArePowersOfTwo) {
  struct Row {
    std::uint64_t value;
    unsigned bucket;
  };
  const Row rows[] = {{0, 0}, {1, 1},     {2, 2},     {3, 2},
                      {4, 3}, {1023, 10}, {1024, 11}, {~std::uint64_t{0}, 64}};
  for (const Row& row : rows) {
    Histogram h;
    h.add(row.value);
    EXPECT_EQ(h.buckets()[row.bucket], 1U) << row.value;
  }
}

TEST(Histogram, FractionsAreInSumAndMean) {
  Histogram h;
  h.add_ratio(35, 2, 3);  // 17.5
  h.add_ratio(1, 3, 3);
  h.add(4);
  EXPECT_EQ(h.count(), 7U);
  EXPECT_EQ(h.sum(), 58U) << "57.5, up";
  EXPECT_DOUBLE_EQ(h.mean(), 57.5 / 7);
  EXPECT_EQ(h.min(), 0U);
  EXPECT_EQ(h.max(), 17U);
  EXPECT_EQ(h.buckets()[0], 3U);
  EXPECT_EQ(h.buckets()[Histogram::bucket_of(17)], 3U);
  h.reset();
  EXPECT_EQ(h.sum(), 0U);
}

TEST(Histogram, KeepsCountSumMinMaxAndMean) {
  Histogram h;
  EXPECT_EQ(h.mean(), 0.0);
  h.add(10);
  h.add(2);
  h.add(6);
  EXPECT_EQ(h.count(), 3U);
  EXPECT_EQ(h.sum(), 18U);
  EXPECT_EQ(h.min(), 2U);
  EXPECT_EQ(h.max(), 10U);
  EXPECT_DOUBLE_EQ(h.mean(), 6.0);
}

}  // namespace
}  // namespace lookaside::observe
