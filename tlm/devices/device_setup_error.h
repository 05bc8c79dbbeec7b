// SPDX-License-Identifier: Apache-2.0
// Configuration of a device that makes no sense.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace lookaside::devices {

/// Raised by the constructor of a device: which part and key, what was found, what was expected.
class DeviceSetupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `value` if it is a power of two within [min, max], otherwise a DeviceSetupError.
inline std::uint64_t checked_power_of_two(const std::string& part, const std::string& key,
                                          std::uint64_t value, std::uint64_t min,
                                          std::uint64_t max) {
  if (value < min || value > max || (value & (value - 1)) != 0) {
    throw DeviceSetupError(fmt::format("{}: {} is {}, but must be a power of two from {} to {}",
                                       part, key, value, min, max));
  }
  return value;
}

}  // namespace lookaside::devices
