// SPDX-License-Identifier: Apache-2.0
// The signature dump of public architecture tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::testbench {

/// As Spike's +signature: `granularity` bytes a line, the byte at the highest address first;
/// missing bytes of the last line are zero.
std::string signature_text(const std::vector<std::uint8_t>& bytes, unsigned granularity);

}  // namespace lookaside::testbench
