// SPDX-License-Identifier: Apache-2.0
// Interrupt lines and the time base, as direct calls: a hart runs ahead of simulated time, so a
// level that travelled through an sc_signal would arrive only when the hart synchronises, and a
// handler that has just silenced its device would be entered again.
#pragma once

#include <cstdint>

#include <systemc>

namespace lookaside::protocol {

/// Receives the level of numbered lines. The PLIC is one (line = source 1..n), a hart is one (line
/// = bit number in mip: 3 software, 7 timer, 9 supervisor external, 11 machine external).
class interrupt_if : public virtual sc_core::sc_interface {
 public:
  /// Takes effect at once; idempotent; may be called from any process and inside a transport call.
  virtual void set_interrupt(unsigned line, bool level) = 0;
};

/// The platform's time base: mtime, and when the machine timer of a hart fires. Implemented by the
/// CLINT.
class time_source_if : public virtual sc_core::sc_interface {
 public:
  /// Value of mtime at absolute simulated time `time_ps`.
  virtual std::uint64_t ticks_at(std::uint64_t time_ps) const = 0;
  /// Earliest absolute time in ps at which mtime has reached `ticks`; ~0 if that is beyond 2^64 ps.
  virtual std::uint64_t time_of(std::uint64_t ticks) const = 0;
  /// mtimecmp of a hart. Timer pending means ticks_at(now) >= mtimecmp; the hart compares at its
  /// own local time, so that the interrupt comes at the same instruction whatever the quantum.
  virtual std::uint64_t mtimecmp(unsigned hart) const = 0;
};

}  // namespace lookaside::protocol
