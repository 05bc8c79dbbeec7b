// SPDX-License-Identifier: Apache-2.0
// The flattened device tree that tells OpenSBI and a kernel what the configured platform holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/platform/configuration.h>

namespace lookaside::platform {

/// The blob for a configuration and a register width (32 or 64). Its nodes and compatible strings
/// are those of QEMU's `virt`; our own devices are `lookaside,*`. Throws ConfigurationError if it
/// would be larger than `limit` bytes.
std::vector<std::uint8_t> device_tree(const Configuration& configuration, unsigned xlen,
                                      std::size_t limit);

/// "rv64imac_zicsr_zifencei_sstc_svadu" and so on: what the hart implements.
std::string isa_string(const Configuration& configuration, unsigned xlen);
/// The value of mmu-type: "riscv,sv39"; "riscv,none" without translation.
std::string mmu_type(const Configuration& configuration, unsigned xlen);

}  // namespace lookaside::platform
