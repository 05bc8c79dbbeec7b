// SPDX-License-Identifier: Apache-2.0
// One line of the text form of a trace, and back.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

/// What a line looks like, for messages.
inline constexpr const char* kForm = "R|W ADDRESS [SIZE] [DELAY] [<K], e.g. 'R 0x1000 64'";

/// A decimal number, or a hexadecimal one after 0x; false if the word is none of 64 bits.
bool parse_number(const char* begin, const char* end, std::uint64_t& value);

/// A line without its end; false when there is no request on it. Throws TraceError without file and
/// line, which the caller knows.
bool parse_line(const char* begin, const char* end, Record& record);
/// The same for "R 0x..." and nothing else, which most traces consist of; false for every other
/// line.
bool parse_plain_line(const char* begin, const char* end, Record& record);

/// The line, without its end: the shortest that means the record.
std::string text_line(const Record& record);

}  // namespace lookaside::traffic
