// SPDX-License-Identifier: Apache-2.0
// What a port of a TLB or an MMU can be to us: the table behind port maps, their checks and --help.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <lookaside/translation/format.h>

namespace lookaside::foreign {

enum class BlockKind : std::uint8_t { kTlb, kMmu };
/// "tlb", "mmu".
const char* name(BlockKind kind);

/// What fixes the width of a role's port.
enum class Width : std::uint8_t {
  kBit,       ///< 1
  kVpn,       ///< page number: of the implemented bits, up to that of a whole register
  kVa,        ///< virtual address: likewise
  kPpn,       ///< page number of a physical address
  kPa,        ///< physical address, up to the width of a register
  kAsid,      ///< asid_bits
  kPte,       ///< a whole PTE
  kRegister,  ///< XLEN
  kValues,    ///< wide enough for each value of the role's table
  kNumber,    ///< any
};

/// A word of ours and how a block spells it.
using Values = std::vector<std::pair<std::string, std::uint64_t>>;

struct Role {
  std::string name;  ///< "lookup.vpn"
  bool input;        ///< of the block: we drive it
  Width width;
  const char* sentence;  ///< what it means, for --help
};

/// The shape that widths and values follow from.
struct Shape {
  const translation::Format* format = &translation::kSv39;
  unsigned asid_bits = 16;
  unsigned pa_bits = 56;

  unsigned xlen() const { return format->pte_bytes * 8; }
};

/// Narrowest and widest port that a role may have.
struct WidthRange {
  unsigned min;
  unsigned max;
};
WidthRange width_of(Width width, const Shape& shape);

/// All roles of a kind, in the order of --help.
const std::vector<Role>& roles(BlockKind kind);
/// The role of that name, or nullptr.
const Role* find_role(BlockKind kind, const std::string& name);

/// Our words for a role whose port carries an encoding, with the values that hold unless the map
/// says others; empty for roles that carry a number.
Values default_values(const Role& role, const Shape& shape);

/// "sv39".
std::string word_of(const translation::Format& format);
/// "4KiB", "2MiB": the size of a page of `level`.
std::string page_size(const translation::Format& format, unsigned level);

}  // namespace lookaside::foreign
