// SPDX-License-Identifier: Apache-2.0
// Guests of a few instructions, as ELF files.
#pragma once

#include <cstdint>
#include <vector>

#include "e2e/assembler.h"
#include "platform/elf_builder.h"

namespace lookaside::tests {

using Code = std::vector<std::uint32_t>;
inline constexpr std::uint64_t kRam = 0x80000000;

inline std::vector<std::uint8_t> guest(const Code& code, unsigned xlen = 64) {
  return ElfBuilder(xlen).entry(kRam).code(kRam, code, 0x1000).symbol("_start", kRam).build();
}

/// Writes `value` to the test finisher, then spins.
inline Code finish(std::uint32_t value) {
  using namespace rv;
  return {lui(kT0, 0x100), lui(kT1, (value + 0x800) >> 12),
          addi(kT1, kT1, static_cast<int>(value << 20) >> 20), store(2, kT1, kT0), jump(0)};
}
inline std::vector<std::uint8_t> passing(unsigned xlen = 64) {
  return guest(finish(0x5555), xlen);
}

/// Writes `value` to tohost (at 0x80001000, one page behind the code), then spins.
inline std::vector<std::uint8_t> tohost(std::uint32_t value, unsigned xlen = 64) {
  using namespace rv;
  return ElfBuilder(xlen)
      .entry(kRam)
      .code(kRam, {auipc(kT0, 1), addi(kT1, kZero, static_cast<int>(value)), store(2, kT1, kT0),
                   store(2, kZero, kT0, 4), jump(0)})
      .segment(kRam + 0x1000, {}, 0x1000)
      .symbol("tohost", kRam + 0x1000, 1)
      .build();
}

}  // namespace lookaside::tests
