// SPDX-License-Identifier: Apache-2.0
// Descriptor of a configuration parameter: one place for name, default, range, unit and sentence.
// Validation, --set, `lookaside config` and the manual all come from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::observe {

enum class ParameterKind {
  kBool,     ///< true | false
  kInteger,  ///< decimal or 0x hexadecimal, within [min, max]
  kSize,     ///< bytes; a plain number or one with KiB, MiB or GiB, within [min, max]
  kReal,     ///< decimal fraction, within [min, max]
  kChoice,   ///< one of `choices`
  kText,     ///< free text, e.g. a file name
  kList,     ///< a YAML sequence whose items the reader of the key validates itself
};

struct Parameter {
  std::string key;  ///< dotted, with the unit in its name: "ddr.clock_mhz"
  ParameterKind kind = ParameterKind::kInteger;
  std::string default_value;  ///< as a user would write it
  double min = 0;             ///< for kInteger, kSize and kReal
  double max = 0;
  std::vector<std::string> choices;  ///< for kChoice
  std::string unit;                  ///< "entries", "bytes", "MHz", ...
  std::string sentence;              ///< what it does, for the architect who sets it
};

}  // namespace lookaside::observe
