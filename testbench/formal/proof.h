// SPDX-License-Identifier: Apache-2.0
// Proofs of the RTL: the list (proofs.yaml), and what running one of them finds out.
//
// A proof is a module of properties/ that holds a block of rtl/ and labelled immediate assertions:
//   i_NAME  invariant: proven by induction, together with the others
//   l_NAME  lemma: with `split`, true in every state whatever came before
//   a_NAME  property: proven like an invariant; with `split`, follows from invariants and lemmas
//   m_NAME  assumption about the surroundings: part of the result, always printed
//   c_NAME  a situation that must be reachable under the assumptions
// What stands in front of an assertion (its enable) must be reachable as well, and each property
// must fail under a fault of the RTL (faults.yaml). Invariants and lemmas are steps on the way.
//
// With `split` an assertion of a module that is instantiated many times is proven for each instance
// alone, and counts as one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lookaside::formal {

/// One entry of proofs.yaml.
struct Proof {
  std::string name;
  std::string says;    ///< one sentence
  std::string module;  ///< lookaside_prove_...
  std::string block;   ///< the block of rtl/ that it is about
  std::map<std::string, std::string> parameters;
  /// Registers inside the block that assertions may see: "wire = path", `#` for each of `lines`;
  /// `#set` and `#way` follow from `ways`.
  std::vector<std::string> peeks;
  unsigned lines = 1;
  unsigned ways = 1;
  bool split = false;
  /// With `split`: nets of the flat design that invariants take as free inputs. Sound, as an
  /// invariant that holds whatever stands on a net holds with what drives it.
  std::vector<std::string> cuts;
  bool quick = false;
  bool mutate = false;              ///< its block is changed by `rtl mutate`
  unsigned depth = 1;               ///< steps in which covers and faults must show
  std::string covers_in;            ///< another proof of the same module that reaches the covers
  std::string smt_solver = "cvc5";  ///< what answers for this proof with Engine::kSmt
  unsigned timeout_s = 600;
};

/// Who answers: yosys' own solver (sat), or yosys-smtbmc with an SMT solver. Two engines that have
/// neither the encoding of the design nor the search in common.
enum class Engine { kSat, kSmt };

/// A seeded mutation of the RTL by hand: text that stands once in a file, and what to put there.
struct Fault {
  std::string name;
  std::string file;
  std::string replace;
  std::string by;
  /// The properties that must fail under it, by the proof that they belong to.
  std::map<std::string, std::vector<std::string>> breaks;
};

/// A mutant that no test can notice, which a person has looked at: nothing else shows it.
struct Reviewed {
  std::vector<std::string> command;  ///< all of these are in yosys' command
  std::string why;
};

/// A block that is changed by `rtl mutate` and judged by a random test.
struct FuzzedBlock {
  std::string name;
  std::string block;
  std::string unit;  ///< a test of the build, see unit.h
  std::vector<Reviewed> reviewed;
};

struct ProofList {
  std::vector<Proof> proofs;
  std::vector<FuzzedBlock> fuzzed;
  std::vector<Fault> faults;
};

/// Reads a list, and the list of faults that it names. Throws Error with file, line, found and
/// expected.
ProofList load_proofs(const std::filesystem::path& file);

/// A fault under which a property fails.
struct Breakage {
  std::string fault;
  unsigned step = 0;  ///< cycle of the counterexample
};

/// One assertion, cover or antecedent.
struct Property {
  std::string name;                 ///< its label
  std::vector<std::string> cells;   ///< with its place in the hierarchy: one for each instance
  bool holds = false;               ///< proven
  std::optional<bool> reached;      ///< it, or its antecedent, was reached; nothing: not asked
  unsigned step = 0;                ///< cycle in which a cover was reached
  std::vector<Breakage> broken_by;  ///< the faults that make it fail
};

/// A step of a proof (invariant or lemma), not a property of its own.
bool is_step(const std::string& label);

struct ProofResult {
  const Proof* proof = nullptr;
  std::string method;
  Engine engine = Engine::kSat;
  /// For the proof alone, without covers and faults: of a processor; by the clock with kSmt.
  double seconds = 0;
  bool holds = false;
  std::string failure;  ///< why not
  std::vector<Property> properties;
  std::vector<Property> covers;
  std::vector<std::string> assumptions;
};

struct ProofOptions {
  std::filesystem::path rtl;         ///< the directory of the blocks
  std::filesystem::path properties;  ///< the directory of lookaside_prove_*.sv
  std::filesystem::path work;        ///< scripts and logs
  std::filesystem::path waves;       ///< where witnesses of covers go as VCD; empty: nowhere
  Engine engine = Engine::kSat;      ///< of proofs; covers and faults are always asked of sat
  bool covers = true;                ///< also ask whether what is proven can happen
  bool faults = false;               ///< also show that each property can fail
};

/// The design of a proof as RTLIL text files: with the hierarchy (NAME.hier.il), and ready to prove
/// (NAME.il). Throws Error if yosys refuses it or warns.
void prepare(const Proof& proof, const ProofOptions& options);

/// The part of a script that makes a hierarchy ready to prove: flat, peeks connected, resets
/// synchronous.
std::string flatten_script(const Proof& proof);

/// Names of all cells of a type in an RTLIL file, e.g. "$assert".
std::vector<std::string> cells_of(const std::filesystem::path& rtlil, const std::string& type);

/// Runs one proof: assertions, antecedents, covers; and faults if asked for. Throws Error if a
/// fault does not fit the RTL or names a property that the proof does not have.
ProofResult prove(const Proof& proof, const std::vector<Fault>& faults,
                  const ProofOptions& options);

/// A label as words: "a_at_most_one_hit" is "at most one hit".
std::string words(const std::string& label);

/// The results as a table for people and as JSON for machines.
std::string table(const std::vector<ProofResult>& results, bool with_faults);
nlohmann::ordered_json json(const std::vector<ProofResult>& results);

}  // namespace lookaside::formal
