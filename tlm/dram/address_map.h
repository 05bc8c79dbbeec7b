// SPDX-License-Identifier: Apache-2.0
// Which bank and row of the DRAM holds an address.
#pragma once

#include <cstdint>

#include <lookaside/dram/timing.h>

namespace lookaside::dram {

/// Place of one burst.
struct Location {
  std::uint32_t bank_group = 0;
  std::uint32_t bank = 0;  ///< flat: bank within its group * bank_groups + bank group
  std::uint64_t row = 0;
};

/// Address map row : bank : bank group : column, from the most significant bit down. A sequential
/// stream stays in a row for columns * bus_bytes bytes (8 KiB), then moves to the next bank group.
/// Rows are not bounded by a device density: memory of any size is one rank with more rows.
class AddressMap {
 public:
  explicit AddressMap(const Timing& timing)
      : row_bytes_(std::uint64_t{timing.columns} * timing.bus_bytes),
        bank_groups_(timing.bank_groups),
        banks_(timing.banks()) {}

  /// `address` counts bytes from the first byte of the DRAM, not physical addresses.
  Location locate(std::uint64_t address) const {
    const std::uint64_t page = address / row_bytes_;
    const auto bank = static_cast<std::uint32_t>(page % banks_);
    return {bank % bank_groups_, bank, page / banks_};
  }

 private:
  std::uint64_t row_bytes_;
  std::uint32_t bank_groups_;
  std::uint32_t banks_;
};

}  // namespace lookaside::dram
