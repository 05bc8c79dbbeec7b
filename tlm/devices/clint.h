// SPDX-License-Identifier: Apache-2.0
// Core-local interruptor: software interrupts, and the time base with its compare registers.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/devices/register_device.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

struct ClintConfig {
  unsigned harts = 1;
  std::uint64_t timebase_hz = 10'000'000;  ///< frequency of mtime; at least 1, at most 10^12
  std::uint64_t latency_ps = 10'000;
};

/// Models the SiFive CLINT as on the `virt` machine: msip of hart h at 0x0 + 4h (4 bytes, bit 0),
/// mtimecmp at 0x4000 + 8h and mtime at 0xBFF8 (8 bytes, or 4-byte halves). mtime is a function of
/// the reader's absolute local time, so that a hart running ahead of simulated time reads the time
/// it is at; a write sets it from there on. msip drives line 3 of the hart's interrupt_if at once.
/// There is no timer process: each hart compares time_source_if with its own local time. mtimecmp
/// resets to its greatest value, so that no timer interrupt is pending before it is set.
class Clint : public RegisterDevice, public protocol::time_source_if {
 public:
  static constexpr std::uint64_t kSize = 0x10000;
  enum RegisterId : unsigned { kMsip, kMtimecmp, kMtime };
  /// One binding for each hart, in order of the harts.
  sc_core::sc_port<protocol::interrupt_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> harts;
  sc_core::sc_export<protocol::time_source_if> time_source;

  Clint(const sc_core::sc_module_name& name, const ClintConfig& config = {},
        observe::SignalSink* sink = nullptr);

  std::uint64_t ticks_at(std::uint64_t time_ps) const override;
  std::uint64_t time_of(std::uint64_t ticks) const override;
  std::uint64_t mtimecmp(unsigned hart) const override { return mtimecmp_[hart]; }

 private:
  __extension__ using Wide = __int128;

  std::uint64_t read(const RegisterReference& reference) override;
  void write(const RegisterReference& reference, std::uint64_t value) override;
  std::uint64_t peek(const RegisterReference& reference) const override;

  std::uint64_t timebase_hz_;
  std::vector<bool> msip_;
  std::vector<std::uint64_t> mtimecmp_;
  Wide offset_ = 0;  // mtime minus what has elapsed since time 0
  observe::Signal msip_signal_;
};

}  // namespace lookaside::devices
