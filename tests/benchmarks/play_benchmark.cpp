// SPDX-License-Identifier: Apache-2.0
// Requests per CPU second of `lookaside ddr play`, as a user has it: DDR4-2400, 200 000 requests,
// 32 outstanding; what the check of every command and what recording them costs; how fast traces
// are read. items_per_second is requests.
#include <cstdio>
#include <string>
#include <unistd.h>

#include <benchmark/benchmark.h>
#include <systemc>

#include <lookaside/traffic/core/generator.h>
#include <lookaside/traffic/core/trace_reader.h>
#include <lookaside/traffic/core/trace_writer.h>

#include "ddr/command_file.h"
#include "ddr/play.h"
#include "fresh_kernel.h"

namespace lookaside::benchmarks {
namespace {

using testbench::CommandFiles;
using testbench::Play;
using traffic::generate;
using traffic::parse_generation;

std::string temporary(const char* name) {
  return "/tmp/lookaside-play-benchmark-" + std::to_string(getpid()) + name;
}

struct How {
  ddr::Timing timing = ddr::Timing::kApproximate;
  bool check = false;
  bool record = false;
};

void play(benchmark::State& state, const std::string& generation, How how) {
  ddr::ControllerConfig config;
  config.regions = {{0, config.organization.bytes()}};
  config.timing = how.timing;
  config.check = how.check;
  config.stores_data = false;
  const std::string path = temporary(".cmd");
  double bandwidth = 0;
  std::uint64_t requests = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto source = generate(parse_generation(generation));
    {
      Play player(config, *source, testbench::player_config(config, 32, 1));
      std::unique_ptr<CommandFiles> files;
      if (how.record) {
        files = std::make_unique<CommandFiles>(path, 1, config.organization.device, 1);
        player.on_command(
            [&files](unsigned channel, const dram::Command& c) { files->write(channel, c); });
      }
      const testbench::Results results = player.run();
      if (files != nullptr) files->finish(results.end);
      requests += results.played.requests;
      bandwidth =
          static_cast<double>(results.played.bytes) * 1000 / static_cast<double>(player.time_ps());
    }
    tests::start_fresh_kernel();
  }
  (void)std::remove(path.c_str());
  state.SetItemsProcessed(static_cast<std::int64_t>(requests));
  state.counters["GB/s"] = bandwidth;
}

constexpr ddr::Timing kQueues = ddr::Timing::kApproximate;
constexpr ddr::Timing kTemporal = ddr::Timing::kTemporal;

#define LOOKASIDE_PLAY(name, generation, ...) \
  BENCHMARK_CAPTURE(play, name, generation, How{__VA_ARGS__})->Unit(benchmark::kMillisecond)
LOOKASIDE_PLAY(random, "random:200000", kQueues);
LOOKASIDE_PLAY(random_recorded, "random:200000", kQueues, false, true);
LOOKASIDE_PLAY(random_checked, "random:200000", kQueues, true);
LOOKASIDE_PLAY(sequential, "sequential:200000", kQueues);
LOOKASIDE_PLAY(chase, "chase:200000", kQueues);
LOOKASIDE_PLAY(mix, "mix:200000", kQueues);
LOOKASIDE_PLAY(temporal_random, "random:200000", kTemporal);
LOOKASIDE_PLAY(temporal_sequential, "sequential:200000", kTemporal);
LOOKASIDE_PLAY(temporal_chase, "chase:200000", kTemporal);
LOOKASIDE_PLAY(temporal_mix, "mix:200000", kTemporal);
#undef LOOKASIDE_PLAY

/// What the player alone costs: a memory that answers after 50 clocks.
void player_alone(benchmark::State& state) {
  std::uint64_t requests = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto source = generate(parse_generation("random:200000"));
    traffic::Player player(*source, {32, 1, 64, traffic::kNever});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> answers;
    std::size_t next = 0;
    while (!player.done()) {
      const std::uint64_t due = player.next_attempt();
      if (next < answers.size() && answers[next].first <= due) {
        player.answered(answers[next].second, answers[next].first);
        ++next;
        continue;
      }
      answers.emplace_back(due + 50, player.access().id);
      player.accepted(due);
    }
    requests += player.played().requests;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(requests));
}
BENCHMARK(player_alone)->Unit(benchmark::kMillisecond);

void read_trace(benchmark::State& state, traffic::Form form, bool compressed) {
  const std::string path = temporary(".trace");
  traffic::TraceWriter writer(path, path, form, compressed);
  const auto source = generate(parse_generation("mix:1000000"));
  for (traffic::Record record; source->next(record);) writer.write(record);
  writer.finish();
  std::uint64_t requests = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto trace = traffic::open_trace(path);
    for (traffic::Record record; trace->next(record);) ++requests;
  }
  (void)std::remove(path.c_str());
  state.SetItemsProcessed(static_cast<std::int64_t>(requests));
}
BENCHMARK_CAPTURE(read_trace, text, traffic::Form::kText, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, text_gz, traffic::Form::kText, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, binary, traffic::Form::kBinary, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_trace, binary_gz, traffic::Form::kBinary, true)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lookaside::benchmarks

int sc_main(int argc, char** argv) {
  sc_core::sc_report_handler::set_actions("/IEEE_Std_1666/deprecated", sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
