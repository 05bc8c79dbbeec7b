// SPDX-License-Identifier: Apache-2.0
#include "verilated_header.h"

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

namespace lookaside::foreign {
namespace {

/// Verilator writes a character that C++ does not allow, or a second underscore, as __0XX.
std::string demangled(const std::string& member) {
  std::string name;
  for (std::size_t i = 0; i < member.size(); ++i) {
    if (member.compare(i, 3, "__0") == 0 && i + 5 <= member.size()) {
      name += static_cast<char>(std::strtol(member.substr(i + 3, 2).c_str(), nullptr, 16));
      i += 4;
    } else {
      name += member[i];
    }
  }
  return name;
}

}  // namespace

std::vector<HeaderPort> header_ports(const std::string& path) {
  static const std::regex kPort(R"(VL_(IN|OUT)(?:8|16|64|W)?\(&(\w+),(\d+),(\d+)(?:,\d+)?\);)");
  std::vector<HeaderPort> ports;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, kPort)) continue;
    HeaderPort port;
    port.member = match[2];
    port.name = demangled(port.member);
    port.input = match[1] == "IN";
    const long msb = std::strtol(match[3].str().c_str(), nullptr, 10);
    const long lsb = std::strtol(match[4].str().c_str(), nullptr, 10);
    port.width = static_cast<unsigned>(std::labs(msb - lsb) + 1);
    ports.push_back(port);
  }
  return ports;
}

std::vector<std::string> files_read(const std::string& path) {
  static const std::regex kSource(R"re(^S .*?"(.*)"$)re");
  std::vector<std::string> files;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kSource)) files.push_back(match[1]);
  }
  return files;
}

}  // namespace lookaside::foreign
