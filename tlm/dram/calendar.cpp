// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/calendar.h>

namespace lookaside::dram {
namespace {

unsigned floor_log2(unsigned value) {
  return 31U - static_cast<unsigned>(__builtin_clz(value));
}

}  // namespace

Calendar::Calendar(unsigned codes, unsigned grain, unsigned log2_clocks)
    : codes_(codes),
      shift_(floor_log2(grain)),
      mask_((std::uint64_t{1} << (log2_clocks - shift_)) - 1),
      used_(log2_clocks - shift_),
      offset_(mask_ + 1),
      code_(mask_ + 1),
      distance_(std::size_t{codes} * codes),
      back_(codes, 1),
      ahead_(codes, 1) {}

void Calendar::set_distance(unsigned fresh, unsigned other, Distance distance) {
  distance_[std::size_t{fresh} * codes_ + other] = distance;
  back_[fresh] = std::max(back_[fresh], distance.after);
  ahead_[fresh] = std::max(ahead_[fresh], distance.before);
}

void Calendar::add(std::uint64_t clock, unsigned code) {
  const std::uint64_t slot = clock >> shift_;
  if (!used_.set(slot)) return;
  offset_[slot & mask_] = static_cast<std::uint8_t>(clock - (slot << shift_));
  code_[slot & mask_] = static_cast<std::uint8_t>(code);
}

std::uint64_t Calendar::fit(std::uint64_t from, unsigned code) const {
  std::uint64_t at = fit_distances(from, code);
  if (window_ == 0) return at;
  for (;;) {
    const std::uint64_t later = after_window(at);
    if (later == at) return at;
    at = fit_distances(later, code);
  }
}

std::uint64_t Calendar::fit_distances(std::uint64_t at, unsigned code) const {
  const Distance* distances = &distance_[std::size_t{code} * codes_];
  const auto back = static_cast<std::uint64_t>(back_[code]);
  const auto ahead = static_cast<std::uint64_t>(ahead_[code]);
  for (;;) {
    const std::uint64_t before = at;
    bool done = false;
    for (std::uint64_t slot = (at > back ? at - back : 0) >> shift_; !done; slot += 64) {
      for (std::uint64_t bits = used_.window(slot); bits != 0; bits &= bits - 1) {
        const std::uint64_t i = slot + static_cast<unsigned>(__builtin_ctzll(bits));
        const std::uint64_t event = clock_of(i);
        done = event >= at + ahead;
        if (done) break;
        const Distance d = distances[code_[i & mask_]];
        if (at + static_cast<std::uint64_t>(d.before) > event &&
            at < event + static_cast<std::uint64_t>(d.after)) {
          at = event + static_cast<std::uint64_t>(d.after);
        }
      }
      done = done || (slot + 64) << shift_ >= at + ahead;
    }
    // A jump may have led into the reach of an event that lay behind.
    if (at == before) return at;
  }
}

/// `at` when it keeps the window, else a later clock, before which nothing keeps it.
std::uint64_t Calendar::after_window(std::uint64_t at) const {
  constexpr int kCount = 4;
  std::uint64_t past[kCount];    // the nearest first
  std::uint64_t coming[kCount];  // the nearest first
  int n_past = 0;
  int n_coming = 0;
  const std::uint64_t own = at >> shift_;  // empty, for the distances are kept
  const std::uint64_t reach = std::min<std::uint64_t>(own, (window_ >> shift_) + 1);
  const auto behind = static_cast<unsigned>(std::min<std::uint64_t>(reach, 63));
  const std::uint64_t first = own - behind;
  const std::uint64_t bits = used_.window(first);
  std::uint64_t low = bits & ((std::uint64_t{1} << behind) - 1);
  std::uint64_t high = bits >> behind;
  if (__builtin_popcountll(low) + __builtin_popcountll(high) < kCount) return at;
  for (; low != 0 && n_past < kCount; ++n_past) {
    const unsigned i = 63U - static_cast<unsigned>(__builtin_clzll(low));
    low &= ~(std::uint64_t{1} << i);
    past[n_past] = clock_of(first + i);
    if (past[n_past] + window_ <= at) break;
  }
  for (; high != 0 && n_coming < kCount; high &= high - 1, ++n_coming) {
    coming[n_coming] = clock_of(own + static_cast<unsigned>(__builtin_ctzll(high)));
    if (coming[n_coming] >= at + window_) break;
  }
  if (n_past == kCount) return std::max(at, past[kCount - 1] + window_);
  for (int before = n_past; before >= 0; --before) {
    const int after = kCount - before;
    if (after > n_coming) break;
    const std::uint64_t begin = before == 0 ? at : past[before - 1];
    if (coming[after - 1] < begin + window_) return coming[0] + 1;
  }
  return at;
}

}  // namespace lookaside::dram
