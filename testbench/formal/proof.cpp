// SPDX-License-Identifier: Apache-2.0
#include "proof.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

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

bool invariant(const std::string& name) {
  return name.rfind("i_", 0) == 0;
}
bool lemma(const std::string& name) {
  return name.rfind("l_", 0) == 0;
}

/// Selections of cells in yosys' language.
std::string cell_list(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += " c:" + name;
  return result;
}

/// Keeps of all assertions only these.
std::string keep_asserts(const std::vector<std::string>& names) {
  return fmt::format("select -set kept{}\ndelete t:$assert @kept %d\n", cell_list(names));
}

/// Covers, and antecedents of assertions (the type `antecedent`), as assertions that fail where
/// they are reached.
constexpr const char* kReachMap = R"((* techmap_celltype = "$cover" *)
module reach_cover (input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(~(A & EN)), .EN(1'b1));
endmodule
)";
constexpr const char* kAntecedentMap = R"(module antecedent (input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(~EN), .EN(1'b1));
endmodule
)";

/// Only what is asked about; the rest would lead the solver astray.
const char* const kOptimise = "setattr -unset keep w:*\nopt -full\n";

/// From reset, `depth` steps: a counterexample, or none.
std::string from_reset(unsigned depth) {
  return fmt::format(
      "sat -tempinduct -tempinduct-baseonly -prove-asserts -set-assumes -maxsteps {}", depth);
}

bool found_model(const Finished& finished) {
  return finished.log.find("model found for base case: FAIL!") != std::string::npos;
}

bool succeeded(const Finished& finished) {
  return finished.log.find("SUCCESS!") != std::string::npos;
}

/// The step of the last base case that was solved.
unsigned last_step(const std::string& log) {
  unsigned result = 0;
  const std::string mark = "[base case ";
  for (std::size_t at = 0; (at = log.find(mark, at)) != std::string::npos; at += mark.size()) {
    result = static_cast<unsigned>(std::stoul(log.substr(at + mark.size(), 8)));
  }
  return result;
}

/// The design of one proof, and the questions that can be asked about it.
class Session {
 public:
  Session(const Proof& proof, const ProofOptions& options, std::string name)
      : proof_(proof), options_(options), name_(std::move(name)) {}

  Finished ask(const std::string& what, const std::string& script) const {
    return run_yosys(options_.work, name_ + "." + what,
                     fmt::format("read_rtlil {}\n{}\n", il().string(), script), proof_.timeout_s);
  }
  [[nodiscard]] fs::path il() const { return options_.work / (name_ + ".il"); }

  /// All of these assertions by induction.
  Finished induct(const std::string& what, const std::vector<std::string>& names) const {
    return ask(what, "delete t:$cover\n" + keep_asserts(names) + kOptimise +
                         "sat -tempinduct -prove-asserts -set-assumes -maxsteps 1");
  }
  /// One assertion in every state in which the others hold.
  Finished follow(const std::string& name, const std::vector<std::string>& from) const {
    std::vector<std::string> both = from;
    both.push_back(name);
    // Without names, chtype would take every cell.
    const std::string known = from.empty() ? "" : "chtype -set $assume" + cell_list(from) + "\n";
    return ask(name, fmt::format("delete t:$cover\n{}{}cutpoint t:$dff\n{}"
                                 "sat -prove-asserts -set-assumes",
                                 keep_asserts(both), known, kOptimise));
  }
  /// Is a cover, or the antecedent of an assertion, reached from reset?
  Finished reach(const std::string& name, bool cover, const fs::path& vcd) const {
    const fs::path map = options_.work / (cover ? "reach_cover.v" : "reach_antecedent.v");
    const std::string keep =
        cover ? fmt::format("delete t:$assert\nselect -set kept c:{}\ndelete t:$cover @kept %d\n",
                            name)
              : "delete t:$cover\n" + keep_asserts({name}) + "chtype -set antecedent t:$assert\n";
    const std::string dump = vcd.empty() ? "" : " -show-public -dump_vcd " + vcd.string();
    const std::string optimise = vcd.empty() ? kOptimise : "opt -full\n";
    return ask("reach_" + name, keep + "techmap -map " + map.string() + "\n" + optimise +
                                    from_reset(proof_.depth) + dump);
  }
  /// Does this assertion fail somewhere from reset?
  Finished falsify(const std::string& name) const {
    return ask("break_" + name,
               "delete t:$cover\n" + keep_asserts({name}) + kOptimise + from_reset(proof_.depth));
  }

 private:
  const Proof& proof_;
  const ProofOptions& options_;
  std::string name_;
};

Property* find(std::vector<Property>& properties, const std::string& name) {
  const auto at = std::find_if(properties.begin(), properties.end(),
                               [&](const Property& p) { return p.name == name; });
  return at == properties.end() ? nullptr : &*at;
}

void fail(ProofResult& result, const std::string& why) {
  result.holds = false;
  if (result.failure.empty()) result.failure = why;
}

/// Proves everything at once, or the invariants first and then each of the others.
void prove_all(const Proof& proof, const Session& session, ProofResult& result) {
  std::vector<std::string> together;
  std::vector<std::string> lemmas;
  std::vector<std::string> rest;
  for (const Property& property : result.properties) {
    if (!proof.split || invariant(property.name)) {
      together.push_back(property.name);
    } else {
      (lemma(property.name) ? lemmas : rest).push_back(property.name);
    }
  }
  const auto settle = [&](const std::vector<std::string>& names, const Finished& finished) {
    result.seconds += finished.seconds;
    const bool good = succeeded(finished);
    for (const std::string& name : names) find(result.properties, name)->holds = good;
    if (good) return;
    fail(result, finished.timed_out
                     ? fmt::format("{}: no answer in {} s", fmt::join(names, ", "), proof.timeout_s)
                     : fmt::format("{}: not proven", fmt::join(names, ", ")));
  };
  settle(together, session.induct("induct", together));
  for (const std::string& name : lemmas) settle({name}, session.follow(name, {}));
  std::vector<std::string> known = together;
  known.insert(known.end(), lemmas.begin(), lemmas.end());
  for (const std::string& name : rest) settle({name}, session.follow(name, known));
}

