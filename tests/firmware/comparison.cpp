// SPDX-License-Identifier: Apache-2.0
#include "comparison.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

namespace lookaside::firmware_tests {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::vector<std::string> parse_modes(const std::string& text, const std::string& where) {
  static const std::set<std::string> kKnown = {"all",  "rv32", "rv64", "sv32",
                                               "sv39", "sv48", "sv57", "bare"};
  std::vector<std::string> modes = split(text, ',');
  for (const std::string& mode : modes) {
    if (kKnown.count(mode) == 0) {
      throw std::runtime_error(fmt::format("{}: unknown mode '{}'", where, mode));
    }
  }
  return modes;
}

/// Calls `take` for every line that is not empty after its comment is cut, with "file:line".
template <typename Take>
void for_each_line(const std::string& text, const std::string& file, Take take) {
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    const std::string content = line.substr(0, line.find('#'));
    if (content.find_first_not_of(" \t\r") == std::string::npos) continue;
    take(content, fmt::format("{}:{}", file, number));
  }
}

struct Outcome {
  bool passed = false;
  std::string line;
};

/// "<verdict> <name> [<rule>] <xlen> <mode>[: details]" taken apart.
struct Line {
  std::string verdict, name, rule, xlen, mode;
};
bool parse_line(const std::string& text, Line& line) {
  std::istringstream stream(text);
  stream >> line.verdict;
  if (line.verdict != "PASS" && line.verdict != "FAIL") return false;
  stream >> line.name >> line.rule >> line.xlen >> line.mode;
  if (!line.mode.empty() && line.mode.back() == ':') line.mode.pop_back();
  return true;
}

}  // namespace

Variant parse_variant(const std::string& elf_name) {
  static const std::set<std::string> kModes = {"sv32", "sv39", "sv48", "sv57"};
  Variant variant;
  std::string rest = elf_name;
  const auto last_word = [&rest] {
    const std::size_t dash = rest.rfind('-');
    if (dash == std::string::npos) throw std::runtime_error("no mode in ELF name: " + rest);
    std::string word = rest.substr(dash + 1);
    rest.resize(dash);
    return word;
  };
  variant.mode = "bare";
  variant.xlen = last_word();
  if (kModes.count(variant.xlen) != 0) {
    variant.mode = variant.xlen;
    variant.xlen = last_word();
  }
  variant.program = rest;
  return variant;
}

bool Entry::covers(const Variant& variant) const {
  return std::any_of(modes.begin(), modes.end(), [&](const std::string& mode) {
    return mode == "all" || mode == variant.xlen || mode == variant.mode;
  });
}

std::vector<Entry> parse_expected(const std::string& text, const std::string& file) {
  std::vector<Entry> entries;
  for_each_line(text, file, [&](const std::string& line, const std::string& where) {
    std::istringstream stream(line);
    Entry entry;
    std::string modes;
    std::string extra;
    if (!(stream >> entry.name >> entry.rule >> modes) || (stream >> extra)) {
      throw std::runtime_error(where + ": expected '<test-name> <rule> <modes>'");
    }
    entry.modes = parse_modes(modes, where);
    entries.push_back(entry);
  });
  return entries;
}

std::vector<Entry> parse_waivers(const std::string& text, const std::string& file) {
  std::vector<Entry> entries;
  for_each_line(text, file, [&](const std::string& line, const std::string& where) {
    std::istringstream stream(line);
    Entry entry;
    std::string modes;
    if (!(stream >> entry.program >> entry.name >> modes >> std::ws) ||
        !std::getline(stream, entry.reason) || entry.reason.empty()) {
      throw std::runtime_error(where + ": expected '<program> <test-name> <modes> <reason>'");
    }
    entry.modes = parse_modes(modes, where);
    entries.push_back(entry);
  });
  return entries;
}

std::vector<std::string> compare(const std::string& output, const Variant& variant,
                                 const std::vector<Entry>& expected,
                                 const std::vector<Entry>& waivers) {
  std::vector<std::string> problems;
  std::map<std::string, std::string> rules;  // expected in this variant: name -> rule
  for (const Entry& entry : expected) {
    if (!entry.covers(variant)) continue;
    if (!rules.emplace(entry.name, entry.rule).second) {
      problems.push_back("listed twice in the expected lines: " + entry.name);
    }
  }
  std::set<std::string> waived;
  for (const Entry& waiver : waivers) {
    if (waiver.program == variant.program && waiver.covers(variant)) waived.insert(waiver.name);
  }
  std::map<std::string, Outcome> seen;
  for (const std::string& raw : split(output, '\n')) {
    const std::string text = raw.substr(0, raw.find('\r'));
    Line line;
    if (!parse_line(text, line)) continue;
    const auto rule = rules.find(line.name);
    if (!seen.emplace(line.name, Outcome{line.verdict == "PASS", text}).second) {
      problems.push_back("repeated: " + text);
    } else if (rule == rules.end()) {
      problems.push_back("not expected: " + text);
    } else if (line.rule != "[" + rule->second + "]" || line.xlen != variant.xlen ||
               line.mode != variant.mode) {
      problems.push_back(
          fmt::format("expected [{}] {} {}: {}", rule->second, variant.xlen, variant.mode, text));
    } else if (line.verdict == "FAIL" && waived.count(line.name) == 0) {
      problems.push_back("failed: " + text);
    }
  }
  for (const auto& [name, rule] : rules) {
    if (seen.count(name) == 0) problems.push_back(fmt::format("missing: {} [{}]", name, rule));
  }
  for (const std::string& name : waived) {
    const auto found = seen.find(name);
    if (found == seen.end() || found->second.passed) problems.push_back("unused waiver: " + name);
  }
  return problems;
}

}  // namespace lookaside::firmware_tests
