// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include <lookaside/platform/elf_parser.h>

namespace lookaside::platform {
namespace {

// Values of the System V ABI and the RISC-V ELF psABI.
constexpr unsigned kIdentSize = 16, kClass = 4, kData = 5;
constexpr unsigned kClass32 = 1, kClass64 = 2, kLittleEndian = 1;
constexpr unsigned kExecutable = 2, kShared = 3, kRiscv = 243;
constexpr unsigned kLoad = 1;                                     // p_type
constexpr unsigned kSymbolTable = 2;                              // sh_type
constexpr unsigned kUndefined = 0, kAbsolute = 0xfff1;            // st_shndx
constexpr unsigned kFile = 4, kSectionSymbol = 3, kFunction = 2;  // symbol types
constexpr unsigned kLocal = 0;                                    // symbol binding

}  // namespace

void ElfParser::fail(std::uint64_t at, const std::string& found,
                     const std::string& expected) const {
  throw ElfError(
      fmt::format("{}: offset {:#x}: found {}, expected {}", elf_.name_, at, found, expected));
}

std::uint64_t ElfParser::number(std::uint64_t at, unsigned bytes) const {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    value |= std::uint64_t{elf_.bytes_[at + i]} << (8 * i);
  }
  return value;
}

std::uint64_t ElfParser::field(std::uint64_t base, const Field& f) const {
  return elf_.xlen_ == 32 ? number(base + f.offset32, f.bytes32)
                          : number(base + f.offset64, f.bytes64);
}

void ElfParser::need(std::uint64_t at, std::uint64_t bytes, const std::string& what) const {
  const std::uint64_t size = elf_.bytes_.size();
  if (at <= size && bytes <= size - at) return;
  fail(std::min(at, size), fmt::format("the end of the file ({} bytes)", size),
       fmt::format("{} of {} bytes at {:#x}", what, bytes, at));
}

void ElfParser::need_table(const Table& table, std::uint64_t expected_entry, std::uint64_t at,
                           const std::string& what) const {
  if (table.entry_size != expected_entry) {
    fail(at, fmt::format("{} entries of {} bytes", what, table.entry_size),
         fmt::format("{} bytes", expected_entry));
  }
  need(table.offset, table.count * table.entry_size, "a " + what + " table");
}

void ElfParser::parse() {
  identification();
  header();
}

void ElfParser::identification() {
  const auto& bytes = elf_.bytes_;
  if (bytes.empty()) {
    throw ElfError(elf_.name_ +
                   ": offset 0x0: found an empty file (0 bytes), expected an ELF file");
  }
  if (bytes.size() < 4 || std::memcmp(bytes.data(),
                                      "\x7f"
                                      "ELF",
                                      4) != 0) {
    std::string found = "the bytes";
    for (std::size_t i = 0; i < std::min<std::size_t>(4, bytes.size()); ++i) {
      found += fmt::format(" {:02x}", bytes[i]);
    }
    fail(0, found, "an ELF file (7f 45 4c 46)");
  }
  need(0, kIdentSize, "an ELF identification");
  if (bytes[kClass] != kClass32 && bytes[kClass] != kClass64) {
    fail(kClass, fmt::format("class {}", bytes[kClass]), "1 (32 bit) or 2 (64 bit)");
  }
  if (bytes[kData] != kLittleEndian) {
    fail(kData, fmt::format("data encoding {}", bytes[kData]), "1 (little-endian)");
  }
  elf_.xlen_ = bytes[kClass] == kClass32 ? 32 : 64;
}

void ElfParser::header() {
  const bool is32 = elf_.xlen_ == 32;
  need(0, is32 ? 52 : 64, "an ELF header");
  const std::uint64_t machine = number(18, 2);
  if (machine != kRiscv) fail(18, fmt::format("machine {}", machine), "243 (RISC-V)");
  const std::uint64_t type = number(16, 2);
  if (type != kExecutable && type != kShared) {
    fail(16, fmt::format("file type {}", type), "2 (executable) or 3 (position-independent)");
  }
  const Table programs{field(0, {28, 4, 32, 8}), field(0, {42, 2, 54, 2}),
                       field(0, {44, 2, 56, 2})};
  if (programs.count == 0)
    fail(is32 ? 44 : 56, "no program headers", "at least one segment to load");
  need_table(programs, is32 ? 32 : 56, is32 ? 42 : 54, "program header");
  for (std::uint64_t i = 0; i < programs.count; ++i)
    segment(programs.offset + i * programs.entry_size);
  if (elf_.segments_.empty()) {
    fail(programs.offset, "no loadable segment", "at least one of type 1 with a size");
  }
  sort_segments();
  entry(field(0, {24, 4, 24, 8}));
  const Table headers{field(0, {32, 4, 40, 8}), field(0, {46, 2, 58, 2}), field(0, {48, 2, 60, 2})};
  if (headers.offset == 0 || headers.count == 0) return;  // stripped: no symbols
  need_table(headers, is32 ? 40 : 64, is32 ? 46 : 58, "section header");
  sections(headers);
}