void reach_all(const Proof& proof, const Session& session, const ProofOptions& options,
               ProofResult& result) {
  for (Property& property : result.properties) {
    property.reached = found_model(session.reach(property.name, false, {}));
    if (!property.reached) {
      fail(result, fmt::format("{}: never enabled in {} steps", property.name, proof.depth));
    }
  }
  for (Property& cover : result.covers) {
    const fs::path vcd = options.waves.empty()
                             ? fs::path()
                             : options.waves / (proof.name + "." + cover.name + ".vcd");
    const Finished finished = session.reach(cover.name, true, vcd);
    cover.reached = cover.holds = found_model(finished);
    cover.step = last_step(finished.log);
    if (!cover.reached) {
      fail(result, fmt::format("{}: not reached in {} steps", cover.name, proof.depth));
    }
  }
}

/// The blocks of a design, as file names.
bool uses(const fs::path& hierarchy, const std::string& file) {
  const std::string module = file.substr(0, file.rfind('.'));
  const std::string text = read_text(hierarchy);
  return text.find("\\" + module + "\n") != std::string::npos ||
         text.find("\\" + module + "\\") != std::string::npos;
}

/// A copy of the RTL with one fault in it.
fs::path seeded(const Fault& fault, const ProofOptions& options) {
  const fs::path copy = options.work / ("fault." + fault.name);
  if (fs::exists(copy / fault.file)) return copy;
  fs::create_directories(copy);
  for (const auto& entry : fs::directory_iterator(options.rtl)) {
    if (entry.path().extension() != ".sv") continue;
    std::string text = read_text(entry.path());
    if (entry.path().filename() == fault.file) {
      const std::size_t at = text.find(fault.replace);
      if (at == std::string::npos || text.find(fault.replace, at + 1) != std::string::npos) {
        throw Error(fmt::format("proofs.yaml: fault {}: '{}' must stand exactly once in {}",
                                fault.name, fault.replace, fault.file));
      }
      text.replace(at, fault.replace.size(), fault.by);
    }
    write_text(copy / entry.path().filename(), text);
  }
  return copy;
}

void break_all(const Proof& proof, const std::vector<Fault>& faults, const ProofOptions& options,
               ProofResult& result) {
  const fs::path hierarchy = options.work / (proof.name + ".hier.il");
  for (const Fault& fault : faults) {
    const bool wanted = std::any_of(result.properties.begin(), result.properties.end(),
                                    [](const Property& p) { return p.broken_by.empty(); });
    if (!wanted || !uses(hierarchy, fault.file)) continue;
    Proof faulty = proof;
    faulty.name = proof.name + "." + fault.name;
    ProofOptions there = options;
    there.rtl = seeded(fault, options);
    prepare(faulty, there);
    const Session session(faulty, there, faulty.name);
    for (Property& property : result.properties) {
      if (property.broken_by.empty() && found_model(session.falsify(property.name))) {
        property.broken_by = fault.name;
      }
    }
  }
  for (const Property& property : result.properties) {
    if (property.broken_by.empty()) fail(result, property.name + ": no fault breaks it");
  }
}

}  // namespace

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
  std::string script = "flatten\nopt_clean\n";
  for (unsigned line = 0; line < proof.lines; ++line) {
    for (std::string peek : proof.peeks) {
      if (line != 0 && peek.find('#') == std::string::npos) continue;
      replace_all(peek, "#set", std::to_string(line / proof.ways));
      replace_all(peek, "#way", std::to_string(line % proof.ways));
      replace_all(peek, "#", std::to_string(line));
      const std::size_t equal = peek.find(" = ");
      script +=
          fmt::format("connect -set \\{} \\{}\n", peek.substr(0, equal), peek.substr(equal + 3));
    }
  }
  // A peek that was forgotten would be a free input.
  return script + "check -assert\nasync2sync\ndffunmap\nopt_clean\n";
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
  for (const auto& [parameter, value] : proof.parameters) {
    script += fmt::format("chparam -set {} {} {}\n", parameter, value, proof.module);
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
  write_text(options.work / "reach_cover.v", kReachMap);
  write_text(options.work / "reach_antecedent.v", kAntecedentMap);
  prepare(proof, options);
  const Session session(proof, options, proof.name);

  ProofResult result;
  result.proof = &proof;
  result.holds = true;
  for (const std::string& name : cells_of(session.il(), "$assert")) {
    result.properties.push_back({name, false, false, 0, ""});
  }
  result.assumptions = cells_of(session.il(), "$assume");
  const bool state = read_text(session.il()).find("cell $dff ") != std::string::npos;
  result.method = !state ? "all inputs" : proof.split ? "induction, split" : "induction";

  prove_all(proof, session, result);
  if (proof.covers_in.empty()) {
    for (const std::string& name : cells_of(session.il(), "$cover")) {
      result.covers.push_back({name, false, false, 0, ""});
    }
    reach_all(proof, session, options, result);
    if (options.faults) break_all(proof, faults, options, result);
  }
  return result;
}

}  // namespace lookaside::formal
