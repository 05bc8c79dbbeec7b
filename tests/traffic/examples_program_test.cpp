// SPDX-License-Identifier: Apache-2.0
// Every command that the README and the help of `lookaside ddr` show is run.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {
namespace {

class DdrExamples : public DdrProgram {
 protected:
  /// Runs the lines of a text that begin with `prompt`, comments cut off; says how many there were.
  std::size_t run_lines(const std::string& text, const std::string& prompt) const {
    std::istringstream lines(text);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.compare(0, prompt.size(), prompt) != 0) continue;
      ++count;
      std::string command = line.substr(prompt.size());
      // What follows wide blanks in help texts is an explanation.
      command = command.substr(0, std::min(command.find("   "), command.find('#')));
      const Finished result = run_program(
          {"/bin/sh", "-c", "cd '" + in("") + "' && " LOOKASIDE_PROGRAM " ddr " + command});
      EXPECT_EQ(result.status, 0) << line << "\n" << result.err;
    }
    return count;
  }
};

TEST_F(DdrExamples, OfTheReadme) {
  std::ifstream file(LOOKASIDE_README);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_GE(run_lines(text.str(), "./lookaside ddr "), 10U);
}

TEST_F(DdrExamples, OfTheHelp) {
  std::size_t count = run_lines(ddr({"--help"}).out, "  lookaside ddr ");
  for (const char* command : {"play", "trace", "check", "dump", "wave", "rules", "presets"}) {
    count += run_lines(ddr({command, "--help"}).out, "  lookaside ddr ");
  }
  EXPECT_GE(count, 19U);
}

}  // namespace
}  // namespace lookaside::tests
