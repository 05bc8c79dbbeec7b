// SPDX-License-Identifier: Apache-2.0
// Reading what a person wrote: numbers, sizes, durations, misspelt names. Nothing here throws; a
// text that does not parse gives an empty optional, and the caller, who knows file and line,
// reports it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lookaside::platform {

/// "42", "0x2a". No sign, no blanks, no overflow.
std::optional<std::uint64_t> parse_integer(std::string_view text);
/// An integer, or one followed by KiB, MiB or GiB (blanks between are allowed): bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// A decimal number without exponent surprises: "2.5", "1e3". Finite only.
std::optional<double> parse_real(std::string_view text);
/// A decimal number with the unit ns, us, ms or s, e.g. "1.5ms": picoseconds.
std::optional<std::uint64_t> parse_duration_ps(std::string_view text);
/// "true" or "false".
std::optional<bool> parse_bool(std::string_view text);

/// Bytes as a person writes them: "128MiB" when that is exact, else the plain number.
std::string format_size(std::uint64_t bytes);
/// Picoseconds with the largest unit that keeps the number at one or more: "1.204 ms".
std::string format_duration(std::uint64_t picoseconds);

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; upper and
/// lower case are the same.
unsigned edit_distance(std::string_view a, std::string_view b);
/// The candidate nearest to a misspelt word; empty when none is near enough to be meant. A word
/// that equals the last dotted part of exactly one candidate is near, whatever the rest.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace lookaside::platform
