// SPDX-License-Identifier: Apache-2.0
// What a waveform shows of an MMU in RTL: one clock cycle of its pins and its inside.
#pragma once

#include <array>
#include <cstdint>

namespace lookaside::cosim {

/// State machines carry the encodings of rtl/; each is a row of names in MmuRtlWaves.
struct MmuInside {
  enum class Request : std::uint8_t { kNone, kFetch, kLoad, kStore, kFence };
  enum class Memory : std::uint8_t { kNone, kRead, kCompareAndSwap, kAnswer };
  enum class Work : std::uint8_t { kNone, kMiss, kHit, kRefill, kEvictingRefill };

  /// In the order of MmuTlb.
  struct Tlb {
    Work work = Work::kNone;    ///< in this cycle
    unsigned set = 0, way = 0;  ///< of a hit or refill
    std::uint64_t match = 0;    ///< first level: entry i (below 64); second: way i of the set seen
    std::uint64_t policy = 0;   ///< first level: replacement state of the set, its low 64 bits
    unsigned state = 0;         ///< second level: 0 idle, 1 visits sets, 2 writes the new entry
  };
  std::array<Tlb, 3> tlbs;

  Request request = Request::kNone;  ///< offered in this cycle
  std::uint64_t va = 0;              ///< of the request
  unsigned miss = 0;                 ///< state of lookaside_mmu_miss
  unsigned walker = 0;               ///< state of lookaside_page_walker
  unsigned level = 0;                ///< of the PTE the walker holds
  Memory memory = Memory::kNone;     ///< what the memory port shows
  std::uint64_t pte_address = 0;     ///< of a read or compare-and-swap
  std::uint64_t pte = 0;             ///< of an answer
};

}  // namespace lookaside::cosim
