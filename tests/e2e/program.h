// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a user would, in a directory of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lookaside::tests {

struct Finished {
  int status = -1;  ///< exit status; 128 + number if a signal ended it
  std::string out;
  std::string err;

  /// Lines on standard error.
  std::size_t messages() const;
};

/// Runs `words` with the given standard input and waits for the end, at most `seconds`.
Finished run_program(const std::vector<std::string>& words, const std::string& input = "",
                     unsigned seconds = 60);

/// The same where no file can take a byte more; standard error joins `out`.
Finished run_without_room(std::vector<std::string> words);

/// A fixture with an empty directory and the program `lookaside`.
class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest();
  ~ProgramTest() override;

  /// Path of a file in the test's directory.
  std::string in(const std::string& name) const { return (directory_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const;
  std::string write(const std::string& name, const std::vector<std::uint8_t>& content) const;
  /// Content of a file; a missing one fails the test.
  std::string read(const std::string& name) const;
  bool exists(const std::string& name) const { return std::filesystem::exists(in(name)); }
  /// Names of all files there.
  std::vector<std::string> files() const;

  /// `lookaside` with these words.
  Finished lookaside(std::vector<std::string> words, const std::string& input = "") const;

 private:
  std::filesystem::path directory_;
};

}  // namespace lookaside::tests
