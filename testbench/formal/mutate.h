// SPDX-License-Identifier: Apache-2.0
// Mutation test of the proofs: yosys makes small changes to a block, one at a time, and each must
// be noticed by the block's proof or be shown to change nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proof.h"

namespace lookaside::formal {

struct Mutant {
  std::string command;  ///< yosys' own: `mutate -mode ... -src ...`
  std::string source;   ///< file and line, as yosys knows it
  std::string fate;     ///< "proof", "equivalent" or "survived"
  unsigned step = 0;    ///< "proof": the cycle after reset in which a property failed
};

struct MutationResult {
  const Proof* proof = nullptr;
  std::string module;  ///< the block that was changed
  std::vector<Mutant> mutants;
  double seconds = 0;
};

struct MutationOptions {
  ProofOptions where;
  unsigned mutants = 100;
  unsigned seed = 1;
  unsigned jobs = 2;
};

/// Mutates the block of a proof, in the shape that the proof has.
///
/// A mutant is killed by the proof if a property fails from reset within the proof's depth. It is
/// equivalent if no output and no next state of the block differs, for all inputs and states in
/// which the registers of both agree.
MutationResult mutate(const Proof& proof, const MutationOptions& options);

std::string mutation_table(const std::vector<MutationResult>& results);
nlohmann::ordered_json mutation_json(const std::vector<MutationResult>& results);

}  // namespace lookaside::formal
