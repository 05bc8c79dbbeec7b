// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/controller_config.h>

namespace lookaside::dram {
namespace {

using P = Parameter;

void demand(bool holds, const std::string& what) {
  if (!holds) throw ControllerError(what);
}

}  // namespace

void check_config(const ControllerConfig& c, const Organization& o) {
  demand(c.queue_depth > 0, "the request queue must hold at least 1 request, found 0");
  demand(!c.split_queues || c.write_depth > 0,
         "the write queue must hold at least 1 request, found 0");
  demand(c.queue_depth <= 4096 && c.write_depth <= 4096, "a queue holds at most 4096 requests");
  const std::uint32_t room = c.split_queues ? c.write_depth : c.queue_depth;
  demand(!c.posted_writes || (c.low_watermark < c.high_watermark && c.high_watermark <= room),
         "write watermarks must be low < high <= " + std::to_string(room) + ", found low " +
             std::to_string(c.low_watermark) + ", high " + std::to_string(c.high_watermark));
  demand(c.scheduling != Scheduling::kFrFcfsCapped || c.age_cap > 0,
         "the age cap must be at least 1 clock, found 0");
  demand(c.postpone <= o.device.max_postponed && c.pull_in <= o.device.max_postponed,
         o.device.name + " permits " + std::to_string(o.device.max_postponed) +
             " refreshes to be postponed or pulled in, found " + std::to_string(c.postpone) +
             " and " + std::to_string(c.pull_in));
  demand(c.refresh != RefreshMode::kBank || o.device.has_bank_refresh(),
         o.device.name + " has no refresh of single banks");
}

std::uint64_t longest_wait(const ControllerConfig& c, const Device& d) {
  if (c.scheduling == Scheduling::kFrFcfs) return 0;
  const std::int64_t write = d.data_end(true) + std::int64_t{std::max(d[P::kWr], d[P::kWtrL])};
  const std::int64_t read = d.data_end(false) + std::int64_t{d[P::kRtw] + d[P::kRtrs]};
  // Precharge what was just opened and written, activate, wait for the bus to turn round.
  const auto service = static_cast<std::uint64_t>(
      std::max<std::int64_t>(d[P::kRas], d[P::kRcd] + write) + d[P::kRpab] + d[P::kRcd] +
      d[P::kFaw] + std::max(read, write) + std::int64_t{4} * d[P::kCmdCol]);
  const std::uint64_t entries = c.queue_depth + (c.split_queues ? c.write_depth : 0);
  const std::uint64_t cap = c.scheduling == Scheduling::kFcfs ? 0 : c.age_cap;
  const std::uint64_t busy = cap + entries * service;
  if (c.refresh == RefreshMode::kNone) return busy;
  const auto interval = static_cast<std::uint64_t>(d[P::kRefi]);
  const std::uint64_t cost = static_cast<std::uint64_t>(d[P::kRfc]) + service;
  // What runs while refreshes run brings refreshes of its own.
  const std::uint64_t owed = 1 + c.postpone + d.max_postponed;
  const std::uint64_t work = busy + owed * cost;
  return interval > cost ? work + (work / (interval - cost) + 1) * cost : 0;
}

std::uint64_t smallest_wait(ControllerConfig c, const Device& device) {
  c.scheduling = Scheduling::kFrFcfsCapped;
  c.age_cap = 1;
  return longest_wait(c, device);
}

std::uint32_t age_cap_for(std::uint64_t bound, ControllerConfig c, const Device& device) {
  c.scheduling = Scheduling::kFrFcfsCapped;
  const auto wait = [&](std::uint64_t cap) {
    c.age_cap = static_cast<std::uint32_t>(cap);
    return longest_wait(c, device);
  };
  const std::uint64_t smallest = smallest_wait(c, device);
  demand(smallest != 0, "no request can be promised a wait: refreshes leave no time between them");
  demand(bound >= smallest, "no request can be promised to wait at most " + std::to_string(bound) +
                                " clocks; the smallest bound of this queue is " +
                                std::to_string(smallest));
  std::uint64_t low = 1;
  std::uint64_t high = std::min<std::uint64_t>(bound, 0xFFFF'FFFF);
  while (low < high) {
    const std::uint64_t middle = (low + high + 1) / 2;
    (wait(middle) <= bound ? low : high) = wait(middle) <= bound ? middle : middle - 1;
  }
  return static_cast<std::uint32_t>(low);
}

}  // namespace lookaside::dram
