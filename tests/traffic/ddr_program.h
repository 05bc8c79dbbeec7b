// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr ...` as a user runs it, its figures as numbers.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"

namespace lookaside::tests {

class DdrProgram : public ProgramTest {
 protected:
  Finished ddr(std::vector<std::string> words, const std::string& input = "") const {
    words.insert(words.begin(), "ddr");
    return lookaside(std::move(words), input);
  }
  /// The document of `ddr play --json`; a status other than 0 fails the test.
  nlohmann::json document(std::vector<std::string> words, const std::string& input = "") const {
    words.insert(words.begin(), {"play", "--json"});
    const Finished run = ddr(std::move(words), input);
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out, nullptr, false);
  }
  /// Its statistics; broken timing rules fail the test.
  nlohmann::json play(std::vector<std::string> words, const std::string& input = "") const {
    nlohmann::json all = document(std::move(words), input)["statistics"];
    EXPECT_EQ(all["ddr"]["rule_violations"], 0);
    return all;
  }
};

inline double bandwidth(const nlohmann::json& figures) {
  return figures["player"]["bandwidth_gbps"].get<double>();
}

}  // namespace lookaside::tests
