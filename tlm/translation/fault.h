// SPDX-License-Identifier: Apache-2.0
// The fault record: not only the cause, but the rule that failed and the PTE that broke it.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/translation/access.h>

namespace lookaside::translation {

/// RISC-V exception causes that address translation and memory protection raise (rule book A.8).
enum class Cause : std::uint8_t {
  kFetchAccess = 1,
  kLoadMisaligned = 4,
  kLoadAccess = 5,
  kStoreMisaligned = 6,
  kStoreAccess = 7,
  kFetchPage = 12,
  kLoadPage = 13,
  kStorePage = 15,
};
/// "load page fault" etc.
const char* name(Cause cause);
/// Page fault of an access's kind: 12, 13 or 15 (WALK-06).
Cause page_fault(Access access);
/// Access fault of an access's kind: 1, 5 or 7 (WALK-06).
Cause access_fault(Access access);
/// Misaligned fault of an access's kind: 4 or 6. A fetch cannot be misaligned (IALIGN = 16); asked
/// for one, this answers its access fault.
Cause misaligned_fault(Access access);

/// The rule that refused an access, in the order of rule book A.4 (earlier rows win, WALK-01).
enum class Rule : std::uint8_t {
  kNone = 0,
  kNotCanonical,         ///< row 0, CAN-01
  kPteAccessRefused,     ///< row 1, PMP refuses the S-mode read of the PTE (WALK-08)
  kPteBusError,          ///< row 1, the bus answered the PTE read with an error (WALK-05)
  kNotValid,             ///< row 2a, V=0 (WALK-10)
  kWriteWithoutRead,     ///< row 2b, R=0 and W=1 (WALK-11)
  kReservedBits,         ///< row 2c, a reserved bit or encoding is set
  kPointerBits,          ///< row 2c, pointer with A, D or U set (WALK-12)
  kPointerAtLeafLevel,   ///< row 3, WALK-14
  kMisalignedSuperpage,  ///< row 4
  kSupervisorPage,       ///< row 5, U-mode access to a page with U=0
  kUserPageFetch,        ///< row 5, S-mode fetch from a page with U=1 (PERM-01)
  kUserPageWithoutSum,   ///< row 5, S-mode load or store to a page with U=1 while SUM=0 (PERM-02)
  kNoExecute,            ///< row 7
  kNoRead,               ///< row 7, neither R nor (MXR and X)
  kNoWrite,              ///< row 7
  kAccessedClear,        ///< row 8, A=0 while hardware update is off (AD-01)
  kDirtyClear,           ///< row 8, store with D=0 while hardware update is off (AD-01)
  kPteUpdateRefused,     ///< row 9, PMP refuses the S-mode write of the PTE (AD-11)
  kPteUpdateBusError,    ///< row 9, the memory refused the compare-and-swap (AD-12)
  kPmpNoMatch,           ///< row 11, no PMP entry matches an S/U access (PMP-12)
  kPmpPartialMatch,      ///< row 11, the deciding entry matches only some bytes (PMP-10)
  kPmpPermission,        ///< row 11, the deciding entry lacks the permission (PMP-11)
  kBusError,             ///< row 11, the bus answered the access itself with an error
  kMisaligned,  ///< alignment required by the configuration or by atomicity (MIS-01, MIS-04)
};
inline constexpr unsigned kRuleCount = static_cast<unsigned>(Rule::kMisaligned) + 1;
/// Short enum-like name for waveforms and reports: "not_valid", "user_page_without_sum", ...
const char* name(Rule rule);
/// Row of rule book A.4 ("0", "1", "2a" ... "11"; "" for kNone and kMisaligned).
const char* table_row(Rule rule);
/// The rule ID tests and messages quote, e.g. "PERM-02"; the table's section ("A.5") where the rule
/// is a table and has no ID of its own.
const char* rule_id(Rule rule);
/// The cause that an access refused by `rule` raises: the class (page, access, misaligned) comes
/// from the rule, the kind from the access (WALK-06).
Cause cause_of(Rule rule, Access access);

/// Why an access was refused. `level`, `pte_address` and `pte` describe the PTE at which the rule
/// failed; level is -1 where no PTE was involved (canonical check, PMP without translation).
struct Fault {
  Cause cause = Cause::kLoadPage;
  Rule rule = Rule::kNone;
  Access access = Access::kLoad;
  Privilege privilege = Privilege::kMachine;  ///< effective privilege of the refused access
  int level = -1;                             ///< page-table level, 0 = 4 KiB leaves
  std::uint64_t tval = 0;         ///< VA of the access, or of its refused part (TVAL-01, TVAL-05)
  std::uint64_t pte_address = 0;  ///< physical, bytes
  std::uint64_t pte = 0;          ///< the value the rule was applied to; 0 if it was never read
  std::uint64_t physical = 0;     ///< row 11: the physical address that was refused; else 0
};

/// One sentence for a person: what was tried, at which address, which rule refused it, what the PTE
/// said. Example: "store page fault at 0x40001000: U-mode store; the level-0 PTE 0x20000c5b at
/// 0x80203008 has W=0 (no_write, PERM-04, A.4 row 7)".
std::string explain(const Fault& fault);

}  // namespace lookaside::translation
