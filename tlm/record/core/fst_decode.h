// SPDX-License-Identifier: Apache-2.0
// Decodes the value blocks of an FST in a child process: the library that does it trusts the file
// and leaves the program, or its senses, when a length is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lookaside::record {

using RawVisit =
    std::function<void(std::uint64_t time, std::uint32_t handle, std::string_view value)>;

/// Visits the changes of the given handles (1-based) up to `end` (in the file's time unit) in order
/// of time. Numbers come as binary digits, strings and reals as text. The caller must have checked
/// the file's structure. Throws RecordError if the blocks turn out to be damaged.
void decode_values(const std::string& path, const std::vector<std::uint32_t>& handles,
                   std::uint64_t end, const RawVisit& visit);

}  // namespace lookaside::record
