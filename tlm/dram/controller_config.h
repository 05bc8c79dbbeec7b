// SPDX-License-Identifier: Apache-2.0
// How a memory controller is built: queues, scheduler, page policy, refresh, power.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <lookaside/dram/mapping.h>

namespace lookaside::dram {

/// A row stays open as long as a queued request wants it. Requests for one row keep their order,
/// reads and writes alike unless writes are posted: a read that could go waits behind a write that
/// waits for the bus to turn round.
enum class Scheduling : std::uint8_t {
  kFcfs,          ///< strictly the oldest request
  kFrFcfs,        ///< row hits first, then the oldest; may starve a conflicting request
  kFrFcfsCapped,  ///< ... until one has waited `age_cap`: then strictly the oldest
};
enum class PagePolicyKind : std::uint8_t { kOpen, kClosed, kAdaptive, kTimeout };
enum class RefreshMode : std::uint8_t {
  kNone,  ///< somebody else refreshes, or nobody: data is lost in time
  kRank,  ///< all banks at once
  kBank,  ///< one bank (LPDDR4), or one bank of each group (DDR5), at a time
};

/// Clocks throughout; a configuration that makes no sense is refused with ControllerError.
struct ControllerConfig {
  bool split_queues = false;          ///< reads and writes have queues of their own
  std::uint32_t queue_depth = 32;     ///< requests; of the read queue when split
  std::uint32_t write_depth = 32;     ///< of the write queue when split
  bool posted_writes = false;         ///< answered when accepted, written in batches
  std::uint32_t high_watermark = 24;  ///< posted writes that start a batch
  std::uint32_t low_watermark = 8;    ///< ... that end it
  Scheduling scheduling = Scheduling::kFrFcfsCapped;
  std::uint32_t age_cap = 4000;
  PagePolicyKind page_policy = PagePolicyKind::kOpen;
  std::uint32_t page_timeout = 200;  ///< of the timeout policy
  RefreshMode refresh = RefreshMode::kRank;
  std::uint32_t postpone = 0;            ///< refreshes owed before one is forced
  std::uint32_t pull_in = 0;             ///< refreshes done ahead while idle
  std::uint32_t power_down_after = 0;    ///< clocks without a request; 0 never
  std::uint32_t self_refresh_after = 0;  ///< ... ; 0 never
};

class ControllerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws ControllerError: what was found, what was expected.
void check_config(const ControllerConfig& config, const Organization& organization);

/// No accepted request waits longer for its column command: the age cap, then every request of the
/// queue in order at its worst cost, then the refreshes that fall into that time. 0: no guarantee
/// (FR-FCFS without cap). Holds while the ranks are refreshed and awake.
///
/// Why: let a request be older than the cap. From then on only the oldest request of the queue gets
/// commands (it waits for no other, since what it could wait for is older), so requests older than
/// ours are served one after the other, and they are fewer than the queue holds; none can be added.
/// One of them costs at most what it takes to let the bank finish what was begun (tRAS, or a column
/// command and its write recovery), to precharge, to activate behind a full four-activate window,
/// and to turn the bus round. Refreshes alone go before it: those owed at the beginning and those
/// that fall due meanwhile, each at its own cost and one more service, because it closes the row.
std::uint64_t longest_wait(const ControllerConfig& config, const Device& device);
/// longest_wait() of FR-FCFS with the smallest age cap.
std::uint64_t smallest_wait(ControllerConfig config, const Device& device);
/// The largest age cap with which longest_wait() is at most `bound`. Throws ControllerError with
/// the smallest bound that can be kept.
std::uint32_t age_cap_for(std::uint64_t bound, ControllerConfig config, const Device& device);

}  // namespace lookaside::dram
