// SPDX-License-Identifier: Apache-2.0
// Ignorable payload extension: what a TLM command cannot say on the way down, and the fault record
// on the way up (H-EX-01, H-EX-03).
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>

#include <lookaside/translation/access.h>
#include <lookaside/translation/fault.h>

namespace lookaside::protocol {

/// Who caused a transaction; memory charges and counts by it.
enum class Requester : std::uint8_t {
  kUnknown = 0,
  kHartFetch,
  kHartData,
  kWalker,
  kDma,
  kDevice,
};
inline constexpr unsigned kRequesterCount = 6;
/// "unknown", "hart-fetch", "hart-data", "walker", "dma", "device".
const char* name(Requester requester);

/// Attached by an initiator to a payload. Without it the MMU takes the access kind from the socket
/// and the command (fetch socket: fetch; read: load; write: store) and the socket's current
/// context. The initiator owns it (set_extension / clear_extension), so payloads need no memory
/// manager.
struct AccessExtension : tlm::tlm_extension<AccessExtension> {
  // Down: set by the initiator, read by everybody on the path.
  translation::Access access = translation::Access::kLoad;
  Requester requester = Requester::kUnknown;
  std::uint32_t hart = 0;    ///< index of the initiating hart or device
  std::uint64_t pc = 0;      ///< program counter of the instruction, 0 if there is none
  bool has_context = false;  ///< if set, `context` replaces the socket's current context
  translation::Context context;
  bool ignore_permissions = true;  ///< debug access only: translate, but skip rows 5 to 8 and PMP

  // Up: set by the MMU.
  bool faulted = false;  ///< the MMU refused the access; the response status is an error as well
  translation::Fault fault;

  tlm::tlm_extension_base* clone() const override { return new AccessExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const AccessExtension&>(other);
  }
};

}  // namespace lookaside::protocol
