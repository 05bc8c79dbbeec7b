// SPDX-License-Identifier: Apache-2.0
// Reads ELF files of RISC-V, 32 and 64 bit, little-endian: what to load, where to start, which
// symbol an address belongs to. The file may be anything: nothing in it is believed before it is
// checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <lookaside/platform/configuration.h>

namespace lookaside::platform {

/// What is wrong with a file: its name, the offset, what was found, what was expected.
class ElfError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One piece to load. The bytes behind `data_size` up to `memory_size` are zero.
struct Segment {
  std::uint64_t header_offset = 0;  ///< of its program header in the file, for messages
  std::uint64_t virtual_address = 0;
  std::uint64_t physical_address = 0;  ///< where it is loaded
  std::uint64_t memory_size = 0;
  std::uint64_t data_offset = 0;  ///< in the file
  std::uint64_t data_size = 0;
};

struct Symbol {
  std::string name;
  std::uint64_t address = 0;
};

/// A checked ELF file in memory.
class Elf {
 public:
  /// Throws ElfError, or FileError where the file itself cannot be read.
  static Elf read(const std::string& path);
  /// `name` stands for the file name in messages.
  static Elf parse(std::vector<std::uint8_t> bytes, const std::string& name);

  const std::string& name() const { return name_; }
  unsigned xlen() const { return xlen_; }  ///< 32 or 64
  /// Entry point as a physical address: an entry inside a segment moves with it.
  std::uint64_t entry() const { return entry_; }
  /// Non-empty loadable segments by ascending physical address; they do not overlap.
  const std::vector<Segment>& segments() const { return segments_; }
  const std::uint8_t* data(const Segment& segment) const {
    return bytes_.data() + segment.data_offset;
  }

  /// Value of a symbol; of several with one name the global one, then the first.
  std::optional<std::uint64_t> symbol(const std::string& name) const;
  /// "main+0x12" for an address inside a segment; empty if there is no symbol at or below it.
  std::string locate(std::uint64_t address) const;
  /// Symbols by ascending address, one an address.
  const std::vector<Symbol>& symbols() const { return symbols_; }

  /// Throws ElfError if a segment does not lie within one RAM region.
  void check_fits(const std::vector<Region>& ram) const;

 private:
  friend class ElfParser;
  Elf() = default;

  std::string name_;
  std::vector<std::uint8_t> bytes_;
  unsigned xlen_ = 0;
  std::uint64_t entry_ = 0;
  std::vector<Segment> segments_;
  std::vector<Symbol> symbols_;
  std::map<std::string, std::uint64_t> by_name_;
};

}  // namespace lookaside::platform
