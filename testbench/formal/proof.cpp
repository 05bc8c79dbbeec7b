// SPDX-License-Identifier: Apache-2.0
#include "proof.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "session.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kPrepareSeconds = 120;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

bool lemma(const std::string& name) {
  return name.rfind("l_", 0) == 0;
}

/// A cell's name without the instances that it is in, and the instances.
std::string label_of(const std::string& cell) {
  const std::size_t dot = cell.rfind('.');
  return dot == std::string::npos ? cell : cell.substr(dot + 1);
}
std::string instance_of(const std::string& cell) {
  return cell.substr(0, cell.size() - label_of(cell).size());
}

/// Assertions or covers by label, in the order of the file.
std::vector<Property> by_label(const std::vector<std::string>& cells) {
  std::vector<Property> result;
  for (const std::string& cell : cells) {
    const std::string label = label_of(cell);
    auto at = std::find_if(result.begin(), result.end(),
                           [&](const Property& p) { return p.name == label; });
    if (at == result.end()) at = result.insert(result.end(), Property{label, {}, false, {}, 0, {}});
    at->cells.push_back(cell);
  }
  return result;
}

/// yosys-smtbmc has an answer, which is no: its exit status is then that of an error.
bool refuted(const Finished& finished) {
  return finished.log.find("Status: FAILED") != std::string::npos;
}

/// Runs the questions of one proof and keeps what was answered.
class Prover {
 public:
  Prover(const Proof& proof, const Session& session, ProofResult& result)
      : proof_(proof), session_(session), result_(result) {
    for (Property& property : result_.properties) property.holds = true;
  }

  /// Everything by one induction.
  void together() {
    std::vector<std::string> cells;
    for (const Property& property : result_.properties) {
      cells.insert(cells.end(), property.cells.begin(), property.cells.end());
    }
    settle(cells, session_.induct("induct", cells, {}));
  }

  /// Lemmas in any state; invariants by induction, those of one instance together; and properties
  /// in any state that these allow.
  void split() {
    std::vector<std::string> known;
    std::map<std::string, std::vector<std::string>> invariants;
    for (const Property& property : result_.properties) {
      if (!is_step(property.name)) continue;
      known.insert(known.end(), property.cells.begin(), property.cells.end());
      for (const std::string& cell : property.cells) {
        if (lemma(property.name)) {
          settle({cell}, session_.follow(cell, {}));
        } else {
          invariants[instance_of(cell)].push_back(cell);
        }
      }
    }
    for (const auto& [instance, cells] : invariants) {
      settle(cells, session_.induct("induct_" + instance, cells, proof_.cuts));
    }
    for (const Property& property : result_.properties) {
      if (is_step(property.name)) continue;
      for (const std::string& cell : property.cells) settle({cell}, session_.follow(cell, known));
    }
  }

 private:
  void settle(const std::vector<std::string>& cells, const Answer& answer) {
    const Finished& finished = answer.run;
    result_.seconds += finished.seconds;
    if (answer.proven) return;
    for (Property& property : result_.properties) {
      const bool asked = std::any_of(cells.begin(), cells.end(), [&](const std::string& cell) {
        return label_of(cell) == property.name;
      });
      if (asked) property.holds = false;
    }
    fail(result_, finished.timed_out ? fmt::format("{}: no answer in {} s", fmt::join(cells, ", "),
                                                   proof_.timeout_s)
                  : finished.status != 0 && !refuted(finished)
                      ? fmt::format("{}: {}", fmt::join(cells, ", "), complaint(finished.log))
                      : fmt::format("{}: not proven", fmt::join(cells, ", ")));
  }

  const Proof& proof_;
  const Session& session_;
  ProofResult& result_;
};

void reach_all(const Proof& proof, const Session& session, const ProofOptions& options,
               ProofResult& result) {
  for (Property& property : result.properties) {
    property.reached =
        std::all_of(property.cells.begin(), property.cells.end(),
                    [&](const std::string& cell) { return found_model(session.enable(cell)); });
    if (!*property.reached) {
      fail(result, fmt::format("{}: never enabled in {} steps", property.name, proof.depth));
    }
  }
  for (Property& cover : result.covers) {
    const fs::path vcd = options.waves.empty()
                             ? fs::path()
                             : options.waves / (proof.name + "." + cover.name + ".vcd");
    const Finished finished = session.cover(cover.cells.front(), vcd);
    cover.reached = found_model(finished);
    cover.step = last_step(finished.log);
    if (!*cover.reached) {
      fail(result, fmt::format("{}: not reached in {} steps", cover.name, proof.depth));
    }
  }
}

}  // namespace

