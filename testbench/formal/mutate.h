// SPDX-License-Identifier: Apache-2.0
// Mutation test: yosys makes small changes to a block, one at a time, and each must be noticed by
// the block's proof, or by the random test of a block that has no proof of its own, or be shown to
// change nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "equivalence.h"
#include "proof.h"

namespace lookaside::formal {

enum class Fate { kProof, kFuzz, kEquivalent, kReviewed, kLeft };

struct Mutant {
  std::string command;  ///< yosys' own: `mutate -mode ... -src ...`
  std::string source;   ///< file and line, as yosys knows it
  Fate fate = Fate::kLeft;
  std::uint64_t operation = 0;  ///< kFuzz: the operation of the random test that differed
  std::string compared;         ///< kEquivalent: with what around it; kReviewed: why
};

struct MutationResult {
  std::string name;   ///< of the proof, or of the entry of proofs.yaml's `fuzzed`
  std::string block;  ///< the block that was changed
  std::vector<Mutant> mutants;
  double seconds = 0;  ///< wall clock
};

struct MutationOptions {
  ProofOptions where;
  unsigned mutants = 100;
  unsigned seed = 1;
  unsigned jobs = 2;
  std::filesystem::path units;         ///< written by the build, see unit.h
  std::uint64_t operations = 1000000;  ///< of the random test, before a mutant counts as unnoticed
};

/// Mutates the block of a proof, in the shape that the proof has.
///
/// A mutant is killed by the proof if the proof fails: a property is false at once, or after a
/// state in which all hold. It is equivalent if no output and no next state of the block differs,
/// - alone: for all inputs and states in which the registers of both agree;
/// - in its surroundings: for those in which the proof's assumptions and properties hold as well;
/// - in what its outputs mean: the mutant is proven like the original, and with all that is proven
///   of both, the wires `means_*` of the property module cannot differ, which are the block's
///   outputs where they mean anything (the address of a request while there is one).
MutationResult mutate(const Proof& proof, const MutationOptions& options);

/// Mutates blocks that share a unit: all mutants stand in one netlist, which is Verilated once and
/// put into the unit's random test. Those that the test does not notice are compared as above,
/// alone and in the whole unit; then they must have been reviewed.
std::vector<MutationResult> mutate_fuzzed(const std::vector<const FuzzedBlock*>& blocks,
                                          const MutationOptions& options);

/// The mutants that yosys lists for the modules that were made of a block of a design.
/// @param ctrl first value of the input `mutant_i` by which each is selected; nothing: none is.
std::vector<Mutant> list_mutants(const std::filesystem::path& design, const std::string& block,
                                 const MutationOptions& options, const std::filesystem::path& work,
                                 std::optional<unsigned> ctrl);

/// How many mutants had this fate.
std::size_t count(const MutationResult& result, Fate fate);

std::string mutation_table(const std::vector<MutationResult>& results);
nlohmann::ordered_json mutation_json(const std::vector<MutationResult>& results);

}  // namespace lookaside::formal
