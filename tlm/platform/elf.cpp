// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <lookaside/platform/elf.h>
#include <lookaside/platform/elf_parser.h>
#include <lookaside/platform/files.h>

namespace lookaside::platform {

Elf Elf::read(const std::string& path) {
  return parse(read_file(path), path);
}

Elf Elf::parse(std::vector<std::uint8_t> bytes, const std::string& name) {
  Elf elf;
  elf.name_ = name;
  elf.bytes_ = std::move(bytes);
  ElfParser(elf).parse();
  return elf;
}

std::optional<std::uint64_t> Elf::symbol(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string Elf::locate(std::uint64_t address) const {
  const bool inside = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& s) {
    return address - s.virtual_address < s.memory_size ||
           address - s.physical_address < s.memory_size;
  });
  if (!inside) return "";
  auto next = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                               [](std::uint64_t a, const Symbol& s) { return a < s.address; });
  if (next == symbols_.begin()) return "";
  --next;
  const std::uint64_t offset = address - next->address;
  return offset == 0 ? next->name : fmt::format("{}+{:#x}", next->name, offset);
}

void Elf::check_fits(const std::vector<Region>& ram) const {
  for (const Segment& s : segments_) {
    const std::uint64_t last = s.physical_address + (s.memory_size - 1);
    const bool fits = std::any_of(ram.begin(), ram.end(), [&](const Region& r) {
      return s.physical_address >= r.base && last <= r.last();
    });
    if (fits) continue;
    std::string expected;
    for (const Region& r : ram) {
      expected += fmt::format("{}{:#x}..{:#x}", expected.empty() ? "" : ", ", r.base, r.last());
    }
    throw ElfError(fmt::format(
        "{}: offset {:#x}: found a segment at {:#x}..{:#x}, expected one inside RAM ({}); see "
        "memory.size and memory.regions",
        name_, s.header_offset, s.physical_address, last, expected));
  }
}

}  // namespace lookaside::platform
