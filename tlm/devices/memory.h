// SPDX-License-Identifier: Apache-2.0
// Physical memory as the parts of a device that know no SystemC see it.
#pragma once

#include <cstdint>

namespace lookaside::devices {

class Memory {
 public:
  virtual ~Memory() = default;
  /// False: some byte was refused; bytes before it may have been moved.
  virtual bool read(std::uint64_t address, void* data, std::uint64_t bytes) = 0;
  virtual bool write(std::uint64_t address, const void* data, std::uint64_t bytes) = 0;
};

}  // namespace lookaside::devices
