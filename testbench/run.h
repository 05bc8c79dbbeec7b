// SPDX-License-Identifier: Apache-2.0
// One run: everything checked and opened first, then simulated, then written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/elf.h>
#include <lookaside/platform/soc.h>
#include <lookaside/record/adapter/recorder.h>

#include "console.h"
#include "ddr/command_file.h"
#include "run_cosim.h"
#include "run_options.h"
#include "summary.h"
#include "trace_file.h"

namespace lookaside::testbench {

/// The constructor finds everything that can be wrong with the input and throws; nothing has been
/// written then. execute() simulates, writes, and returns the exit status.
class Run {
 public:
  explicit Run(const RunOptions& options);
  int execute();

 private:
  /// A byte typed at the console, and after how many questions for one it came.
  struct Typed {
    std::uint64_t question = 0;
    int byte = -1;
  };
  /// The same run once more, silently, with the bytes that were typed then.
  Run(const RunOptions& options, std::vector<Typed> typed);

  struct Range {
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;
  };

  void check_outputs() const;
  void check_in_ram(const std::string& what, const Range& range) const;
  std::vector<std::uint8_t> device_tree() const;
  void find_signature();
  void build();
  void load();
  void record_commands();
  void write_outputs(const platform::Outcome& outcome);
  void write_framebuffer();
  std::string statistics_text(const platform::Outcome& outcome);
  int type();
  int type_again();
  void report_difference();
  static std::string record_difference(const RunOptions& options, std::vector<Typed> typed,
                                       const cosim::Difference& difference);
  std::string command() const;
  std::string next_command(const platform::Outcome& outcome) const;

  const RunOptions options_;
  const platform::Configuration configuration_;
  const platform::Elf elf_;
  std::optional<Range> signature_;
  std::unique_ptr<TraceFile> trace_;
  std::unique_ptr<record::Recorder> recorder_;
  std::unique_ptr<CommandFiles> commands_;
  std::uint64_t last_command_ = 0;   // clock
  std::unique_ptr<RunCosim> cosim_;  ///< null: no RTL
  std::unique_ptr<platform::Soc> soc_;
  ConsoleInput input_;
  std::uint64_t questions_ = 0;
  std::vector<Typed> typed_;
  bool again_ = false;
  std::vector<Written> written_;
};

}  // namespace lookaside::testbench
