// SPDX-License-Identifier: Apache-2.0
// Running firmware with RTL in the place of the model.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"

namespace lookaside::tests {

using Json = nlohmann::ordered_json;

inline std::string firmware(const std::string& name) {
  return LOOKASIDE_FIRMWARE_DIRECTORY "/" + name + ".elf";
}

/// What the program `disk` expects: sector s holds the bytes s + 0, s + 1 ...
inline std::string fresh_disk() {
  std::string image;
  for (std::size_t i = 0; i < std::size_t{128} * 512; ++i) {
    image.push_back(static_cast<char>(i / 512 + i % 512));
  }
  return image;
}

class CosimRun : public ProgramTest {
 protected:
  /// A program in the test's directory, where reports are left.
  Finished here(const std::string& program, const std::vector<std::string>& words,
                unsigned seconds = 120) const {
    std::vector<std::string> all = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", in("."), program};
    all.insert(all.end(), words.begin(), words.end());
    return run_program(all, "", seconds);
  }
  Finished run(const std::string& program, const std::string& elf, const std::string& backend,
               std::vector<std::string> more = {}, unsigned seconds = 120) const {
    std::vector<std::string> words = {
        "run", firmware(elf), "--set", "mmu.tlb.backend=" + backend, "--stats", backend + ".json"};
    words.insert(words.end(), more.begin(), more.end());
    return here(program, words, seconds);
  }
  Json statistics(const std::string& backend) const { return Json::parse(read(backend + ".json")); }
};

/// Sum of one counter over the TLBs there are.
inline std::uint64_t sum(const Json& tlbs, const std::string& counter) {
  std::uint64_t total = 0;
  for (const char* part : {"l1i", "l1d", "l2"}) {
    if (tlbs.contains(part)) total += tlbs[part][counter].get<std::uint64_t>();
  }
  return total;
}

/// The tree without what the backend adds and without the configuration.
inline Json of_the_model(Json document) {
  document["run"].erase("configuration");
  document["statistics"].erase("lockstep");
  std::vector<std::string> added;
  for (const auto& [name, meaning] : document["schema"].items()) {
    if (name.rfind("lockstep.", 0) == 0) added.push_back(name);
  }
  for (const std::string& name : added) document["schema"].erase(name);
  return document;
}

/// Console output under rtl and lockstep is the model's; in lockstep every number is, and every
/// lookup was compared.
inline void expect_the_same_as_the_model(const Finished& model, const Finished& rtl,
                                         const Finished& both, const Json& model_json,
                                         const Json& both_json) {
  EXPECT_EQ(rtl.status, model.status) << rtl.err;
  EXPECT_EQ(rtl.out, model.out);
  EXPECT_EQ(both.status, model.status) << both.err;
  EXPECT_EQ(both.out, model.out);
  EXPECT_EQ(of_the_model(both_json), of_the_model(model_json));
  const Json& made = both_json["statistics"]["hart0"]["mmu"];
  const Json& compared = both_json["statistics"]["lockstep"];
  EXPECT_EQ(sum(compared, "lookups_compared"), sum(made, "lookups"));
  EXPECT_EQ(sum(compared, "fills_compared"), sum(made, "fills"));
}

}  // namespace lookaside::tests
