// SPDX-License-Identifier: Apache-2.0
// Faults by hand: each property of a proof shown to fail.
#include <algorithm>

#include <fmt/format.h>

#include "session.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

/// A copy of the RTL with one fault in it.
fs::path seeded(const Fault& fault, const ProofOptions& options) {
  fs::path copy = options.work / ("fault." + fault.name);
  fs::create_directories(copy);
  bool found = false;
  for (const auto& entry : fs::directory_iterator(options.rtl)) {
    if (entry.path().extension() != ".sv") continue;
    std::string text = read_text(entry.path());
    if (entry.path().filename() == fault.file) {
      const std::size_t at = text.find(fault.replace);
      found = at != std::string::npos && text.find(fault.replace, at + 1) == std::string::npos;
      if (found) text.replace(at, fault.replace.size(), fault.by);
    }
    write_text(copy / entry.path().filename(), text);
  }
  if (!found) {
    throw Error(fmt::format("fault {}: '{}' must stand exactly once in {}", fault.name,
                            fault.replace, (options.rtl / fault.file).string()));
  }
  return copy;
}

/// Breaks one property in one of its instances.
bool broken(const Session& session, const Fault& fault, Property& property) {
  for (const std::string& cell : property.cells) {
    const Finished finished = session.falsify(cell);
    if (found_model(finished)) {
      property.broken_by.push_back({fault.name, last_step(finished.log)});
      return true;
    }
  }
  return false;
}

}  // namespace

void break_all(const Proof& proof, const std::vector<Fault>& faults, const ProofOptions& options,
               ProofResult& result) {
  for (const Fault& fault : faults) {
    const auto named = fault.breaks.find(proof.name);
    if (named == fault.breaks.end()) continue;
    Proof faulty = proof;
    faulty.name = proof.name + "." + fault.name;
    ProofOptions there = options;
    there.rtl = seeded(fault, options);
    prepare(faulty, there);
    const Session session(faulty, there, faulty.name);
    for (const std::string& name : named->second) {
      const auto property = std::find_if(result.properties.begin(), result.properties.end(),
                                         [&](const Property& p) { return p.name == name; });
      if (property == result.properties.end()) {
        throw Error(
            fmt::format("fault {}: proof {} has no property '{}'", fault.name, proof.name, name));
      }
      if (!broken(session, fault, *property)) {
        fail(result, fmt::format("{}: holds in spite of fault {}", name, fault.name));
      }
    }
  }
  for (const Property& property : result.properties) {
    if (property.broken_by.empty() && !is_step(property.name)) {
      fail(result, property.name + ": no fault breaks it");
    }
  }
}

}  // namespace lookaside::formal
