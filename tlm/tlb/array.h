// SPDX-License-Identifier: Apache-2.0
// The model of a TLB: a fully or set-associative array of translations of several page sizes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

#include <lookaside/tlb/interface.h>
#include <lookaside/tlb/replacement/policy.h>

namespace lookaside::tlb {

/// A geometry that validate() refuses.
class GeometryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shape: see Geometry. A fill takes the lowest-numbered free way of its set and asks the policy
/// only when there is none. A lookup takes constant time on most hits (a table of hints, each
/// verified) and otherwise compares one packed tag per way.
class Array final : public Tlb {
 public:
  /// Throws GeometryError if `validate(geometry)` has something to say.
  explicit Array(const Geometry& geometry);

  const Geometry& geometry() const override { return geometry_; }
  LookupResult lookup(std::uint64_t va, std::uint32_t asid) override;
  LookupResult probe(std::uint64_t va, std::uint32_t asid) const override;
  FillResult fill(const translation::Translation& translation, std::uint64_t va,
                  std::uint32_t asid) override;
  unsigned invalidate(const translation::Fence& fence) override;
  std::vector<Entry> snapshot() const override { return entries_; }
  const std::uint64_t& generation() const override { return generation_; }
  bool repeat_hit_is_noop() const override { return policy_->repeat_hit_is_noop(); }

 private:
  /// The bits of an entry that a lookup key must equal, in one word: valid, ASID, VPN. It holds the
  /// low 47 VPN bits only, so a match is confirmed against the whole entry.
  struct Tag {
    std::uint64_t key = 0;
    std::uint64_t mask =
        ~std::uint64_t{0};  ///< a free way never matches: keys of lookups are not 0
  };
  static constexpr unsigned kHints = 256;
  static constexpr unsigned kNone = ~0U;

  std::uint64_t key_of(std::uint64_t va, std::uint32_t asid) const;
  Tag tag_of(const Entry& entry) const;
  unsigned set_of(std::uint64_t va, unsigned page_shift) const;
  static unsigned hint_of(std::uint64_t key);
  bool matches(unsigned index, std::uint64_t key, std::uint64_t va) const {
    return ((tags_[index].key ^ key) & tags_[index].mask) == 0 &&
           entries_[index].translation.covers(va);
  }
  unsigned scan(unsigned first, std::uint64_t key, std::uint64_t va) const;
  unsigned find(std::uint64_t va, std::uint64_t key) const;
  LookupResult result(unsigned index) const;
  bool cut_to_supported(translation::Translation& t, std::uint64_t va) const;
  unsigned drop_overlapping(const Entry& entry);
  unsigned choose_way(unsigned set, FillResult& result);
  void clear(unsigned index);
  std::size_t size_index(unsigned page_shift) const;
  /// Calls `visit(index)` for every way in which an entry that covers `va` could stand.
  template <typename Visit>
  void for_each_way(std::uint64_t va, Visit visit) const;

  Geometry geometry_;
  unsigned sets_;
  std::uint32_t asid_mask_;
  std::unique_ptr<Policy> policy_;
  std::vector<Tag> tags_;
  std::vector<Entry> entries_;
  std::vector<unsigned> population_;  ///< valid entries per page size
  std::array<std::uint32_t, kHints> hints_{};
  std::uint64_t generation_ = 0;
};

}  // namespace lookaside::tlb
