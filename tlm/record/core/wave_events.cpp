// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include <lookaside/record/core/wave_events.h>

namespace lookaside::record {
namespace {

/// An event that comes later than so many younger ones begins a stretch of its own.
constexpr std::size_t kMostMoved = 32;

bool earlier(const WaveEvent& a, const WaveEvent& b) {
  return a.time < b.time;
}

/// Sorts by insertion as long as an event finds its place nearby. Where the stretches that come out
/// of it begin, 0 and the end included.
std::vector<std::size_t> sort_nearby(std::vector<WaveEvent>& events) {
  std::vector<std::size_t> bounds{0};
  std::size_t begin = 0;
  for (std::size_t i = 1; i < events.size(); ++i) {
    if (events[i - 1].time <= events[i].time) continue;
    const std::size_t limit = i - begin > kMostMoved ? i - kMostMoved : begin;
    const WaveEvent event = events[i];
    if (limit != begin && events[limit].time > event.time) {
      begin = i;
      bounds.push_back(i);
      continue;
    }
    std::size_t place = i;
    for (; place > limit && events[place - 1].time > event.time; --place) {
      events[place] = events[place - 1];
    }
    events[place] = event;
  }
  bounds.push_back(events.size());
  return bounds;
}

}  // namespace

void sort_events(std::vector<WaveEvent>& events, std::vector<WaveEvent>& scratch) {
  std::vector<std::size_t> bounds = sort_nearby(events);
  const auto at = [](std::vector<WaveEvent>& of, std::size_t i) {
    return of.begin() + static_cast<std::ptrdiff_t>(i);
  };
  while (bounds.size() > 2) {
    scratch.resize(events.size());
    std::vector<std::size_t> merged{0};
    for (std::size_t i = 0; i + 1 < bounds.size(); i += 2) {
      const std::size_t middle = bounds[i + 1];
      const std::size_t end = i + 2 < bounds.size() ? bounds[i + 2] : middle;
      std::merge(at(events, bounds[i]), at(events, middle), at(events, middle), at(events, end),
                 at(scratch, bounds[i]), earlier);
      merged.push_back(end);
    }
    events.swap(scratch);
    bounds = std::move(merged);
  }
}

}  // namespace lookaside::record
