// SPDX-License-Identifier: Apache-2.0
// The control interface of an MMU: how whoever owns the architectural state (a hart, a trace
// player, a test) tells it the context and fences it. The MMU knows no RISC-V hart.
#pragma once

#include <systemc>

#include <lookaside/translation/access.h>
#include <lookaside/translation/pmp.h>

namespace lookaside::protocol {

/// Exported by the MMU as an sc_export, one per hart.
class mmu_control_if : public virtual sc_core::sc_interface {
 public:
  /// Replaces the context of `hart`. Takes effect on the next access; flushes nothing (SATP-09);
  /// any DMI pointer and direct grant of the older context is revoked (H-DMI-05).
  virtual void set_context(unsigned hart, const translation::Context& context) = 0;

  /// Replaces the PMP state of `hart`; the MMU drops everything derived from the older state
  /// (SFN-18 permits software to rely on a fence, the model never uses a stale PMP answer).
  virtual void set_pmp(unsigned hart, const translation::Pmp& pmp) = 0;

  /// SFENCE.VMA. Returns after no walk in flight can fill what the fence covers (SFN-11). `delay`
  /// grows by the time the fence takes.
  virtual void fence(unsigned hart, const translation::Fence& fence, sc_core::sc_time& delay) = 0;
};

}  // namespace lookaside::protocol
