// SPDX-License-Identifier: Apache-2.0
// Ranges of memory whose writes somebody wants to see. No SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <lookaside/ddr/granules.h>

namespace lookaside::ddr {

/// A write that overlapped a watched range. Memory already holds the new value.
struct WriteEvent {
  std::uint64_t first = 0;  ///< physical bytes written, inclusive
  std::uint64_t last = 0;
  std::uint64_t time_ps = 0;  ///< absolute time at which the writer gets its response
};
using WriteCallback = std::function<void(const WriteEvent&)>;

class Watches {
 public:
  void add(std::uint64_t first, std::uint64_t last, WriteCallback callback) {
    granules_.add(first, last);
    watches_.push_back({first, last, std::move(callback)});
  }
  bool empty() const { return watches_.empty(); }
  /// Where no pointer may be used for writes.
  const Granules& granules() const { return granules_; }

  void written(const WriteEvent& event) const {
    for (const Watch& watch : watches_) {
      if (watch.first <= event.last && event.first <= watch.last) watch.callback(event);
    }
  }

 private:
  struct Watch {
    std::uint64_t first;
    std::uint64_t last;
    WriteCallback callback;
  };
  std::vector<Watch> watches_;
  Granules granules_;
};

}  // namespace lookaside::ddr
