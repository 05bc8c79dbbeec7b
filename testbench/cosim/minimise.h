// SPDX-License-Identifier: Apache-2.0
// Delta debugging: from a long list of operations that shows something to a short one that still
// does.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lookaside::cosim {

/// How much work minimising may be: the sum of the lengths of the lists that are tried.
struct MinimiseBudget {
  std::uint64_t operations = 20'000'000;
};

/// Removes operations from `list` as long as `shows(candidate)` stays true; the last operation
/// always stays. Returns the shortest list found; unchanged if `list` itself does not show it.
/// When the budget lasts, no single operation can be left out of the result.
template <typename Operation, typename Shows>
std::vector<Operation> minimise(std::vector<Operation> list, Shows shows,
                                MinimiseBudget budget = {}) {
  const auto tried = [&](const std::vector<Operation>& candidate) {
    budget.operations -= std::min<std::uint64_t>(budget.operations, candidate.size() + 1);
    return shows(candidate);
  };
  if (!tried(list)) return list;
  // Most differences need little of what came before: the shortest end that still shows it, found
  // by doubling.
  for (std::size_t tail = 8; tail < list.size(); tail *= 2) {
    std::vector<Operation> candidate(list.end() - static_cast<std::ptrdiff_t>(tail), list.end());
    if (tried(candidate)) {
      list = std::move(candidate);
      break;
    }
  }
  // Then pieces, halved until they are single operations.
  std::size_t piece = std::max<std::size_t>(1, list.size() / 2);
  while (budget.operations > 0) {
    bool removed = false;
    for (std::size_t end = list.size() - 1; end > 0 && budget.operations > 0;) {
      const std::size_t begin = end > piece ? end - piece : 0;
      std::vector<Operation> candidate(list.begin(),
                                       list.begin() + static_cast<std::ptrdiff_t>(begin));
      candidate.insert(candidate.end(), list.begin() + static_cast<std::ptrdiff_t>(end),
                       list.end());
      if (tried(candidate)) {
        list = std::move(candidate);
        removed = true;
      }
      end = begin;
    }
    if (piece == 1 && !removed) break;
    if (!removed || piece > list.size()) piece = std::max<std::size_t>(1, piece / 2);
  }
  return list;
}

}  // namespace lookaside::cosim
