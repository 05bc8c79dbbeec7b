// SPDX-License-Identifier: Apache-2.0
// Random operations for an MMU: page tables in memory, made up when an address first needs them and
// met again afterwards; accesses, often the same once more under another SUM, MXR or privilege;
// fences between accesses and in the middle of walks; PTEs that change, also while they are walked.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "cosim/stimulus.h"
#include "stimulus/walk_generator.h"

namespace lookaside::stimulus {

/// What the generator knows of the MMU.
struct MmuShape {
  std::vector<const translation::Format*> formats = {&translation::kSv39};
  unsigned asid_bits = 16;
  unsigned pmp_entries = 16;
};

class MmuGenerator {
 public:
  MmuGenerator(const MmuShape& shape, const MmuWeights& weights, std::uint64_t seed);

  /// kWrite, kBusError, kLatency, kContext, kPmp, kFence or kAccess. An access lies within a page;
  /// every PTE on its way was written, or answers with a bus error. A PTE that changes in mid-walk
  /// may lead to memory that was never written: it reads as 0.
  cosim::Operation next();
  /// The operation after the next; for whoever offers two accesses at once.
  const cosim::Operation& peek();
  Random& random() { return walks_.random(); }

 private:
  void more();
  void access();
  void again();
  void disturb(const cosim::Operation& access);
  void context();
  void flip();
  void protection();
  void aim_protection();
  void change();
  cosim::Operation fence(unsigned phase);
  std::uint64_t va();
  unsigned make_path(std::uint64_t va);
  cosim::Operation turn_bit(std::uint64_t address, unsigned bit, unsigned phase);
  std::uint64_t some_pte();
  std::uint64_t some_data();
  void push(const cosim::Operation& o) { queue_.push_back(o); }

  MmuShape shape_;
  WalkGenerator walks_;
  const MmuWeights& weights_;
  std::deque<cosim::Operation> queue_;
  struct Word {
    std::uint64_t pte = 0;
    const translation::Format* format = nullptr;
    unsigned level = 0;
  };
  std::map<std::uint64_t, Word> words_;          ///< PTEs by address, as written
  std::uint64_t path_end_ = 0;                   ///< the last PTE of the path made last
  const translation::Format* format_ = nullptr;  ///< of the tables, also while translation is off
  translation::Context context_;
  cosim::Operation last_;
};

}  // namespace lookaside::stimulus
