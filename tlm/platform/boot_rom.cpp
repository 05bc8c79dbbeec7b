// SPDX-License-Identifier: Apache-2.0
#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/memory_map.h>

namespace lookaside::platform {
namespace {

void append(std::vector<std::uint8_t>& bytes, std::uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<std::uint8_t> boot_rom(unsigned xlen, std::uint64_t entry,
                                   const std::vector<std::uint8_t>& device_tree) {
  // A load's width is in bits 14:12: 2 = lw, 3 = ld.
  const std::uint32_t width = xlen == 32 ? 2U << 12 : 3U << 12;
  std::vector<std::uint8_t> rom;
  for (const std::uint32_t word : {
           0x0000'0297U,          // auipc t0, 0
           0xf140'2573U,          // csrr a0, mhartid
           0x0202'8583U | width,  // l[wd] a1, 32(t0)
           0x0182'8283U | width,  // l[wd] t0, 24(t0)
           0x0000'0613U,          // li a2, 0
           0x0002'8067U,          // jr t0
       }) {
    append(rom, word, 4);
  }
  append(rom, entry, 8);
  append(rom, kRom.base + kDeviceTreeOffset, 8);
  rom.resize(kDeviceTreeOffset, 0);
  rom.insert(rom.end(), device_tree.begin(), device_tree.end());
  return rom;
}

}  // namespace lookaside::platform
