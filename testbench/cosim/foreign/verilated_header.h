// SPDX-License-Identifier: Apache-2.0
// What a Verilated module tells about itself: its ports, and the files it was made from.
#pragma once

#include <string>
#include <vector>

namespace lookaside::foreign {

struct HeaderPort {
  std::string name;    ///< as in the RTL
  std::string member;  ///< as in the class
  bool input = false;
  unsigned width = 1;
};

/// The ports that the header of a Verilated class declares; ports that are unpacked arrays are left
/// out: no single value stands for them.
std::vector<HeaderPort> header_ports(const std::string& path);

/// The source files that Verilator lists in V__verFiles.dat.
std::vector<std::string> files_read(const std::string& path);

/// Text of glue.cpp.in and foreign_api.h, part of this program.
extern const char* const kGlueText;
extern const char* const kApiText;

}  // namespace lookaside::foreign
