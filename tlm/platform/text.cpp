// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::platform {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 3> kSizeUnits{{{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1024}}};
constexpr std::array<Unit, 4> kTimeUnits{
    {{"s", 1'000'000'000'000ULL}, {"ms", 1'000'000'000}, {"us", 1'000'000}, {"ns", 1'000}}};

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

}  // namespace

std::optional<std::uint64_t> parse_integer(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t factor = 1;
  for (const Unit& unit : kSizeUnits) {
    if (!ends_with(text, unit.name)) continue;
    factor = unit.factor;
    text = trim_right(text.substr(0, text.size() - unit.name.size()));
    break;
  }
  const auto number = parse_integer(text);
  if (!number || *number > ~std::uint64_t{0} / factor) return std::nullopt;
  return *number * factor;
}

std::optional<double> parse_real(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_duration_ps(std::string_view text) {
  // "s" ends every unit's name, so the longest match decides: it stands last in the table.
  const Unit* found = nullptr;
  for (const Unit& unit : kTimeUnits) {
    if (ends_with(text, unit.name)) found = &unit;
  }
  if (found == nullptr) return std::nullopt;
  const auto number = parse_real(trim_right(text.substr(0, text.size() - found->name.size())));
  if (!number || *number < 0) return std::nullopt;
  const double picoseconds = *number * static_cast<double>(found->factor);
  if (picoseconds >= 9.2e18) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(picoseconds));
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::string format_size(std::uint64_t bytes) {
  for (const Unit& unit : kSizeUnits) {
    if (bytes != 0 && bytes % unit.factor == 0) {
      return fmt::format("{}{}", bytes / unit.factor, unit.name);
    }
  }
  return std::to_string(bytes);
}

std::string format_duration(std::uint64_t picoseconds) {
  for (const Unit& unit : kTimeUnits) {
    if (picoseconds < unit.factor) continue;
    return fmt::format("{:.3f} {}",
                       static_cast<double>(picoseconds) / static_cast<double>(unit.factor),
                       unit.name);
  }
  return fmt::format("{} ps", picoseconds);
}

unsigned edit_distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<unsigned> before(b.size() + 1);  // row i-2
  std::vector<unsigned> above(b.size() + 1);   // row i-1
  std::vector<unsigned> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned replace = above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0U : 1U);
      row[j] = std::min({replace, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  const std::string* by_last_part = nullptr;
  unsigned matches = 0;
  unsigned best_distance = ~0U;
  for (const std::string& candidate : candidates) {
    const unsigned distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = &candidate;
    }
    const std::size_t dot = word.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? word : word.substr(dot + 1);
    if (ends_with(candidate, "." + std::string(last))) {
      by_last_part = &candidate;
      ++matches;
    }
  }
  const bool near = best != nullptr && best_distance <= std::max<std::size_t>(2, word.size() / 3);
  if (near && best_distance <= 2) return *best;
  if (matches == 1) return *by_last_part;
  return near ? *best : std::string();
}

}  // namespace lookaside::platform
