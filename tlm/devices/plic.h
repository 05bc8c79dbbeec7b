// SPDX-License-Identifier: Apache-2.0
// Platform-level interrupt controller.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/devices/register_device.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

struct PlicConfig {
  unsigned harts = 1;
  unsigned sources = 95;  ///< numbered 1 to this; at most 1023
  unsigned priority_bits = 3;
  std::uint64_t latency_ps = 10'000;
};

/// Models a PLIC 1.0.0 with the register layout of the `virt` machine and two contexts for each
/// hart: 2h for M (line 11 of the hart's interrupt_if), 2h + 1 for S (line 9). 4-byte accesses
/// only.
///
/// Sources are levels with a gateway each: a high level makes one request; the next is made only
/// after the completion of the claim, if the level is then still (or again) high. A request already
/// made stays pending when its level falls. Of the pending, enabled sources with a priority above
/// zero a claim takes the one of highest priority, of equal ones the lowest number, whatever the
/// threshold; the context's line is high while one of them has a priority above the threshold. A
/// completion of a source that is not enabled for the context, or was not claimed, is ignored.
/// Everything takes effect inside the call that causes it.
class Plic : public RegisterDevice, public protocol::interrupt_if {
 public:
  static constexpr std::uint64_t kSize = 0x60'0000;
  /// Rows of the register table: two for all, then three for each context.
  enum RegisterId : unsigned { kPriority, kPending, kFirstOfContext };
  enum ContextRow : unsigned { kEnable, kThreshold, kClaim, kRowsOfContext };
  sc_core::sc_export<protocol::interrupt_if> sources;  ///< line = number of the source
  /// One binding for each hart, in order of the harts.
  sc_core::sc_port<protocol::interrupt_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> harts;

  Plic(const sc_core::sc_module_name& name, const PlicConfig& config = {},
       observe::SignalSink* sink = nullptr);

  /// Level of source `line`; 0 and numbers beyond the last source are ignored.
  void set_interrupt(unsigned line, bool level) override;

 private:
  struct Source {
    std::uint32_t priority = 0;
    bool level = false;
    bool pending = false;
    bool claimed = false;
  };
  struct Context {
    std::vector<std::uint32_t> enable;  // one bit for each source
    std::uint32_t threshold = 0;
    bool line = false;
  };

  std::uint64_t read(const RegisterReference& reference) override;
  void write(const RegisterReference& reference, std::uint64_t value) override;
  std::uint64_t peek(const RegisterReference& reference) const override;
  void request(unsigned source);
  unsigned best(const Context& context) const;
  unsigned claim(const Context& context);
  void complete(const Context& context, std::uint64_t source);
  bool enabled(const Context& context, unsigned source) const {
    return (context.enable[source / 32] >> (source % 32) & 1) != 0;
  }
  static unsigned context_of(unsigned id) { return (id - kFirstOfContext) / kRowsOfContext; }
  static unsigned row_of_context(unsigned id) { return (id - kFirstOfContext) % kRowsOfContext; }
  std::uint32_t existing_sources(std::uint64_t word) const;
  void update(std::uint64_t time_ps);

  std::uint32_t priority_mask_;
  std::vector<Source> state_;  // index 0 is no source
  std::vector<Context> contexts_;
  unsigned pending_count_ = 0;
  std::uint64_t shown_ps_ = 0;

  observe::Vector requests_;
  observe::Scalar claims_;
  observe::Scalar completions_;
  observe::Signal lines_signal_;
  observe::Signal claimed_signal_;
};

}  // namespace lookaside::devices
