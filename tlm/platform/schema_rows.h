// SPDX-License-Identifier: Apache-2.0
// How a row of the table of parameters is written. For the files of the schema only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <lookaside/observe/parameter.h>

namespace lookaside::platform {

using observe::Parameter;
using observe::ParameterKind;
using Table = std::vector<Parameter>;

inline constexpr double kNoLimit =
    9007199254740992.0;  // 2^53: every integer below is exact in a double

inline Parameter flag(std::string key, bool value, std::string sentence) {
  return {std::move(key),     ParameterKind::kBool, value ? "true" : "false", 0, 0, {}, "",
          std::move(sentence)};
}
inline Parameter integer(std::string key, std::string value, double min, double max,
                         std::string unit, std::string sentence) {
  return {std::move(key),  ParameterKind::kInteger, std::move(value), min, max, {},
          std::move(unit), std::move(sentence)};
}
inline Parameter size(std::string key, std::string value, double min, double max,
                      std::string sentence) {
  return {std::move(key), ParameterKind::kSize, std::move(value), min, max, {},
          "bytes",        std::move(sentence)};
}
inline Parameter real(std::string key, std::string value, double min, double max, std::string unit,
                      std::string sentence) {
  return {std::move(key),  ParameterKind::kReal, std::move(value), min, max, {},
          std::move(unit), std::move(sentence)};
}
inline Parameter choice(std::string key, std::vector<std::string> choices, std::string value,
                        std::string sentence) {
  return {
      std::move(key),     ParameterKind::kChoice, std::move(value), 0, 0, std::move(choices), "",
      std::move(sentence)};
}
inline Parameter text(std::string key, std::string value, std::string sentence) {
  return {std::move(key),     ParameterKind::kText, std::move(value), 0, 0, {}, "",
          std::move(sentence)};
}

/// The rows of ddr.*.
Table ddr_rows();

}  // namespace lookaside::platform
