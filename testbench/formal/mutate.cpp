// SPDX-License-Identifier: Apache-2.0
#include "mutate.h"

#include <algorithm>
#include <chrono>
#include <regex>
#include <sstream>

#include <fmt/format.h>

#include "parallel.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kListSeconds = 60;

/// Is this module the block, under the name that elaboration gave it with its parameters?
bool made_of(const std::string& name, const std::string& block) {
  if (name == "\\" + block) return true;
  const std::string end = "\\" + block;
  return name.rfind("$paramod", 0) == 0 &&
         (name.find(end + "\\") != std::string::npos ||
          (name.size() > end.size() &&
           name.compare(name.size() - end.size(), std::string::npos, end) == 0));
}

/// The modules of a design that were made of a block.
std::vector<std::string> derived_names(const fs::path& design, const std::string& block) {
  std::vector<std::string> names;
  std::istringstream lines(read_text(design));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("module ", 0) != 0) continue;
    if (made_of(line.substr(7), block)) names.push_back(line.substr(7));
  }
  if (names.empty()) throw Error(fmt::format("{}: no module {}", design.string(), block));
  return names;
}

/// The instances of a module in a design, as wires of theirs are called when it is flat.
std::vector<std::string> instances_of(const fs::path& design, const std::string& module) {
  std::vector<std::string> names;
  std::istringstream lines(read_text(design));
  const std::string mark = "  cell " + module + " \\";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(mark, 0) == 0) names.push_back(line.substr(mark.size()));
  }
  return names;
}

/// Where the changed cell comes from, short: file:line.
std::string source_of(const std::string& command) {
  std::smatch match;
  static const std::regex kSource("([A-Za-z0-9_]+\\.sv:[0-9]+)");
  return std::regex_search(command, match, kSource) ? std::string(match[1]) : "?";
}

enum class Verdict { kHolds, kFails, kNone };

/// The proof, of the mutant.
Verdict proven(const Proof& proof, const fs::path& hierarchy, const fs::path& work,
               const std::string& name, const Mutant& mutant) {
  const Finished finished = run_yosys(
      work, name,
      fmt::format("read_rtlil {}\n{}\n{}delete t:$cover\nsetattr -unset keep w:*\nopt -full\n"
                  "sat -tempinduct -prove-asserts -set-assumes -maxsteps 1\n",
                  hierarchy.string(), mutant.command, flatten_script(proof)),
      proof.timeout_s);
  const auto says = [&](const char* text) { return finished.log.find(text) != std::string::npos; };
  if (says("model found for base case: FAIL!") || says("Induction step failed.")) {
    return Verdict::kFails;
  }
  return says("Induction step proven: SUCCESS!") ? Verdict::kHolds : Verdict::kNone;
}

}  // namespace

std::vector<Mutant> list_mutants(const fs::path& design, const std::string& block,
                                 const MutationOptions& options, const fs::path& work,
                                 std::optional<unsigned> ctrl) {
  const fs::path file = work / ("mutants." + block);
  std::string selection;
  for (const std::string& name : derived_names(design, block)) selection += " " + name;
  must_yosys(work, "mutants." + block,
             fmt::format("read_rtlil {}\nmutate -list {} -seed {}{} -o {}{}\n", design.string(),
                         options.mutants, options.seed,
                         ctrl ? fmt::format(" -ctrl mutant_i 16 {}", *ctrl) : "", file.string(),
                         selection),
             kListSeconds);
  std::vector<Mutant> result;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    result.emplace_back();
    result.back().command = line;
    result.back().source = source_of(line);
  }
  return result;
}

std::size_t count(const MutationResult& result, Fate fate) {
  return static_cast<std::size_t>(
      std::count_if(result.mutants.begin(), result.mutants.end(),
                    [&](const Mutant& mutant) { return mutant.fate == fate; }));
}

MutationResult mutate(const Proof& proof, const MutationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const fs::path work = options.where.work / proof.name;
  fs::create_directories(work);
  ProofOptions where = options.where;
  where.work = work;
  prepare(proof, where);
  const fs::path hierarchy = work / (proof.name + ".hier.il");

  MutationResult result;
  result.name = proof.name;
  result.block = proof.block;
  result.mutants = list_mutants(hierarchy, proof.block, options, work, std::nullopt);

  OpenedRegisters alone(hierarchy, work);
  const std::string module = derived_names(hierarchy, proof.block).front();
  Comparison inside;
  inside.design = hierarchy;
  inside.module = proof.module;
  inside.timeout_s = proof.timeout_s;
  inside.surroundings = true;
  inside.flatten = flatten_script(proof);
  const bool has_meaning = read_text(hierarchy).find(" \\means_") != std::string::npos;
  Comparison meaning = inside;
  meaning.mutant_proven = true;
  meaning.outputs = " w:means_*";
  for (const std::string& instance : instances_of(hierarchy, module)) {
    inside.outputs += " w:" + instance + ".*_o";
    meaning.registers += " w:" + instance + ".* %d";
  }

  parallel(result.mutants.size(), options.jobs, [&](std::size_t i) {
    Mutant& mutant = result.mutants[i];
    const Verdict verdict = proven(proof, hierarchy, work, fmt::format("{}.proof", i), mutant);
    const auto compare = [&](const Comparison& how, const char* as) {
      return equivalent(how, work, fmt::format("{}.{}", i, as), mutant.command);
    };
    if (verdict == Verdict::kFails) {
      mutant.fate = Fate::kProof;
      return;
    }
    if (alone.equivalent(module, fmt::format("{}.alone", i), mutant.command, proof.timeout_s)) {
      mutant.compared = "alone";
    } else if (compare(inside, "inside")) {
      mutant.compared = "in its surroundings";
    } else if (has_meaning && verdict == Verdict::kHolds && compare(meaning, "meaning")) {
      mutant.compared = "in what its outputs mean";
    }
    if (!mutant.compared.empty()) mutant.fate = Fate::kEquivalent;
  });
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace lookaside::formal
