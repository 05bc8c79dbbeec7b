// SPDX-License-Identifier: Apache-2.0
// Which answers an MMU may give when its TLBs and walk caches may be stale.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <lookaside/translation/walk.h>

namespace lookaside::foreign {

/// One answer to an access: a physical address, or a fault.
struct Answer {
  bool fault = false;
  std::uint64_t pa = 0;                               ///< if no fault
  translation::Cause cause{};                         ///< if fault
  translation::Rule rule = translation::Rule::kNone;  ///< the rule behind the cause
  std::uint64_t tval = 0;                             ///< if fault: address of the access

  friend bool operator==(const Answer& a, const Answer& b) {
    return a.fault == b.fault && a.pa == b.pa && a.cause == b.cause && a.tval == b.tval;
  }
};
/// "pa 0x80003004" or "load page fault (no_read), tval 0x1000".
std::string text(const Answer& answer);

/// One access that lies within a page.
struct Request {
  std::uint64_t va = 0;
  unsigned bytes = 1;
  translation::Access access = translation::Access::kLoad;
};

/// The allowed set (rule book A.11, CACHE-03, CACHE-04, CACHE-14): an answer is legal if some
/// combination of PTE values yields it, each of which was in memory at some moment since the last
/// fence that covers its use. What a combination yields is translation::Walk's business.
///
/// A use of a PTE value in a translation of (va, asid) is covered (rule book A.10) by
///   - a fence of form `all`;
///   - a fence of form `asid` for that ASID, unless a G bit anywhere on the path makes it global;
///   - if it is the leaf, a fence of form `address` inside the page it maps, and of form
///     `address+asid` if that is for this ASID and the path is not global. Pointers may stay
///     (SFN-07), and an invalid PTE above the last level is taken for one.
/// The root of an ASID is a pointer like any other: a new root without a fence may be ignored.
/// A global translation read from another address space may be used too (ASID-05).
///
/// Time is the order of the calls. An access in flight is judged by the fences before it began and
/// the values until it is answered: take `now()` when it is offered, hand it to `allowed()`.
class AllowedSet {
 public:
  using Time = std::uint64_t;

  struct Options {
    const translation::Format* format = nullptr;  ///< the one format in use
    unsigned asid_bits = 16;
    /// Superpages are cached in pieces of the smallest page, and a fence by address drops only the
    /// piece that holds it (SFN-06). False: it drops the page whole (SFN-04).
    bool pieces = false;
  };

  explicit AllowedSet(const Options& options) : options_(options) {}

  /// A store to page tables takes effect, by whomever. Memory is 0 before.
  void write(std::uint64_t pa, std::uint64_t value);
  /// Accesses to a PTE end in a bus error, until it is written. It keeps its value() meanwhile.
  void write_error(std::uint64_t pa);
  /// An ASID gets a root table; physical bytes.
  void set_root(std::uint32_t asid, std::uint64_t root);
  /// A fence begins: stores before it are visible to translations after it.
  void fence(const translation::Fence& fence);
  Time now() const { return now_; }

  /// Current value of a PTE, and whether an access to it ends in a bus error.
  std::uint64_t value(std::uint64_t pa) const;
  bool fails(std::uint64_t pa) const;
  /// Every legal answer to an access that was offered at `begun`, without repetitions.
  std::vector<Answer> allowed(const translation::Context& context, const translation::Pmp& pmp,
                              const Request& request, Time begun) const;
  /// A page that is, or was, a root or pointed to: walkers may read there, also speculatively
  /// (CACHE-06), and nowhere else.
  bool is_table(std::uint64_t pa) const;

  /// Forgets what no access begun at `oldest` or later can use.
  void forget(Time oldest);
  /// Old values that are kept, for tests and statistics.
  std::size_t stale_values() const;

 private:
  struct Value {
    std::uint64_t value = 0;
    bool error = false;
    Time overwritten = kNever;
  };
  struct Covers {
    translation::Fence fence;
    Time time = 0;
  };
  /// A PTE value, or root, that a walk used.
  struct Use {
    unsigned level = 0;
    Time overwritten = 0;
  };
  struct Search;
  static constexpr Time kNever = ~Time{0};

  void put(std::uint64_t pa, std::uint64_t value, bool error);
  const std::vector<Value>& values(std::uint64_t pa) const;
  void read(Search& search, const translation::Walk& walk, const Value& value,
            std::vector<Use>& path, bool global) const;
  void update(Search& search, const translation::Walk& walk, std::vector<Use>& path,
              bool global) const;
  void walk(Search& search, const translation::Walk& walk, std::vector<Use>& path,
            bool global) const;
  void finished(Search& search, const translation::Walk& walk, const std::vector<Use>& path,
                bool global, bool leaf) const;
  bool usable(const Search& search, const Use& use, bool leaf, bool global) const;

  Options options_;
  Time now_ = 1;
  std::map<std::uint64_t, std::vector<Value>> memory_;  ///< oldest first, the last is current
  std::map<std::uint32_t, std::vector<Value>> roots_;   ///< by ASID, likewise
  std::vector<Covers> fences_;
  std::set<std::uint64_t> tables_;
};

}  // namespace lookaside::foreign
