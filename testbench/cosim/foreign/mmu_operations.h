// SPDX-License-Identifier: Apache-2.0
// Random operations for an MMU, page tables included: every store to them is an operation, so that
// the stimulus is the whole truth.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include <lookaside/translation/format.h>

#include "cosim/stimulus.h"
#include "stimulus/random.h"
#include "stimulus/weights.h"

namespace lookaside::foreign {

struct MmuOperationsShape {
  const translation::Format* format = &translation::kSv39;
  unsigned asid_bits = 16;
  unsigned pa_bits = 56;
  unsigned pmp_entries = 0;
};

/// Two address spaces and one that is rare, over a pool of tables that they share; few addresses,
/// pages of every size; stores that change a PTE, mostly with the fence that belongs to them,
/// sometimes late, sometimes never, sometimes the wrong one.
class MmuOperations {
 public:
  MmuOperations(const MmuOperationsShape& shape, const stimulus::MmuWeights& weights,
                std::uint64_t seed);

  cosim::Operation next();

 private:
  using Operation = cosim::Operation;

  void begin();
  void generate();
  void access();
  void change();
  void context();
  void protection();
  void fence(unsigned phase);
  Operation some_fence(std::uint64_t va, unsigned phase);
  Operation write(std::uint64_t pa, std::uint64_t pte, unsigned phase);
  std::uint64_t make_leaf(unsigned level);
  std::uint64_t make_pte(unsigned level);
  std::uint64_t some_pte();
  std::vector<std::uint64_t> path(std::uint64_t va) const;
  void race();
  std::uint64_t table(unsigned level);
  std::uint64_t some_va();
  unsigned some_index(unsigned level);
  std::vector<unsigned> indices(unsigned level) const;
  bool chance(unsigned percent) { return random_.chance(percent); }

  MmuOperationsShape shape_;
  stimulus::MmuWeights weights_;
  stimulus::Random random_;
  std::deque<Operation> queue_;
  std::map<std::uint64_t, std::pair<std::uint64_t, unsigned>> memory_;  ///< PTE and its level
  translation::Context context_;
  cosim::Operation last_;
  std::vector<cosim::Operation> owed_;  ///< fences that come late
};

}  // namespace lookaside::foreign
