// SPDX-License-Identifier: Apache-2.0
// Weights: by name, from a file, and what is said when they are wrong.
#include "stimulus/weights.h"

#include <fstream>
#include <functional>

#include <gmock/gmock.h>

namespace lookaside::stimulus {
namespace {

using ::testing::HasSubstr;

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const WeightError& e) {
    return e.what();
  }
  return "";
}

class WeightFile {
 public:
  explicit WeightFile(const std::string& text) : path(::testing::TempDir() + "weights.yaml") {
    std::ofstream(path) << text;
  }
  std::string path;
};

TEST(Weights, EachOneCanBeSetAlone) {
  for (const WeightDescription& d : describe({})) {
    Weights w;
    w.set(d.name, std::to_string(d.value + 1));
    const std::vector<WeightDescription> before = describe({}), now = describe(w);
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_EQ(now[i].value, before[i].value + (now[i].name == d.name ? 1 : 0)) << now[i].name;
    }
  }
}

TEST(Weights, AFileChangesWhatItNames) {
  const WeightFile file("tlb:\n  fill: 70\n  global: 0\nmmu:\n  flip: 0x10\n");
  const Weights w = read_weights(file.path);
  EXPECT_EQ(w.tlb.fill, 70U);
  EXPECT_EQ(w.tlb.global, 0U);
  EXPECT_EQ(w.mmu.flip, 16U);
  EXPECT_EQ(w.tlb.lookup, Weights{}.tlb.lookup);
}

TEST(Weights, OfEachChoiceOneMustBeLeft) {
  Weights w;
  for (const char* name : {"tlb.lookup", "tlb.fill", "tlb.drop"}) w.set(name, "0");
  EXPECT_EQ(message([&] { w.check("tlb"); }), "") << "fences are left";
  w.set("tlb.fence", "0");
  EXPECT_THAT(message([&] { w.check("tlb"); }),
              HasSubstr("found 0 for all of tlb.lookup, tlb.fill, tlb.drop, tlb.fence, expected"));
  EXPECT_EQ(message([&] { w.check("mmu"); }), "");
  for (const char* name : {"all", "asid", "address", "address_asid"})
    w.set(std::string("mmu.fence_") + name, "0");
  EXPECT_THAT(message([&] { w.check("mmu"); }), HasSubstr("found 0 for all of mmu.fence_all, "));
  w.set("mmu.fence", "0");
  w.set("mmu.fence_in_walk", "0");
  EXPECT_EQ(message([&] { w.check("mmu"); }), "") << "there are no fences";
}

TEST(Weights, MessagesNamePlaceAndNearest) {
  EXPECT_THAT(message([] { Weights().set("tlb.fil", "3"); }), HasSubstr("did you mean 'tlb.fill'"));
  EXPECT_THAT(message([] { Weights().set("tlb.fill", "-1"); }), HasSubstr("expected 0 to 1000"));
  const WeightFile unknown("tlb:\n  fill: 3\n  fense: 4\n");
  EXPECT_THAT(message([&] { read_weights(unknown.path); }), HasSubstr("weights.yaml:3: found"));
  const WeightFile flat("tlb: 3\n");
  EXPECT_THAT(message([&] { read_weights(flat.path); }), HasSubstr("weights.yaml:1: expected"));
  EXPECT_THAT(message([] { read_weights("/no/such/file"); }), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace lookaside::stimulus
