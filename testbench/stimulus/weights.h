// SPDX-License-Identifier: Apache-2.0
// How often a generator does what: named numbers with defaults, read from YAML or set one by one.
//
//   tlb:
//     fence: 20
//   mmu:
//     flip: 30
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lookaside::stimulus {

/// A weight that cannot be read: where, found, expected.
class WeightError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Of the generator for TLBs. The first group says how often each operation comes, in relation to
/// the others; the rest are percentages.
struct TlbWeights {
  unsigned lookup = 55;
  unsigned fill = 33;
  unsigned drop = 6;
  unsigned fence = 6;

  unsigned fence_all = 4;  ///< that empties everything: rare, or nothing would ever be full
  unsigned fence_asid = 24;
  unsigned fence_address = 36;
  unsigned fence_address_asid = 36;

  unsigned superpage = 30;
  unsigned global = 12;
  unsigned recent = 35;     ///< an address in a page filled lately, not a new one
  unsigned near = 12;       ///< such an address with one bit of page number or ASID turned
  unsigned same_set = 6;    ///< starts a run of fills that all go to one set
  unsigned run = 12;        ///< length of such a run, at most
  unsigned wide_asid = 8;   ///< an ASID of any bits, not one of a few
  unsigned wide_index = 3;  ///< a table index of any bits, per level
  unsigned noncanonical = 1;
};

/// Of the generators for walks and MMUs; percentages, but for the first group.
struct MmuWeights {
  unsigned access = 84;
  unsigned fence = 5;
  unsigned context = 6;
  unsigned pmp = 1;
  unsigned change = 4;  ///< a PTE that was used changes in memory

  unsigned fence_all = 10;
  unsigned fence_asid = 30;
  unsigned fence_address = 30;
  unsigned fence_address_asid = 30;

  unsigned again = 35;    ///< the access before once more
  unsigned flip = 40;     ///< then with SUM, MXR or the privilege turned, without a fence
  unsigned pointer = 75;  ///< above the leaf level
  unsigned pointer_global = 10;
  unsigned readable = 80;      ///< a leaf has R and X
  unsigned accessed = 60;      ///< a leaf has A, whatever chance says
  unsigned writable = 60;      ///< a leaf has W and D
  unsigned one_bit_wrong = 5;  ///< one bit of a PTE turned, whichever
  unsigned misaligned = 4;     ///< a leaf of a large page with one low bit of its PPN set
  unsigned hardware_update = 50;
  unsigned sum = 50;
  unsigned mxr = 30;
  unsigned bare = 4;
  unsigned machine = 4;
  unsigned pmp_closed = 20;    ///< the last PMP entry covers half of memory, or nothing
  unsigned pmp_aimed = 8;      ///< a PMP entry over a word that was touched, before it is again
  unsigned pmp_region = 9;     ///< each PMP entry but the last, which is open
  unsigned fence_in_walk = 5;  ///< a fence while the access is walked
  unsigned bus_error = 1;
  unsigned lost_swap = 5;  ///< somebody else changes a PTE before the compare-and-swap
  unsigned noncanonical = 1;
};

struct Weights {
  TlbWeights tlb;
  MmuWeights mmu;

  /// Sets one: "tlb.fill", 0 to 1000. Throws WeightError for an unknown name (with the nearest) or
  /// a number out of range.
  void set(std::string_view name, std::string_view value);

  /// Throws WeightError if the generator of a block, "tlb" or "mmu", would have nothing to choose
  /// from.
  void check(const std::string& block) const;
};

struct WeightDescription {
  std::string name;  ///< "tlb.fill"
  unsigned value;    ///< in the weights it was asked of
};
/// All weights by name.
std::vector<WeightDescription> describe(const Weights& weights);

/// The defaults with what the file says. Throws WeightError: file, line, found, expected.
Weights read_weights(const std::string& path);

}  // namespace lookaside::stimulus