bool is_step(const std::string& label) {
  return lemma(label) || label.rfind("i_", 0) == 0;
}

std::string words(const std::string& label) {
  std::string result = label.size() > 2 && label[1] == '_' ? label.substr(2) : label;
  std::replace(result.begin(), result.end(), '_', ' ');
  return result;
}

std::vector<std::string> cells_of(const fs::path& rtlil, const std::string& type) {
  std::vector<std::string> result;
  std::istringstream lines(read_text(rtlil));
  const std::string mark = "  cell " + type + " \\";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(mark, 0) == 0) result.push_back(line.substr(mark.size()));
  }
  return result;
}

std::string flatten_script(const Proof& proof) {
  // A peek needs its register even if a fault leaves it without use.
  std::string script = "setattr -set keep 1 w:*_q\nflatten\nopt_clean\n";
  std::set<std::string> connected;
  for (unsigned line = 0; line < proof.lines; ++line) {
    for (std::string peek : proof.peeks) {
      replace_all(peek, "#set", std::to_string(line / proof.ways));
      replace_all(peek, "#way", std::to_string(line % proof.ways));
      replace_all(peek, "#", std::to_string(line));
      // One of a set, or of the whole block, comes with each of its lines.
      if (!connected.insert(peek).second) continue;
      const std::size_t equal = peek.find(" = ");
      script +=
          fmt::format("connect -set \\{} \\{}\n", peek.substr(0, equal), peek.substr(equal + 3));
    }
  }
  // A peek that was forgotten would be a free input.
  return script + "setattr -unset keep w:*_q\ncheck -assert\nasync2sync\ndffunmap\nopt_clean\n";
}

void prepare(const Proof& proof, const ProofOptions& options) {
  std::string script = read_rtl(options.rtl);
  script += fmt::format("read_verilog -sv -formal {}",
                        (options.properties / "lookaside_prove_pkg.sv").string());
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(options.properties)) {
    if (entry.path().extension() == ".sv" && entry.path().stem() != "lookaside_prove_pkg") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  script += fmt::format(" {}\n", fmt::join(files, " "));
  // At once: a module may refuse values that do not fit together.
  if (!proof.parameters.empty()) {
    script += "chparam";
    for (const auto& [parameter, value] : proof.parameters) {
      script += fmt::format(" -set {} {}", parameter, value);
    }
    script += " " + proof.module + "\n";
  }
  script += fmt::format("hierarchy -check -top {}\nproc\nwrite_rtlil {}\n{}write_rtlil {}\n",
                        proof.module, (options.work / (proof.name + ".hier.il")).string(),
                        flatten_script(proof), (options.work / (proof.name + ".il")).string());
  const std::string log = must_yosys(options.work, proof.name, script, kPrepareSeconds);
  if (log.find("implicitly declared") != std::string::npos) {
    throw Error(fmt::format("{}: an identifier is implicitly declared", proof.name));
  }
}

ProofResult prove(const Proof& proof, const std::vector<Fault>& faults,
                  const ProofOptions& options) {
  prepare(proof, options);
  const Session session(proof, options, proof.name);

  ProofResult result;
  result.proof = &proof;
  result.holds = true;
  result.properties = by_label(cells_of(session.il(), "$assert"));
  result.assumptions = cells_of(session.il(), "$assume");
  const bool state = read_text(session.il()).find("cell $dff ") != std::string::npos;
  result.method = !state        ? "all inputs"
                  : proof.split ? "induction by instance, then in any state"
                                : "induction";
  result.engine = options.engine;
  if (options.engine == Engine::kSmt) {
    result.method += fmt::format(" (yosys-smtbmc, {})", proof.smt_solver);
  }

  Prover prover(proof, session, result);
  if (proof.split) {
    prover.split();
  } else {
    prover.together();
  }
  if (!proof.covers_in.empty()) return result;
  result.covers = by_label(cells_of(session.il(), "$cover"));
  if (options.covers) reach_all(proof, session, options, result);
  if (options.faults) break_all(proof, faults, options, result);
  return result;
}

}  // namespace lookaside::formal
