// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <lookaside/ddr/meters.h>

namespace lookaside::ddr {
namespace {

using observe::Description;
using observe::StatisticGroup;
using observe::Vector;
using protocol::Requester;

constexpr std::uint32_t kMostIndices = 64;
constexpr const char* kCalibrated =
    "calibrated timing: instruction fetches, loads and stores of the harts cost a constant and may "
    "bypass the controller through a pointer";

std::vector<std::string> requester_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    names.emplace_back(protocol::name(static_cast<Requester>(i)));
  }
  return names;
}

template <typename Enum>
std::vector<std::string> names(unsigned count) {
  std::vector<std::string> all;
  for (unsigned i = 0; i < count; ++i) all.emplace_back(dram::name(static_cast<Enum>(i)));
  return all;
}

std::string source_name(Requester requester, std::uint32_t index) {
  const std::string number = index == kMostIndices ? "s" : std::to_string(index);
  switch (requester) {
    case Requester::kHartFetch:
      return "hart" + number + ".instruction";
    case Requester::kHartData:
      return "hart" + number + ".data";
    case Requester::kWalker:
      return "hart" + number + ".walk";
    case Requester::kDma:
      return "dma" + number;
    case Requester::kDevice:
      return "device" + number;
    case Requester::kUnknown:
      break;
  }
  return "initiator" + number;
}

double ratio(double part, double whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : part / whole;
}

}  // namespace

void Totals::add(const dram::Organization& organization, const dram::Counters& more,
                 const dram::StandbyClocks& standby, std::uint64_t clocks) {
  const auto sum = [](auto& into, const auto& from) {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] += from[i];
  };
  sum(counters.commands, more.commands);
  sum(counters.rows, more.rows);
  for (std::size_t i = 0; i < more.rows_of.size(); ++i) sum(counters.rows_of[i], more.rows_of[i]);
  sum(counters.openers, more.openers);
  sum(counters.stalls, more.stalls);
  counters.reads += more.reads;
  counters.writes += more.writes;
  counters.forwarded += more.forwarded;
  counters.merged += more.merged;
  counters.write_batches += more.write_batches;
  counters.capped += more.capped;
  counters.data_clocks += more.data_clocks;
  counters.data_end = std::max(counters.data_end, more.data_end);
  channel_clocks += clocks;
  const std::vector<dram::RailEnergy> rails = dram::energy(organization, more, standby);
  if (energy.empty()) energy.resize(rails.size());
  for (std::size_t i = 0; i < rails.size(); ++i) {
    dram::RailEnergy& e = energy[i];
    e.rail = rails[i].rail;
    e.activate += rails[i].activate;
    e.read += rails[i].read;
    e.write += rails[i].write;
    e.refresh += rails[i].refresh;
    e.standby += rails[i].standby;
    e.self_refresh += rails[i].self_refresh;
  }
}

Meters::Meters(const ControllerConfig& config, StatisticGroup& group,
               std::function<Totals()> totals)
    : clock_(config.organization.device.data_rate_mts),
      bytes_per_clock_(config.organization.bus_bits / 4.0),
      totals_(std::move(totals)),
      group_(group),
      queues_("queues"),
      accesses_(requester_names()),
      bytes_(requester_names()),
      atomics_({"load-reserved", "store-conditional", "swap", "add", "xor", "and", "or", "min",
                "max", "min-unsigned", "max-unsigned", "compare-and-swap"}),
      openers_(requester_names()),
      rows_{Vector(requester_names()), Vector(requester_names()), Vector(requester_names())},
      latency_(clock_),
      commands_(names<dram::Op>(dram::kOpCount)),
      stalls_(names<dram::Stall>(dram::kStallCount)) {
  static_assert(static_cast<unsigned>(protocol::AtomicOp::kCompareAndSwap) == 11,
                "one label for each atomic operation");
  group.before_read([this] { settle(); });
  register_counts(group);
  register_totals(group, config);
  register_energy(group, config);
  register_queues(config);
}

