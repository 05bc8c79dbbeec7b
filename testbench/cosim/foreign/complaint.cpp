// SPDX-License-Identifier: Apache-2.0
#include "complaint.h"

#include <fstream>
#include <regex>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

namespace lookaside::foreign {
namespace {

/// Names of the modules in the map's sources, for a message.
std::vector<std::string> modules(const PortMap& map, const std::string& rtl) {
  static const std::regex kModule(R"(^\s*module\s+(?:automatic\s+)?([A-Za-z_][A-Za-z0-9_$]*))");
  std::vector<std::string> names;
  for (const Written& source : map.sources) {
    std::ifstream file(source.text[0] == '/' ? source.text : rtl + "/" + source.text);
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, kModule)) names.push_back(match[1]);
    }
  }
  return names;
}

[[noreturn]] void no_top(const PortMap& map, const std::string& rtl) {
  const std::vector<std::string> known = modules(map, rtl);
  const std::string near = platform::nearest(map.top.text, known);
  map.fail(map.top.line,
           fmt::format("top: there is no module '{}' in the sources{}; found {}", map.top.text,
                       near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                       known.empty() ? "no module" : fmt::format("{}", fmt::join(known, ", "))));
}

std::string first_line_with(const std::string& output, const std::string& beginning) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(beginning, 0) == 0 && line.find("Exiting due to") == std::string::npos)
      return line;
  }
  return "";
}

}  // namespace

void refuse(const PortMap& map, const std::string& rtl, const std::string& output) {
  std::string line = first_line_with(output, "%Error");
  if (line.empty()) line = first_line_with(output, "%Warning");
  if (line.find("--top-module") != std::string::npos) no_top(map, rtl);
  static const std::regex kPlaced(
      R"(^%(Error|Warning)(-[A-Z0-9]+)?: (.+?:[0-9]+(?::[0-9]+)?): (.*)$)");
  static const std::regex kPlain(R"(^%(Error|Warning)(-[A-Z0-9]+)?: (.*)$)");
  std::smatch match;
  if (std::regex_match(line, match, kPlaced)) {
    const std::string code =
        match[2].str().empty() ? "" : fmt::format(" ({})", match[2].str().substr(1));
    throw MapError(fmt::format("{}: Verilator: {}{}; a source of {}:{}", match[3].str(),
                               match[4].str(), code, map.file, map.sources.front().line));
  }
  if (std::regex_match(line, match, kPlain)) map.fail(map.top.line, "Verilator: " + match[3].str());
  map.fail(map.top.line, "Verilator failed without a reason: " + output.substr(0, 200));
}

}  // namespace lookaside::foreign
