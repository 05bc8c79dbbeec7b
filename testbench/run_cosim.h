// SPDX-License-Identifier: Apache-2.0
// RTL in a run: its place in the platform, and what is written when it differs from the model.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/soc.h>

#include "cosim/mmu/backend.h"
#include "cosim/monitor.h"
#include "cosim/tlb/backend.h"

namespace lookaside::testbench {

/// Must outlive the Soc.
class RunCosim {
 public:
  /// Null when the configuration has no RTL anywhere. Keeps the reference.
  static std::unique_ptr<RunCosim> make(const platform::Configuration& configuration,
                                        unsigned xlen);

  /// Before the Soc is made: its factories. setup.sink must stand already.
  void set_up(platform::SocSetup& setup);
  /// After: clock, end of the run, statistics.
  void attach(platform::Soc& soc);

  const std::optional<cosim::Difference>& difference() const { return monitor_.difference(); }

 private:
  RunCosim(const platform::Configuration& configuration, unsigned xlen);

  cosim::Monitor monitor_;
  const platform::Configuration& configuration_;
  const unsigned va_bits_;
  std::unique_ptr<cosim::TlbBackend> tlbs_;
};

/// The files of a report, in the working directory: lockstep-001.txt, .stim, .fst, .gtkw.
struct DifferenceFiles {
  static constexpr const char* kReport = "lockstep-001.txt";
  static constexpr const char* kStimulus = "lockstep-001.stim";
  static constexpr const char* kWave = "lockstep-001.fst";
  static constexpr const char* kSave = "lockstep-001.gtkw";
};

/// First simulated time worth a waveform.
std::uint64_t window_start_ps(const cosim::Difference& difference);

/// Minimises the stimulus, writes stimulus, save file and page; returns the page. `wave_note` is
/// empty if the waveform was written, else why not. Throws record::RecordError.
std::string write_report(const cosim::Difference& difference, const std::string& wave_note);

}  // namespace lookaside::testbench
