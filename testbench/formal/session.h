// SPDX-License-Identifier: Apache-2.0
// The prepared design of one proof, and the questions that can be asked of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proof.h"
#include "yosys.h"

namespace lookaside::formal {

/// Of a proof.
struct Answer {
  bool proven = false;
  Finished run;  ///< the run of the tool that settled it; its time is that of all of them
};

/// Questions about the design that prepare() wrote as NAME.il. Each is a run of yosys of its own,
/// whose script and log stay in the work directory.
class Session {
 public:
  /// @param name of the design: the proof's, or that of a copy with a fault.
  Session(const Proof& proof, const ProofOptions& options, std::string name)
      : proof_(proof), options_(options), name_(std::move(name)) {}

  [[nodiscard]] std::filesystem::path il() const { return options_.work / (name_ + ".il"); }

  /// All of these assertions by induction, with `cuts` as free inputs.
  [[nodiscard]] Answer induct(const std::string& what, const std::vector<std::string>& cells,
                              const std::vector<std::string>& cuts) const;
  /// One assertion in every state in which the others hold.
  [[nodiscard]] Answer follow(const std::string& cell, const std::vector<std::string>& from) const;
  /// Is the antecedent of an assertion reached from reset?
  [[nodiscard]] Finished enable(const std::string& cell) const;
  /// Is a cover reached from reset? The witness goes to `vcd` unless that is empty.
  [[nodiscard]] Finished cover(const std::string& cell, const std::filesystem::path& vcd) const;
  /// Does this assertion fail somewhere from reset?
  [[nodiscard]] Finished falsify(const std::string& cell) const;

 private:
  [[nodiscard]] Finished ask(const std::string& what, const std::string& script) const;
  [[nodiscard]] Answer ask_sat(const std::string& what, const std::string& script) const;
  /// @param induct step 0 from reset and any later step; else one step, which is all there is.
  [[nodiscard]] Answer ask_smt(const std::string& what, const std::string& script,
                               bool induct) const;
  [[nodiscard]] std::string from_reset() const;

  const Proof& proof_;
  const ProofOptions& options_;
  std::string name_;
};

/// From reset: a counterexample was found.
bool found_model(const Finished& finished);
/// The step of the last base case that was solved.
unsigned last_step(const std::string& log);

/// Shows that the properties of a proof can fail: each fault that names some of them must break
/// those, and each property must be broken. What is missing goes into `result` as its failure.
void break_all(const Proof& proof, const std::vector<Fault>& faults, const ProofOptions& options,
               ProofResult& result);

/// Notes the first reason why a proof did not pass.
void fail(ProofResult& result, const std::string& why);

}  // namespace lookaside::formal
