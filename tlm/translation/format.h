// SPDX-License-Identifier: Apache-2.0
// Page-table formats. Nothing outside this room knows a PTE bit or a page shift: everything else
// asks the Format.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <lookaside/translation/fault.h>

namespace lookaside::translation {

inline constexpr unsigned kMaxLevels = 5;

/// What one PTE says, before permissions are looked at.
struct Decoded {
  enum class Kind : std::uint8_t { kPointer, kLeaf, kFault };
  Kind kind = Kind::kFault;
  Rule rule = Rule::kNone;    ///< for kFault: the first rule that failed
  std::uint64_t address = 0;  ///< pointer: next table; leaf: base of the page, physical bytes
  bool global = false;  ///< G of this PTE (ASID-02: any PTE of the path makes the leaf global)
};

/// A page-table format: shape as data, meaning as three functions. The Sv formats below are such
/// tables; a test runs a one-level 22/10 format through the same code.
struct Format {
  std::string_view name;  ///< "Sv39"
  unsigned levels;        ///< 1..kMaxLevels
  unsigned page_shift;    ///< log2 of the smallest page
  unsigned pte_bytes;     ///< 4 or 8
  unsigned va_bits;       ///< width of a virtual address
  unsigned pa_bits;       ///< width of a physical address that a PTE can express
  bool sign_extended;  ///< upper VA bits must equal the top implemented bit (CAN-01); else ignored
  unsigned satp_mode;  ///< value of satp.MODE that selects it (rule book A.1)
  std::array<unsigned, kMaxLevels> index_bits;  ///< VA bits that index a table, [0] = leaf level

  /// Rows 2 to 4 of rule book A.4 for a PTE read at `level`.
  Decoded (*decode)(const Format&, std::uint64_t pte, unsigned level);
  /// Rows 5 and 7: permission of a leaf from its raw bits; Rule::kNone when allowed.
  Rule (*permission)(std::uint64_t pte, Access, Privilege, bool sum, bool mxr);
  /// The PTE with the bits set that this access needs (A, and D for stores); equal when none is
  /// missing.
  std::uint64_t (*with_accessed_dirty)(std::uint64_t pte, Access);

  /// log2 of the bytes one leaf at `level` maps.
  unsigned leaf_shift(unsigned level) const {
    unsigned shift = page_shift;
    for (unsigned i = 0; i < level; ++i) shift += index_bits[i];
    return shift;
  }
  /// Index of `va` into the table at `level`.
  std::uint64_t index(std::uint64_t va, unsigned level) const {
    return (va >> leaf_shift(level)) & ((std::uint64_t{1} << index_bits[level]) - 1);
  }
  /// False if the upper bits of `va` break CAN-01.
  bool canonical(std::uint64_t va) const;
};

extern const Format kSv32;
extern const Format kSv39;
extern const Format kSv48;
extern const Format kSv57;

/// The Sv format that `mode` of satp selects for this XLEN (32 or 64); nullptr for Bare, reserved
/// and custom values (tell Bare, MODE 0, apart by the value).
const Format* format_of_satp(unsigned xlen, unsigned mode);
/// By name, case-insensitive ("sv39"); nullptr if there is none of that name.
const Format* format_by_name(std::string_view name);

/// What a finished walk found, and what a TLB entry holds: raw PTE bits, so that permissions are
/// checked at every lookup under the context of that moment (PERM-05).
struct Translation {
  std::uint64_t va_base = 0;  ///< first virtual byte of the page
  std::uint64_t pa_base = 0;  ///< first physical byte of the page
  unsigned page_shift = 0;    ///< log2 of the page's bytes
  bool global = false;        ///< G of the leaf or of any pointer above it
  std::uint64_t pte = 0;      ///< the leaf as it is in memory after any A/D update
  std::uint64_t pte_address = 0;
  unsigned level = 0;
  const Format* format = nullptr;

  std::uint64_t offset_mask() const { return (std::uint64_t{1} << page_shift) - 1; }
  bool covers(std::uint64_t va) const { return ((va ^ va_base) & ~offset_mask()) == 0; }
  std::uint64_t physical(std::uint64_t va) const { return pa_base | (va & offset_mask()); }
};

/// Rows 5 to 8 on a translation found in a TLB. kAccessedClear or kDirtyClear is returned whenever
/// the bit is missing, whatever the context's policy: under hardware update the caller must then
/// walk again (AD-05, AD-14), under kFault it is the fault.
Rule check_hit(const Translation& translation, const Context& context, Access access);

/// A fault at a translation's leaf with everything a message needs. `va` is the first byte of the
/// refused part (TVAL-05).
Fault make_fault(const Translation& translation, const Context& context, Access access,
                 std::uint64_t va, Rule rule);

}  // namespace lookaside::translation
