// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

/// Selections of cells in yosys' language.
std::string cell_list(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += " c:" + name;
  return result;
}

/// Keeps of all assertions only these. A name that selects nothing must not pass for a proof.
std::string keep_asserts(const std::vector<std::string>& names) {
  return fmt::format(
      "select -set kept{}\ndelete t:$assert @kept %d\nselect -assert-count {} t:$assert\n",
      cell_list(names), names.size());
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
const char* const kOptimise = "setattr -unset keep w:*\nopt_clean\nopt -full\n";

/// Names in a witness as a person writes them, without yosys' backslash, and no date: the same
/// proof writes the same bytes.
void tidy(const fs::path& vcd) {
  std::istringstream lines(read_text(vcd));
  std::string text;
  bool date = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "$date") date = true;
    const bool names = line.rfind("$var ", 0) == 0 || line.rfind("$scope ", 0) == 0;
    if (names) line.erase(std::remove(line.begin(), line.end(), '\\'), line.end());
    if (!date) text += line + "\n";
    if (line == "$end") date = false;
  }
  write_text(vcd, text);
}

}  // namespace

Finished Session::ask(const std::string& what, const std::string& script) const {
  return run_yosys(options_.work, name_ + "." + what,
                   fmt::format("read_rtlil {}\n{}\n", il().string(), script), proof_.timeout_s);
}

std::string Session::from_reset() const {
  return fmt::format(
      "sat -tempinduct -tempinduct-baseonly -prove-asserts -set-assumes -maxsteps {}",
      proof_.depth);
}

Answer Session::ask_sat(const std::string& what, const std::string& script) const {
  Finished run = ask(what, script);
  return {run.log.find("SUCCESS!") != std::string::npos, std::move(run)};
}

Answer Session::ask_smt(const std::string& what, const std::string& script, bool induct) const {
  const fs::path smt2 = options_.work / (name_ + "." + what + ".smt2");
  Finished run = ask(what, script + "formalff -clk2ff\nwrite_smt2 " + smt2.string());
  if (run.status != 0) return {false, std::move(run)};
  double seconds = run.seconds;
  std::vector<std::string> goals = {"-t 1"};
  if (induct) goals.emplace_back("-i -t 1");
  for (const std::string& goal : goals) {
    run = run_command(fmt::format("yosys-smtbmc --noprogress -s {} {} '{}'", proof_.smt_solver,
                                  goal, smt2.string()),
                      smt2.string() + ".log", proof_.timeout_s);
    seconds += run.seconds;
    run.seconds = seconds;
    if (run.status != 0 || run.log.find("Status: PASSED") == std::string::npos) {
      return {false, std::move(run)};
    }
  }
  return {true, std::move(run)};
}

Answer Session::induct(const std::string& what, const std::vector<std::string>& cells,
                       const std::vector<std::string>& cuts) const {
  std::string script;
  for (const std::string& net : cuts) {
    script += fmt::format("select -assert-count 1 w:{}\ncutpoint w:{}\n", net, net);
  }
  script += "delete t:$cover\n" + keep_asserts(cells) + kOptimise;
  if (options_.engine == Engine::kSmt) return ask_smt(what, script, true);
  return ask_sat(what, script + "sat -tempinduct -prove-asserts -set-assumes -maxsteps 1");
}

Answer Session::follow(const std::string& cell, const std::vector<std::string>& from) const {
  std::vector<std::string> both = from;
  both.push_back(cell);
  // Without names, chtype would take every cell.
  const std::string known = from.empty() ? "" : "chtype -set $assume" + cell_list(from) + "\n";
  const std::string script =
      fmt::format("delete t:$cover\n{}{}cutpoint t:$dff\n{}", keep_asserts(both), known, kOptimise);
  if (options_.engine == Engine::kSmt) return ask_smt(cell, script, false);
  return ask_sat(cell, script + "sat -prove-asserts -set-assumes");
}

Finished Session::enable(const std::string& cell) const {
  const fs::path map = options_.work / "reach_antecedent.v";
  write_text(map, kAntecedentMap);
  return ask("enable_" + cell, "delete t:$cover\n" + keep_asserts({cell}) +
                                   "chtype -set antecedent t:$assert\n" + "techmap -map " +
                                   map.string() + "\n" + kOptimise + from_reset());
}

Finished Session::cover(const std::string& cell, const fs::path& vcd) const {
  const fs::path map = options_.work / "reach_cover.v";
  write_text(map, kReachMap);
  // A witness shows the signals by their names.
  const std::string optimise = vcd.empty() ? kOptimise : "opt -full\n";
  const std::string dump = vcd.empty() ? "" : " -show-public -dump_vcd " + vcd.string();
  Finished finished =
      ask("reach_" + cell,
          fmt::format("delete t:$assert\nselect -set kept c:{}\ndelete t:$cover @kept %d\n"
                      "techmap -map {}\n{}{}{}",
                      cell, map.string(), optimise, from_reset(), dump));
  if (!vcd.empty() && fs::exists(vcd)) tidy(vcd);
  return finished;
}

Finished Session::falsify(const std::string& cell) const {
  return ask("break_" + cell,
             "delete t:$cover\n" + keep_asserts({cell}) + kOptimise + from_reset());
}

bool found_model(const Finished& finished) {
  return finished.log.find("model found for base case: FAIL!") != std::string::npos;
}

unsigned last_step(const std::string& log) {
  unsigned result = 0;
  const std::string mark = "[base case ";
  for (std::size_t at = 0; (at = log.find(mark, at)) != std::string::npos; at += mark.size()) {
    result = static_cast<unsigned>(std::stoul(log.substr(at + mark.size(), 8)));
  }
  return result;
}

void fail(ProofResult& result, const std::string& why) {
  result.holds = false;
  if (result.failure.empty()) result.failure = why;
}

}  // namespace lookaside::formal
