// SPDX-License-Identifier: Apache-2.0
// What tests do with functional coverage: print it, write it down, and insist on all of it when the
// run is long enough.
//   LOOKASIDE_COVERAGE_GATE=1    every bin must be reached or excluded (set for long runs)
//   LOOKASIDE_COVERAGE_DIR=DIR   the bins are written to DIR/NAME.functional.json
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "seed.h"
#include "stimulus/coverage.h"

namespace lookaside::tests {

inline void judge(const stimulus::Coverage& coverage) {
  std::cout << coverage.report();
  if (const char* directory = std::getenv("LOOKASIDE_COVERAGE_DIR")) {
    std::string file = coverage.name();
    std::replace(file.begin(), file.end(), ' ', '_');
    std::filesystem::create_directories(directory);
    std::ofstream out(std::string(directory) + "/" + file + ".functional.json");
    out << coverage.json().dump(1) << "\n";
    EXPECT_TRUE(out.flush());
  }
  const bool gate = from_environment("LOOKASIDE_COVERAGE_GATE", 0) != 0;
  for (const std::string& problem : coverage.problems()) {
    // A short run need not reach everything; what it reaches must be possible.
    if (gate || problem.find(": not reached") == std::string::npos) ADD_FAILURE() << problem;
  }
  EXPECT_GT(coverage.reached(), coverage.wanted() / 2);
}

}  // namespace lookaside::tests
