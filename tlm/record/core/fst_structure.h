// SPDX-License-Identifier: Apache-2.0
// Checks the outer structure of an FST file before anything trusts it: the library that reads FST
// follows lengths in the file blindly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::record {

/// One block of the file: a type byte, then a length of 8 bytes (big endian) that counts itself.
struct FstBlock {
  int type;
  std::uint64_t payload;  ///< offset of the first byte after type and length
  std::uint64_t size;     ///< bytes of the payload
};

struct FstStructure {
  std::uint64_t start = 0;  ///< in units of 10^timescale s
  std::uint64_t end = 0;
  std::int8_t timescale = 0;
  std::uint64_t handles = 0;  ///< values with storage of their own; aliases are not counted
  std::vector<FstBlock> blocks;
};

/// Throws RecordError saying file, offset, what was found and what was expected, if the file cannot
/// be opened, is empty, is no FST, is cut off, or was never completed by its writer.
FstStructure check_structure(const std::string& path);

/// Reads `size` bytes at `offset`; throws RecordError.
std::vector<unsigned char> read_bytes(const std::string& path, std::uint64_t offset,
                                      std::uint64_t size);

}  // namespace lookaside::record
