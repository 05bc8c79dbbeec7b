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
constexpr LatencyRow kPercentiles[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};

std::uint64_t row(const dram::Counters& c, RowState state) {
  return c.rows[static_cast<unsigned>(state)];
}

std::uint64_t refreshes(const dram::Counters& c) {
  return c.commands[static_cast<unsigned>(dram::Op::kRef)] +
         c.commands[static_cast<unsigned>(dram::Op::kRefBank)];
}

/// Sums of the channels; `rails` by name.
struct Totals {
  dram::Counters counters;
  std::vector<dram::RailEnergy> rails;
  std::uint64_t checked = 0;
};

void add_energy(Totals& totals, const dram::RailEnergy& e) {
  dram::RailEnergy* sum = nullptr;
  for (dram::RailEnergy& rail : totals.rails) {
    if (rail.rail == e.rail) sum = &rail;
  }
  if (sum == nullptr) {
    totals.rails.push_back(e);
    return;
  }
  sum->activate += e.activate;
  sum->read += e.read;
  sum->write += e.write;
  sum->refresh += e.refresh;
  sum->standby += e.standby;
  sum->self_refresh += e.self_refresh;
}

Totals totals(const std::vector<ChannelFigures>& channels) {
  Totals t;
  for (const ChannelFigures& channel : channels) {
    const dram::Counters& c = channel.counters;
    for (unsigned i = 0; i < dram::kOpCount; ++i) t.counters.commands[i] += c.commands[i];
    for (unsigned i = 0; i < c.rows.size(); ++i) t.counters.rows[i] += c.rows[i];
    t.counters.forwarded += c.forwarded;
    t.counters.merged += c.merged;
    t.counters.data_clocks += c.data_clocks;
    t.checked += channel.commands_checked;
    for (const dram::RailEnergy& e : channel.energy) add_energy(t, e);
  }
  return t;
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
  if (r.played.reads.count() != 0 && r.played.writes.count() != 0) {
    text += latency_line("  of reads", r.played.reads, r.clock_ns());
    text += latency_line("  of writes", r.played.writes, r.clock_ns());
  }
  return text;
}

