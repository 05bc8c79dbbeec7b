// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include <lookaside/record/core/statistics_text.h>

namespace lookaside::record {
namespace {

using observe::Description;

constexpr std::uint64_t kBarLength = 30;

class TextVisitor : public observe::StatisticVisitor {
 public:
  void scalar(const std::string& path, const Description& d, std::uint64_t value) override {
    line(path, d, fmt::format("{}", value));
  }
  void derived(const std::string& path, const Description& d, double value) override {
    line(path, d, std::isfinite(value) ? fmt::format("{:.4f}", value) : "n/a");
  }
  void vector(const std::string& path, const Description& d, const observe::Vector& x) override {
    std::uint64_t total = 0;
    for (const std::uint64_t value : x.values) total += value;
    line(path, d, fmt::format("{}", total));
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      if (x.values[i] != 0) emit("    {:<26} {:>16}\n", x.labels[i], x.values[i]);
    }
  }
  void histogram(const std::string& path, const Description& d,
                 const observe::Histogram& h) override {
    line(path, d, fmt::format("{}", h.count()));
    if (h.count() == 0) return;
    emit("    {:<26} {:>16.2f}  (min {}, max {})\n", "mean", h.mean(), h.min(), h.max());
    const std::uint64_t highest = *std::max_element(h.buckets().begin(), h.buckets().end());
    for (unsigned i = 0; i < observe::Histogram::kBuckets; ++i) {
      const std::uint64_t count = h.buckets()[i];
      if (count == 0) continue;
      const auto bar = static_cast<std::size_t>(
          std::ceil(static_cast<double>(count) * kBarLength / static_cast<double>(highest)));
      emit("    {:<26} {:>16}  {}\n", range(i), count, std::string(bar, '#'));
    }
  }
  void absent(const std::string& path, const Description& d, const std::string& reason) override {
    line(path, d, "-");
    emit("    not known: {}\n", reason);
  }

  std::string text;

 private:
  template <typename... Arguments>
  void emit(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
  }
  static std::string range(unsigned bucket) {
    if (bucket <= 1) return fmt::format("{}", bucket);
    const std::uint64_t first = std::uint64_t{1} << (bucket - 1);
    return fmt::format("{}..{}", first, first - 1 + first);
  }
  void line(const std::string& path, const Description& d, const std::string& value) {
    if (path != path_ || text.empty()) {
      emit("{}{}\n", text.empty() ? "" : "\n", path.empty() ? "(top)" : path);
      path_ = path;
    }
    emit("  {:<28} {:>16}  {:<12} {}\n", d.name, value, d.unit, d.sentence);
  }

  std::string path_;
};

}  // namespace

std::string statistics_text(const observe::StatisticGroup& root) {
  TextVisitor visitor;
  root.visit(visitor);
  return visitor.text;
}

}  // namespace lookaside::record
