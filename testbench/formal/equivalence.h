// SPDX-License-Identifier: Apache-2.0
// Is a mutant the same circuit? Two ways to show it: as it stands in the surroundings that a proof
// has, with what is known of them; or, much sooner, with registers opened into inputs and outputs.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace lookaside::formal {

/// Shows that a mutant and the original, for equal inputs and registers, have equal outputs and
/// next registers.
/// @param design RTLIL with the hierarchy.
/// @param module the part that is compared, with all below it.
/// @param surroundings with the assumptions and (proven) assertions in it, which then hold.
/// @param mutant_proven the mutant's assertions hold as well.
/// @param registers those that must stay equal, in yosys' language.
/// @param outputs wires to compare beside registers and ports, in yosys' language.
struct Comparison {
  std::filesystem::path design;
  std::string module;
  bool surroundings = false;
  bool mutant_proven = false;
  std::string registers = "w:*_q*";
  std::string outputs;
  std::string flatten;  ///< script that makes it flat
  unsigned timeout_s = 600;
};
bool equivalent(const Comparison& comparison, const std::filesystem::path& work,
                const std::string& name, const std::string& command);

/// Shows the same for one module of a design, with all below it, as a question about gates alone:
/// each register becomes an input (its value) and an output (its next value), so that all that the
/// mutation does not reach is one circuit and falls away. Safe to use from several threads.
///
/// Answered by yosys-abc. Says no as well if it cannot tell: too little time, or a mutation at the
/// output of a register.
class OpenedRegisters {
 public:
  /// @param design RTLIL with the hierarchy, as the mutations know it.
  /// @param work directory for scripts, logs and prepared designs.
  OpenedRegisters(const std::filesystem::path& design, std::filesystem::path work);

  bool equivalent(const std::string& module, const std::string& name, const std::string& command,
                  unsigned timeout_s);

 private:
  std::filesystem::path original(const std::string& module, unsigned timeout_s);

  std::filesystem::path work_;
  std::filesystem::path design_;  ///< without asynchronous registers
  std::mutex mutex_;
  std::map<std::string, std::filesystem::path> originals_;  ///< by module, flat
};

}  // namespace lookaside::formal
