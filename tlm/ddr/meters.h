// SPDX-License-Identifier: Apache-2.0
// What the DDR controller counts, and the tree of statistics it shows.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/config.h>
#include <lookaside/ddr/tally.h>
#include <lookaside/dram/energy.h>
#include <lookaside/dram/transaction.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::ddr {

/// What the channels know at one moment, summed.
struct Totals {
  void add(const dram::Organization& organization, const dram::Counters& more,
           const dram::StandbyClocks& standby, std::uint64_t clocks);

  dram::Counters counters;
  std::vector<dram::RailEnergy> energy;  ///< one of each rail of the preset
  std::uint64_t channel_clocks = 0;      ///< clocks that have passed, of all channels together
  std::uint64_t violations = 0;          ///< found by the checkers
};

/// Counters by requester and, for each initiator and kind of access that appears, histograms of
/// latency and of its parts. A source is "hart0.data", "hart0.walk", "dma1", ...; its group comes
/// into the tree with its first access.
class Meters {
 public:
  /// `totals` is asked whenever the statistics are read.
  Meters(const ControllerConfig& config, observe::StatisticGroup& group,
         std::function<Totals()> totals);

  /// Histograms of one initiator and kind of access, in ns, a sample each burst.
  struct Source {
    Source(const std::string& name, const Clock& clock);
    void settle();
    observe::StatisticGroup group;
    Tally latency, queue, row, turnaround, refresh, power, bus;
    std::uint64_t undisturbed =
        0;  ///< bursts that the three before `bus` did not touch, not yet in them
  };
  /// Valid for the lifetime of the meters.
  Source& source(protocol::Requester requester, std::uint32_t index) {
    const auto& row = sources_[static_cast<unsigned>(requester)];
    if (index < row.size() && row[index] != nullptr) return *row[index];
    return new_source(requester, index);
  }

  /// Requests go through the queues of the channels' controllers: their figures come into the tree.
  /// (The temporal model has no queues to tell of.)
  void queues_used();

  void access(protocol::Requester requester, std::uint64_t bytes) {
    ++accesses_.values[static_cast<unsigned>(requester)];
    bytes_.values[static_cast<unsigned>(requester)] += bytes;
  }
  void atomic(protocol::AtomicOp op) { ++atomics_.values[static_cast<unsigned>(op)]; }
  /// One burst has been served. `more`: clocks outside the channel, of which `before` passed before
  /// it took the request.
  void burst(Source& s, const dram::Completion& done, std::uint64_t before, std::uint64_t more) {
    const std::uint64_t latency = done.finish - done.arrival + more;
    latency_.add(latency);
    s.latency.add(latency);
    s.queue.add(done.split.queue + before);
    s.row.add(done.split.row);
    s.bus.add(done.split.bus);
    if ((done.split.turnaround | done.split.refresh | done.split.power) == 0) {
      ++s.undisturbed;
    } else {
      s.turnaround.add(done.split.turnaround);
      s.refresh.add(done.split.refresh);
      s.power.add(done.split.power);
    }
  }

 private:
  Source& new_source(protocol::Requester requester, std::uint32_t index);
  void settle();
  void register_counts(observe::StatisticGroup& group);
  void register_totals(observe::StatisticGroup& group, const ControllerConfig& config);
  void register_queues(const ControllerConfig& config);
  void register_energy(observe::StatisticGroup& group, const ControllerConfig& config);

  Clock clock_;
  double bytes_per_clock_;
  std::function<Totals()> totals_;
  observe::StatisticGroup& group_;
  observe::StatisticGroup queues_;
  bool queues_shown_ = false;
  std::array<std::vector<std::unique_ptr<Source>>, protocol::kRequesterCount> sources_;

  observe::Vector accesses_, bytes_, atomics_, openers_;
  std::array<observe::Vector, 3> rows_;  // index: dram::RowState
  Tally latency_;
  observe::Vector commands_, stalls_;
  observe::Scalar refreshes_, forwarded_, merged_, refused_, write_batches_, capped_, violations_;
  std::vector<observe::Vector> energy_;  // of each rail
  Totals read_;                          // when the statistics were read last
};

}  // namespace lookaside::ddr
