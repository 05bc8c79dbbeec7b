// SPDX-License-Identifier: Apache-2.0
#include "ddr/report.h"

#include <deque>

#include <fmt/format.h>

#include <lookaside/observe/statistic.h>
#include <lookaside/record/core/statistics_json.h>

namespace lookaside::testbench {
namespace {

using dram::RowState;

struct LatencyRow {
  const char* name;
  double share;
};
constexpr const char* kInterrupted = "interrupted by the user";
constexpr LatencyRow kPercentiles[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};

std::uint64_t row(const dram::Counters& c, RowState state) {
  return c.rows[static_cast<unsigned>(state)];
}

std::uint64_t refreshes(const dram::Counters& c) {
  return c.commands[static_cast<unsigned>(dram::Op::kRef)] +
         c.commands[static_cast<unsigned>(dram::Op::kRefBank)];
}

std::string line(const std::string& name, const std::string& value) {
  return fmt::format("  {:<16}{}\n", name, value);
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string time_text(double ns) {
  return ns < 1e3   ? fmt::format("{:.1f} ns", ns)
         : ns < 1e6 ? fmt::format("{:.3f} us", ns / 1e3)
                    : fmt::format("{:.3f} ms", ns / 1e6);
}

std::string latency_line(const char* name, const traffic::Latencies& l, double clock_ns) {
  std::string text = fmt::format("mean {:.1f}", l.mean() * clock_ns);
  for (const LatencyRow& p : kPercentiles) {
    text +=
        fmt::format(", {} {:.1f}", p.name, static_cast<double>(l.percentile(p.share)) * clock_ns);
  }
  text += fmt::format(", max {:.1f} ns", static_cast<double>(l.max()) * clock_ns);
  return line(name, text);
}

std::string latency_lines(const PlayReport& r) {
  std::string text = latency_line("latency", r.latencies(), r.clock_ns());
  if (r.results.played.reads.count() != 0 && r.results.played.writes.count() != 0) {
    text += latency_line("  of reads", r.results.played.reads, r.clock_ns());
    text += latency_line("  of writes", r.results.played.writes, r.clock_ns());
  }
  return text;
}

/// Only of queued requests, as the sentence of ddr.longest_wait_ns says.
std::string guarantee_line(const PlayReport& r) {
  if (r.config.timing != ddr::Timing::kApproximate) return "";
  const std::uint64_t ps = ddr::longest_wait_ps(r.config);
  return line("guarantee",
              ps == 0 ? "none: this scheduler may let a request starve"
                      : fmt::format("no queued request waits longer than {} for its command",
                                    time_text(static_cast<double>(ps) / 1000)));
}

std::string command_counts(const dram::Counters& c) {
  std::string text;
  for (unsigned i = 0; i < dram::kOpCount; ++i) {
    if (c.commands[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", dram::name(static_cast<dram::Op>(i)),
                        c.commands[i]);
  }
  return text.empty() ? "none" : text;
}

std::string energy_lines(const PlayReport& r) {
  const std::vector<dram::RailEnergy>& rails = r.results.totals.energy;
  if (r.config.organization.device.rails.empty()) {
    return line("energy", "unknown: the preset has no currents");
  }
  std::string text;
  double sum = 0;
  for (const dram::RailEnergy& e : rails) {
    sum += e.total();
    text += line("  " + e.rail,
                 fmt::format("{:.4g} uJ: activate {:.4g}, read {:.4g}, write {:.4g}, refresh "
                             "{:.4g}, standby {:.4g}, self-refresh {:.4g}",
                             e.total() / 1e6, e.activate / 1e6, e.read / 1e6, e.write / 1e6,
                             e.refresh / 1e6, e.standby / 1e6, e.self_refresh / 1e6));
  }
  const double bits = 8 * static_cast<double>(r.results.played.bytes);
  const std::string head =
      fmt::format("{:.4g} uJ, {:.1f} pJ a bit, {:.0f} mW", sum / 1e6, bits == 0 ? 0 : sum / bits,
                  r.simulated_ns() == 0 ? 0 : sum / r.simulated_ns());
  return line("energy", head) + text;
}

std::string check_line(const PlayReport& r) {
  if (!r.config.check) return "";
  const ddr::Totals& t = r.results.totals;
  std::uint64_t commands = 0;
  for (const std::uint64_t n : t.counters.commands) commands += n;
  return line("timing check",
              t.violations == 0
                  ? fmt::format("{} commands, no rule broken", commands)
                  : fmt::format("{} VIOLATIONS in {} commands", t.violations, commands));
}

std::string memory_name(const PlayReport& r) {
  const dram::Organization& o = r.config.organization;
  const auto count = [](unsigned n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  return fmt::format("{}, {} of {}, {} bit, {}", o.device.name, count(o.channels, "channel"),
                     count(o.ranks, "rank"), o.bus_bits, r.config.map);
}

/// A statistics group that owns its counters.
class Group {
 public:
  explicit Group(const char* name) : group(name) {}
  void count(const char* name, const char* unit, const char* sentence, std::uint64_t value) {
    scalars_.push_back({value});
    group.add({name, unit, sentence}, scalars_.back());
  }
  void number(const std::string& name, const char* unit, const std::string& sentence,
              double value) {
    group.add_derived({name, unit, sentence}, [value] { return value; });
  }
  void absent(const std::string& name, const char* unit, const std::string& sentence,
              const std::string& reason) {
    group.add_absent({name, unit, sentence}, reason);
  }
  observe::Vector& vector(const char* name, const char* unit, const char* sentence,
                          std::vector<std::string> labels) {
    vectors_.emplace_back(std::move(labels));
    group.add({name, unit, sentence}, vectors_.back());
    return vectors_.back();
  }
  void histogram(const char* name, const char* unit, const std::string& sentence,
                 const observe::Histogram& h) {
    histograms_.push_back(h);
    group.add({name, unit, sentence}, histograms_.back());
  }
  observe::StatisticGroup group;

 private:
  std::deque<observe::Scalar> scalars_;
  std::deque<observe::Vector> vectors_;
  std::deque<observe::Histogram> histograms_;
};

/// Requests of a kind, and from when to when their latency counts.
struct LatencyKind {
  const char* prefix;
  const char* of;
  const char* until;
};
constexpr LatencyKind kReads = {"read_", "reads", "first attempt to last data"};

LatencyKind writes_of(const PlayReport& r) {
  const bool posted = r.config.channel.posted_writes;
  return {"write_", posted ? "posted writes" : "writes",
          posted ? "first attempt to acceptance in the queue" : kReads.until};
}

LatencyKind requests_of(const PlayReport& r) {
  return {"", "all requests",
          r.config.channel.posted_writes
              ? "first attempt to last data, of posted writes to acceptance in the queue"
              : kReads.until};
}

void add_latencies(Group& g, const LatencyKind& kind, const traffic::Latencies& l,
                   double clock_ns) {
  const std::string sentence = fmt::format(" latency of {}, {}.", kind.of, kind.until);
  const auto add = [&](const char* name, const std::string& which, double clocks) {
    const std::string full = fmt::format("{}latency_{}_ns", kind.prefix, name);
    if (l.count() == 0) {
      g.absent(full, "ns", which + sentence, fmt::format("the play had no {}", kind.of));
    } else {
      g.number(full, "ns", which + sentence, clocks * clock_ns);
    }
  };
  add("mean", "Mean", l.mean());
  for (const LatencyRow& p : kPercentiles) {
    add(p.name, fmt::format("{}: the", p.name), static_cast<double>(l.percentile(p.share)));
  }
  add("max", "Longest", static_cast<double>(l.max()));
}

void add_histogram(Group& g, const LatencyKind& kind, const char* name, const traffic::Latencies& l,
                   const PlayReport& r) {
  constexpr std::uint64_t kNs = 2000;  // a clock is 2000 ns / MT/s
  g.histogram(name, "ns", fmt::format("Latency of {}, {}.", kind.of, kind.until),
              l.histogram(kNs, r.config.organization.device.data_rate_mts));
}

void add_player(Group& g, const PlayReport& r) {
  const traffic::Played& p = r.results.played;
  g.count("requests", "requests", "Requests of the trace.", p.requests);
  g.count("reads", "requests", "Reads among them.", p.reads.count());
  g.count("writes", "requests", "Writes among them.", p.writes.count());
  g.count("accesses", "bursts", "Bursts that the requests were split into.", p.accesses);
  g.count("bytes", "bytes", "Data asked for.", p.bytes);
  g.count("refused", "attempts", "Attempts that found no room in the controller.", p.refused);
  const char* const simulated =
      "Clock 0, from which a delay of the first request counts, to last answer, or last data of "
      "posted writes; all of ddr.* is of this time, too.";
  g.count("simulated_clocks", "clocks", simulated, r.results.clocks);
  g.number("simulated_ns", "ns", simulated, r.simulated_ns());
  g.number("bandwidth_gbps", "10^9 bytes/s", "Data asked for over the simulated time.",
           r.gigabytes_per_second());
  add_latencies(g, requests_of(r), r.latencies(), r.clock_ns());
  add_latencies(g, kReads, p.reads, r.clock_ns());
  add_latencies(g, writes_of(r), p.writes, r.clock_ns());
  add_histogram(g, kReads, "read_latency_ns", p.reads, r);
  add_histogram(g, writes_of(r), "write_latency_ns", p.writes, r);
}

}  // namespace

double PlayReport::gigabytes_per_second() const {
  return simulated_ns() == 0 ? 0 : static_cast<double>(results.played.bytes) / simulated_ns();
}

traffic::Latencies PlayReport::latencies() const {
  traffic::Latencies all = results.played.reads;
  all.add(results.played.writes);
  return all;
}

double PlayReport::bus_share() const {
  const auto clocks = static_cast<double>(results.clocks * config.organization.channels);
  return clocks == 0 ? 0 : static_cast<double>(results.totals.counters.data_clocks) / clocks;
}

std::string report_text(const PlayReport& r) {
  const ddr::Totals& t = r.results.totals;
  const traffic::Played& p = r.results.played;
  const std::uint64_t bursts = row(t.counters, RowState::kHit) + row(t.counters, RowState::kMiss) +
                               row(t.counters, RowState::kConflict);
  const dram::Organization& o = r.config.organization;
  const double peak = o.bus_bits / 8.0 * o.device.data_rate_mts / 1000 * o.channels;
  std::string text = fmt::format("--- {} ---\n", r.trace);
  if (r.interrupted) text += line("outcome", kInterrupted);
  text += line("memory", memory_name(r));
  text += line("requests",
               fmt::format("{}: {} reads, {} writes, {} bytes, at most {} outstanding", p.requests,
                           p.reads.count(), p.writes.count(), p.bytes, r.player.outstanding));
  text += line("simulated time", time_text(r.simulated_ns()));
  text += line("bandwidth", fmt::format("{:.3f} GB/s; data bus busy {:.1f} % (peak {:.1f} GB/s)",
                                        r.gigabytes_per_second(), 100 * r.bus_share(), peak));
  text += latency_lines(r);
  text += guarantee_line(r);
  text += line("rows",
               fmt::format("{} hits ({}), {} misses, {} conflicts", row(t.counters, RowState::kHit),
                           share(row(t.counters, RowState::kHit), bursts),
                           row(t.counters, RowState::kMiss), row(t.counters, RowState::kConflict)));
  text += line("commands", command_counts(t.counters));
  text += line("refreshes", fmt::format("{}", refreshes(t.counters)));
  text += energy_lines(r);
  text += check_line(r);
  text += line(
      "host",
      fmt::format("{:.2f} s of CPU, {:.3f} M requests a CPU second", r.cpu_seconds,
                  r.cpu_seconds == 0 ? 0 : static_cast<double>(p.requests) / r.cpu_seconds / 1e6));
  for (const std::string& file : r.files) text += line("written", file);
  return text;
}

std::string report_json(const PlayReport& r, observe::StatisticGroup& ddr,
                        const nlohmann::ordered_json& configuration) {
  nlohmann::ordered_json run;
  run["trace"] = r.trace;
  if (r.interrupted) run["outcome"] = kInterrupted;
  run["memory"] = memory_name(r);
  run["timing"] = r.config.timing == ddr::Timing::kTemporal ? "temporal" : "approximate";
  run["outstanding"] = r.player.outstanding;
  run["gap_clocks"] = r.player.gap;
  run["configuration"] = configuration;
  run["host"]["cpu_seconds"] = r.cpu_seconds;
  run["host"]["requests_per_cpu_second"] =
      r.cpu_seconds == 0 ? 0 : static_cast<double>(r.results.played.requests) / r.cpu_seconds;
  Group player("player");
  add_player(player, r);
  observe::StatisticGroup root("");
  root.add_child(player.group);
  root.add_child(ddr);
  return record::statistics_json_text(root, run);
}

}  // namespace lookaside::testbench
