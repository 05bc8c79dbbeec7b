// SPDX-License-Identifier: Apache-2.0
// Running firmware with mmu.backend rtl and lockstep.
#pragma once

#include "cosim/cosim_run.h"

namespace lookaside::tests {

class MmuRun : public CosimRun {
 protected:
  Finished run_mmu(const std::string& program, const std::string& elf, const std::string& backend,
                   std::vector<std::string> more = {}, unsigned seconds = 120) const {
    std::vector<std::string> words = {
        "run", firmware(elf), "--set", "mmu.backend=" + backend, "--stats", backend + ".json"};
    words.insert(words.end(), more.begin(), more.end());
    return here(program, words, seconds);
  }

  /// Console output under rtl and lockstep is the model's; in lockstep every number is, and every
  /// access was compared.
  void expect_the_model(const std::string& elf, unsigned seconds = 120) {
    const auto with = [&](const char* backend) {
      std::vector<std::string> more;
      if (elf.rfind("disk-", 0) == 0) {
        write("disk.img", fresh_disk());
        more = {"--disk", "disk.img"};
      }
      return run_mmu(LOOKASIDE_PROGRAM, elf, backend, more, seconds);
    };
    const Finished model = with("model");
    ASSERT_EQ(model.status, 0) << model.err;
    const Finished rtl = with("rtl");
    const Finished both = with("lockstep");
    EXPECT_EQ(rtl.status, model.status) << rtl.err;
    EXPECT_EQ(rtl.out, model.out);
    EXPECT_EQ(both.status, model.status) << both.err;
    EXPECT_EQ(both.out, model.out);
    const Json in_lockstep = statistics("lockstep");
    EXPECT_EQ(without(in_lockstep), without(statistics("model")));
    const Json& made = in_lockstep["statistics"]["hart0"]["mmu"];
    EXPECT_EQ(made["lockstep"]["accesses_compared"], made["translations"]);
    EXPECT_EQ(made["lockstep"]["pte_reads_compared"], made["walker"]["pte_reads"]);
    std::uint64_t fences = 0;
    for (const auto& [form, count] : made["fences"].items()) fences += count.get<std::uint64_t>();
    EXPECT_EQ(made["lockstep"]["fences_compared"], fences);
  }

 private:
  /// The tree without what the backend adds and without the configuration.
  static Json without(Json document) {
    document["run"].erase("configuration");
    document["statistics"]["hart0"]["mmu"].erase("lockstep");
    std::vector<std::string> added;
    for (const auto& [name, meaning] : document["schema"].items()) {
      if (name.rfind("hart0.mmu.lockstep.", 0) == 0) added.push_back(name);
    }
    for (const std::string& name : added) document["schema"].erase(name);
    return document;
  }
};

}  // namespace lookaside::tests
