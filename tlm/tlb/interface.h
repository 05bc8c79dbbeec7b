// SPDX-License-Identifier: Apache-2.0
// What any TLB answers: the model array, Verilated RTL, or both in lockstep stand behind this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/translation/access.h>
#include <lookaside/translation/format.h>

namespace lookaside::tlb {

/// Replacement policies. All but kRandom depend only on the sequence of touches and fills.
enum class Replacement : std::uint8_t {
  kTreePlru,  ///< tree pseudo-LRU; needs a power-of-two number of ways, at most 64
  kLru,       ///< true LRU
  kFifo,      ///< oldest fill goes first; hits do not matter
  kRandom,    ///< seeded xorshift, advanced once per eviction
};
/// "plru", "lru", "fifo", "random".
const char* name(Replacement policy);

/// Shape of a TLB. `ways` == `entries` is fully associative. A set-associative TLB is indexed by
/// the low VPN bits of each supported page size in turn.
struct Geometry {
  unsigned entries = 16;
  unsigned ways = 16;  ///< divides entries; entries/ways is a power of two
  /// log2 of the page sizes it can hold, ascending, e.g. {12, 21, 30}. A larger page is broken into
  /// pieces of the largest size that fits (SFN-06).
  std::vector<unsigned> page_shifts;
  unsigned asid_bits = 16;
  Replacement replacement = Replacement::kTreePlru;
  std::uint64_t seed = 1;  ///< for kRandom; 0 is taken as 1

  unsigned sets() const { return entries / ways; }
};
/// Empty, or one sentence saying what is wrong with a geometry and what is expected.
std::string validate(const Geometry& geometry);

/// One entry: a translation and the address space it belongs to.
struct Entry {
  bool valid = false;
  std::uint32_t asid = 0;  ///< ignored when translation.global (ASID-01)
  translation::Translation translation;
};

struct LookupResult {
  bool hit = false;
  unsigned set = 0;
  unsigned way = 0;
  translation::Translation translation;  ///< valid on a hit
  /// Clock cycles the lookup took, for a TLB that has a clock of its own (RTL); kUntimed: as long
  /// as the MMU's configuration says.
  static constexpr unsigned kUntimed = ~0U;
  unsigned cycles = kUntimed;
};

struct FillResult {
  bool stored = false;  ///< false: the page is smaller than every page size this TLB holds
  unsigned set = 0;
  unsigned way = 0;
  bool evicted = false;      ///< a valid entry, not overlapping the new one, made room
  Entry victim;              ///< valid if evicted
  unsigned overlapping = 0;  ///< older entries dropped because they overlapped (one hit at most)
};

/// A TLB. Permissions are not its business: it returns raw translations (PERM-05).
class Tlb {
 public:
  virtual ~Tlb() = default;
  virtual const Geometry& geometry() const = 0;

  /// The caller's local time in ps, for the operations that follow: for those who show them.
  virtual void at(std::uint64_t /*time_ps*/) {}
  /// Looks `va` up for `asid` and touches the entry on a hit.
  virtual LookupResult lookup(std::uint64_t va, std::uint32_t asid) = 0;
  /// The same without any side effect: for debug access and for deciding on a fast path.
  virtual LookupResult probe(std::uint64_t va, std::uint32_t asid) const = 0;
  /// Stores a translation that covers `va`; removes every entry it overlaps for that address space,
  /// so that at most one entry can ever hit; then takes a free way, or evicts.
  virtual FillResult fill(const translation::Translation& translation, std::uint64_t va,
                          std::uint32_t asid) = 0;
  /// Removes the entry that a lookup would hit, without touching it, and says which it was.
  virtual LookupResult drop(std::uint64_t va, std::uint32_t asid);
  /// SFENCE.VMA; returns how many entries it dropped. ASID-exact: no entry goes that need not.
  virtual unsigned invalidate(const translation::Fence& fence) = 0;

  /// All entries, set by set and way by way, for reports and comparison.
  virtual std::vector<Entry> snapshot() const = 0;

  /// Changes whenever an earlier hit might not be repeated, or might not be a no-op when repeated:
  /// fill, eviction, invalidation.
  virtual const std::uint64_t& generation() const = 0;
  /// True if a second lookup of the entry hit last changes no state: then a repeated hit may be
  /// counted without being performed.
  virtual bool repeat_hit_is_noop() const = 0;
};

}  // namespace lookaside::tlb
