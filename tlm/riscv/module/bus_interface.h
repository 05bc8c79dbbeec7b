// SPDX-License-Identifier: Apache-2.0
// The hart's world, made of TLM sockets and ports. Private to HartModule.
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/interrupt_if.h>
#include <lookaside/protocol/mmu_control_if.h>
#include <lookaside/protocol/translation_port_if.h>
#include <lookaside/riscv/core/system.h>

namespace lookaside::riscv {

class HartModule;

/// Turns a hart's transfers into payloads. Holds one payload with extensions for fetches and one
/// for data: a hart has one access in flight, and b_transport keeps nothing.
class BusInterface : public System {
 public:
  BusInterface(HartModule& module, unsigned hart, bool direct);
  ~BusInterface() override;
  BusInterface(const BusInterface&) = delete;
  BusInterface& operator=(const BusInterface&) = delete;

  bool transfer(Transfer& transfer) override;
  bool direct(Port port, std::uint64_t va, unsigned bytes, translation::Access access,
              Grant& grant) override;
  void set_context(const translation::Context& context) override;
  void set_pmp(const translation::Pmp& pmp) override;
  std::uint64_t fence(const translation::Fence& fence, std::uint64_t time_ps) override;
  std::uint64_t ticks_at(std::uint64_t time_ps) const override;
  std::uint64_t time_of(std::uint64_t ticks) const override;
  std::uint64_t mtimecmp() const override;
  std::uint64_t horizon_ps() const override;

 private:
  struct Lane {
    tlm::tlm_generic_payload payload;
    protocol::AccessExtension access;
  };
  bool conclude(Transfer& transfer, Lane& lane, bool atomic);

  HartModule& module_;
  unsigned hart_;
  bool direct_;
  translation::Context context_;
  Lane fetch_;
  Lane data_;
  protocol::AtomicExtension atomic_;
};

}  // namespace lookaside::riscv
