// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include <lookaside/translation/fault.h>

namespace lookaside::translation {
namespace {

enum class Class : std::uint8_t { kNone, kPage, kAccess, kMisaligned };

// What the sentence of a rule speaks about.
enum class Subject : std::uint8_t { kAddress, kPte, kPteAccess, kPhysical };

struct RuleText {
  Rule rule;
  Class fault_class;
  Subject subject;
  const char* name;
  const char* row;
  const char* id;
  const char* says;
};

constexpr std::array<RuleText, kRuleCount> kRules{{
    {Rule::kNone, Class::kNone, Subject::kAddress, "none", "", "", "is permitted"},
    {Rule::kNotCanonical, Class::kPage, Subject::kAddress, "not_canonical", "0", "CAN-01",
     "is not canonical: its upper bits differ from the top bit that is translated"},
    {Rule::kPteAccessRefused, Class::kAccess, Subject::kPteAccess, "pte_access_refused", "1",
     "WALK-08", "may not be read: PMP refuses the S-mode load"},
    {Rule::kPteBusError, Class::kAccess, Subject::kPteAccess, "pte_bus_error", "1", "WALK-05",
     "could not be read: the bus answered with an error"},
    {Rule::kNotValid, Class::kPage, Subject::kPte, "not_valid", "2a", "WALK-10", "has V=0"},
    {Rule::kWriteWithoutRead, Class::kPage, Subject::kPte, "write_without_read", "2b", "WALK-11",
     "has W=1 with R=0, which is reserved"},
    {Rule::kReservedBits, Class::kPage, Subject::kPte, "reserved_bits", "2c", "A.2",
     "has a reserved bit set"},
    {Rule::kPointerBits, Class::kPage, Subject::kPte, "pointer_bits", "2c", "WALK-12",
     "is a pointer with A, D or U set"},
    {Rule::kPointerAtLeafLevel, Class::kPage, Subject::kPte, "pointer_at_leaf_level", "3",
     "WALK-14", "is a pointer where only a leaf can stand"},
    {Rule::kMisalignedSuperpage, Class::kPage, Subject::kPte, "misaligned_superpage", "4",
     "WALK-03", "maps a superpage whose physical address is not aligned to its size"},
    {Rule::kSupervisorPage, Class::kPage, Subject::kPte, "supervisor_page", "5", "A.5",
     "has U=0: the page belongs to the supervisor"},
    {Rule::kUserPageFetch, Class::kPage, Subject::kPte, "user_page_fetch", "5", "PERM-01",
     "has U=1: S-mode never fetches from a user page"},
    {Rule::kUserPageWithoutSum, Class::kPage, Subject::kPte, "user_page_without_sum", "5",
     "PERM-02", "has U=1 while SUM=0"},
    {Rule::kNoExecute, Class::kPage, Subject::kPte, "no_execute", "7", "A.5", "has X=0"},
    {Rule::kNoRead, Class::kPage, Subject::kPte, "no_read", "7", "PERM-03",
     "has R=0, and MXR with X=1 does not stand in for it"},
    {Rule::kNoWrite, Class::kPage, Subject::kPte, "no_write", "7", "PERM-04", "has W=0"},
    {Rule::kAccessedClear, Class::kPage, Subject::kPte, "accessed_clear", "8", "AD-01",
     "has A=0 and hardware does not set it"},
    {Rule::kDirtyClear, Class::kPage, Subject::kPte, "dirty_clear", "8", "AD-01",
     "has D=0 and hardware does not set it"},
    {Rule::kPteUpdateRefused, Class::kAccess, Subject::kPte, "pte_update_refused", "9", "AD-11",
     "needs A or D set, but PMP refuses the S-mode store"},
    {Rule::kPteUpdateBusError, Class::kAccess, Subject::kPte, "pte_update_bus_error", "9", "AD-12",
     "needs A or D set, but the memory refused the compare-and-swap"},
    {Rule::kPmpNoMatch, Class::kAccess, Subject::kPhysical, "pmp_no_match", "11", "PMP-12",
     "is matched by no PMP entry"},
    {Rule::kPmpPartialMatch, Class::kAccess, Subject::kPhysical, "pmp_partial_match", "11",
     "PMP-10", "is matched by its deciding PMP entry in some bytes only"},
    {Rule::kPmpPermission, Class::kAccess, Subject::kPhysical, "pmp_permission", "11", "PMP-11",
     "lies in a PMP entry without that permission"},
    {Rule::kBusError, Class::kAccess, Subject::kPhysical, "bus_error", "11", "A.8",
     "was answered by the bus with an error"},
    {Rule::kMisaligned, Class::kMisaligned, Subject::kAddress, "misaligned", "", "MIS-01",
     "is not aligned to the access"},
}};

constexpr bool in_order() {
  for (unsigned i = 0; i < kRuleCount; ++i) {
    if (static_cast<unsigned>(kRules[i].rule) != i) return false;
  }
  return true;
}
static_assert(in_order(), "kRules follows the order of enum Rule");

const RuleText& text(Rule rule) {
  const auto i = static_cast<unsigned>(rule);
  return kRules[i < kRuleCount ? i : 0];
}

Cause by_kind(Access access, Cause fetch, Cause load, Cause store) {
  if (access == Access::kFetch) return fetch;
  return is_store(access) ? store : load;
}

}  // namespace

const char* name(Cause cause) {
  switch (cause) {
    case Cause::kFetchAccess:
      return "fetch access fault";
    case Cause::kLoadMisaligned:
      return "load address misaligned";
    case Cause::kLoadAccess:
      return "load access fault";
    case Cause::kStoreMisaligned:
      return "store address misaligned";
    case Cause::kStoreAccess:
      return "store access fault";
    case Cause::kFetchPage:
      return "fetch page fault";
    case Cause::kLoadPage:
      return "load page fault";
    case Cause::kStorePage:
      return "store page fault";
  }
  return "unknown cause";
}

Cause page_fault(Access access) {
  return by_kind(access, Cause::kFetchPage, Cause::kLoadPage, Cause::kStorePage);
}

Cause access_fault(Access access) {
  return by_kind(access, Cause::kFetchAccess, Cause::kLoadAccess, Cause::kStoreAccess);
}

Cause misaligned_fault(Access access) {
  return by_kind(access, Cause::kFetchAccess, Cause::kLoadMisaligned, Cause::kStoreMisaligned);
}

const char* name(Rule rule) {
  return text(rule).name;
}
const char* table_row(Rule rule) {
  return text(rule).row;
}
const char* rule_id(Rule rule) {
  return text(rule).id;
}

Cause cause_of(Rule rule, Access access) {
  switch (text(rule).fault_class) {
    case Class::kAccess:
      return access_fault(access);
    case Class::kMisaligned:
      return misaligned_fault(access);
    case Class::kNone:
    case Class::kPage:
      break;
  }
  return page_fault(access);
}

std::string explain(const Fault& fault) {
  const RuleText& rule = text(fault.rule);
  std::string what;
  switch (rule.subject) {
    case Subject::kAddress:
      what = "the address";
      break;
    case Subject::kPte:
      what =
          fmt::format("the level-{} PTE {:#x} at {:#x}", fault.level, fault.pte, fault.pte_address);
      break;
    case Subject::kPteAccess:
      what = fmt::format("the level-{} PTE at {:#x}", fault.level, fault.pte_address);
      break;
    case Subject::kPhysical:
      what = fmt::format("physical address {:#x}", fault.physical);
      break;
  }
  std::string source = rule.name;
  if (rule.id[0] != '\0') source += fmt::format(", {}", rule.id);
  if (rule.row[0] != '\0') source += fmt::format(", A.4 row {}", rule.row);
  return fmt::format("{} at {:#x}: {}-mode {}; {} {} ({})", name(fault.cause), fault.tval,
                     name(fault.privilege), name(fault.access), what, rule.says, source);
}

}  // namespace lookaside::translation
