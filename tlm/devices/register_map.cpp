// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <lookaside/devices/register_map.h>

namespace lookaside::devices {
namespace {

constexpr std::uint64_t kRegisterBytes = 4;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::uint64_t mask_of(const RegisterField& field) {
  return ((std::uint64_t{1} << field.width) - 1) << field.low;
}

std::string bits_of(const RegisterField& field) {
  return field.width == 1 ? fmt::format("[{}]", field.low)
                          : fmt::format("[{}:{}]", field.low + field.width - 1, field.low);
}

/// `r` has sizes, and one is `bytes`; an access aligned to it cannot cross an element.
bool takes(const RegisterDescription& r, std::uint64_t offset, std::uint64_t bytes) {
  const bool permitted = bytes <= 8 && (bytes & (bytes - 1)) == 0 && (r.sizes & bytes) != 0;
  return permitted && offset % bytes == 0;
}

}  // namespace

const char* name(RegisterMode access) {
  static constexpr const char* kNames[] = {"ro", "wo", "rw", "w1c"};
  return kNames[static_cast<unsigned>(access)];
}

const RegisterDescription* RegisterMap::find(std::uint64_t offset, std::uint64_t bytes) const {
  for (const RegisterDescription& r : registers) {
    if (offset < r.offset || bytes > r.bytes || offset - r.offset > r.bytes - bytes) continue;
    if (r.sizes != 0) return takes(r, offset - r.offset, bytes) ? &r : nullptr;
    return r.bytes == kRegisterBytes && bytes != kRegisterBytes ? nullptr : &r;
  }
  return nullptr;
}

const RegisterDescription* RegisterMap::find(const std::string& wanted) const {
  for (const RegisterDescription& r : registers) {
    if (r.name == wanted) return &r;
  }
  return nullptr;
}

std::string c_header(const RegisterMap& table) {
  const std::string prefix = upper(table.device);
  std::string out = fmt::format(
      "/* SPDX-License-Identifier: Apache-2.0 */\n"
      "/* Registers of the {} device, generated from its register table: do not edit. */\n"
      "#ifndef LOOKASIDE_{}_REGISTERS_H\n#define LOOKASIDE_{}_REGISTERS_H\n",
      table.device, prefix, prefix);
  for (const RegisterDescription& r : table.registers) {
    out += fmt::format("\n/* {}: {} */\n", name(r.access), r.sentence);
    out += fmt::format("#define {}_{} 0x{:x}\n", prefix, r.name, r.offset);
    if (r.bytes != kRegisterBytes) {
      out += fmt::format("#define {}_{}_BYTES 0x{:x}\n", prefix, r.name, r.bytes);
    }
    for (const RegisterField& f : r.fields) {
      const std::string field = fmt::format("{}_{}_{}", prefix, r.name, f.name);
      out += fmt::format("#define {} 0x{:x} /* {}: {} */\n", field, mask_of(f), bits_of(f),
                         f.sentence);
      if (f.width > 1) out += fmt::format("#define {}_SHIFT {}\n", field, f.low);
    }
  }
  return out + "\n#endif\n";
}

std::string describe(const RegisterMap& table) {
  std::string out = fmt::format("{}: 0x{:x} bytes\n", table.device, table.size);
  for (const RegisterDescription& r : table.registers) {
    out += fmt::format("0x{:03x}  {:<4} {:<3}  0x{:08x}  {:<20} {}\n", r.offset,
                       r.bytes == kRegisterBytes ? "4" : fmt::format("{}", r.bytes), name(r.access),
                       r.reset, r.name, r.sentence);
    for (const RegisterField& f : r.fields) {
      out += fmt::format("{:>28} {:<20} {}\n", bits_of(f), f.name, f.sentence);
    }
  }
  return out;
}

}  // namespace lookaside::devices
