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

#include "proof.h"

namespace lookaside::formal {

enum class Fate { kProof, kFuzz, kEquivalent, kLeft };

struct Mutant {
  std::string command;  ///< yosys' own: `mutate -mode ... -src ...`
  std::string source;   ///< file and line, as yosys knows it
  Fate fate = Fate::kLeft;
  std::uint64_t operation = 0;  ///< kFuzz: the operation of the random test that differed
  /// kEquivalent: only with the block's surroundings, where not every input can happen.
  bool in_surroundings = false;
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
/// for all inputs and states in which the registers of both agree; or for all those in which the
/// proof's assumptions and properties hold as well. A mutant that is equivalent cannot fail the
/// proof.
MutationResult mutate(const Proof& proof, const MutationOptions& options);

/// Mutates blocks that share a unit: all mutants stand in one netlist, which is Verilated once and
/// put into the unit's random test. Those that the test does not notice are compared as above.
std::vector<MutationResult> mutate_fuzzed(const std::vector<const FuzzedBlock*>& blocks,
                                          const MutationOptions& options);

/// The mutants that yosys lists for the modules that were made of a block of a design.
/// @param ctrl first value of the input `mutant_i` by which each is selected; nothing: none is.
std::vector<Mutant> list_mutants(const std::filesystem::path& design, const std::string& block,
                                 const MutationOptions& options, const std::filesystem::path& work,
                                 std::optional<unsigned> ctrl);

/// Shows that a mutant and the original, for equal inputs and registers, have equal outputs and
/// next registers.
/// @param design RTLIL with the hierarchy.
/// @param module the part that is compared, with all below it.
/// @param surroundings with the assumptions and (proven) assertions in it, which then hold.
/// @param outputs wires to compare beside registers and ports, in yosys' language.
struct Comparison {
  std::filesystem::path design;
  std::string module;
  bool surroundings = false;
  std::string outputs;
  std::string flatten;  ///< script that makes it flat
  unsigned timeout_s = 600;
};
bool equivalent(const Comparison& comparison, const std::filesystem::path& work,
                const std::string& name, const std::string& command);

/// How many mutants had this fate.
std::size_t count(const MutationResult& result, Fate fate);

std::string mutation_table(const std::vector<MutationResult>& results);
nlohmann::ordered_json mutation_json(const std::vector<MutationResult>& results);

}  // namespace lookaside::formal
