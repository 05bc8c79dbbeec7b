// SPDX-License-Identifier: Apache-2.0
// What an MMU counts. Names and units are part of the interface: summaries and JSON use them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <lookaside/mmu/config.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/translation_port_if.h>
#include <lookaside/translation/fault.h>

namespace lookaside::mmu {

/// hits + misses == lookups; fills - evictions - replaced - flushed == entries that are valid.
struct TlbCounters {
  explicit TlbCounters(const std::string& name);
  observe::Scalar lookups;
  observe::Scalar hits;
  observe::Scalar misses;
  observe::Scalar stale_hits;
  observe::Scalar fills;
  observe::Scalar evictions;
  observe::Scalar replaced;
  observe::Scalar flushed;
  observe::StatisticGroup group;
};

struct WalkerCounters {
  WalkerCounters();
  observe::Scalar walks;
  observe::Scalar walks_faulted;
  observe::Scalar walks_restarted;
  observe::Scalar pte_reads;
  observe::Scalar ad_updates;
  observe::Scalar ad_retries;
  observe::Vector pte_reads_per_level;
  observe::Histogram walk_latency_ns;
  observe::StatisticGroup group;
};

/// Counts of accesses that were only counted, not performed (see DirectGrant::repeats). They are
/// folded into the counters before anybody reads those.
struct Repeats {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
};

struct Counters {
  explicit Counters(const Config& config);

  void count_fault(const translation::Fault& fault);
  void count_access(translation::Access access) {
    ++accesses.values[static_cast<unsigned>(access)];
  }
  TlbCounters& l1(protocol::Port port) { return port == protocol::Port::kFetch ? l1i : l1d; }
  Repeats& repeats(protocol::Port port, bool translated) {
    return repeats_[static_cast<unsigned>(port)][translated ? 1 : 0];
  }

  TlbCounters l1i{"l1i"};
  TlbCounters l1d{"l1d"};
  TlbCounters l2{"l2"};
  WalkerCounters walker;
  observe::Vector accesses;
  observe::Scalar translations;
  observe::Scalar bypasses;
  observe::Scalar split_accesses;
  observe::Vector faults_per_cause;
  observe::Vector faults_per_rule;
  observe::Vector fences;
  observe::Scalar dmi_grants;
  observe::Scalar dmi_revocations;
  observe::StatisticGroup group;

 private:
  void settle();
  std::array<std::array<Repeats, 2>, 2> repeats_{};
};

}  // namespace lookaside::mmu
