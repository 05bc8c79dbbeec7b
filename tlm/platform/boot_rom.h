// SPDX-License-Identifier: Apache-2.0
// What the hart executes first, as on QEMU's `virt`.
#pragma once

#include <cstdint>
#include <vector>

namespace lookaside::platform {

/// Offset of the device tree in the boot ROM.
inline constexpr std::uint64_t kDeviceTreeOffset = 0x100;

/// Content of the ROM: reset vector (a0 = hart id, a1 = address of the device tree, a2 = 0, jump to
/// `entry`), then the device tree.
std::vector<std::uint8_t> boot_rom(unsigned xlen, std::uint64_t entry,
                                   const std::vector<std::uint8_t>& device_tree);

}  // namespace lookaside::platform
