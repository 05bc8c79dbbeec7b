// SPDX-License-Identifier: Apache-2.0
// From mmu_control_if to the context, protection and fence pins of a clocked MMU.
#pragma once

#include <cstdint>

#include <systemc>

#include <lookaside/protocol/mmu_control_if.h>
#include <lookaside/translation/format.h>

namespace lookaside::pins {

/// Shape: one hart. Call it from thread processes, one at a time: a context stands on the pins from
/// the call on; set_pmp writes one register an edge, those that changed; fence waits until it is
/// taken. All waits are clocked and leave `delay` alone.
template <typename Address, typename Root, typename PmpAddress>
class ControlAdapter : public sc_core::sc_module, public protocol::mmu_control_if {
 public:
  explicit ControlAdapter(const sc_core::sc_module_name& name) : sc_module(name) {
    control.bind(*this);
  }

  sc_core::sc_export<protocol::mmu_control_if> control{"control"};
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_out<std::uint32_t> mode{"mode"};
  sc_core::sc_out<Root> root{"root"};
  sc_core::sc_out<std::uint32_t> asid{"asid"};
  sc_core::sc_out<std::uint32_t> fetch_priv{"fetch_priv"};
  sc_core::sc_out<std::uint32_t> data_priv{"data_priv"};
  sc_core::sc_out<bool> sum{"sum"};
  sc_core::sc_out<bool> mxr{"mxr"};
  sc_core::sc_out<bool> update{"update"};
  sc_core::sc_out<bool> pmp_write{"pmp_write"};
  sc_core::sc_out<std::uint32_t> pmp_index{"pmp_index"};
  sc_core::sc_out<std::uint32_t> pmp_cfg{"pmp_cfg"};
  sc_core::sc_out<PmpAddress> pmp_addr{"pmp_addr"};
  sc_core::sc_out<bool> fence_valid{"fence_valid"};
  sc_core::sc_in<bool> fence_ready{"fence_ready"};
  sc_core::sc_out<std::uint32_t> fence_form{"fence_form"};
  sc_core::sc_out<Address> fence_va{"fence_va"};
  sc_core::sc_out<std::uint32_t> fence_asid{"fence_asid"};

  void set_context(unsigned /*hart*/, const translation::Context& c) override {
    constexpr unsigned kPageShift = 12;
    mode.write(c.format == nullptr ? 0 : c.format->satp_mode);
    root.write(static_cast<Root>(c.root >> kPageShift));
    asid.write(c.asid);
    fetch_priv.write(static_cast<std::uint32_t>(c.fetch_privilege));
    data_priv.write(static_cast<std::uint32_t>(c.data_privilege));
    sum.write(c.sum);
    mxr.write(c.mxr);
    update.write(c.ad_update == translation::AdUpdate::kHardware);
  }

  void set_pmp(unsigned /*hart*/, const translation::Pmp& pmp) override {
    for (unsigned i = 0; i < pmp.implemented(); ++i) {
      if (pmp_written_ && pmp.cfg(i) == pmp_.cfg(i) && pmp.addr(i) == pmp_.addr(i)) continue;
      pmp_index.write(i);
      pmp_cfg.write(pmp.cfg(i));
      pmp_addr.write(static_cast<PmpAddress>(pmp.addr(i)));
      pmp_write.write(true);
      sc_core::wait(clk.posedge_event());
      pmp_write.write(false);
    }
    pmp_ = pmp;
    pmp_written_ = true;
  }

  void fence(unsigned /*hart*/, const translation::Fence& f, sc_core::sc_time& /*delay*/) override {
    fence_form.write(static_cast<std::uint32_t>(f.form));
    fence_va.write(static_cast<Address>(f.va));
    fence_asid.write(f.asid);
    fence_valid.write(true);
    do {
      sc_core::wait(clk.posedge_event());
    } while (!fence_ready.read());
    fence_valid.write(false);
  }

 private:
  translation::Pmp pmp_;
  bool pmp_written_ = false;
};

}  // namespace lookaside::pins
