// SPDX-License-Identifier: Apache-2.0
// An MMU as its pins show it: what a Verilated variant of lookaside_mmu looks like from C++,
// whatever its shape. Time is clock edges.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <lookaside/protocol/translation_port_if.h>
#include <lookaside/translation/pmp.h>
#include <lookaside/translation/walk.h>

#include "cosim/mmu/inside.h"
#include "cosim/silent.h"

namespace lookaside::cosim {

/// An access that lies within a page; its context holds for it.
struct MmuRequest {
  protocol::Port port = protocol::Port::kData;
  translation::Access access = translation::Access::kLoad;
  std::uint64_t va = 0;
  std::uint64_t bytes = 1;
  const translation::Context* context = nullptr;
};

struct MmuAnswer {
  bool fault = false;
  translation::Rule rule = translation::Rule::kNone;
  unsigned cause = 0;
  std::uint64_t tval = 0;
  std::uint64_t pa = 0;
};

/// What the memory port asks for.
struct MmuMemoryRequest {
  bool cas = false;
  std::uint64_t address = 0;
  std::uint64_t expected = 0, desired = 0;  ///< of a compare-and-swap
};

enum class MmuTlb : std::uint8_t { kL1I, kL1D, kL2 };
inline constexpr unsigned kMmuTlbs = 3;

/// What a TLB said or did. Set and way are 0 for a miss.
struct MmuEvent {
  bool fill = false;
  bool hit_or_evict = false;  ///< a lookup hit; a fill evicted
  std::uint16_t set = 0, way = 0;
  std::uint64_t cycle = 0;  ///< MmuPort::cycles() then; not compared
  friend bool operator==(const MmuEvent& a, const MmuEvent& b) {
    return a.fill == b.fill && a.hit_or_evict == b.hit_or_evict && a.set == b.set && a.way == b.way;
  }
  friend bool operator!=(const MmuEvent& a, const MmuEvent& b) { return !(a == b); }
};

/// One access at a time. The clock stands still while nobody calls. Every call that clocks throws
/// RtlSilent when the block does not answer in any time an operation can take.
class MmuPort {
 public:
  enum class State : std::uint8_t {
    kAnswer,  ///< answer() holds
    kMemory,  ///< memory() is asked for: call respond()
  };

  virtual ~MmuPort() = default;
  virtual void reset() = 0;
  /// Offers an access and clocks until it is answered or needs memory.
  virtual State request(const MmuRequest& request) = 0;
  /// Memory takes the request at the next edge and answers `edges` later, at least 1.
  virtual State respond(std::uint64_t edges, bool ok, bool swapped, std::uint64_t data) = 0;
  virtual void fence(const translation::Fence& fence) = 0;
  virtual void set_pmp(unsigned index, std::uint8_t cfg, std::uint64_t addr) = 0;
  /// Clocks while the second-level TLB is busy, at most `edges` edges.
  virtual void idle(std::uint64_t edges) = 0;

  /// `cycle` is called in each clock cycle before its edge; then inside() tells of this cycle.
  virtual void watch(std::function<void()> cycle) = 0;
  virtual MmuInside inside() = 0;

  const MmuAnswer& answer() const { return answer_; }
  const MmuMemoryRequest& memory() const { return memory_; }
  /// Edges since reset.
  std::uint64_t cycles() const { return cycles_; }
  /// The second-level TLB works on a refill or a fence.
  bool busy() const { return busy_; }

  /// Since they were cleared last; by TLB.
  std::vector<MmuEvent>& events(MmuTlb tlb) { return events_[static_cast<unsigned>(tlb)]; }
  /// Which entries hold something: bit set * ways + way, 64 to a word.
  virtual std::vector<std::uint64_t> valid(MmuTlb tlb) = 0;
  virtual unsigned valid_count(MmuTlb tlb) = 0;
  /// That of the second level when it had ended the last fence; nothing before.
  const std::optional<unsigned>& left_by_fence() const { return left_by_fence_; }

 protected:
  MmuAnswer answer_;
  MmuMemoryRequest memory_;
  std::uint64_t cycles_ = 0;
  bool busy_ = false;
  std::optional<unsigned> left_by_fence_;
  std::array<std::vector<MmuEvent>, kMmuTlbs> events_;
};

}  // namespace lookaside::cosim
