// SPDX-License-Identifier: Apache-2.0
// What a firmware program must print, what it printed, and the difference in words.
#pragma once

#include <string>
#include <vector>

namespace lookaside::firmware_tests {

/// Where a program runs: "rv64" and "sv39", or "rv64" and "bare" for a program without paging.
struct Variant {
  std::string program;
  std::string xlen;
  std::string mode;
};
/// "faults-rv64-sv39" or "hello-rv32".
Variant parse_variant(const std::string& elf_name);

/// One line of firmware/expected/<program>.txt or of firmware/waivers.txt.
struct Entry {
  std::string program;  ///< waivers only
  std::string name;
  std::string rule;    ///< expected lines only
  std::string reason;  ///< waivers only
  std::vector<std::string> modes;
  bool covers(const Variant& variant) const;
};

/// `<test-name> <rule> <modes>` a line; modes are a comma list of all, rv32, rv64, sv32, sv39,
/// sv48, sv57, bare. `#` starts a comment. Throws std::runtime_error with file and line on anything
/// else.
std::vector<Entry> parse_expected(const std::string& text, const std::string& file);
/// `<program> <test-name> <modes> <reason in words>` a line.
std::vector<Entry> parse_waivers(const std::string& text, const std::string& file);

/// Compares a program's output with what is expected of it in this variant. A FAIL line is accepted
/// only under a waiver of that test, and a waiver must be used. Empty if all is well, else one
/// message a line.
std::vector<std::string> compare(const std::string& output, const Variant& variant,
                                 const std::vector<Entry>& expected,
                                 const std::vector<Entry>& waivers);

}  // namespace lookaside::firmware_tests
