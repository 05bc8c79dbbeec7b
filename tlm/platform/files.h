// SPDX-License-Identifier: Apache-2.0
// Reading input files.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::platform {

/// Names the file and the reason.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a whole regular file; throws FileError.
std::vector<std::uint8_t> read_file(const std::string& path);

}  // namespace lookaside::platform
