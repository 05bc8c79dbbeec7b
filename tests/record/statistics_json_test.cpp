// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/statistics_json.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using observe::Histogram;
using observe::Scalar;
using observe::StatisticGroup;
using observe::Vector;
using ::testing::HasSubstr;
using tests::message_of;

/// A tree with one statistic of each kind, two levels deep.
struct Tree {
  Scalar hits;
  Vector faults{{"load", "store"}};
  Histogram latency;
  StatisticGroup top{"hart0"};
  StatisticGroup mmu{"mmu"};

  Tree() {
    top.add_child(mmu);
    mmu.add({"hits", "accesses", "Lookups that found their entry."}, hits);
    mmu.add({"faults", "faults", "Faults of each cause."}, faults);
    mmu.add({"latency_ns", "ns", "Duration of a walk."}, latency);
    mmu.add_derived({"hit_rate", "ratio", "Hits of all lookups."}, [this] {
      return static_cast<double>(hits.value) / static_cast<double>(hits.value + faults.values[0]);
    });
    mmu.add_absent({"data_reads", "reads", "Reads of data."}, "timing is calibrated");
  }
};

TEST(StatisticsJson, NestsByPathAndKeepsRegistrationOrder) {
  Tree tree;
  tree.hits.value = 3;
  tree.faults.values = {1, 0};
  tree.latency.add(0);
  tree.latency.add(5);
  tree.latency.add(7);
  const auto json = statistics_json(tree.top);
  EXPECT_EQ(json["statistics"]["hart0"]["mmu"].dump(),
            R"({"hits":3,"faults":{"load":1,"store":0},)"
            R"("latency_ns":{"count":3,"sum":12,"min":0,"max":7,"mean":4.0,)"
            R"("buckets":[{"from":0,"to":0,"count":1},{"from":4,"to":7,"count":2}]},)"
            R"("hit_rate":0.75,"data_reads":null})");
}

TEST(StatisticsJson, SchemaDescribesEveryStatistic) {
  Tree tree;
  const auto json = statistics_json(tree.top);
  EXPECT_EQ(json["format"], "lookaside-statistics");
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["schema"].size(), 5U);
  EXPECT_EQ(json["schema"]["hart0.mmu.hits"].dump(),
            R"({"kind":"scalar","unit":"accesses","sentence":"Lookups that found their entry."})");
  EXPECT_EQ(json["schema"]["hart0.mmu.data_reads"]["kind"], "absent");
  EXPECT_EQ(json["schema"]["hart0.mmu.data_reads"]["reason"], "timing is calibrated");
}

TEST(StatisticsJson, WhatIsNotKnownIsNullAndNeverZero) {
  Tree tree;  // nothing counted: 0/0, an empty histogram
  const auto json = statistics_json(tree.top);
  const auto& mmu = json["statistics"]["hart0"]["mmu"];
  EXPECT_TRUE(mmu["hit_rate"].is_null());
  EXPECT_TRUE(mmu["latency_ns"]["mean"].is_null());
  EXPECT_TRUE(mmu["latency_ns"]["min"].is_null());
  EXPECT_TRUE(mmu["data_reads"].is_null());
  EXPECT_EQ(mmu["hits"], 0);
}

TEST(StatisticsJson, NumbersOf64BitsStayExact) {
  Tree tree;
  tree.hits.value = std::numeric_limits<std::uint64_t>::max();
  tree.latency.add(tree.hits.value);
  const std::string text = statistics_json_text(tree.top);
  EXPECT_THAT(text, HasSubstr("\"hits\": 18446744073709551615,"));
  const auto json = nlohmann::ordered_json::parse(text);
  const auto& bucket = json["statistics"]["hart0"]["mmu"]["latency_ns"]["buckets"][0];
  EXPECT_EQ(bucket["from"].get<std::uint64_t>(), std::uint64_t{1} << 63U);
  EXPECT_EQ(bucket["to"].get<std::uint64_t>(), tree.hits.value);
}

TEST(StatisticsJson, RunInformationIsCarriedAndTextIsStable) {
  Tree tree;
  const std::string text = statistics_json_text(tree.top, {{"elf", "a.elf"}});
  EXPECT_EQ(nlohmann::ordered_json::parse(text)["run"]["elf"], "a.elf");
  EXPECT_EQ(text, statistics_json_text(tree.top, {{"elf", "a.elf"}}));
  EXPECT_EQ(text.back(), '\n');
}

TEST(StatisticsJson, TwoOfOnePathAreRefused) {
  Scalar a;
  Scalar b;
  StatisticGroup twice{"soc"};
  twice.add({"n", "", ""}, a);
  twice.add({"n", "", ""}, b);
  EXPECT_THAT(message_of<RecordError>([&] { statistics_json(twice); }), HasSubstr("'soc.n'"));

  StatisticGroup parent{"soc"};
  StatisticGroup child{"mmu"};
  parent.add({"mmu", "", ""}, a);
  child.add({"n", "", ""}, b);
  parent.add_child(child);
  EXPECT_THAT(message_of<RecordError>([&] { statistics_json(parent); }), HasSubstr("'soc.mmu'"));
}

}  // namespace
}  // namespace lookaside::record
