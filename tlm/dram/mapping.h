// SPDX-License-Identifier: Apache-2.0
// Bit-exact map between addresses and places in DRAM.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <lookaside/dram/device.h>

namespace lookaside::dram {

/// How devices are put together.
struct Organization {
  Device device;
  std::uint32_t channels = 1;   ///< power of two
  std::uint32_t ranks = 1;      ///< of each channel; power of two, at most 8
  std::uint32_t bus_bits = 64;  ///< data bus of a channel; a multiple of the device's width

  std::uint32_t devices_per_rank() const { return bus_bits / device.width; }
  std::uint64_t burst_bytes() const { return std::uint64_t{bus_bits} / 8 * device.burst_length; }
  std::uint64_t channel_bytes() const {
    return (std::uint64_t{device.density_gb} << 27) * devices_per_rank() * ranks;
  }
  std::uint64_t bytes() const { return channel_bytes() * channels; }
};

/// Where a burst lies.
struct Coordinates {
  std::uint32_t channel = 0;
  std::uint32_t rank = 0;
  std::uint32_t bank_group = 0;
  std::uint32_t bank = 0;  ///< within its group
  std::uint32_t row = 0;
  std::uint32_t column = 0;  ///< in bursts
  bool operator==(const Coordinates& o) const {
    return channel == o.channel && rank == o.rank && bank_group == o.bank_group && bank == o.bank &&
           row == o.row && column == o.column;
  }
};

/// What is wrong with a map or an organization.
class MappingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A map is written from the most significant bit down: "row:rank:bank:bank_group:column". A field
/// may be split: "row:column[6:2]:bank:bank_group:column[1:0]"; fields of no bits may be left out.
/// The bytes of a burst lie below the last field. `exclusive_or` adds bits: "bank[0]^row[3]" makes
/// bank bit 0 the exclusive or of itself and row bit 3, both as they stand in the address.
class Mapping {
 public:
  /// Throws MappingError: an unknown field, a bit twice or missing, a map that is no bijection.
  Mapping(const Organization& organization, const std::string& fields,
          const std::vector<std::string>& exclusive_or = {});

  /// Coordinates of a byte's burst; bits above the memory's size are ignored.
  Coordinates locate(std::uint64_t address) const {
    const auto value = [this, address](unsigned field) {
      return static_cast<std::uint32_t>(address >> lowest_[field].shift) & lowest_[field].mask;
    };
    Coordinates at{value(0), value(1), value(2), value(3), value(4), value(5)};
    if (!plain_) complete(address, at);
    return at;
  }
  /// First byte of the burst at `at`: locate(address(at)) == at for every place that exists.
  std::uint64_t address(const Coordinates& at) const;

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t burst_bytes() const { return std::uint64_t{1} << burst_bits_; }

  static constexpr unsigned kFields = 6;

 private:
  struct Segment {  // consecutive bits of a field that are consecutive in the address
    std::uint8_t field, field_low, address_low, bits;
  };
  struct Xor {  // parity of the address under the mask, added to one bit
    std::uint8_t field, bit;
    std::uint64_t mask;
  };

  struct Slice {  // the segment with the lowest bit of a field
    std::uint8_t shift = 0;
    std::uint32_t mask = 0;
  };

  void parse_fields(const std::string& text);
  void parse_xor(const std::string& text);
  void invert();
  std::uint8_t field_named(const std::string& name, const std::string& where) const;
  void complete(std::uint64_t address, Coordinates& at) const;

  std::array<std::uint8_t, kFields> width_{};  // bits of each field
  std::uint8_t burst_bits_ = 0;
  std::uint8_t address_bits_ = 0;
  std::uint64_t bytes_ = 0;
  std::array<Slice, kFields> lowest_{};
  bool plain_ = true;  // these make up the whole map
  std::vector<Segment> segments_;
  std::vector<Xor> xors_;
  std::array<std::array<std::uint8_t, 32>, kFields> place_{};  // address bit of each field bit
  /// Row i: which coordinate bits (numbered by their address bit) make address bit i.
  std::array<std::uint64_t, 64> inverse_{};
};

}  // namespace lookaside::dram
