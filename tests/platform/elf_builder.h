// SPDX-License-Identifier: Apache-2.0
// Writes small ELF files byte by byte after the System V ABI, for tests; knows nothing of the
// loader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::tests {

class ElfBuilder {
 public:
  using Bytes = std::vector<std::uint8_t>;
  struct Part {
    std::uint64_t address;
    Bytes data;
    std::uint64_t memory_size;
    std::uint64_t virtual_address;
  };

  explicit ElfBuilder(unsigned xlen = 64) : xlen_(xlen) {}

  ElfBuilder& entry(std::uint64_t address) {
    entry_ = address;
    return *this;
  }
  /// memory_size 0: as long as the data; virtual_address ~0: equal to the address.
  ElfBuilder& segment(std::uint64_t address, Bytes data, std::uint64_t memory_size = 0,
                      std::uint64_t virtual_address = ~std::uint64_t{0}) {
    if (memory_size == 0) memory_size = data.size();
    if (virtual_address == ~std::uint64_t{0}) virtual_address = address;
    parts_.push_back({address, std::move(data), memory_size, virtual_address});
    return *this;
  }
  /// Code as 32-bit instruction words.
  ElfBuilder& code(std::uint64_t address, const std::vector<std::uint32_t>& words,
                   std::uint64_t memory_size = 0) {
    Bytes data;
    for (const std::uint32_t word : words) append(data, word, 4);
    return segment(address, data, memory_size);
  }
  /// type: 0 none, 1 object, 2 function; binding: 0 local, 1 global; section 1 or 0xfff1
  /// (absolute).
  ElfBuilder& symbol(const std::string& name, std::uint64_t value, unsigned type = 2,
                     unsigned binding = 1, unsigned section = 1) {
    symbols_.push_back({name, value, type, binding, section});
    return *this;
  }

  /// ELF header, program headers, segment data, symbol table, names, section headers.
  Bytes build() const {
    const unsigned word = xlen_ / 8;
    const std::uint64_t header = xlen_ == 32 ? 52 : 64;
    const std::uint64_t program_entry = xlen_ == 32 ? 32 : 56;
    const std::uint64_t symbol_entry = xlen_ == 32 ? 16 : 24;
    std::uint64_t at = header + program_entry * parts_.size();
    Bytes programs;
    Bytes data;
    for (const Part& p : parts_) {
      append_program(programs, p, at + data.size());
      data.insert(data.end(), p.data.begin(), p.data.end());
    }
    const std::uint64_t symbols_at = at + data.size();
    Bytes names(1, 0);
    Bytes table(symbol_entry, 0);
    for (const Named& s : symbols_) {
      append_symbol(table, s, names.size());
      names.insert(names.end(), s.name.begin(), s.name.end());
      names.push_back(0);
    }
    const std::uint64_t names_at = symbols_at + table.size();
    const std::uint64_t sections_at = names_at + names.size();
    Bytes out{0x7f, 'E', 'L', 'F', static_cast<std::uint8_t>(xlen_ / 32), 1, 1};
    out.resize(16, 0);
    append(out, 2, 2);    // executable
    append(out, 243, 2);  // RISC-V
    append(out, 1, 4);
    append(out, entry_, word);
    append(out, header, word);
    append(out, symbols_.empty() ? 0 : sections_at, word);
    append(out, 0, 4);
    for (const std::uint64_t half : {header, program_entry, std::uint64_t{parts_.size()},
                                     std::uint64_t{xlen_ == 32 ? 40U : 64U},
                                     std::uint64_t{symbols_.empty() ? 0U : 3U}, std::uint64_t{0}}) {
      append(out, half, 2);
    }
    for (const Bytes* piece : {&programs, &data, &table, &names}) {
      out.insert(out.end(), piece->begin(), piece->end());
    }
    append_section(out, 0, 0, 0, 0, 0);
    append_section(out, 2, symbols_at, table.size(), 2, symbol_entry);
    append_section(out, 3, names_at, names.size(), 0, 0);
    return out;
  }

  static void append(Bytes& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

 private:
  struct Named {
    std::string name;
    std::uint64_t value;
    unsigned type, binding, section;
  };

  void append_program(Bytes& out, const Part& p, std::uint64_t offset) const {
    const unsigned word = xlen_ / 8;
    append(out, 1, 4);
    if (xlen_ == 64) append(out, 7, 4);
    for (const std::uint64_t field :
         {offset, p.virtual_address, p.address, std::uint64_t{p.data.size()}, p.memory_size}) {
      append(out, field, word);
    }
    if (xlen_ == 32) append(out, 7, 4);
    append(out, 4, word);
  }
  void append_symbol(Bytes& out, const Named& s, std::uint64_t name) const {
    append(out, name, 4);
    if (xlen_ == 32) {
      append(out, s.value, 4);
      append(out, 4, 4);
    }
    append(out, s.binding << 4 | s.type, 1);
    append(out, 0, 1);
    append(out, s.section, 2);
    if (xlen_ == 64) {
      append(out, s.value, 8);
      append(out, 4, 8);
    }
  }
  void append_section(Bytes& out, std::uint64_t type, std::uint64_t offset, std::uint64_t size,
                      std::uint64_t link, std::uint64_t entry_size) const {
    const unsigned word = xlen_ / 8;
    append(out, 0, 4);
    append(out, type, 4);
    append(out, 0, word);
    append(out, 0, word);
    append(out, offset, word);
    append(out, size, word);
    append(out, link, 4);
    append(out, 0, 4);
    append(out, 1, word);
    append(out, entry_size, word);
  }

  unsigned xlen_;
  std::uint64_t entry_ = 0x80000000;
  std::vector<Part> parts_;
  std::vector<Named> symbols_;
};

}  // namespace lookaside::tests
