// SPDX-License-Identifier: Apache-2.0
// Timestamped values of signals, and their order.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/observe/signal.h>

namespace lookaside::record {

/// A value of a signal at a time, in ps. What the value of a text stands for is its holder's
/// business.
struct WaveEvent {
  std::uint64_t time;
  std::uint64_t value;
  observe::SignalId id;
};

/// Sorts by time; equal times keep their order. Quick for what blocks emit: nearly in order, or a
/// few stretches that are. `scratch` is used when it is not, and its content is lost.
void sort_events(std::vector<WaveEvent>& events, std::vector<WaveEvent>& scratch);

}  // namespace lookaside::record