Meters::Source::Source(const std::string& name, const Clock& clock)
    : group(name),
      latency(clock),
      queue(clock),
      row(clock),
      turnaround(clock),
      refresh(clock),
      power(clock),
      bus(clock) {
  const auto add = [this](const char* what, const char* sentence, Tally& tally) {
    group.add({what, "ns", sentence}, tally.histogram);
  };
  add("latency_ns", "bursts of this source: from their arrival to the last beat of data", latency);
  add("queue_ns", "of that: waiting for its turn, and the controller's own clocks", queue);
  add("row_ns", "of that: closing another row and opening its own", row);
  add("turnaround_ns", "of that: the data bus changed direction", turnaround);
  add("refresh_ns", "of that: the rank or bank was refreshed", refresh);
  add("power_ns", "of that: leaving power-down or self-refresh", power);
  add("bus_ns", "of that: from the column command to the last beat", bus);
  group.before_read([this] { settle(); });
}

void Meters::Source::settle() {
  for (Tally* tally : {&turnaround, &refresh, &power}) tally->histogram.add(0, undisturbed);
  undisturbed = 0;
  for (Tally* tally : {&latency, &queue, &row, &turnaround, &refresh, &power, &bus}) {
    tally->settle();
  }
}

Meters::Source& Meters::new_source(Requester requester, std::uint32_t index) {
  const std::uint32_t place = index < kMostIndices ? index : kMostIndices;
  auto& row = sources_[static_cast<unsigned>(requester)];
  if (row.size() <= place) row.resize(place + 1);
  if (row[place] == nullptr) {
    row[place] = std::make_unique<Source>(source_name(requester, place), clock_);
    group_.add_child(row[place]->group);
  }
  return *row[place];
}

void Meters::settle() {
  latency_.settle();
  read_ = totals_();
  const dram::Counters& c = read_.counters;
  commands_.values.assign(c.commands.begin(), c.commands.end());
  stalls_.values.assign(c.stalls.begin(), c.stalls.end());
  static_assert(protocol::kRequesterCount <= dram::Counters::kKinds, "a count for each requester");
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].values.assign(c.rows_of[i].begin(), c.rows_of[i].begin() + protocol::kRequesterCount);
  }
  openers_.values.assign(c.openers.begin(), c.openers.begin() + protocol::kRequesterCount);
  refreshes_.value = c.commands[static_cast<unsigned>(dram::Op::kRef)] +
                     c.commands[static_cast<unsigned>(dram::Op::kRefBank)];
  forwarded_.value = c.forwarded;
  merged_.value = c.merged;
  refused_.value = c.refused;
  write_batches_.value = c.write_batches;
  capped_.value = c.capped;
  violations_.value = read_.violations;
  for (std::size_t i = 0; i < energy_.size() && i < read_.energy.size(); ++i) {
    const dram::RailEnergy& e = read_.energy[i];
    const double parts[] = {e.activate, e.read, e.write, e.refresh, e.standby, e.self_refresh};
    for (std::size_t part = 0; part < std::size(parts); ++part) {
      energy_[i].values[part] = static_cast<std::uint64_t>(std::llround(parts[part] / 1000));
    }
  }
}

void Meters::register_counts(StatisticGroup& group) {
  group.add({"accesses", "accesses", "accesses served by the DRAM model, by requester"}, accesses_);
  group.add({"bytes", "bytes", "data of these accesses"}, bytes_);
  group.add({"row_hits", "bursts", "bursts that found their row open"}, rows_[0]);
  group.add({"row_misses", "bursts", "bursts that found no row open in their bank"}, rows_[1]);
  group.add({"row_conflicts", "bursts", "bursts that found another row open in their bank"},
            rows_[2]);
  group.add({"conflict_openers", "bursts",
             "these row conflicts by who had opened the row that was in the way"},
            openers_);
  group.add_derived({"walk_conflict_share", "ratio",
                     "part of all row conflicts in which a page-table walk had opened the row that "
                     "was in the way"},
                    [this] {
                      double all = 0;
                      for (const std::uint64_t n : openers_.values) all += static_cast<double>(n);
                      const auto walker = static_cast<unsigned>(Requester::kWalker);
                      return ratio(static_cast<double>(openers_.values[walker]), all);
                    });
  group.add({"latency_ns", "ns", "bursts: from their arrival to their last data beat"},
            latency_.histogram);
  group.add({"atomics", "accesses", "atomic operations executed, by operation"}, atomics_);
}

