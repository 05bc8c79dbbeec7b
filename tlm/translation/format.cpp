// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include <lookaside/translation/format.h>

namespace lookaside::translation {
namespace {

// Bits of a RISC-V PTE (rule book A.2).
constexpr std::uint64_t kV = 1U << 0, kR = 1U << 1, kW = 1U << 2, kX = 1U << 3, kU = 1U << 4,
                        kG = 1U << 5, kA = 1U << 6, kD = 1U << 7;
constexpr unsigned kPpnShift = 10;

constexpr std::uint64_t low_bits(unsigned n) {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

Decoded refused(Rule rule) {
  return {Decoded::Kind::kFault, rule, 0, false};
}

Decoded sv_decode(const Format& format, std::uint64_t pte, unsigned level) {
  const unsigned ppn_bits = format.pa_bits - format.page_shift;
  if ((pte & kV) == 0) return refused(Rule::kNotValid);
  if ((pte & (kR | kW)) == kW) return refused(Rule::kWriteWithoutRead);
  // N, PBMT and 60:54 are reserved without Svnapot, Svpbmt and Svrsw60t59b (NAP-01, PBM-01,
  // RSW-01); a 4-byte PTE has no bits above its PPN (NAP-06).
  if ((pte & ~low_bits(kPpnShift + ppn_bits)) != 0) return refused(Rule::kReservedBits);
  const std::uint64_t address = ((pte >> kPpnShift) & low_bits(ppn_bits)) << format.page_shift;
  const bool global = (pte & kG) != 0;
  if ((pte & (kR | kX)) == 0) {
    if ((pte & (kA | kD | kU)) != 0) return refused(Rule::kPointerBits);
    if (level == 0) return refused(Rule::kPointerAtLeafLevel);
    return {Decoded::Kind::kPointer, Rule::kNone, address, global};
  }
  if ((address & low_bits(format.leaf_shift(level))) != 0) {
    return refused(Rule::kMisalignedSuperpage);
  }
  return {Decoded::Kind::kLeaf, Rule::kNone, address, global};
}

Rule sv_permission(std::uint64_t pte, Access access, Privilege privilege, bool sum, bool mxr) {
  const bool user_page = (pte & kU) != 0;
  if (privilege == Privilege::kUser) {
    if (!user_page) return Rule::kSupervisorPage;
  } else if (user_page) {
    if (access == Access::kFetch) return Rule::kUserPageFetch;
    if (!sum) return Rule::kUserPageWithoutSum;
  }
  if (access == Access::kFetch) return (pte & kX) != 0 ? Rule::kNone : Rule::kNoExecute;
  if (is_store(access)) return (pte & kW) != 0 ? Rule::kNone : Rule::kNoWrite;
  return (pte & (mxr ? kR | kX : kR)) != 0 ? Rule::kNone : Rule::kNoRead;
}

std::uint64_t sv_with_accessed_dirty(std::uint64_t pte, Access access) {
  return pte | kA | (is_store(access) ? kD : 0);
}

}  // namespace

const Format kSv32{"Sv32",
                   2,
                   12,
                   4,
                   32,
                   34,
                   false,
                   1,
                   {10, 10, 0, 0, 0},
                   sv_decode,
                   sv_permission,
                   sv_with_accessed_dirty};
const Format kSv39{"Sv39",
                   3,
                   12,
                   8,
                   39,
                   56,
                   true,
                   8,
                   {9, 9, 9, 0, 0},
                   sv_decode,
                   sv_permission,
                   sv_with_accessed_dirty};
const Format kSv48{"Sv48",
                   4,
                   12,
                   8,
                   48,
                   56,
                   true,
                   9,
                   {9, 9, 9, 9, 0},
                   sv_decode,
                   sv_permission,
                   sv_with_accessed_dirty};
const Format kSv57{"Sv57",
                   5,
                   12,
                   8,
                   57,
                   56,
                   true,
                   10,
                   {9, 9, 9, 9, 9},
                   sv_decode,
                   sv_permission,
                   sv_with_accessed_dirty};

bool Format::canonical(std::uint64_t va) const {
  if (!sign_extended || va_bits >= 64) return true;
  const std::uint64_t upper = va >> (va_bits - 1);
  return upper == 0 || upper == low_bits(64 - (va_bits - 1));
}

const Format* format_of_satp(unsigned xlen, unsigned mode) {
  if (xlen == 32) return mode == kSv32.satp_mode ? &kSv32 : nullptr;
  for (const Format* format : {&kSv39, &kSv48, &kSv57}) {
    if (xlen == 64 && mode == format->satp_mode) return format;
  }
  return nullptr;
}

const Format* format_by_name(std::string_view name) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  for (const Format* format : {&kSv32, &kSv39, &kSv48, &kSv57}) {
    if (std::equal(name.begin(), name.end(), format->name.begin(), format->name.end(), same)) {
      return format;
    }
  }
  return nullptr;
}

Rule check_hit(const Translation& translation, const Context& context, Access access) {
  const Format& format = *translation.format;
  const Rule rule = format.permission(translation.pte, access, context.privilege(access),
                                      context.sum, context.mxr);
  if (rule != Rule::kNone) return rule;
  if (format.with_accessed_dirty(translation.pte, access) == translation.pte) return Rule::kNone;
  // Which of the two is missing, without knowing where the format keeps them.
  return format.with_accessed_dirty(translation.pte, Access::kLoad) != translation.pte
             ? Rule::kAccessedClear
             : Rule::kDirtyClear;
}

Fault make_fault(const Translation& translation, const Context& context, Access access,
                 std::uint64_t va, Rule rule) {
  Fault fault;
  fault.cause = cause_of(rule, access);
  fault.rule = rule;
  fault.access = access;
  fault.privilege = context.privilege(access);
  fault.level = static_cast<int>(translation.level);
  fault.tval = va;
  fault.pte_address = translation.pte_address;
  fault.pte = translation.pte;
  if (rule >= Rule::kPmpNoMatch && rule <= Rule::kBusError) {
    fault.physical = translation.physical(va);
  }
  return fault;
}

}  // namespace lookaside::translation
