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
  return property.reached ? "reached" : "NOT REACHED";
}

}  // namespace

std::string table(const std::vector<ProofResult>& results, bool with_faults) {
  std::string text;
  for (const ProofResult& result : results) {
    const Proof& proof = *result.proof;
    text += fmt::format("{}: {}\n  {} ({}), {}, {:.1f} s, {}\n", proof.name, proof.says,
                        proof.block, parameters_of(proof), result.method, result.seconds,
                        result.holds ? "PROVEN" : "FAILED: " + result.failure);
    for (const Property& property : result.properties) {
      text += fmt::format("    {:<42} {:<8} antecedent {}", words(property.name),
                          property.holds ? "holds" : "FAILS", reached(result, property));
      if (with_faults && proof.covers_in.empty()) {
        text += fmt::format(", broken by {}",
                            property.broken_by.empty() ? "NOTHING" : property.broken_by);
      }
      text += "\n";
    }
    for (const Property& cover : result.covers) {
      text += fmt::format(
          "    {:<42} {}\n", words(cover.name),
          cover.reached ? fmt::format("reached in cycle {}", cover.step) : "NOT REACHED");
    }
    std::string assumptions;
    for (const std::string& name : result.assumptions) {
      assumptions += (assumptions.empty() ? "" : "; ") + words(name);
    }
    text += fmt::format("    assumes: {}\n", assumptions.empty() ? "nothing" : assumptions);
  }
  return text;
}

nlohmann::ordered_json json(const std::vector<ProofResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ProofResult& result : results) {
    const Proof& proof = *result.proof;
    nlohmann::ordered_json entry = {{"name", proof.name},
                                    {"says", proof.says},
                                    {"block", proof.block},
                                    {"module", proof.module},
                                    {"parameters", proof.parameters},
                                    {"method", result.method},
                                    {"depth", proof.depth},
                                    {"seconds", result.seconds},
                                    {"holds", result.holds},
                                    {"failure", result.failure},
                                    {"assumptions", result.assumptions}};
    for (const Property& property : result.properties) {
      entry["properties"].push_back({{"name", property.name},
                                     {"holds", property.holds},
                                     {"antecedent_reached", property.reached},
                                     {"broken_by", property.broken_by}});
    }
    for (const Property& cover : result.covers) {
      entry["covers"].push_back(
          {{"name", cover.name}, {"reached", cover.reached}, {"cycle", cover.step}});
    }
    list.push_back(entry);
  }
  return list;
}

}  // namespace lookaside::formal
