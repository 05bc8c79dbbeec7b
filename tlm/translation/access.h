// SPDX-License-Identifier: Apache-2.0
// What is asked of a translation: the kind of access, who asks, and under which context.
#pragma once

#include <cstdint>

namespace lookaside::translation {

/// The kind of an access decides which permission it needs and which cause its fault has (WALK-06):
/// a TLM command (read/write) is too coarse for that.
enum class Access : std::uint8_t {
  kFetch = 0,
  kLoad = 1,
  kStore = 2,
  kLoadReserved = 3,      ///< LR: judged and reported as a load
  kStoreConditional = 4,  ///< SC: judged and reported as a store
  kAmo = 5,               ///< AMO: judged and reported as a store (WALK-21)
};
inline constexpr unsigned kAccessCount = 6;

/// True for every access that needs write permission and a set D bit.
constexpr bool is_store(Access a) {
  return a == Access::kStore || a == Access::kStoreConditional || a == Access::kAmo;
}
/// "fetch", "load", "store", "load-reserved", "store-conditional", "atomic".
const char* name(Access access);

/// RISC-V encoding of privilege modes.
enum class Privilege : std::uint8_t { kUser = 0, kSupervisor = 1, kMachine = 3 };
/// "U", "S", "M".
const char* name(Privilege privilege);

/// What happens when a leaf's A bit is clear, or its D bit on a store (AD-01, AD-02).
enum class AdUpdate : std::uint8_t {
  kFault,     ///< Svade: page fault, PTE unchanged
  kHardware,  ///< Svadu: the walker sets the bits by compare-and-swap
};

struct Format;

/// Everything besides address and kind that decides a translation. Whoever owns the architectural
/// state (the hart, a trace player, a test) computes it and hands it to the MMU on each change.
/// `fetch_privilege` and `data_privilege` are *effective* privileges: MPRV is already applied to
/// the latter (PRV-01). An access whose effective privilege is M, or with `format` == nullptr
/// (Bare), is not translated; PMP still applies.
struct Context {
  const Format* format = nullptr;  ///< page-table format; nullptr = Bare
  std::uint64_t root = 0;          ///< physical address of the root table, bytes
  std::uint32_t asid = 0;          ///< address-space identifier, already cut to ASIDLEN
  Privilege fetch_privilege = Privilege::kMachine;
  Privilege data_privilege = Privilege::kMachine;
  bool sum = false;  ///< S may load and store user pages (PERM-02)
  bool mxr = false;  ///< loads may use execute permission (PERM-03)
  AdUpdate ad_update = AdUpdate::kHardware;

  Privilege privilege(Access a) const {
    return a == Access::kFetch ? fetch_privilege : data_privilege;
  }
  bool translates(Access a) const {
    return format != nullptr && privilege(a) != Privilege::kMachine;
  }
  friend bool operator==(const Context& a, const Context& b) {
    return a.format == b.format && a.root == b.root && a.asid == b.asid &&
           a.fetch_privilege == b.fetch_privilege && a.data_privilege == b.data_privilege &&
           a.sum == b.sum && a.mxr == b.mxr && a.ad_update == b.ad_update;
  }
  friend bool operator!=(const Context& a, const Context& b) { return !(a == b); }
};

/// The four operand forms of SFENCE.VMA (rule book A.10). The form follows the register *number*
/// being x0, never its value (SFN-01).
enum class FenceForm : std::uint8_t {
  kAll = 0,          ///< rs1 = x0, rs2 = x0: everything, globals included
  kAsid = 1,         ///< rs2 given: all leaves of that ASID; globals stay
  kAddress = 2,      ///< rs1 given: leaves that translate that VA, any ASID, globals included
  kAddressAsid = 3,  ///< both: leaves that translate that VA for that ASID; globals stay
};
/// "all", "asid", "address", "address+asid".
const char* name(FenceForm form);

struct Fence {
  FenceForm form = FenceForm::kAll;
  std::uint64_t va = 0;    ///< used by kAddress and kAddressAsid
  std::uint32_t asid = 0;  ///< used by kAsid and kAddressAsid; cut to ASIDLEN (SFN-02)
};

}  // namespace lookaside::translation