std::string guarantee(const PlayReport& r) {
  const std::uint64_t clocks = dram::longest_wait(r.setup.channel, r.setup.organization.device);
  if (clocks == 0) return "none: this scheduler may let a request starve";
  return fmt::format("no queued request waits longer than {} clocks, {}, for its command", clocks,
                     time_text(static_cast<double>(clocks) * r.clock_ns()));
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

std::string energy_lines(const Totals& t, const PlayReport& r) {
  if (t.rails.empty()) return line("energy", "unknown: the preset has no currents");
  std::string text;
  double sum = 0;
  for (const dram::RailEnergy& e : t.rails) {
    sum += e.total();
    text += line("  " + e.rail,
                 fmt::format("{:.4g} uJ: activate {:.4g}, read {:.4g}, write {:.4g}, refresh "
                             "{:.4g}, standby {:.4g}, self-refresh {:.4g}",
                             e.total() / 1e6, e.activate / 1e6, e.read / 1e6, e.write / 1e6,
                             e.refresh / 1e6, e.standby / 1e6, e.self_refresh / 1e6));
  }
  const double bits = 8 * static_cast<double>(r.played.bytes);
  const std::string head =
      fmt::format("{:.4g} uJ, {:.1f} pJ a bit, {:.0f} mW", sum / 1e6, bits == 0 ? 0 : sum / bits,
                  r.simulated_ns() == 0 ? 0 : sum / r.simulated_ns());
  return line("energy", head) + text;
}

std::string check_line(const PlayReport& r, const Totals& t) {
  if (r.channels.empty() || !r.channels.front().checked) return "";
  if (r.violations() == 0) {
    return line("timing check", fmt::format("{} commands, no rule broken", t.checked));
  }
  std::string first;
  for (const ChannelFigures& c : r.channels) {
    if (first.empty()) first = c.first_violation;
  }
  return line("timing check", fmt::format("{} VIOLATIONS, the first: {}", r.violations(), first));
}

std::string memory_name(const PlayReport& r) {
  const dram::Organization& o = r.setup.organization;
  const auto count = [](unsigned n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  return fmt::format("{}, {} of {}, {} bit, {}", o.device.name, count(o.channels, "channel"),
                     count(o.ranks, "rank"), o.bus_bits, r.setup.map);
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
  observe::Vector& vector(const char* name, const char* unit, const char* sentence,
                          std::vector<std::string> labels) {
    vectors_.emplace_back(std::move(labels));
    group.add({name, unit, sentence}, vectors_.back());
    return vectors_.back();
  }
  void histogram(const char* name, const char* unit, const char* sentence, observe::Histogram h) {
    histograms_.push_back(h);
    group.add({name, unit, sentence}, histograms_.back());
  }
  observe::StatisticGroup group;

 private:
  std::deque<observe::Scalar> scalars_;
  std::deque<observe::Vector> vectors_;
  std::deque<observe::Histogram> histograms_;
};

void add_latencies(Group& g, const std::string& prefix, const std::string& of,
                   const traffic::Latencies& l, double clock_ns) {
  const std::string sentence = " latency of " + of + ", first attempt to last data.";
  g.number(prefix + "latency_mean_ns", "ns", "Mean" + sentence, l.mean() * clock_ns);
  for (const LatencyRow& p : kPercentiles) {
    g.number(fmt::format("{}latency_{}_ns", prefix, p.name), "ns",
             fmt::format("{} of all requests: this", p.name) + sentence,
             static_cast<double>(l.percentile(p.share)) * clock_ns);
  }
  g.number(prefix + "latency_max_ns", "ns", "Longest" + sentence,
           static_cast<double>(l.max()) * clock_ns);
}

void add_player(Group& g, const PlayReport& r) {
  const traffic::Played& p = r.played;
  g.count("requests", "requests", "Requests of the trace.", p.requests);
  g.count("reads", "requests", "Reads among them.", p.reads.count());
  g.count("writes", "requests", "Writes among them.", p.writes.count());
  g.count("accesses", "bursts", "Bursts that the requests were split into.", p.accesses);
  g.count("bytes", "bytes", "Data asked for.", p.bytes);
  g.count("refused", "attempts", "Attempts that found no room in the controller.", p.refused);
  g.count("simulated_clocks", "clocks", "First attempt to last answer.", p.clocks());
  g.number("simulated_ns", "ns", "First attempt to last answer.", r.simulated_ns());
  g.number("bandwidth_gbps", "10^9 bytes/s", "Data asked for over the simulated time.",
           r.gigabytes_per_second());
  add_latencies(g, "", "all requests", r.latencies(), r.clock_ns());
  add_latencies(g, "read_", "reads", p.reads, r.clock_ns());
  add_latencies(g, "write_", "writes", p.writes, r.clock_ns());
  g.histogram("read_latency_ns", "ns", "Latency of reads, first attempt to last data.",
              p.reads.histogram(r.clock_ns()));
  g.histogram("write_latency_ns", "ns", "Latency of writes, first attempt to answer.",
              p.writes.histogram(r.clock_ns()));
}

void add_memory(Group& g, const PlayReport& r, const Totals& t) {
  const dram::Counters& c = t.counters;
  g.count("guarantee_clocks", "clocks",
          "No queued request waits longer for its column command; 0: nothing is promised.",
          dram::longest_wait(r.setup.channel, r.setup.organization.device));
  g.count("row_hits", "bursts", "Found their row open.", row(c, RowState::kHit));
  g.count("row_misses", "bursts", "Found no row open.", row(c, RowState::kMiss));
  g.count("row_conflicts", "bursts", "Found another row open.", row(c, RowState::kConflict));
  g.count("forwarded", "bursts", "Reads served from posted writes.", c.forwarded);
  g.count("merged", "bursts", "Writes merged into posted writes.", c.merged);
  g.count("refreshes", "commands", "Refreshes of all or of some banks.", refreshes(c));
  std::vector<std::string> names;
  for (unsigned i = 0; i < dram::kOpCount; ++i)
    names.emplace_back(dram::name(static_cast<dram::Op>(i)));
  g.vector("commands", "commands", "Commands by kind.", names)
      .values.assign(c.commands.begin(), c.commands.end());
  double energy = 0;
  for (const dram::RailEnergy& e : t.rails) {
    energy += e.total();
    g.number("energy_" + e.rail + "_pj", "pJ", "Energy drawn from this supply rail.", e.total());
  }
  if (t.rails.empty()) {
    g.group.add_absent({"energy_pj", "pJ", "Energy of all rails."}, "the preset has no currents");
  } else {
    g.number("energy_pj", "pJ", "Energy of all rails.", energy);
  }
  if (r.channels.empty() || !r.channels.front().checked) {
    g.group.add_absent({"violations", "commands", "Timing rules broken."}, "--no-check");
  } else {
    g.count("violations", "commands", "Timing rules broken.", r.violations());
  }
}

}  // namespace

double PlayReport::gigabytes_per_second() const {
  return simulated_ns() == 0 ? 0 : static_cast<double>(played.bytes) / simulated_ns();
}

traffic::Latencies PlayReport::latencies() const {
  traffic::Latencies all = played.reads;
  all.add(played.writes);
  return all;
}

std::uint64_t PlayReport::violations() const {
  std::uint64_t sum = 0;
  for (const ChannelFigures& c : channels) sum += c.violations;
  return sum;
}

std::string report_text(const PlayReport& r) {
  const Totals t = totals(r.channels);
  const traffic::Played& p = r.played;
  const std::uint64_t bursts = row(t.counters, RowState::kHit) + row(t.counters, RowState::kMiss) +
                               row(t.counters, RowState::kConflict);
  const dram::Organization& o = r.setup.organization;
  const double peak = o.bus_bits / 8.0 * o.device.data_rate_mts / 1000 * o.channels;
  std::string text = fmt::format("--- {} ---\n", r.trace);
  text += line("memory", memory_name(r));
  text += line("requests",
               fmt::format("{}: {} reads, {} writes, {} bytes, at most {} outstanding", p.requests,
                           p.reads.count(), p.writes.count(), p.bytes, r.player.outstanding));
  text += line("simulated time", time_text(r.simulated_ns()));
  text += line("bandwidth", fmt::format("{:.3f} GB/s, {:.1f} % of {:.1f}", r.gigabytes_per_second(),
                                        100 * r.gigabytes_per_second() / peak, peak));
  text += latency_lines(r);
  text += line("guarantee", guarantee(r));
  text += line("rows",
               fmt::format("{} hits ({}), {} misses, {} conflicts", row(t.counters, RowState::kHit),
                           share(row(t.counters, RowState::kHit), bursts),
                           row(t.counters, RowState::kMiss), row(t.counters, RowState::kConflict)));
  text += line("commands", command_counts(t.counters));
  text += line("refreshes", fmt::format("{}", refreshes(t.counters)));
  text += energy_lines(t, r);
  text += check_line(r, t);
  text += line(
      "host",
      fmt::format("{:.2f} s of CPU, {:.3f} M requests a CPU second", r.cpu_seconds,
                  r.cpu_seconds == 0 ? 0 : static_cast<double>(p.requests) / r.cpu_seconds / 1e6));
  for (const std::string& file : r.files) text += line("written", file);
  return text;
}

std::string report_json(const PlayReport& r, const nlohmann::ordered_json& configuration) {
  nlohmann::ordered_json run;
  run["trace"] = r.trace;
  run["memory"] = memory_name(r);
  run["timing"] = r.timing;
  run["outstanding"] = r.player.outstanding;
  run["gap_clocks"] = r.player.gap;
  run["configuration"] = configuration;
  run["host"]["cpu_seconds"] = r.cpu_seconds;
  run["host"]["requests_per_cpu_second"] =
      r.cpu_seconds == 0 ? 0 : static_cast<double>(r.played.requests) / r.cpu_seconds;
  Group player("player");
  add_player(player, r);
  Group memory("memory");
  add_memory(memory, r, totals(r.channels));
  observe::StatisticGroup root("");
  root.add_child(player.group);
  root.add_child(memory.group);
  return record::statistics_json_text(root, run);
}

}  // namespace lookaside::testbench
