// SPDX-License-Identifier: Apache-2.0
// Reads proofs.yaml.
#include <algorithm>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "proof.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const YAML::Mark& mark,
                         const std::string& what) {
  throw Error(fmt::format("{}:{}: {}", file.string(), mark.line + 1, what));
}

/// The keys that an entry may have; anything else is a mistake.
void check_keys(const std::filesystem::path& file, const YAML::Node& node,
                const std::vector<std::string>& known) {
  if (!node.IsMap()) refuse(file, node.Mark(), "expected an entry with keys");
  for (const auto& pair : node) {
    const auto key = pair.first.as<std::string>();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse(file, pair.first.Mark(),
             fmt::format("found key '{}', expected one of {}", key, fmt::join(known, ", ")));
    }
  }
}

Proof read_proof(const std::filesystem::path& file, const YAML::Node& node) {
  check_keys(file, node,
             {"name", "says", "module", "block", "parameters", "peeks", "lines", "ways", "split",
              "cuts", "quick", "depth", "covers_in", "mutate", "timeout", "smt_solver"});
  Proof proof;
  for (const char* key : {"name", "says", "module", "block"}) {
    if (!node[key]) refuse(file, node.Mark(), fmt::format("an entry without '{}'", key));
  }
  proof.name = node["name"].as<std::string>();
  proof.says = node["says"].as<std::string>();
  proof.module = node["module"].as<std::string>();
  proof.block = node["block"].as<std::string>();
  if (node["parameters"]) {
    proof.parameters = node["parameters"].as<std::map<std::string, std::string>>();
  }
  if (node["peeks"]) proof.peeks = node["peeks"].as<std::vector<std::string>>();
  proof.lines = node["lines"].as<unsigned>(1);
  proof.ways = node["ways"].as<unsigned>(proof.lines);
  proof.split = node["split"].as<bool>(false);
  if (node["cuts"]) proof.cuts = node["cuts"].as<std::vector<std::string>>();
  proof.quick = node["quick"].as<bool>(false);
  proof.mutate = node["mutate"].as<bool>(false);
  proof.depth = node["depth"].as<unsigned>(1);
  proof.covers_in = node["covers_in"].as<std::string>("");
  proof.smt_solver = node["smt_solver"].as<std::string>(proof.smt_solver);
  if (proof.smt_solver != "cvc5" && proof.smt_solver != "z3") {
    refuse(file, node["smt_solver"].Mark(),
           fmt::format("found smt_solver '{}', expected cvc5 or z3", proof.smt_solver));
  }
  proof.timeout_s = node["timeout"].as<unsigned>(proof.timeout_s);
  return proof;
}

FuzzedBlock read_fuzzed(const std::filesystem::path& file, const YAML::Node& node) {
  check_keys(file, node, {"name", "block", "unit", "reviewed"});
  FuzzedBlock block{node["name"].as<std::string>(),
                    node["block"].as<std::string>(),
                    node["unit"].as<std::string>(),
                    {}};
  for (const YAML::Node& one : node["reviewed"]) {
    check_keys(file, one, {"command", "why"});
    if (!one["command"] || one["command"].size() == 0 || !one["why"]) {
      refuse(file, one.Mark(), "a reviewed mutant without 'command' or without 'why'");
    }
    block.reviewed.push_back(
        {one["command"].as<std::vector<std::string>>(), one["why"].as<std::string>()});
  }
  return block;
}

/// @param known names of proofs.
Fault read_fault(const std::filesystem::path& file, const YAML::Node& node,
                 const std::vector<Proof>& known) {
  check_keys(file, node, {"name", "file", "replace", "by", "breaks"});
  for (const char* key : {"name", "file", "replace", "by", "breaks"}) {
    if (!node[key]) refuse(file, node.Mark(), fmt::format("a fault without '{}'", key));
  }
  Fault fault;
  fault.name = node["name"].as<std::string>();
  fault.file = node["file"].as<std::string>();
  fault.replace = node["replace"].as<std::string>();
  fault.by = node["by"].as<std::string>();
  for (const auto& pair : node["breaks"]) {
    const auto proof = pair.first.as<std::string>();
    const auto at = std::find_if(known.begin(), known.end(),
                                 [&](const Proof& entry) { return entry.name == proof; });
    if (at == known.end() || !at->covers_in.empty()) {
      refuse(file, pair.first.Mark(),
             fmt::format("found '{}', expected a proof that reaches its own covers", proof));
    }
    fault.breaks[proof] = pair.second.as<std::vector<std::string>>();
  }
  if (fault.breaks.empty()) refuse(file, node.Mark(), "a fault that breaks nothing");
  return fault;
}

}  // namespace

ProofList load_proofs(const std::filesystem::path& file) {
  ProofList list;
  std::filesystem::path reading = file;
  try {
    const YAML::Node root = YAML::Load(read_text(file));
    for (const YAML::Node& node : root["proofs"]) list.proofs.push_back(read_proof(file, node));
    for (const YAML::Node& node : root["fuzzed"]) list.fuzzed.push_back(read_fuzzed(file, node));
    if (root["faults"]) {
      reading = file.parent_path() / root["faults"].as<std::string>();
      for (const YAML::Node& node : YAML::Load(read_text(reading))) {
        list.faults.push_back(read_fault(reading, node, list.proofs));
      }
    }
  } catch (const YAML::Exception& error) {
    refuse(reading, error.mark, error.msg);
  }
  return list;
}

}  // namespace lookaside::formal
