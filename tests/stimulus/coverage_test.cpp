// SPDX-License-Identifier: Apache-2.0
// Functional coverage: what counts as reached, what as a problem.
#include "stimulus/coverage.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace lookaside::stimulus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Coverage, EveryCombinationIsABin) {
  Coverage c("block");
  CoverPoint& p = c.add("cross", {flag("a"), numbered("b", 3)});
  EXPECT_EQ(p.size(), 6U);
  p.hit({1, 2});
  p.hit({1, 2});
  p.hit({0, 1});
  EXPECT_EQ(p.reached(), 2U);
  EXPECT_EQ(p.text(5), "a=yes b=2");
  EXPECT_EQ(p.count(5), 2U);
  EXPECT_EQ(p.text(1), "a=no b=1");
  EXPECT_EQ(p.count(1), 1U);
  EXPECT_EQ(c.problems().size(), 4U);
  EXPECT_THAT(c.problems().front(), HasSubstr("cross: not reached: a=no b=0"));
}

TEST(Coverage, ExcludedBinsAreNotWantedAndMustNotBeReached) {
  Coverage c("block");
  CoverPoint& p = c.add("cross", {flag("a"), flag("b")});
  p.exclude("b needs a", [](const CoverPoint::Bins& b) { return b[0] == 0 && b[1] == 1; });
  p.hit({0, 0});
  p.hit({1, 0});
  p.hit({1, 1});
  EXPECT_THAT(c.problems(), IsEmpty());
  EXPECT_EQ(c.reached(), 3U);
  EXPECT_EQ(c.wanted(), 3U);
  p.hit({0, 1});
  EXPECT_THAT(c.problems(), ElementsAre("cross: excluded, but reached: a=no b=yes (b needs a)"));
}

TEST(Coverage, AReasonThatExcludesNothingIsAProblem) {
  Coverage c("block");
  CoverPoint& p = c.add("point", {flag("a")});
  p.hit({0});
  p.hit({1});
  p.exclude("of old", [](const CoverPoint::Bins&) { return false; });
  EXPECT_THAT(c.problems(), ElementsAre("point: excludes nothing: of old"));
}

TEST(Coverage, ReportAndJsonSayTheSame) {
  Coverage c("block");
  CoverPoint& p = c.add("point", {flag("a"), flag("b")});
  p.exclude("never", [](const CoverPoint::Bins& b) { return b[0] == 1 && b[1] == 1; });
  p.hit({0, 1});
  const nlohmann::json j = c.json();
  EXPECT_EQ(j["reached"], 1);
  EXPECT_EQ(j["wanted"], 3);
  EXPECT_EQ(j["points"][0]["bins"][3]["excluded"], "never");
  EXPECT_EQ(j["points"][0]["bins"][1]["count"], 1);
  EXPECT_THAT(c.report(), HasSubstr("33.33"));
  EXPECT_THAT(c.report(), HasSubstr("1 excluded: never"));
}

TEST(Coverage, ANameIsTakenOnce) {
  Coverage c("block");
  c.add("point", {flag("a")});
  EXPECT_THROW(c.add("point", {flag("a")}), std::invalid_argument);
  EXPECT_THROW(c.add("empty", {{"axis", {}}}), std::invalid_argument);
}

}  // namespace
}  // namespace lookaside::stimulus
