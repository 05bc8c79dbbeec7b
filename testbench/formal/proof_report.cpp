// SPDX-License-Identifier: Apache-2.0
// Results of proofs as a table and as JSON.
#include <fmt/format.h>

#include "proof.h"

namespace lookaside::formal {
namespace {

std::string parameters_of(const Proof& proof) {
  std::string result;
  for (const auto& [name, value] : proof.parameters) {
    result += fmt::format("{}{}={}", result.empty() ? "" : " ", name, value);
  }
  return result.empty() ? "default" : result;
}

std::string reached(const ProofResult& result, const Property& property) {
  if (!result.proof->covers_in.empty()) return "in " + result.proof->covers_in;
  if (!property.reached) return "not asked";
  return *property.reached ? "reached" : "NOT REACHED";
}

std::string reached(const Property& cover) {
  if (!cover.reached) return "not asked";
  return *cover.reached ? fmt::format("reached in cycle {}", cover.step) : "NOT REACHED";
}

/// JSON's null where it was not asked.
template <typename Value>
nlohmann::ordered_json if_asked(const Property& property, Value value) {
  return property.reached ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

/// The faults under which a property fails, each with the cycle of the counterexample.
std::string breakages(const Proof& proof, const Property& property) {
  if (!proof.covers_in.empty()) return ", broken in " + proof.covers_in;
  if (property.broken_by.empty()) return is_step(property.name) ? "" : ", broken by NOTHING";
  std::string names;
  for (const Breakage& breakage : property.broken_by) {
    names +=
        fmt::format("{}{} (cycle {})", names.empty() ? "" : ", ", breakage.fault, breakage.step);
  }
  return ", broken by " + names;
}

}  // namespace

std::string table(const std::vector<ProofResult>& results, bool with_faults) {
  std::string text;
  for (const ProofResult& result : results) {
    const Proof& proof = *result.proof;
    text += fmt::format("{}: {}\n  {} ({}), {}, {:.1f} {}, {}\n", proof.name, proof.says,
                        proof.block, parameters_of(proof), result.method, result.seconds,
                        result.engine == Engine::kSat ? "CPU s" : "s",
                        result.holds ? "PROVEN" : "FAILED: " + result.failure);
    for (const Property& property : result.properties) {
      text += fmt::format("    {:<42} {:<8} antecedent {}", words(property.name),
                          property.holds ? "holds" : "FAILS", reached(result, property));
      if (property.cells.size() > 1) text += fmt::format(", {} instances", property.cells.size());
      if (with_faults) text += breakages(proof, property);
      text += "\n";
    }
    for (const Property& cover : result.covers) {
      text += fmt::format("    {:<42} {}\n", words(cover.name), reached(cover));
    }
    std::string assumptions;
    for (const std::string& name : result.assumptions) {
      assumptions += (assumptions.empty() ? "" : "; ") + words(name);
    }
    text += fmt::format("    assumes: {}\n", assumptions.empty() ? "nothing" : assumptions);
    if (!proof.cuts.empty()) {
      text +=
          fmt::format("    invariants hold whatever stands on: {}\n", fmt::join(proof.cuts, ", "));
    }
  }
  return text;
}

nlohmann::ordered_json json(const std::vector<ProofResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ProofResult& result : results) {
    const Proof& proof = *result.proof;
    const bool smt = result.engine == Engine::kSmt;
    nlohmann::ordered_json entry = {{"name", proof.name},
                                    {"says", proof.says},
                                    {"block", proof.block},
                                    {"module", proof.module},
                                    {"parameters", proof.parameters},
                                    {"method", result.method},
                                    {"solver", smt ? proof.smt_solver : "yosys sat"},
                                    {"cuts", proof.cuts},
                                    {"depth", proof.depth},
                                    {smt ? "elapsed_seconds" : "cpu_seconds", result.seconds},
                                    {"holds", result.holds},
                                    {"failure", result.failure},
                                    {"assumptions", result.assumptions}};
    for (const Property& property : result.properties) {
      nlohmann::ordered_json broken_by = nlohmann::ordered_json::array();
      for (const Breakage& breakage : property.broken_by) {
        broken_by.push_back({{"fault", breakage.fault}, {"cycle", breakage.step}});
      }
      entry["properties"].push_back(
          {{"name", property.name},
           {"step_of_proof", is_step(property.name)},
           {"instances", property.cells.size()},
           {"holds", property.holds},
           {"antecedent_reached", if_asked(property, property.reached.value_or(false))},
           {"broken_by", broken_by}});
    }
    for (const Property& cover : result.covers) {
      entry["covers"].push_back({{"name", cover.name},
                                 {"reached", if_asked(cover, cover.reached.value_or(false))},
                                 {"cycle", if_asked(cover, cover.step)}});
    }
    if (!proof.covers_in.empty()) entry["covers_in"] = proof.covers_in;
    list.push_back(entry);
  }
  return list;
}

}  // namespace lookaside::formal
