// SPDX-License-Identifier: Apache-2.0
// Finds in a waveform of a run what a reader wants to look at: one translation from its TLB miss
// over each level of the walk to the refill, the hit that follows, a fault. Works on the signals
// that the MMU declares in its scope: access, va, pa, outcome, walk_level, pte_address, pte,
// fault_cause, fault_text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/render.h>

namespace lookaside::record {

/// One page-table entry that a walk read.
struct WalkRead {
  std::uint64_t time_ps = 0;
  std::string level;  ///< the enum's name: "level1"
  std::uint64_t pte_address = 0;
  std::uint64_t pte = 0;
};

/// One translation as the waveform shows it.
struct Translation {
  enum class End { kHit, kRefill, kFault, kOther };
  std::uint64_t begin_ps = 0;
  std::uint64_t end_ps = 0;
  std::string access;  ///< "load"
  std::uint64_t va = 0;
  std::uint64_t pa = 0;  ///< 0 if no access was sent
  bool missed_l1 = false;
  bool missed = false;  ///< in every TLB
  std::vector<WalkRead> reads;
  std::uint64_t refill_ps = 0;
  std::uint64_t fault_ps = 0;
  std::string fault_cause;
  std::string fault_text;
  End end = End::kOther;
};

/// Visits the translations of the MMU with this scope, in order of time, until `visit` answers
/// false. Throws RecordError if the dump lacks a signal of it.
void for_each_translation(const WaveReader& dump, const std::string& scope,
                          const std::function<bool(const Translation&)>& visit);

enum class EpisodeKind {
  kRefill,  ///< a miss, its walk and refill, and the first hit on the same VA after it
  kFault,   ///< a translation that ends in a fault after a walk that read at least one PTE
  kStory,   ///< a refill with its hit, and a fault behind it: of all, the one that takes least time
};

struct Episode {
  std::uint64_t from_ps = 0;  ///< with a margin on both sides, for a picture
  std::uint64_t to_ps = 0;
  std::vector<WaveMarker> markers;
  std::vector<Translation> translations;  ///< what happens in it, in order of time
};

struct EpisodeQuery {
  EpisodeKind kind = EpisodeKind::kStory;
  std::string scope = "hart0.mmu";
  std::optional<std::uint64_t> va;  ///< only translations of this address (story: the refill)
  std::uint64_t from_ps = 0;        ///< only what begins and ends in here
  std::uint64_t to_ps = ~std::uint64_t{0};
};

/// The first such episode (story: the shortest), if there is one.
std::optional<Episode> find_episode(const WaveReader& dump, const EpisodeQuery& query);

/// The translations, one step a line, with times in ps: for the program's output.
std::string describe(const Episode& episode);

}  // namespace lookaside::record
