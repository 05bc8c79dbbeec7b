// SPDX-License-Identifier: Apache-2.0
#include "summary.h"

#include <map>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::testbench {
namespace {

/// The figures the summary picks from the tree, by full path.
class Figures : public observe::StatisticVisitor {
 public:
  using Description = observe::Description;
  void scalar(const std::string& path, const Description& d, std::uint64_t value) override {
    numbers_[path + "." + d.name] = static_cast<double>(value);
  }
  void derived(const std::string& path, const Description& d, double value) override {
    numbers_[path + "." + d.name] = value;
  }
  void vector(const std::string& path, const Description& d, const observe::Vector& v) override {
    vectors_.emplace(path + "." + d.name, v);
  }
  void histogram(const std::string& path, const Description& d,
                 const observe::Histogram& h) override {
    numbers_[path + "." + d.name + ".mean"] = h.mean();
  }
  void absent(const std::string&, const Description&, const std::string&) override {}

  double number(const std::string& name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? 0 : found->second;
  }
  bool has(const std::string& name) const { return numbers_.count(name) != 0; }
  const observe::Vector* row(const std::string& name) const {
    const auto found = vectors_.find(name);
    return found == vectors_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, double> numbers_;
  std::map<std::string, observe::Vector> vectors_;
};

std::string line(const std::string& name, const std::string& value) {
  return fmt::format("  {:<16}{}\n", name, value);
}

std::string tlb_lines(const Figures& figures) {
  std::string text;
  for (const char* part : {"l1i", "l1d", "l2"}) {
    const std::string path = std::string("hart0.mmu.") + part + ".";
    if (!figures.has(path + "lookups")) continue;
    const double lookups = figures.number(path + "lookups");
    const double hits = figures.number(path + "hits");
    text += line(std::string(part) + " hit rate",
                 lookups == 0
                     ? "no lookups"
                     : fmt::format("{:.3f} % of {:.0f} lookups", 100 * hits / lookups, lookups));
  }
  const double walks = figures.number("hart0.mmu.walker.walks");
  text += line("page walks",
               walks == 0 ? "none"
                          : fmt::format("{:.0f}, mean latency {:.1f} ns", walks,
                                        figures.number("hart0.mmu.walker.walk_latency_ns.mean")));
  return text;
}

/// The whole MMU as RTL: how many accesses were compared, of those it made.
std::string mmu_lines(const Figures& figures) {
  const double made = figures.number("hart0.mmu.translations");
  if (figures.has("hart0.mmu.lockstep.accesses_compared")) {
    return line("lockstep",
                fmt::format("{:.0f} accesses compared of {:.0f} made",
                            figures.number("hart0.mmu.lockstep.accesses_compared"), made));
  }
  if (!figures.has("hart0.mmu.rtl.clock_edges")) return "";
  return line("MMU", fmt::format("RTL: {:.0f} accesses in {:.0f} clock edges", made,
                                 figures.number("hart0.mmu.rtl.clock_edges")));
}

/// RTL that took part: how many lookups were compared, of those the MMU made.
std::string rtl_lines(const Figures& figures) {
  double made = 0;
  double compared = 0;
  double edges = 0;
  std::string title;
  for (const std::string part : {"l1i", "l1d", "l2"}) {
    made += figures.number("hart0.mmu." + part + ".lookups");
    for (const std::string backend : {"rtl", "lockstep"}) {
      if (!figures.has(backend + "." + part + ".clock_edges")) continue;
      title = backend;
      edges += figures.number(backend + "." + part + ".clock_edges");
      compared += figures.number(backend + "." + part + ".lookups_compared");
    }
  }
  if (title.empty()) return "";
  if (title == "rtl") {
    return line("TLBs", fmt::format("RTL: {:.0f} lookups in {:.0f} clock edges", made, edges));
  }
  return line("lockstep", fmt::format("{:.0f} lookups compared of {:.0f} made", compared, made));
}

std::string row_lines(const Figures& figures, const std::string& title, const std::string& name) {
  const observe::Vector* row = figures.row(name);
  std::string values;
  for (std::size_t i = 0; row != nullptr && i < row->values.size(); ++i) {
    if (row->values[i] == 0) continue;
    std::string label = row->labels[i];
    for (char& c : label) c = c == '_' ? ' ' : c;
    values += fmt::format("{}{} {}", values.empty() ? "" : ", ", row->values[i], label);
  }
  return line(title, values.empty() ? "none" : values);
}

std::string verdict(const SummaryInput& input) {
  using Kind = platform::Outcome::Kind;
  switch (input.outcome.kind) {
    case Kind::kPassed:
      return "PASSED";
    case Kind::kFailed:
      return fmt::format("FAILED with code {}", input.outcome.code);
    case Kind::kLimit:
      return "ENDED BY A LIMIT";
  }
  return "";
}

}  // namespace

std::string summary(const SummaryInput& input, const observe::StatisticGroup& statistics) {
  Figures figures;
  statistics.visit(figures);
  const double millions = static_cast<double>(input.instructions) / 1e6;
  std::string text = fmt::format("\n--- {}: {} ---\n", input.program, verdict(input));
  text += line("because", input.outcome.reason);
  text += line("instructions", fmt::format("{}", input.instructions));
  text += line("simulated time", platform::format_duration(input.time_ps));
  text +=
      line("host time", fmt::format("{:.2f} s, {:.1f} MIPS", input.host_seconds,
                                    input.host_seconds > 0 ? millions / input.host_seconds : 0));
  text += tlb_lines(figures);
  text += rtl_lines(figures);
  text += mmu_lines(figures);
  text += row_lines(figures, "MMU faults", "hart0.mmu.faults_per_cause");
  text += row_lines(figures, "exceptions", "hart0.exceptions");
  text += row_lines(figures, "interrupts", "hart0.interrupts");
  for (const Written& file : input.files) text += line(file.what, file.path);
  if (!input.next.empty()) text += line("next", input.next);
  return text;
}

}  // namespace lookaside::testbench
