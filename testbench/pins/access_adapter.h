// SPDX-License-Identifier: Apache-2.0
// From a TLM socket to one request port of a clocked MMU: the address goes over pins, and comes
// back translated; the access itself goes on as a transaction.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/protocol/access_extension.h>

namespace lookaside::pins {

/// Shape: one access at a time; others wait in b_transport. An access is cut at the ends of 4 KiB
/// pages, and all pages are translated before anything goes on. Time: b_transport waits for the
/// clock; a first-level hit takes two of its edges (offered, answered), of which accesses one
/// behind the other could share one. What the initiator was ahead by passes first.
///
/// Errors: a refused access is answered with TLM_ADDRESS_ERROR_RESPONSE and, if an AccessExtension
/// is there, the fault (cause, rule, tval); nothing goes on then. A status from below stays.
///
/// Pins are those of one port of lookaside_mmu, named without `fetch_` and `data_`. Leave
/// `req_access` bound to a signal of its own for fetches.
template <typename Address, typename Physical>
class AccessAdapter : public sc_core::sc_module {
 public:
  explicit AccessAdapter(const sc_core::sc_module_name& name)
      : sc_module(name), target_socket("target_socket"), physical_socket("physical_socket") {
    target_socket.register_b_transport(this, &AccessAdapter::b_transport);
  }

  tlm_utils::simple_target_socket<AccessAdapter, 64> target_socket;
  tlm_utils::simple_initiator_socket<AccessAdapter, 64> physical_socket;
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_out<bool> req_valid{"req_valid"};
  sc_core::sc_in<bool> req_ready{"req_ready"};
  sc_core::sc_out<Address> req_va{"req_va"};
  sc_core::sc_out<std::uint32_t> req_more{"req_more"};
  sc_core::sc_out<std::uint32_t> req_access{"req_access"};
  sc_core::sc_in<bool> rsp_valid{"rsp_valid"};
  sc_core::sc_in<Physical> rsp_pa{"rsp_pa"};
  sc_core::sc_in<bool> rsp_fault{"rsp_fault"};
  sc_core::sc_in<std::uint32_t> rsp_rule{"rsp_rule"};
  sc_core::sc_in<std::uint32_t> rsp_cause{"rsp_cause"};
  sc_core::sc_in<Address> rsp_tval{"rsp_tval"};

 private:
  using Payload = tlm::tlm_generic_payload;
  static constexpr std::uint64_t kPage = 4096;
  struct Piece {
    std::uint64_t offset;
    std::uint64_t bytes;
    std::uint64_t pa;
  };

  void b_transport(Payload& payload, sc_core::sc_time& delay) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    while (busy_) sc_core::wait(free_);
    busy_ = true;
    std::vector<Piece> pieces;
    if (translate(payload, pieces)) {
      for (const Piece& piece : pieces) {
        if (!forward(payload, piece)) break;
      }
    }
    busy_ = false;
    free_.notify();
  }

  static unsigned encoded(const Payload& payload, const protocol::AccessExtension* extension) {
    using translation::Access;
    const Access access = extension != nullptr ? extension->access
                          : payload.is_write() ? Access::kStore
                                               : Access::kLoad;
    if (access == Access::kFetch) return 0;
    return translation::is_store(access) ? 2 : 1;
  }

  bool translate(Payload& payload, std::vector<Piece>& pieces) {
    auto* extension = payload.get_extension<protocol::AccessExtension>();
    if (extension != nullptr) extension->faulted = false;
    const std::uint64_t length = payload.get_data_length();
    for (std::uint64_t offset = 0; offset < length;) {
      const std::uint64_t va = payload.get_address() + offset;
      const std::uint64_t bytes = std::min(kPage - va % kPage, length - offset);
      req_va.write(static_cast<Address>(va));
      req_more.write(static_cast<std::uint32_t>(bytes - 1));
      req_access.write(encoded(payload, extension));
      if (!handshake()) {
        refuse(payload, extension);
        return false;
      }
      pieces.push_back({offset, bytes, rsp_pa.read()});
      offset += bytes;
    }
    return true;
  }

  /// Values are looked at on the edge, before it changes them.
  bool handshake() {
    req_valid.write(true);
    do {
      sc_core::wait(clk.posedge_event());
    } while (!req_ready.read());
    req_valid.write(false);
    do {
      sc_core::wait(clk.posedge_event());
    } while (!rsp_valid.read());
    return !rsp_fault.read();
  }

  void refuse(Payload& payload, protocol::AccessExtension* extension) const {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (extension == nullptr) return;
    extension->faulted = true;
    extension->fault = {};
    extension->fault.access = extension->access;
    extension->fault.cause = static_cast<translation::Cause>(rsp_cause.read());
    extension->fault.rule = static_cast<translation::Rule>(rsp_rule.read());
    extension->fault.tval = rsp_tval.read();
  }

  bool forward(Payload& payload, const Piece& piece) {
    Payload child;
    child.set_command(payload.get_command());
    child.set_address(piece.pa);
    child.set_data_ptr(payload.get_data_ptr() + piece.offset);
    child.set_data_length(static_cast<unsigned>(piece.bytes));
    child.set_streaming_width(static_cast<unsigned>(piece.bytes));
    auto* extension = payload.get_extension<protocol::AccessExtension>();
    if (extension != nullptr) child.set_extension(extension);
    sc_core::sc_time delay;
    physical_socket->b_transport(child, delay);
    if (extension != nullptr) child.clear_extension(extension);
    sc_core::wait(delay);
    payload.set_response_status(child.get_response_status());
    return child.is_response_ok();
  }

  bool busy_ = false;
  sc_core::sc_event free_;
};

}  // namespace lookaside::pins