void ElfParser::segment(std::uint64_t at) {
  if (number(at, 4) != kLoad) return;
  Segment s;
  s.header_offset = at;
  s.data_offset = field(at, {4, 4, 8, 8});
  s.virtual_address = field(at, {8, 4, 16, 8});
  s.physical_address = field(at, {12, 4, 24, 8});
  s.data_size = field(at, {16, 4, 32, 8});
  s.memory_size = field(at, {20, 4, 40, 8});
  if (s.memory_size < s.data_size) {
    fail(at,
         fmt::format("a segment of {:#x} bytes in memory with {:#x} in the file", s.memory_size,
                     s.data_size),
         "no more in the file than in memory");
  }
  if (s.memory_size == 0) return;
  need(s.data_offset, s.data_size, "a segment");
  const std::uint64_t last = elf_.xlen_ == 32 ? 0xffff'ffffU : ~std::uint64_t{0};
  for (const std::uint64_t address : {s.virtual_address, s.physical_address}) {
    if (s.memory_size - 1 > last - address) {
      fail(at, fmt::format("a segment of {:#x} bytes at {:#x}", s.memory_size, address),
           "one that ends inside the address space");
    }
  }
  elf_.segments_.push_back(s);
}

void ElfParser::sort_segments() {
  auto& all = elf_.segments_;
  std::stable_sort(all.begin(), all.end(), [](const Segment& a, const Segment& b) {
    return a.physical_address < b.physical_address;
  });
  for (std::size_t i = 1; i < all.size(); ++i) {
    const Segment& low = all[i - 1];
    if (all[i].physical_address - low.physical_address >= low.memory_size) continue;
    fail(all[i].header_offset,
         fmt::format("a segment at {:#x} that overlaps the one at {:#x}..{:#x}",
                     all[i].physical_address, low.physical_address,
                     low.physical_address + (low.memory_size - 1)),
         "segments that lie apart");
  }
}

void ElfParser::entry(std::uint64_t address) {
  elf_.entry_ = address;
  for (const Segment& s : elf_.segments_) {
    if (address - s.virtual_address >= s.memory_size) continue;
    elf_.entry_ = address - s.virtual_address + s.physical_address;
    return;
  }
}

ElfParser::Section ElfParser::section(std::uint64_t at) const {
  return {at,
          static_cast<std::uint32_t>(number(at + 4, 4)),
          static_cast<std::uint32_t>(field(at, {24, 4, 40, 4})),
          field(at, {16, 4, 24, 8}),
          field(at, {20, 4, 32, 8}),
          field(at, {36, 4, 56, 8})};
}

void ElfParser::sections(const Table& table) {
  for (std::uint64_t i = 0; i < table.count; ++i) {
    const Section found = section(table.offset + i * table.entry_size);
    if (found.type != kSymbolTable) continue;
    if (found.link >= table.count) {
      fail(found.header_offset, fmt::format("a symbol table with names in section {}", found.link),
           fmt::format("a section below {}", table.count));
    }
    symbols(found, section(table.offset + found.link * table.entry_size));
    return;  // there is one at most
  }
}

void ElfParser::symbols(const Section& table, const Section& names) {
  const std::uint64_t entry_size = elf_.xlen_ == 32 ? 16 : 24;
  const Table entries{table.offset, table.entry_size, table.size / entry_size};
  need_table(entries, entry_size, table.header_offset, "symbol");
  need(names.offset, names.size, "a string table");
  struct Found {
    Symbol symbol;
    bool function;
  };
  std::vector<Found> found;
  std::set<std::string> global;
  for (std::uint64_t i = 0; i < entries.count; ++i) {
    const std::uint64_t at = table.offset + i * entry_size;
    const std::uint64_t name = number(at, 4);
    const std::uint64_t info = field(at, {12, 1, 4, 1});
    const std::uint64_t where = field(at, {14, 2, 6, 2});
    const std::uint64_t type = info & 15;
    if (name == 0 || where == kUndefined || type == kFile || type == kSectionSymbol) continue;
    if (name >= names.size) {
      fail(at, fmt::format("a symbol's name at {:#x} of its string table", name),
           fmt::format("less than {:#x}", names.size));
    }
    const char* text = reinterpret_cast<const char*>(elf_.bytes_.data() + names.offset + name);
    const std::string label(text, strnlen(text, names.size - name));
    const std::uint64_t value = field(at, {4, 4, 8, 8});
    if (info >> 4 != kLocal && global.insert(label).second) {
      elf_.by_name_[label] = value;
    } else {
      elf_.by_name_.emplace(label, value);
    }
    const bool internal = label.empty() || label[0] == '$' || label.compare(0, 2, ".L") == 0;
    if (where != kAbsolute && !internal) found.push_back({{label, value}, type == kFunction});
  }
  // Of several at one address a function's name says most; then the first in the file.
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    if (a.symbol.address != b.symbol.address) return a.symbol.address < b.symbol.address;
    return a.function && !b.function;
  });
  for (Found& f : found) {
    if (elf_.symbols_.empty() || elf_.symbols_.back().address != f.symbol.address) {
      elf_.symbols_.push_back(std::move(f.symbol));
    }
  }
}

}  // namespace lookaside::platform
