// SPDX-License-Identifier: Apache-2.0
// The checks behind Elf::parse.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/platform/elf.h>

namespace lookaside::platform {

/// Fills an Elf from its bytes, or throws ElfError at the first thing that is wrong.
class ElfParser {
 public:
  explicit ElfParser(Elf& elf) : elf_(elf) {}
  void parse();

 private:
  struct Table {
    std::uint64_t offset;
    std::uint64_t entry_size;
    std::uint64_t count;
  };
  struct Section {
    std::uint64_t header_offset;
    std::uint32_t type;
    std::uint32_t link;
    std::uint64_t offset;
    std::uint64_t size;
    std::uint64_t entry_size;
  };

  void identification();
  void header();
  void segment(std::uint64_t at);
  void sort_segments();
  void entry(std::uint64_t address);
  void sections(const Table& table);
  Section section(std::uint64_t at) const;
  void symbols(const Section& table, const Section& names);

  /// An unsigned little-endian number; the caller has checked that it lies in the file.
  std::uint64_t number(std::uint64_t at, unsigned bytes) const;
  /// A field whose place depends on the class: (offset, bytes) for 32 and for 64 bit.
  struct Field {
    unsigned offset32, bytes32, offset64, bytes64;
  };
  std::uint64_t field(std::uint64_t base, const Field& field) const;
  void need(std::uint64_t at, std::uint64_t bytes, const std::string& what) const;
  void need_table(const Table& table, std::uint64_t expected_entry, std::uint64_t at,
                  const std::string& what) const;
  [[noreturn]] void fail(std::uint64_t at, const std::string& found,
                         const std::string& expected) const;

  Elf& elf_;
};

}  // namespace lookaside::platform
