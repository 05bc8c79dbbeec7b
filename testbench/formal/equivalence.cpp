// SPDX-License-Identifier: Apache-2.0
#include "equivalence.h"

#include <regex>

#include <fmt/format.h>

#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kPrepareSeconds = 300;

/// Makes `module` of a design with a change in it flat, under a name of its own.
std::string flat(const fs::path& design, const std::string& module, const std::string& change,
                 const std::string& as) {
  return fmt::format(
      "read_rtlil {}\n{}\nhierarchy -top {}\nflatten\nmemory_collect\nmemory_map\ndffunmap\n"
      "delete t:$assert t:$assume t:$cover\nsetattr -unset keep w:*\nrename -top {}\nopt_clean\n",
      design.string(), change, module, as);
}

}  // namespace

bool equivalent(const Comparison& comparison, const fs::path& work, const std::string& name,
                const std::string& command) {
  // The original's properties hold, having been proven.
  const std::string known =
      comparison.surroundings ? "chtype -set $assume t:$assert\n" : "delete t:$assert t:$assume\n";
  const auto prepared = [&](const std::string& change, const std::string& rest,
                            const std::string& as) {
    return fmt::format(
        "read_rtlil {}\n{}\nhierarchy -top {}\nflatten\nmemory_collect\nmemory_map\nexpose "
        "{}{}\n{}delete t:$cover\n{}"
        "setattr -unset keep w:*\nrename -top {}\nopt_clean\ndesign -stash {}\n",
        comparison.design.string(), change, comparison.module, comparison.registers,
        comparison.outputs, comparison.flatten, rest, as, as);
  };
  const Finished finished = run_yosys(
      work, name,
      prepared("", known, "gold") +
          prepared(command, comparison.mutant_proven ? known : "delete t:$assert t:$assume\n",
                   "gate") +
          "design -copy-from gold gold\ndesign -copy-from gate gate\n"
          "miter -equiv -flatten gold gate miter\nhierarchy -top miter\nopt -full\n"
          "sat -tempinduct -tempinduct-inductonly -set-assumes -verify "
          "-prove trigger 0 -maxsteps 1 miter\n",
      comparison.timeout_s);
  return finished.log.find("SUCCESS!") != std::string::npos;
}

OpenedRegisters::OpenedRegisters(const fs::path& design, fs::path work) : work_(std::move(work)) {
  design_ = work_ / "synchronous.il";
  must_yosys(work_, "synchronous",
             fmt::format("read_rtlil {}\nasync2sync\ndffunmap\nwrite_rtlil {}\n", design.string(),
                         design_.string()),
             kPrepareSeconds);
  // What was an asynchronous register has a new wire at its output. Only wires with a public name
  // are taken for the same in both designs.
  static const std::regex kNew("\\$auto\\$async2sync\\.cc:[0-9]+:execute\\$");
  write_text(design_, std::regex_replace(read_text(design_), kNew, "\\async_"));
}

fs::path OpenedRegisters::original(const std::string& module, unsigned timeout_s) {
  const std::lock_guard<std::mutex> lock(mutex_);
  fs::path& file = originals_[module];
  if (file.empty()) {
    const std::string name = fmt::format("original.{}", originals_.size());
    const fs::path made = work_ / (name + ".il");
    must_yosys(work_, name,
               flat(design_, module, "", "gold") + fmt::format("write_rtlil {}\n", made.string()),
               timeout_s);
    file = made;
  }
  return file;
}

bool OpenedRegisters::equivalent(const std::string& module, const std::string& name,
                                 const std::string& command, unsigned timeout_s) {
  const std::string miter = (work_ / (name + ".aig")).string();
  const Finished made = run_yosys(
      work_, name,
      flat(design_, module, command, "gate") +
          fmt::format("read_rtlil {}\nexpose -dff -evert-dff -shared gold gate\n"
                      "miter -equiv -flatten gold gate miter\nhierarchy -top miter\n"
                      "opt_merge\nopt_clean\ntechmap\nsetundef -undriven -zero\nsetundef -zero\n"
                      "aigmap\nwrite_aiger {}\n",
                      original(module, timeout_s).string(), miter),
      timeout_s);
  if (made.status != 0) return false;
  // Its registers and those of the original are the same inputs, so that ABC finds what is equal.
  const Finished asked = run_command(fmt::format("yosys-abc -c 'read_aiger {}; iprove'", miter),
                                     work_ / (name + ".abc.log"), timeout_s);
  fs::remove(miter);
  return asked.log.find("UNSATISFIABLE") != std::string::npos;
}

}  // namespace lookaside::formal
