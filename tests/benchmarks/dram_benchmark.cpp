// SPDX-License-Identifier: Apache-2.0
// Requests per CPU second of the DRAM controller, DDR4-2400, 32 outstanding.
#include <benchmark/benchmark.h>

#include "dram/temporal_driver.h"

namespace lookaside::dram {
namespace {

void play_trace(benchmark::State& state, const Trace& trace, const ControllerConfig& config,
                bool checked) {
  const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  const Mapping map(organization, "row:bank:bank_group:column");
  double bandwidth = 0;
  for ([[maybe_unused]] auto _ : state) {
    Controller controller(organization, config);
    Checker checker(organization.device, 1);
    if (checked) controller.attach(&checker);
    bandwidth = play(controller, map, trace, 32).gigabytes_per_second();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * trace.size()));
  state.counters["GB/s"] = bandwidth;
}

void Random(benchmark::State& state) {
  play_trace(state, uniform(std::uint64_t{1} << 30), {}, false);
}
void RandomChecked(benchmark::State& state) {
  play_trace(state, uniform(std::uint64_t{1} << 30), {}, true);
}
void Sequential(benchmark::State& state) {
  play_trace(state, sequential(), {}, false);
}
void MixPosted(benchmark::State& state) {
  ControllerConfig config;
  config.posted_writes = config.split_queues = true;
  play_trace(state, hot_pages(), config, false);
}

/// The temporal model: one request a call.
void play_temporal(benchmark::State& state, const Trace& trace, unsigned outstanding) {
  const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  const Mapping map(organization, "row:bank:bank_group:column");
  double bandwidth = 0;
  for ([[maybe_unused]] auto _ : state) {
    TemporalModel model(organization, {});
    bandwidth = play(model, map, trace, outstanding).gigabytes_per_second();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * trace.size()));
  state.counters["GB/s"] = bandwidth;
}
void TemporalRandom(benchmark::State& state) {
  play_temporal(state, uniform(std::uint64_t{1} << 30), static_cast<unsigned>(state.range(0)));
}
void TemporalSequential(benchmark::State& state) {
  play_temporal(state, sequential(), static_cast<unsigned>(state.range(0)));
}
void TemporalMix(benchmark::State& state) {
  play_temporal(state, hot_pages(), static_cast<unsigned>(state.range(0)));
}

BENCHMARK(Random)->Unit(benchmark::kMillisecond);
BENCHMARK(RandomChecked)->Unit(benchmark::kMillisecond);
BENCHMARK(Sequential)->Unit(benchmark::kMillisecond);
BENCHMARK(MixPosted)->Unit(benchmark::kMillisecond);
BENCHMARK(TemporalRandom)->Arg(1)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(TemporalSequential)->Arg(1)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(TemporalMix)->Arg(1)->Arg(32)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lookaside::dram
