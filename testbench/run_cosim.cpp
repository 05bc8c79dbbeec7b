// SPDX-License-Identifier: Apache-2.0
#include "run_cosim.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <lookaside/record/core/output_file.h>

#include "command_line.h"
#include "cosim/mmu/lockstep_waves.h"
#include "cosim/mmu/replay.h"
#include "cosim/tlb/replay.h"

namespace lookaside::testbench {

using cosim::Difference;
using cosim::Stimulus;

namespace {

constexpr std::uint64_t kLeadPs = 2'000'000;  // 2 us: some hundred instructions
constexpr const char* kScope = "hart0.mmu";

unsigned va_bits(const platform::Configuration& c, unsigned xlen) {
  if (xlen == 32) return 32;
  const std::string& mode = c.text("cpu.max_satp_mode");
  if (mode == "sv57") return 57;
  return mode == "sv48" ? 48 : 39;
}

/// The stimulus that goes to the file, and what is to be said about it.
Stimulus smallest(const Difference& difference, std::string& note) {
  const std::size_t all = difference.history.operations.size();
  Stimulus small = difference.history.block == "mmu"
                       ? cosim::minimise_mmu(difference.history, cosim::mmu_variants())
                       : cosim::minimise_tlb(difference.history, cosim::tlb_variants());
  if (small.operations.empty()) {
    note = fmt::format(
        "the last {} operations, which alone do not reproduce it: the RTL differs "
        "because of something before them",
        all);
    return difference.history;
  }
  note = fmt::format("{} of {} operations", small.operations.size(), all);
  return small;
}

}  // namespace

std::unique_ptr<RunCosim> RunCosim::make(const platform::Configuration& configuration,
                                         unsigned xlen) {
  if (configuration.text("mmu.tlb.backend") == "model" &&
      configuration.text("mmu.backend") == "model") {
    return nullptr;
  }
  return std::unique_ptr<RunCosim>(new RunCosim(configuration, xlen));
}

RunCosim::RunCosim(const platform::Configuration& configuration, unsigned xlen)
    : configuration_(configuration), va_bits_(va_bits(configuration, xlen)) {}

void RunCosim::set_up(platform::SocSetup& setup) {
  const std::string& tlb = configuration_.text("mmu.tlb.backend");
  if (tlb != "model") {
    const auto period_ps =
        static_cast<std::uint64_t>(std::llround(1e6 / configuration_.real("cpu.clock_mhz")));
    const cosim::TlbBackendConfig config{tlb == "lockstep", va_bits_, kScope, setup.sink,
                                         period_ps};
    tlbs_ = std::make_unique<cosim::TlbBackend>(config, cosim::tlb_variants(), monitor_);
    setup.make_tlb = [this](const std::string& name, const tlb::Geometry& geometry) {
      return tlbs_->make(name, geometry);
    };
  }
  const std::string& mmu = configuration_.text("mmu.backend");
  if (mmu != "model") {
    const auto pmp = static_cast<unsigned>(configuration_.integer("cpu.pmp_entries"));
    setup.make_engine = cosim::mmu_engines({mmu == "lockstep", va_bits_, pmp, setup.sink},
                                           cosim::mmu_variants(), monitor_);
  }
}

void RunCosim::attach(platform::Soc& soc) {
  monitor_.set_clock([&soc] { return soc.time_ps(); });
  monitor_.on_difference([&soc](const Difference& d) { soc.fail(cosim::headline(d)); });
  monitor_.on_silence([&soc](const std::string& sentence) { soc.fail(sentence); });
  if (tlbs_) soc.statistics().add_child(tlbs_->statistics());
}

std::uint64_t window_start_ps(const Difference& difference) {
  std::uint64_t start = difference.time_ps;
  if (!difference.before.empty()) start = std::min(start, difference.before.front().time_ps);
  return start > kLeadPs ? start - kLeadPs : 0;
}

std::string write_report(const Difference& difference, const std::string& wave_note) {
  using Files = DifferenceFiles;
  cosim::ReportFiles files;
  files.stimulus = Files::kStimulus;
  record::write_file(files.stimulus, "# " + cosim::headline(difference) + "\n" +
                                         cosim::text_of(smallest(difference, files.stimulus_note)));
  files.replay_command =
      fmt::format("{} cosim replay {}", command_name(), quoted(Files::kStimulus));
  files.wave_note = wave_note;
  if (wave_note.empty()) {
    files.wave = Files::kWave;
    files.save = Files::kSave;
    record::write_file(
        files.save,
        difference.history.block == "mmu"
            ? cosim::mmu_save_file(Files::kSave, Files::kWave, kScope, difference.time_ps)
            : cosim::lockstep_save_file(Files::kSave, Files::kWave, kScope, difference.block,
                                        difference.time_ps));
    files.wave_command = fmt::format("gtkwave {} {}", Files::kWave, Files::kSave);
  }
  const std::string page = cosim::report(difference, files);
  record::write_file(Files::kReport, page);
  return page;
}

}  // namespace lookaside::testbench
