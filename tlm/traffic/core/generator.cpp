// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>
#include <lookaside/traffic/core/generator.h>
#include <lookaside/traffic/core/trace_text.h>

namespace lookaside::traffic {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kPage = 4096;

struct PatternRow {
  const char* name;
  Pattern pattern;
  std::uint64_t range;
  double writes;
  const char* sentence;
};
constexpr std::array<PatternRow, 4> kPatterns{{
    {"sequential", Pattern::kSequential, std::uint64_t{1} << 40, 0,
     "one line after another, from the beginning again at the end of the range"},
    {"random", Pattern::kRandom, 1024 * kMiB, 0, "lines drawn uniformly from the range, 1 GiB"},
    {"chase", Pattern::kChase, 256 * kMiB, 0,
     "the same from 256 MiB, each request after the answer to the one before"},
    {"mix", Pattern::kMix, 1024 * kMiB, 1.0 / 3,
     "16 hot pages of 1 GiB, lines of them in order or at random, 1/3 writes"},
}};

struct KeyRow {
  const char* name;
  const char* expected;
  const char* sentence;
};
constexpr std::array<KeyRow, 6> kKeys{{
    {"seed", "a number", "of the random numbers; default 1"},
    {"range", "a size in bytes or with KiB, MiB or GiB",
     "bytes that addresses are drawn from; by default not beyond the memory"},
    {"base", "an address", "added to every address; default 0"},
    {"size", "bytes from 1 to 65536", "of a request; default 64"},
    {"delay", "clocks from 0 to 2147483647",
     "between requests, in a chase from answer to request; default 0"},
    {"writes", "a probability from 0 to 1", "that a request is a write"},
}};

bool parse_size(std::string text, std::uint64_t& value) {
  std::uint64_t unit = 1;
  for (const auto& [suffix, bytes] :
       {std::pair<const char*, std::uint64_t>{"KiB", 1024}, {"MiB", kMiB}, {"GiB", 1024 * kMiB}}) {
    if (text.size() < 4 || text.compare(text.size() - 3, 3, suffix) != 0) continue;
    text.erase(text.size() - 3);
    unit = bytes;
    break;
  }
  if (!parse_number(text.data(), text.data() + text.size(), value)) return false;
  if (value > ~std::uint64_t{0} / unit) return false;
  value *= unit;
  return true;
}

[[noreturn]] void fail(const std::string& text, const std::string& found,
                       const std::string& expected) {
  throw TraceError(fmt::format("'{}': found '{}', expected {}", text, found, expected));
}

/// The row with that name, in either case; the number of rows if there is none.
template <typename Rows>
std::size_t row_of(const std::string& word, const Rows& rows) {
  std::size_t index = 0;
  while (index < rows.size() && platform::edit_distance(word, rows[index].name) != 0) ++index;
  return index;
}

/// Refuses a word that is the name of no row, with the nearest name.
template <typename Rows>
[[noreturn]] void unknown(const std::string& text, const std::string& word, const Rows& rows,
                          const std::string& more) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const auto& row : rows) names.emplace_back(row.name);
  const std::string near = platform::nearest(word, names);
  fail(text, word,
       fmt::format("one of {}{}{}", fmt::join(names, ", "), more,
                   near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

/// The key's name in its own case.
std::string assign(Generation& g, const std::string& text, const std::string& word,
                   const std::string& value) {
  const std::size_t index = row_of(word, kKeys);
  if (index == kKeys.size()) unknown(text, word, kKeys, "");
  std::string key = kKeys[index].name;
  std::uint64_t number = 0;
  const bool bytes = key == "range" || key == "base" || key == "size";
  bool good = bytes ? parse_size(value, number)
                    : parse_number(value.data(), value.data() + value.size(), number);
  switch (index) {
    case 0:
      g.seed = number;
      break;
    case 1:
      g.range = number;
      break;
    case 2:
      g.base = number;
      break;
    case 3:
      g.size = static_cast<std::uint32_t>(number);
      good = good && number >= 1 && number <= kMaxSize;
      break;
    case 4:
      g.delay = static_cast<std::uint32_t>(number);
      good = good && number <= kMaxDelay;
      break;
    default: {
      char* end = nullptr;
      g.writes = std::strtod(value.c_str(), &end);
      good = !value.empty() && *end == '\0' && g.writes >= 0 && g.writes <= 1;
    }
  }
  if (!good) fail(text, word + "=" + value, fmt::format("{}={}", key, kKeys[index].expected));
  return key;
}

/// The range that nobody said: the pattern's own, as far as there is memory from the base on. A
/// base beyond it is the player's to refuse.
std::uint64_t usual_range(std::uint64_t own, std::uint64_t base, std::uint64_t memory_bytes) {
  return base < memory_bytes ? std::min(own, memory_bytes - base) : own;
}

class Generator : public Source {
 public:
  explicit Generator(const Generation& g)
      : g_(g), slots_(g.range / g.size), random_(g.seed), writes_(threshold(g.writes)) {
    if (g.pattern == Pattern::kMix) {
      for (Hot& hot : hot_) hot = draw();
    }
  }

  bool next(Record& record) override {
    if (made_ == g_.count) return false;
    record.address = g_.base + offset();
    record.size = g_.size;
    record.delay = g_.delay;
    record.after = g_.pattern == Pattern::kChase && made_ != 0 ? 1 : 0;
    record.write = g_.writes > 0 && (g_.writes >= 1 || random_() < writes_);
    ++made_;
    return true;
  }
  std::string place() const override {
    return fmt::format("generated request {} (range={}, base={:#x})", made_,
                       platform::format_size(g_.range), g_.base);
  }
  double progress() const override {
    return static_cast<double>(made_) / static_cast<double>(g_.count);
  }

 private:
  struct Hot {
    std::uint64_t page = 0;
    std::uint64_t line = 0;
  };

  static std::uint64_t threshold(double probability) {
    return probability >= 1 ? 0 : static_cast<std::uint64_t>(probability * 18446744073709551616.0);
  }
  std::uint64_t lines() const { return kPage / g_.size; }
  Hot draw() {
    const std::uint64_t page = random_() % (g_.range / kPage);
    return {page, random_() % lines()};
  }
  std::uint64_t offset() {
    if (g_.pattern == Pattern::kSequential) return made_ % slots_ * g_.size;
    if (g_.pattern != Pattern::kMix) return random_() % slots_ * g_.size;
    Hot& hot = hot_[random_() % hot_.size()];
    if (random_() % 32 == 0) hot = draw();
    hot.line = random_() % 2 == 0 ? (hot.line + 1) % lines() : random_() % lines();
    return hot.page * kPage + hot.line * g_.size;
  }

  Generation g_;
  std::uint64_t slots_;
  std::mt19937_64 random_;
  std::uint64_t writes_;
  std::array<Hot, 16> hot_{};
  std::uint64_t made_ = 0;
};

}  // namespace

Generation parse_generation(const std::string& text, std::uint64_t memory_bytes) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const std::size_t index = row_of(name, kPatterns);
  if (index == kPatterns.size()) {
    unknown(text, name, kPatterns, ", then ':COUNT', e.g. random:200000");
  }
  const PatternRow& row = kPatterns[index];
  Generation g;
  g.pattern = row.pattern;
  g.writes = row.writes;
  std::set<std::string> said;
  std::size_t begin = colon == std::string::npos ? text.size() : colon + 1;
  for (bool first = true; first || begin <= text.size(); first = false) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, comma - begin);
    begin = comma + 1;
    const std::size_t equals = word.find('=');
    if (!first) {
      if (equals == std::string::npos) fail(text, word, "KEY=VALUE after the comma");
      const std::string key = assign(g, text, word.substr(0, equals), word.substr(equals + 1));
      if (!said.insert(key).second) fail(text, word, fmt::format("the key {} once", key));
    } else if (!parse_number(word.data(), word.data() + word.size(), g.count) || g.count == 0) {
      fail(text, word, "the number of requests after ':', at least 1");
    }
  }
  if (said.count("range") == 0) g.range = usual_range(row.range, g.base, memory_bytes);
  return g;
}

std::string generation_help() {
  std::string text = "PATTERN:COUNT[,KEY=VALUE...]\n";
  for (const PatternRow& row : kPatterns)
    text += fmt::format("  {:<12}{}\n", row.name, row.sentence);
  text += "keys:\n";
  for (const KeyRow& row : kKeys) {
    text += fmt::format("  {:<12}{}\n", fmt::format("{}=", row.name), row.sentence);
  }
  return text;
}

std::unique_ptr<Source> generate(const Generation& g) {
  const std::uint64_t least = g.pattern == Pattern::kMix ? kPage : g.size;
  if (g.range < least || (g.pattern == Pattern::kMix && g.size > kPage)) {
    throw TraceError(fmt::format(
        "found a range of {} bytes and requests of {}, expected room for "
        "at least one {}",
        g.range, g.size, g.pattern == Pattern::kMix ? "page of 4096 bytes" : "request"));
  }
  if (g.base > ~std::uint64_t{0} - (g.range - 1)) {
    throw TraceError(
        fmt::format("found the base {:#x} and a range of {} bytes, expected them to "
                    "end within 64 bits",
                    g.base, g.range));
  }
  return std::make_unique<Generator>(g);
}

}  // namespace lookaside::traffic
