// SPDX-License-Identifier: Apache-2.0
// What a person is told who mistyped a command line: each message names what was found, what was
// expected, and the nearest word that exists.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace lookaside::testbench {

/// The first word that stands where a command is expected but is none, as a message; else empty.
std::string unknown_command(const CLI::App& parent, int argc, char** argv,
                            const std::string& called = "lookaside");

/// What went wrong when `program` parsed the command line, with the help to look at.
std::string usage_message(const CLI::App& program, const CLI::ParseError& error);

/// For Option::transform(): one of these words, in either case; the option gets it as it stands
/// here.
CLI::Validator one_of(std::vector<std::string> words);

/// For Option::transform(): an integer without sign. What CLI11 would do by itself is to read -1 as
/// the largest number that there is, and 010 as octal.
CLI::Validator whole_number(std::uint64_t min = 0,
                            std::uint64_t max = std::numeric_limits<std::uint64_t>::max());

}  // namespace lookaside::testbench