void Meters::register_totals(StatisticGroup& group, const ControllerConfig& config) {
  group.add({"commands", "commands", "commands on the command bus, by kind"}, commands_);
  group.add({"refreshes", "commands", "refresh commands of ranks and banks"}, refreshes_);
  group.add({"forwarded_reads", "bursts", "reads answered from a posted write"}, forwarded_);
  group.add({"merged_writes", "bursts", "writes that joined a posted write to the same burst"},
            merged_);
  group.add({"write_batches", "batches", "times the channels turned to posted writes"},
            write_batches_);
  if (config.check) {
    group.add({"rule_violations", "commands",
               "DRAM commands that broke a rule, found by an independent check; 0 or a defect"},
              violations_);
  } else {
    group.add_absent({"rule_violations", "commands", "DRAM commands that broke a rule"},
                     "the check is off (ddr.check)");
  }
  const Description bandwidth = {"bandwidth_gbps", "GB/s",
                                 "data bursts by the time of all channels; 10^9 bytes"};
  const Description utilisation = {"bus_utilisation", "ratio",
                                   "part of all clocks in which the data buses carried data"};
  if (config.timing == Timing::kCalibrated) {
    group.add_absent(bandwidth, kCalibrated);
    group.add_absent(utilisation, kCalibrated);
    group.add_absent(
        {"plain_hart_accesses", "accesses", "instruction fetches, loads and stores of the harts"},
        kCalibrated);
    return;
  }
  const double channels = config.organization.channels;
  const auto busy = [this] {
    return ratio(static_cast<double>(read_.counters.data_clocks),
                 static_cast<double>(read_.channel_clocks));
  };
  group.add_derived(bandwidth, [this, busy, channels] {
    return busy() * channels * bytes_per_clock_ / clock_.ns_per_clock();
  });
  group.add_derived(utilisation, busy);
}

void Meters::register_queues(const ControllerConfig& config) {
  StatisticGroup& group = queues_;
  group.add({"full", "accesses", "accesses that found a queue full and had to wait outside"},
            refused_);
  group.add({"stall_clocks", "clocks",
             "requests waited and no command was issued, by what the oldest waited for"},
            stalls_);
  group.add({"age_cap_commands", "commands", "commands for a request past the age cap"}, capped_);
  const std::uint64_t wait = longest_wait_ps(config);
  const Description bound = {"longest_wait_ns", "ns",
                             "guarantee: no request waits longer for its column command"};
  if (wait != 0) {
    group.add_derived(bound, [wait] { return static_cast<double>(wait) / 1000; });
  } else {
    group.add_absent(bound, "this scheduler promises nothing: it has no age cap");
  }
  if (config.timing == Timing::kApproximate) queues_used();
}

void Meters::queues_used() {
  if (queues_shown_) return;
  queues_shown_ = true;
  group_.add_child(queues_);
}

void Meters::register_energy(StatisticGroup& group, const ControllerConfig& config) {
  const std::vector<dram::Rail>& rails = config.organization.device.rails;
  if (rails.empty() || config.timing == Timing::kCalibrated) {
    group.add_absent({"energy_nj", "nJ", "energy the DRAM devices took"},
                     rails.empty() ? "the preset has no currents of this device" : kCalibrated);
    return;
  }
  const std::vector<std::string> parts = {"activate", "read",    "write",
                                          "refresh",  "standby", "self-refresh"};
  energy_.assign(rails.size(), Vector(parts));
  for (std::size_t i = 0; i < rails.size(); ++i) {
    std::string name = "energy_" + rails[i].name + "_nj";
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    group.add({name, "nJ", "energy of all devices from the supply " + rails[i].name}, energy_[i]);
  }
}

}  // namespace lookaside::ddr
