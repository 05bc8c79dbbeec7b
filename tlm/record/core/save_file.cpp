// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/save_file.h>

namespace lookaside::record {
namespace {

using observe::SignalKind;

constexpr std::uint64_t kBlank = 0x200;
constexpr std::uint64_t kGroupBegin = 0x80'0000;
constexpr std::uint64_t kGroupEnd = 0x100'0000;

/// Where GTKWave looks for a file that a save file names: what that path has in common with the one
/// that the save file claims for itself is really the place where the save file lies.
std::string rebased(const std::string& file, const std::string& claimed, const std::string& real) {
  const auto differ = std::mismatch(file.begin(), file.end(), claimed.begin(), claimed.end()).first;
  const std::string common(file.begin(), differ);
  const std::size_t root = common.rfind('/') + 1;  // 0 if they have nothing in common
  const std::string tail = claimed.substr(root);
  const std::string absolute = std::filesystem::absolute(real).lexically_normal().string();
  const bool fits = absolute.size() >= tail.size() &&
                    absolute.compare(absolute.size() - tail.size(), tail.size(), tail) == 0;
  if (root == 0 || !fits) return file;
  return absolute.substr(0, absolute.size() - tail.size()) + file.substr(root);
}

class SaveFileParser {
 public:
  explicit SaveFileParser(const std::string& path) : path_(path) {}

  std::vector<SavedSignal> run() {
    std::ifstream in(path_);
    if (!in) throw RecordError(fmt::format("{}: cannot be read as a GTKWave save file", path_));
    for (std::string text; std::getline(in, text);) {
      ++line_;
      row(text);
    }
    if (depth_ != 0) fail("a group that was begun does not end");
    return std::move(signals_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw RecordError(fmt::format("{}:{}: {}", path_, line_, what));
  }
  void row(const std::string& text) {
    static const std::string kSaveFile = "[savefile] \"";
    if (text.compare(0, kSaveFile.size(), kSaveFile) == 0) {
      claimed_ = text.substr(kSaveFile.size(), text.rfind('"') - kSaveFile.size());
    }
    if (text.empty() || text[0] == '[' || text[0] == '*') return;  // settings, zoom, colours
    if (text[0] == '@') {
      set_flags(text);
    } else if (text[0] == '-') {
      separator(text);
    } else if (text[0] == '^') {
      filter(text);
    } else {
      signal(text);
    }
  }
  void set_flags(const std::string& text) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, flags_, 16);
    if (error != std::errc{} || stop != end) {
      fail(fmt::format("found '{}', expected '@' and hexadecimal display flags", text));
    }
  }
  void separator(const std::string& text) {
    if ((flags_ & kBlank) == 0)
      fail(fmt::format("the heading '{}' stands under flags for signals", text));
    if ((flags_ & kGroupBegin) != 0) ++depth_;
    if ((flags_ & kGroupEnd) != 0 && depth_-- == 0) fail("a group ends that was not begun");
  }
  void filter(const std::string& text) {
    const std::size_t blank = text.find(' ');
    if (text.compare(0, 2, "^>") != 0 || blank == std::string::npos || blank + 1 == text.size()) {
      fail(fmt::format("found '{}', expected '^>', a number and a process filter", text));
    }
    filter_ = rebased(text.substr(blank + 1), claimed_, path_);
  }
  void signal(const std::string& text) {
    SavedSignal signal;
    std::size_t begin = 0;
    if (text[0] == '+') {
      const std::size_t close = text.find("} ");
      if (text.compare(0, 2, "+{") != 0 || close == std::string::npos) {
        fail(fmt::format("found '{}', expected '+{{alias}} signal'", text));
      }
      signal.alias = text.substr(2, close - 2);
      begin = close + 2;
    }
    if (begin >= text.size() || !std::isalpha(static_cast<unsigned char>(text[begin]))) {
      fail(fmt::format("found '{}', expected a signal name", text));
    }
    if ((flags_ & kBlank) != 0)
      fail(fmt::format("the signal '{}' stands under flags for headings", text));
    const std::size_t range = std::min(text.find('[', begin), text.size());
    signal.name = text.substr(begin, range - begin);
    signal.range = text.substr(range);
    signal.flags = flags_;
    signal.line = line_;
    signal.filter = std::exchange(filter_, {});
    if (((flags_ & kProcessFilter) != 0) == signal.filter.empty()) {
      fail(fmt::format("the signal '{}' has {}", text,
                       signal.filter.empty() ? "the flag of a filter but none"
                                             : "a filter but not its flag 4000"));
    }
    signals_.push_back(std::move(signal));
  }

  const std::string& path_;
  unsigned line_ = 0;
  unsigned depth_ = 0;
  std::uint64_t flags_ = 0;
  std::string claimed_;  ///< the path the save file says it has
  std::string filter_;
  std::vector<SavedSignal> signals_;
};

std::string expected_range(const WaveSignal& signal) {
  if (signal.kind == SignalKind::kText || signal.real || signal.width == 1) return "";
  return fmt::format("[{}:0]", signal.width - 1);
}

/// What is wrong with the row, "" if nothing.
std::string complaint(const SavedSignal& row, const WaveReader& dump) {
  const auto index = dump.find(row.name);
  if (!index) {
    const std::string nearest = dump.nearest(row.name);
    return fmt::format("signal '{}' is not in {}{}", row.name, dump.path(),
                       nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest));
  }
  const WaveSignal& signal = dump.signals()[*index];
  if (row.range != expected_range(signal)) {
    return fmt::format("signal '{}{}' should be '{}{}'", row.name, row.range, row.name,
                       expected_range(signal));
  }
  if (!row.filter.empty() && access(row.filter.c_str(), X_OK) != 0) {
    return fmt::format("the filter '{}' of signal '{}' cannot be run", row.filter, row.name);
  }
  const bool by_name = (row.flags & kShowEnum) != 0;
  if (by_name != (signal.kind == SignalKind::kEnum)) {
    return fmt::format(
        "signal '{}' {}", row.name,
        by_name ? "has no names but is shown by name" : "has names; show it under @100000028");
  }
  return {};
}

}  // namespace

std::vector<SavedSignal> read_save_file(const std::string& path) {
  return SaveFileParser(path).run();
}

std::vector<std::string> check_save_file(const std::string& path, const WaveReader& dump) {
  std::vector<std::string> complaints;
  for (const SavedSignal& row : read_save_file(path)) {
    const std::string what = complaint(row, dump);
    if (!what.empty()) complaints.push_back(fmt::format("{}:{}: {}", path, row.line, what));
  }
  return complaints;
}

}  // namespace lookaside::record
