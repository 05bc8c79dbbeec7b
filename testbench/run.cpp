// SPDX-License-Identifier: Apache-2.0
#include "run.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include <lookaside/ddr/clock.h>
#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/device_tree.h>
#include <lookaside/platform/files.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/record/core/statistics_json.h>

#include "command_line.h"
#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "signature.h"

namespace lookaside::testbench {
namespace {

using platform::FileError;
using platform::Outcome;

constexpr std::size_t kDeviceTreeHeader = 40;
constexpr std::size_t kDeviceTreeLimit = platform::kRom.size - platform::kDeviceTreeOffset;

}  // namespace

Run::Run(const RunOptions& options, std::vector<Typed> typed)
    : options_(options),
      configuration_(options.load_configuration()),
      elf_(platform::Elf::read(options.elf)),
      typed_(std::move(typed)),
      again_(true) {
  build();
  load();
}

Run::Run(const RunOptions& options)
    : options_(options),
      configuration_(options.load_configuration()),
      elf_(platform::Elf::read(options.elf)) {
  elf_.check_fits(configuration_.ram());
  find_signature();
  check_outputs();
  build();
  load();
}

void Run::check_outputs() const {
  std::map<std::string, const char*> taken;
  const auto take = [&](const std::string& path, const char* role) {
    const auto file = std::filesystem::absolute(record::temporary_name(path)).lexically_normal();
    const auto [place, is_free] = taken.emplace(file.string(), role);
    return is_free ? nullptr : place->second;
  };
  std::vector<std::string> inputs{options_.elf, options_.configuration.file, options_.dtb,
                                  options_.disk};
  for (const Image& image : options_.images()) inputs.push_back(image.path);
  for (const std::string& path : inputs) {
    if (!path.empty()) take(path, "an input and an output");
  }
  std::vector<std::string> outputs{options_.wave, options_.stats, options_.trace,
                                   options_.signature, options_.framebuffer};
  if (!options_.ddr_commands.empty()) {
    const auto channels = platform::ddr_config(configuration_).organization.channels;
    for (std::string& path : command_paths(options_.ddr_commands, channels)) {
      outputs.push_back(std::move(path));
    }
  }
  for (const std::string& path : outputs) {
    if (path.empty()) continue;
    if (const char* clash = take(path, "two outputs"); clash != nullptr) {
      throw FileError(fmt::format("{}: found {} of this name, expected one", path, clash));
    }
    record::check_writable(path);
  }
}

void Run::check_in_ram(const std::string& what, const Range& range) const {
  const auto regions = configuration_.ram();
  const bool inside = std::any_of(regions.begin(), regions.end(), [&](const platform::Region& r) {
    return range.first >= r.base && range.bytes <= r.size &&
           range.first - r.base <= r.size - range.bytes;
  });
  if (inside) return;
  std::string expected;
  for (const platform::Region& r : regions) {
    expected += fmt::format("{}{:#x}..{:#x}", expected.empty() ? "" : ", ", r.base, r.last());
  }
  throw FileError(fmt::format("{}: found {} bytes at {:#x}, expected a place inside RAM ({})", what,
                              range.bytes, range.first, expected));
}

void Run::find_signature() {
  if (options_.signature.empty()) return;
  const auto begin = elf_.symbol("begin_signature");
  const auto end = elf_.symbol("end_signature");
  if (!begin || !end || *end < *begin) {
    throw FileError(
        fmt::format("{}: found no symbols begin_signature and end_signature in this order, which "
                    "--signature needs",
                    options_.elf));
  }
  signature_ = Range{*begin, *end - *begin};
  check_in_ram(options_.elf + ": the signature", *signature_);
}

std::vector<std::uint8_t> Run::device_tree() const {
  if (options_.dtb.empty()) {
    return platform::device_tree(configuration_, elf_.xlen(), kDeviceTreeLimit);
  }
  std::vector<std::uint8_t> blob = platform::read_file(options_.dtb);
  const std::uint8_t magic[] = {0xd0, 0x0d, 0xfe, 0xed};
  if (blob.size() < sizeof magic || !std::equal(std::begin(magic), std::end(magic), blob.begin())) {
    throw FileError(fmt::format(
        "{}: offset 0x0: found no device tree blob, expected the bytes d0 0d fe ed", options_.dtb));
  }
  // Format (chapter 5.2 of the Devicetree Specification): bytes 4 to 7 are the size, most
  // significant byte first.
  std::uint32_t total = 0;
  for (std::size_t i = 4; i < 8 && i < blob.size(); ++i) total = total << 8 | blob[i];
  if (blob.size() < kDeviceTreeHeader || total < kDeviceTreeHeader || total > blob.size()) {
    throw FileError(fmt::format(
        "{}: offset 0x4: found the size {} in a file of {} bytes, expected {} to the file's size; "
        "is the device tree blob cut off?",
        options_.dtb, total, blob.size(), kDeviceTreeHeader));
  }
  if (blob.size() > kDeviceTreeLimit) {
    throw FileError(fmt::format("{}: found {} bytes, expected at most {} (the boot ROM)",
                                options_.dtb, blob.size(), kDeviceTreeLimit));
  }
  return blob;
}

void Run::build() {
  platform::SocSetup setup;
  setup.xlen = elf_.xlen();
  setup.entry = elf_.entry();
  setup.device_tree = device_tree();
  setup.tohost = elf_.symbol("tohost");
  if (setup.tohost) check_in_ram(options_.elf + ": the symbol tohost", {*setup.tohost, 8});
  if (!options_.wave.empty()) {
    record::Recorder::Config config;
    config.path = options_.wave;
    options_.window(config.window.from_ps, config.window.to_ps);
    recorder_ = std::make_unique<record::Recorder>("recorder", config);
    setup.sink = recorder_->sink();
    setup.symbolizer = [this](std::uint64_t address) { return elf_.locate(address); };
  }
  if (!options_.trace.empty()) {
    trace_ = std::make_unique<TraceFile>(options_.trace);
    setup.trace = [this](const std::string& line) { trace_->line(line); };
  }
  cosim_ = RunCosim::make(configuration_, setup.xlen);
  if (cosim_) cosim_->set_up(setup);
  soc_ = std::make_unique<platform::Soc>("soc", configuration_, setup);
  if (cosim_) cosim_->attach(*soc_);
  if (!options_.ddr_commands.empty()) record_commands();
  if (!again_) soc_->set_output(print_console);
  if (configuration_.text("uart.input") == "stdin")
    soc_->set_input([this] { return again_ ? type_again() : type(); });
}

void Run::record_commands() {
  const dram::Organization& memory = soc_->ddr().config().organization;
  commands_ = std::make_unique<CommandFiles>(options_.ddr_commands, memory.channels, memory.device,
                                             memory.ranks);
  soc_->ddr().on_command([this](unsigned channel, const dram::Command& command) {
    last_command_ = std::max(last_command_, command.clock);
    commands_->write(channel, command);
  });
  soc_->ddr().on_refresh_rate(
      [this](unsigned rate, std::uint64_t clock) { commands_->refresh_rate(rate, clock); });
}

/// What was typed is kept only where the run may have to be repeated.
int Run::type() {
  const int byte = input_.next();
  if (cosim_) {
    if (byte != -1) typed_.push_back({questions_, byte});
    ++questions_;
  }
  return byte;
}

int Run::type_again() {
  const std::uint64_t question = questions_++;
  for (const Typed& typed : typed_) {
    if (typed.question == question) return typed.byte;
  }
  return -1;
}

void Run::load() {
  for (const platform::Segment& s : elf_.segments()) {
    const std::uint8_t* data = elf_.data(s);
    soc_->preload(s.physical_address, {data, data + s.data_size});
  }
  for (const Image& image : options_.images()) {
    std::vector<std::uint8_t> bytes = platform::read_file(image.path);
    check_in_ram(image.path, {image.address, bytes.size()});
    soc_->preload(image.address, std::move(bytes));
  }
}

int Run::execute() {
  end_in_order_on_signals();
  Progress progress;
  const Outcome outcome = soc_->run([&] {
    progress.update(soc_->instructions(), soc_->time_ps());
    if (interrupted()) soc_->interrupt();
  });
  const double seconds = progress.seconds();
  progress.finish();
  write_outputs(outcome);
  SummaryInput input;
  input.program = options_.elf;
  input.outcome = outcome;
  input.instructions = soc_->instructions();
  input.time_ps = soc_->time_ps();
  input.host_seconds = seconds;
  input.files = written_;
  input.next = next_command(outcome);
  print_message(summary(input, soc_->statistics()));
  if (cosim_ && cosim_->difference()) report_difference();
  switch (outcome.kind) {
    case Outcome::Kind::kPassed:
      return kPassed;
    case Outcome::Kind::kFailed:
      return kFailed;
    case Outcome::Kind::kLimit:
      return kLimit;
  }
  return kBadInput;
}

/// The waveform of a difference is recorded by running once more: simulation is deterministic, and
/// recording everything all the time would cost more than that.
void Run::report_difference() {
  const cosim::Difference difference = *cosim_->difference();
  soc_.reset();
  recorder_.reset();
  const std::string wave_note = record_difference(options_, typed_, difference);
  print_message(write_report(difference, wave_note));
}

/// Empty, or why there is no waveform.
std::string Run::record_difference(const RunOptions& options, std::vector<Typed> typed,
                                   const cosim::Difference& difference) {
  RunOptions once_more = options;
  once_more.wave = DifferenceFiles::kWave;
  once_more.wave_from = fmt::format("{}ns", window_start_ps(difference) / 1000);
  for (std::string* output :
       {&once_more.wave_to, &once_more.stats, &once_more.trace, &once_more.signature,
        &once_more.framebuffer, &once_more.ddr_commands}) {
    output->clear();
  }
  // The old kernel is left behind: SystemC cannot delete one.
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext();
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  Run again(once_more, std::move(typed));
  again.soc_->run();
  const std::optional<cosim::Difference>& found = again.cosim_->difference();
  const bool same = found && found->time_ps == difference.time_ps &&
                    found->block == difference.block && found->number == difference.number;
  if (!same) return "none: run once more, it went another way; did the guest write to its disk?";
  return again.recorder_->close();
}

void Run::write_outputs(const Outcome& outcome) {
  if (recorder_) {
    const std::string problem = recorder_->close();
    if (!problem.empty()) throw FileError(problem);
    written_.push_back({"waveform", options_.wave});
  }
  if (trace_) {
    trace_->finish();
    written_.push_back({"instructions in", options_.trace});
  }
  if (commands_) {
    // Simulated time, not the hart's own, which is ahead: memory was refreshed up to there.
    const ddr::Clock clock(soc_->ddr().config().organization.device.data_rate_mts);
    commands_->finish(std::max(last_command_, clock.last_until(sc_core::sc_time_stamp().value())));
    for (const std::string& path : commands_->paths()) {
      written_.push_back({"DDR commands", path});
    }
  }
  if (!options_.stats.empty()) {
    record::write_file(options_.stats, statistics_text(outcome));
    written_.push_back({"statistics", options_.stats});
  }
  if (signature_) {
    std::vector<std::uint8_t> bytes(signature_->bytes);
    soc_->read(signature_->first, bytes);
    record::write_file(options_.signature, signature_text(bytes, options_.signature_granularity));
    written_.push_back({"signature", options_.signature});
  }
  if (!options_.framebuffer.empty()) write_framebuffer();
}

void Run::write_framebuffer() {
  const std::string problem =
      soc_->framebuffer().write_png(record::temporary_name(options_.framebuffer));
  if (!problem.empty()) {
    (void)std::remove(record::temporary_name(options_.framebuffer).c_str());
    written_.push_back({"no picture", problem});
    return;
  }
  record::finish_output(options_.framebuffer);
  written_.push_back({"framebuffer", options_.framebuffer});
}

/// Nothing of the host goes in here: the same inputs give the same bytes.
std::string Run::statistics_text(const Outcome& outcome) {
  nlohmann::ordered_json run;
  run["outcome"] = outcome.name();
  run["code"] = outcome.code;
  run["reason"] = outcome.reason;
  run["instructions"] = soc_->instructions();
  run["simulated_time_ps"] = soc_->time_ps();
  nlohmann::ordered_json values;
  for (const auto& [key, value] : configuration_.values()) values[key] = value;
  run["configuration"] = std::move(values);
  return record::statistics_json_text(soc_->statistics(), run);
}

/// The inputs of this run, to be typed again; its outputs and limits are left out.
std::string Run::command() const {
  std::string text = fmt::format("{} run {}", command_name(), quoted(options_.elf));
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) text += fmt::format(" {} {}", option, quoted(value));
  };
  add("-c", options_.configuration.file);
  for (const std::string& assignment : options_.configuration.assignments) add("--set", assignment);
  for (const std::string& image : options_.loads) add("--load", image);
  add("--dtb", options_.dtb);
  add("--disk", options_.disk);
  return text;
}

std::string Run::next_command(const Outcome& outcome) const {
  const std::string again = command();
  if (outcome.kind != Outcome::Kind::kPassed && options_.trace.empty()) {
    return again + " --trace-instructions trace.log    # what did it execute?";
  }
  if (options_.wave.empty()) return again + " --wave run.fst --stats run.json";
  return fmt::format("{} waves {} --png run.png", command_name(), quoted(options_.wave));
}

}  // namespace lookaside::testbench
