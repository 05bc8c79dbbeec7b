// SPDX-License-Identifier: Apache-2.0
// The fates of mutants as a table for people and as JSON for machines.
#include <algorithm>

#include <fmt/format.h>

#include "mutate.h"

namespace lookaside::formal {
namespace {

const char* name_of(Fate fate) {
  switch (fate) {
    case Fate::kProof:
      return "proof";
    case Fate::kFuzz:
      return "fuzz";
    case Fate::kEquivalent:
      return "equivalent";
    case Fate::kReviewed:
      return "reviewed";
    default:
      return "left";
  }
}

/// Median and largest number of operations after which the random test noticed; empty: it was not
/// asked, or named none.
std::string operations(const MutationResult& result) {
  std::vector<std::uint64_t> numbers;
  for (const Mutant& mutant : result.mutants) {
    if (mutant.fate == Fate::kFuzz && mutant.operation != 0) numbers.push_back(mutant.operation);
  }
  if (numbers.empty()) return "-";
  std::sort(numbers.begin(), numbers.end());
  return fmt::format("{}/{}", numbers[numbers.size() / 2], numbers.back());
}

}  // namespace

std::string mutation_table(const std::vector<MutationResult>& results) {
  std::string text = fmt::format(
      "{:<18} {:<28} {:>7} {:>8} {:>7} {:>14} {:>10} {:>8} {:>5} {:>8}\n", "name", "block",
      "mutants", "by proof", "by fuzz", "operations", "equivalent", "reviewed", "left", "seconds");
  for (const MutationResult& result : results) {
    text += fmt::format("{:<18} {:<28} {:>7} {:>8} {:>7} {:>14} {:>10} {:>8} {:>5} {:>8.0f}\n",
                        result.name, result.block, result.mutants.size(),
                        count(result, Fate::kProof), count(result, Fate::kFuzz), operations(result),
                        count(result, Fate::kEquivalent), count(result, Fate::kReviewed),
                        count(result, Fate::kLeft), result.seconds);
    for (const Mutant& mutant : result.mutants) {
      if (mutant.fate == Fate::kLeft) {
        text += fmt::format("  left: {}: {}\n", mutant.source, mutant.command);
      }
    }
  }
  return text;
}

nlohmann::ordered_json mutation_json(const std::vector<MutationResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const MutationResult& result : results) {
    nlohmann::ordered_json entry = {{"name", result.name},
                                    {"block", result.block},
                                    {"seconds", result.seconds},
                                    {"mutants", nlohmann::ordered_json::array()}};
    for (const Mutant& mutant : result.mutants) {
      nlohmann::ordered_json one = {
          {"command", mutant.command}, {"source", mutant.source}, {"fate", name_of(mutant.fate)}};
      if (mutant.operation != 0) one["operation"] = mutant.operation;
      if (mutant.fate == Fate::kReviewed) one["why"] = mutant.compared;
      if (mutant.fate == Fate::kEquivalent) {
        one["compared"] = mutant.compared;
      }
      entry["mutants"].push_back(one);
    }
    list.push_back(entry);
  }
  return list;
}

}  // namespace lookaside::formal
