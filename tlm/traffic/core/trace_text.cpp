// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include <lookaside/traffic/core/trace_text.h>

namespace lookaside::traffic {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// A word as messages show it: short, and without bytes that a terminal would obey.
std::string shown(const char* begin, const char* end) {
  std::string text;
  for (; begin != end && text.size() < 40; ++begin)
    text += *begin >= ' ' && *begin <= '~' ? *begin : '?';
  return begin == end ? text : text + "...";
}

/// The words of one line, read off one by one.
class Words {
 public:
  Words(const char* begin, const char* end) : at_(begin), end_(end) {}

  bool next() {
    while (at_ != end_ && blank(*at_)) ++at_;
    begin_ = at_;
    while (at_ != end_ && !blank(*at_) && *at_ != '#') ++at_;
    return at_ != begin_;
  }
  char first() const { return *begin_; }
  bool is_letter(char upper) const {
    return at_ - begin_ == 1 && (*begin_ == upper || *begin_ == upper + ('a' - 'A'));
  }
  std::uint64_t number(std::size_t skip, std::uint64_t least, std::uint64_t most,
                       const char* what) const {
    std::uint64_t value = 0;
    if (!parse_number(begin_ + skip, at_, value) || value < least || value > most) {
      fail(fmt::format("{} from {} to {}", what, least, most));
    }
    return value;
  }
  std::uint64_t address() const {
    std::uint64_t value = 0;
    if (!parse_number(begin_, at_, value)) fail("an address, decimal or hexadecimal with 0x");
    return value;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw TraceError(fmt::format("found '{}', expected {}", shown(begin_, at_), expected));
  }

 private:
  const char* at_;
  const char* end_;
  const char* begin_ = nullptr;
};

void parse_options(Words& words, Record& record) {
  for (unsigned numbers = 0; words.next();) {
    if (words.first() == '<' && record.after == 0) {
      record.after = static_cast<std::uint32_t>(
          words.number(1, 1, kMaxAfter, "'<' and the distance of an earlier request,"));
    } else if (words.first() == '<' || numbers == 2) {
      words.fail("the end of the line after R|W ADDRESS [SIZE] [DELAY] [<K]");
    } else if (numbers++ == 0) {
      record.size = static_cast<std::uint32_t>(words.number(0, 1, kMaxSize, "a size in bytes"));
    } else {
      record.delay =
          static_cast<std::uint32_t>(words.number(0, 0, kMaxDelay, "a delay in memory clocks"));
    }
  }
}

}  // namespace

bool parse_number(const char* begin, const char* end, std::uint64_t& value) {
  std::uint64_t base = 10;
  if (end - begin > 2 && begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X')) {
    base = 16;
    begin += 2;
  }
  if (begin == end) return false;
  value = 0;
  for (; begin != end; ++begin) {
    const int digit = digit_of(*begin);
    if (digit >= static_cast<int>(base)) return false;
    const auto d = static_cast<std::uint64_t>(digit);
    if (value > (~std::uint64_t{0} - d) / base) return false;
    value = value * base + d;
  }
  return true;
}

bool parse_line(const char* begin, const char* end, Record& record) {
  Words words(begin, end);
  if (!words.next()) return false;
  record = {};
  record.write = words.is_letter('W');
  if (!record.write && !words.is_letter('R')) {
    words.fail(fmt::format("R or W at the beginning of the line ({})", kForm));
  }
  if (!words.next()) {
    throw TraceError(fmt::format("found no address, expected {}", kForm));
  }
  record.address = words.address();
  record.size = 0;
  parse_options(words, record);
  if (record.size == 0) {
    record.address -= record.address % kLineBytes;
    record.size = kLineBytes;
  }
  if (record.address + (record.size - 1) < record.address) {
    throw TraceError(fmt::format("found {} bytes at {:#x}, expected them to end within 64 bits",
                                 record.size, record.address));
  }
  return true;
}

bool parse_plain_line(const char* at, const char* end, Record& record) {
  if (end - at < 5 || end - at > 20 || at[1] != ' ' || at[2] != '0' || at[3] != 'x') return false;
  if (at[0] != 'R' && at[0] != 'W') return false;
  std::uint64_t address = 0;
  for (const char* c = at + 4; c != end; ++c) {
    const int digit = digit_of(*c);
    if (digit > 15) return false;
    address = address << 4 | static_cast<unsigned>(digit);
  }
  record = {};
  record.address = address - address % kLineBytes;
  record.write = at[0] == 'W';
  return true;
}

std::string text_line(const Record& r) {
  std::string line = fmt::format("{} {:#x}", r.write ? 'W' : 'R', r.address);
  const bool line_sized = r.size == kLineBytes && r.address % kLineBytes == 0;
  if (!line_sized || r.delay != 0) line += fmt::format(" {}", r.size);
  if (r.delay != 0) line += fmt::format(" {}", r.delay);
  if (r.after != 0) line += fmt::format(" <{}", r.after);
  return line;
}

}  // namespace lookaside::traffic
