// SPDX-License-Identifier: Apache-2.0
// Integer picoseconds inside, sc_time at the edges. The kernel's resolution stays at SystemC's
// default of 1 ps, so the conversion is a copy and never rounds.
#pragma once

#include <cstdint>

#include <systemc>

namespace lookaside::protocol {

inline std::uint64_t to_ps(const sc_core::sc_time& time) {
  return time.value();
}
inline sc_core::sc_time from_ps(std::uint64_t ps) {
  return sc_core::sc_time::from_value(ps);
}

/// Absolute time of a caller that runs `delay` ahead of simulated time, in ps.
inline std::uint64_t local_ps(const sc_core::sc_time& delay) {
  return sc_core::sc_time_stamp().value() + delay.value();
}

}  // namespace lookaside::protocol
