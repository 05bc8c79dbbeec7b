// SPDX-License-Identifier: Apache-2.0
// What was asked of an MMU, and what memory answered, kept so that a difference can be reproduced:
// in bounded memory, however long the run.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <lookaside/translation/access.h>
#include <lookaside/translation/pmp.h>

#include "cosim/difference.h"
#include "cosim/stimulus.h"

namespace lookaside::cosim {

/// A stimulus from it starts with empty TLBs, and with the page tables as far as walks have shown
/// them by then: what hit in the run may miss when it is replayed, on both sides alike.
class MmuHistory {
 public:
  /// Keeps at least the last `chunk` operations, at most twice as many.
  explicit MmuHistory(std::size_t chunk = std::size_t{1} << 16) : chunk_(chunk) {}

  void access(std::uint64_t time_ps, translation::Access access, std::uint64_t va, unsigned bytes,
              const translation::Context& context);
  void fence(std::uint64_t time_ps, const translation::Fence& fence);
  void pmp(std::uint64_t time_ps, unsigned index, std::uint8_t cfg, std::uint64_t addr);
  /// What memory answered to the last access's walk. What was not known yet becomes a write before
  /// that access.
  void pte(std::uint64_t address, unsigned bytes, bool ok, std::uint64_t value);
  /// The walker's compare-and-swap succeeded.
  void swapped(std::uint64_t address, std::uint64_t value) { memory_[address].value = value; }

  /// Accesses and fences so far.
  std::uint64_t count() const { return count_; }
  std::vector<Operation> operations() const;
  /// The last `count` operations but the very last, oldest first.
  std::vector<PastEvent> before_last(std::size_t count) const;

 private:
  struct Word {
    std::uint64_t value = 0;
    unsigned bytes = 8;
    bool ok = true;
    friend bool operator==(const Word& a, const Word& b) {
      return a.value == b.value && a.bytes == b.bytes && a.ok == b.ok;
    }
  };
  /// Small, because there are millions. `index` is that of a context, or of a PMP entry.
  struct Event {
    std::uint64_t time_ps = 0;
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    std::uint32_t index = 0;
    OperationKind kind = OperationKind::kAccess;
    std::uint8_t what = 0;  ///< access, form of a fence, pmpcfg
    std::uint8_t bytes = 0;
  };
  struct Chunk {
    std::vector<Event> events;
    std::vector<translation::Context> contexts;
    std::map<std::uint64_t, Word> memory;  ///< before its first event
    std::map<unsigned, Event> pmp;
  };

  void add(const Event& event);
  static Operation operation_of(const Event& event);
  static Operation write_of(std::uint64_t address, const Word& word);

  std::size_t chunk_;
  std::uint64_t count_ = 0;
  std::map<std::uint64_t, Word> memory_;
  std::map<unsigned, Event> pmp_;
  Chunk old_, new_;
};

}  // namespace lookaside::cosim
