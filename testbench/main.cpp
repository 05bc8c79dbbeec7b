// SPDX-License-Identifier: Apache-2.0
// The program `lookaside`.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <systemc>

#include "commands.h"
#include "console.h"
#include "usage.h"

namespace {

using lookaside::testbench::Actions;

int complain(const std::string& message) {
  lookaside::testbench::print_message(fmt::format("lookaside: {}\n", message));
  return lookaside::testbench::kBadInput;
}

int complain_of_output(int error) {
  return complain(fmt::format("standard output: cannot be written: {}", std::strerror(error)));
}

/// What is still in the buffer of standard output must reach it before the status says that it did.
int finished(int status) {
  int error = lookaside::testbench::console_error();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) error = error != 0 ? error : errno;
  if (error == 0 || error == EPIPE) return status;
  return complain_of_output(error);
}

int dispatch(int argc, char** argv) {
  CLI::App program(
      "Lookaside: a SystemC/TLM-2.0 model of an MMU, its TLBs, page-table walker and DDR,\n"
      "with a RISC-V hart in front and the devices of QEMU's virt machine behind.",
      "lookaside");
  program.set_version_flag("--version", "lookaside " LOOKASIDE_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Each command has a --help of its own. Exit status: 0 passed, 1 the guest failed or "
      "RTL and\nmodel differ, 2 bad usage or input, 3 a limit ended the run.");
  Actions actions;
  lookaside::testbench::add_run(program, actions);
  lookaside::testbench::add_config(program, actions);
  lookaside::testbench::add_waves(program, actions);
  lookaside::testbench::add_cosim(program, actions);
  lookaside::testbench::add_ddr(program, actions);
  lookaside::testbench::add_rtl(program, actions);
  if (const std::string unknown = lookaside::testbench::unknown_command(program, argc, argv);
      !unknown.empty()) {
    return complain(unknown);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return finished(program.exit(error));  // --help, --version
    return complain(lookaside::testbench::usage_message(program, error));
  }
  for (const auto& [command, action] : actions) {
    if (command->parsed()) return finished(action());
  }
  return lookaside::testbench::kBadInput;
}

/// Standard output belongs to the guest: what SystemC has to say goes to standard error.
void report(const sc_core::sc_report& what, const sc_core::sc_actions& actions) {
  if ((actions & sc_core::SC_DISPLAY) != 0 && what.get_severity() != sc_core::SC_INFO) {
    lookaside::testbench::print_message(
        fmt::format("lookaside: {}\n", sc_core::sc_report_compose_message(what)));
  }
  sc_core::sc_report_handler::default_handler(what, actions & ~sc_core::SC_DISPLAY);
}

}  // namespace

// SystemC's main() calls this; what it throws is a bad input found by a block or a reader.
int sc_main(int argc, char** argv) {
  sc_core::sc_report_handler::set_handler(report);
  sc_core::sc_report_handler::set_actions("/IEEE_Std_1666/deprecated", sc_core::SC_DO_NOTHING);
  try {
    return dispatch(argc, argv);
  } catch (const std::bad_alloc&) {
    return complain("the host has no memory left for this");
  } catch (const std::system_error& error) {
    // The reader of a list has seen enough: `lookaside waves FILE --dump | head`.
    if (error.code() == std::errc::broken_pipe) return lookaside::testbench::kPassed;
    if (std::ferror(stdout) != 0) return complain_of_output(error.code().value());
    return complain(error.what());
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}

int main(int argc, char** argv) {
  // A reader of the console that went away must not end a run whose files are still to be written.
  (void)std::signal(SIGPIPE, SIG_IGN);
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
