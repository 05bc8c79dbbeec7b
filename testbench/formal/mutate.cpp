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

/// The name that elaboration gave the block, with its parameters.
std::string derived_name(const fs::path& hierarchy, const std::string& block) {
  std::istringstream lines(read_text(hierarchy));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("module ", 0) != 0) continue;
    const std::string name = line.substr(7);
    if (name == "\\" + block ||
        (name.rfind("$paramod", 0) == 0 &&
         (name.find("\\" + block + "\\") != std::string::npos ||
          (name.size() > block.size() &&
           name.compare(name.size() - block.size() - 1, std::string::npos, "\\" + block) == 0)))) {
      return name;
    }
  }
  throw Error(fmt::format("{}: no module {}", hierarchy.string(), block));
}

/// Where the changed cell comes from, short: file:line.
std::string source_of(const std::string& command) {
  std::smatch match;
  static const std::regex kSource("([A-Za-z0-9_]+\\.sv:[0-9]+)");
  return std::regex_search(command, match, kSource) ? std::string(match[1]) : "?";
}

std::vector<Mutant> list_mutants(const fs::path& hierarchy, const std::string& module,
                                 const MutationOptions& options, const fs::path& work) {
  const fs::path file = work / "mutants";
  must_yosys(work, "mutants",
             fmt::format("read_rtlil {}\nmutate -list {} -seed {} -module {} -o {}\n",
                         hierarchy.string(), options.mutants, options.seed, module, file.string()),
             kListSeconds);
  std::vector<Mutant> result;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) result.push_back({line, source_of(line), "survived", 0});
  }
  return result;
}

unsigned last_base_case(const std::string& log) {
  const std::size_t at = log.rfind("[base case ");
  return at == std::string::npos ? 0 : static_cast<unsigned>(std::stoul(log.substr(at + 11, 8)));
}

/// One mutant against the properties: from reset, as far as the proof looks.
bool killed(const Proof& proof, const fs::path& hierarchy, const fs::path& work,
            const std::string& name, Mutant& mutant) {
  const Finished finished = run_yosys(
      work, name,
      fmt::format("read_rtlil {}\n{}\n{}delete t:$cover\nsetattr -unset keep w:*\nopt -full\n"
                  "sat -tempinduct -tempinduct-baseonly -prove-asserts -set-assumes -maxsteps {}\n",
                  hierarchy.string(), mutant.command, flatten_script(proof), proof.depth),
      proof.timeout_s);
  mutant.step = last_base_case(finished.log);
  return finished.log.find("model found for base case: FAIL!") != std::string::npos;
}

/// The block alone, with and without the change: outputs and next states for equal registers.
bool equivalent(const Proof& proof, const fs::path& hierarchy, const std::string& module,
                const fs::path& work, const std::string& name, const Mutant& mutant) {
  const auto prepared = [&](const std::string& change, const std::string& as) {
    return fmt::format(
        "read_rtlil {}\n{}\nhierarchy -top {}\nrename -top {}\nflatten\nasync2sync\ndffunmap\n"
        "setattr -unset keep w:*\nexpose w:*_q\nopt_clean\n"
        "design -stash {}\n",
        hierarchy.string(), change, module, as, as);
  };
  const Finished finished = run_yosys(
      work, name,
      prepared("", "gold") + prepared(mutant.command, "gate") +
          "design -copy-from gold gold\ndesign -copy-from gate gate\n"
          "miter -equiv -flatten gold gate miter\nhierarchy -top miter\nopt -full\n"
          "sat -tempinduct -tempinduct-inductonly -verify -prove trigger 0 -maxsteps 1 miter\n",
      proof.timeout_s);
  return finished.log.find("SUCCESS!") != std::string::npos;
}

std::size_t count(const MutationResult& result, const std::string& fate) {
  return static_cast<std::size_t>(
      std::count_if(result.mutants.begin(), result.mutants.end(),
                    [&](const Mutant& mutant) { return mutant.fate == fate; }));
}

}  // namespace

MutationResult mutate(const Proof& proof, const MutationOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const fs::path work = options.where.work / proof.name;
  fs::create_directories(work);
  ProofOptions where = options.where;
  where.work = work;
  prepare(proof, where);
  const fs::path hierarchy = work / (proof.name + ".hier.il");

  MutationResult result;
  result.proof = &proof;
  result.module = derived_name(hierarchy, proof.block);
  result.mutants = list_mutants(hierarchy, result.module, options, work);
  parallel(result.mutants.size(), options.jobs, [&](std::size_t i) {
    Mutant& mutant = result.mutants[i];
    if (killed(proof, hierarchy, work, fmt::format("{}.killed", i), mutant)) {
      mutant.fate = "proof";
    } else if (equivalent(proof, hierarchy, result.module, work, fmt::format("{}.equal", i),
                          mutant)) {
      mutant.fate = "equivalent";
    }
  });
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

std::string mutation_table(const std::vector<MutationResult>& results) {
  std::string text = fmt::format("{:<28} {:<18} {:>7} {:>7} {:>10} {:>8} {:>8}\n", "block", "proof",
                                 "mutants", "killed", "equivalent", "survived", "seconds");
  for (const MutationResult& result : results) {
    text += fmt::format("{:<28} {:<18} {:>7} {:>7} {:>10} {:>8} {:>8.0f}\n", result.proof->block,
                        result.proof->name, result.mutants.size(), count(result, "proof"),
                        count(result, "equivalent"), count(result, "survived"), result.seconds);
    for (const Mutant& mutant : result.mutants) {
      if (mutant.fate == "survived") {
        text += fmt::format("  survived: {}: {}\n", mutant.source, mutant.command);
      }
    }
  }
  return text;
}

nlohmann::ordered_json mutation_json(const std::vector<MutationResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const MutationResult& result : results) {
    nlohmann::ordered_json entry = {{"block", result.proof->block},
                                    {"proof", result.proof->name},
                                    {"seconds", result.seconds},
                                    {"mutants", nlohmann::ordered_json::array()}};
    for (const Mutant& mutant : result.mutants) {
      entry["mutants"].push_back({{"command", mutant.command},
                                  {"source", mutant.source},
                                  {"fate", mutant.fate},
                                  {"cycle", mutant.step}});
    }
    list.push_back(entry);
  }
  return list;
}

}  // namespace lookaside::formal
