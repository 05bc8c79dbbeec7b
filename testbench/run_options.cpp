// SPDX-License-Identifier: Apache-2.0
#include "run_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::testbench {
namespace {

using platform::ConfigurationError;

constexpr const char* kFooter =
    "What the guest writes to its UART goes to standard output; what Lookaside says to standard\n"
    "error. Output files appear only when they are complete.\n\n"
    "Examples:\n"
    "  lookaside run fw.elf                              run until the guest ends\n"
    "  lookaside run fw.elf --set mmu.l1d.entries=4 --stats small.json\n"
    "  lookaside run fw.elf --wave fw.fst --wave-from 1ms --wave-to 2ms\n"
    "  lookaside run fw.elf --set platform.timing=temporal --ddr-commands fw.cmd\n"
    "  lookaside run fw_jump.elf --load kernel.bin@0x80200000 --disk disk.img\n"
    "  lookaside run fw.elf --set mmu.tlb.backend=lockstep   the RTL beside the model\n\n"
    "Where RTL and model differ the run ends; lockstep-001.txt, .stim, .fst and .gtkw in the\n"
    "working directory show where and why.\n\n"
    "Exit status: 0 the guest passed, 1 it failed, RTL and model differ or RTL never answers,\n"
    "2 bad usage or input, 3 a limit ended the run.";

std::uint64_t duration(const char* option, const std::string& text) {
  const auto picoseconds = platform::parse_duration_ps(text);
  if (!picoseconds) {
    throw ConfigurationError(fmt::format(
        "{}: found '{}', expected a time with a unit (ns, us, ms or s), e.g. 1.5ms", option, text));
  }
  return *picoseconds;
}

/// An empty word is a shell variable that was not set, never what was meant.
std::string not_empty(const std::string& word) {
  return word.empty() ? "found an empty word, expected a value" : "";
}

}  // namespace

void RunOptions::add_to(CLI::App& command) {
  command.add_option("ELF", elf, "RISC-V program, 32 or 64 bit; its class chooses the hart")
      ->required();
  configuration.add_to(command);
  const auto text = [&](const char* name, std::string& value, const char* type, const char* help) {
    return command.add_option(name, value, help)->type_name(type)->check(not_empty);
  };
  text("--instructions", instructions, "N", "Ends the run after N instructions (0: never)");
  text("--time", time, "T", "Ends the run at simulated time T, e.g. 20ms");
  command
      .add_option("--load", loads, "Puts a raw file into memory before the start; may be repeated")
      ->type_name("FILE@ADDRESS")
      ->allow_extra_args(false);
  text("--dtb", dtb, "FILE", "Device tree to hand over instead of the generated one");
  text("--disk", disk, "FILE", "Disk image behind the virtio block device");
  text("--wave", wave, "FILE.fst", "Writes a waveform");
  text("--wave-from", wave_from, "T", "Start of the waveform, e.g. 1ms")->needs("--wave");
  text("--wave-to", wave_to, "T", "End of the waveform")->needs("--wave");
  text("--stats", stats, "FILE.json", "Writes every statistic with unit and meaning");
  text("--trace-instructions", trace, "FILE", "Writes Spike's commit log");
  text("--ddr-commands", ddr_commands, "FILE",
       "Records the commands to the DRAM and what the guest does to the refresh rate, for "
       "'lookaside ddr check', 'lookaside ddr dump' and 'lookaside ddr wave'");
  text("--signature", signature, "FILE",
       "Writes begin_signature..end_signature as Spike's +signature does");
  command
      .add_option("--signature-granularity", signature_granularity, "Bytes a line of the signature")
      ->check(CLI::IsMember({4, 8, 16}))
      ->capture_default_str();
  text("--framebuffer", framebuffer, "FILE.png",
       "Writes the picture in the framebuffer at the end");
  command.footer(kFooter);
}

platform::Configuration RunOptions::load_configuration() const {
  platform::Configuration result = configuration.load();
  if (!instructions.empty()) result.set("limits.instructions", instructions, "--instructions");
  if (!time.empty()) {
    const double ns = static_cast<double>(duration("--time", time)) / 1000;
    result.set("limits.time_ns", fmt::format("{}", ns), "--time");
  }
  if (!disk.empty()) result.set("virtio.disk", disk, "--disk");
  result.check();
  return result;
}

std::vector<Image> RunOptions::images() const {
  std::vector<Image> images;
  for (const std::string& load : loads) {
    const std::size_t at = load.rfind('@');
    const auto address =
        at == std::string::npos ? std::nullopt : platform::parse_integer(load.substr(at + 1));
    if (!address || at == 0) {
      throw ConfigurationError(fmt::format(
          "--load: found '{}', expected FILE@ADDRESS, e.g. kernel.bin@0x80200000", load));
    }
    images.push_back({load.substr(0, at), *address});
  }
  return images;
}

void RunOptions::window(std::uint64_t& from_ps, std::uint64_t& to_ps) const {
  if (!wave_from.empty()) from_ps = duration("--wave-from", wave_from);
  if (!wave_to.empty()) to_ps = duration("--wave-to", wave_to);
  if (from_ps > to_ps) {
    throw ConfigurationError(fmt::format(
        "--wave-to: found {}, expected a time after --wave-from {}", wave_to, wave_from));
  }
}

}  // namespace lookaside::testbench
