// SPDX-License-Identifier: Apache-2.0
// What firmware asks of the DRAM, request by request, in the temporal model and in the event-driven
// controller with its queues: one in-order hart has one request on its way, and its mean latency in
// the two must be within 5 %.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <systemc_fixture.h>

#include <lookaside/ddr/clock.h>
#include <lookaside/dram/controller.h>
#include <lookaside/dram/temporal.h>
#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/device_tree.h>
#include <lookaside/platform/elf.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/soc.h>

namespace lookaside::platform {
namespace {

struct Asked {
  std::uint64_t time_ps;
  std::uint64_t address;
  bool write;
};

/// Sees all data on its way to and from memory; of an access to two bursts, the first.
struct Listener : ddr::DataGuard {
  tlm::tlm_response_status reading(std::uint64_t first, std::uint64_t /*last*/,
                                   std::uint64_t time_ps) override {
    heard.push_back({time_ps, first, false});
    return tlm::TLM_OK_RESPONSE;
  }
  void written(std::uint64_t first, std::uint64_t /*last*/, std::uint64_t time_ps,
               ddr::WriteKind kind) override {
    if (kind != ddr::WriteKind::kDebug) heard.push_back({time_ps, first, true});
  }
  std::vector<Asked> heard;
};

struct Run {
  std::vector<Asked> requests;
  double mean_ns = 0;  ///< as the platform's own statistics have it
};

/// Mean latency among the controller's statistics.
struct MeanOf : observe::StatisticVisitor {
  void histogram(const std::string& path, const observe::Description& d,
                 const observe::Histogram& h) override {
    if (path == "ddr" && d.name == "latency_ns") mean = h.mean();
  }
  void scalar(const std::string&, const observe::Description&, std::uint64_t) override {}
  void derived(const std::string&, const observe::Description&, double) override {}
  void vector(const std::string&, const observe::Description&, const observe::Vector&) override {}
  void absent(const std::string&, const observe::Description&, const std::string&) override {}
  double mean = 0;
};

Configuration temporal(bool posted) {
  Configuration configuration;
  configuration.assign("platform.timing=temporal");
  if (posted) configuration.assign("ddr.write_policy=posted");
  return configuration;
}

Run listen(const char* program, const Configuration& configuration) {
  const Elf elf = Elf::read(std::string(LOOKASIDE_FIRMWARE) + "/" + program);
  SocSetup setup;
  setup.xlen = elf.xlen();
  setup.entry = elf.entry();
  setup.device_tree = device_tree(configuration, elf.xlen(), kRom.size - kDeviceTreeOffset);
  Soc soc("soc", configuration, setup);
  soc.set_output([](std::string_view) {});
  for (const Segment& s : elf.segments()) {
    const std::uint8_t* data = elf.data(s);
    soc.preload(s.physical_address, {data, data + s.data_size});
  }
  auto* memory = dynamic_cast<ddr::Controller*>(sc_core::sc_find_object("soc.ddr"));
  EXPECT_NE(memory, nullptr);
  Listener listener;
  memory->attach(&listener);
  EXPECT_EQ(soc.run().kind, Outcome::Kind::kPassed);
  MeanOf mean;
  memory->statistics().visit(mean);
  return {std::move(listener.heard), mean.mean};
}

/// Clocks until the answer.
std::uint64_t ask(dram::Controller& controller, const dram::Transaction& t, std::uint64_t clock) {
  controller.step(clock);
  EXPECT_TRUE(controller.push(t, clock));
  for (;;) {
    for (const dram::Completion& done : controller.step(clock).completions) {
      if (done.id == t.id) return done.finish - done.arrival;
    }
    clock = std::max(clock + 1, controller.next_event());
  }
}

/// Plays what the hart asked for in both models, with the hart's own time between an answer and the
/// next request the same in both.
void expect_near(const char* program, bool posted) {
  const Configuration configuration = temporal(posted);
  const Run run = listen(program, configuration);
  ASSERT_GT(run.requests.size(), 10'000U);
  const ddr::ControllerConfig config = ddr_config(configuration);
  const dram::Mapping map(config.organization, config.map, config.exclusive_or);
  const ddr::Clock clock(config.organization.device.data_rate_mts);
  dram::TemporalModel temporal(config.organization, config.channel);
  dram::Controller queued(config.organization, config.channel);
  double sum[2] = {};
  std::uint64_t free_temporal = 0;  // when the answer before was there
  std::uint64_t free_queued = 0;
  std::uint64_t id = 0;
  for (const Asked& asked : run.requests) {
    const dram::Transaction t{id++, map.locate(asked.address - config.regions.front().base),
                              asked.write, 0, 0};
    const std::uint64_t now = std::max(free_temporal, clock.clock_at(asked.time_ps));
    const std::uint64_t thought = now - free_temporal;
    free_temporal = temporal.serve(t, now).finish;
    sum[0] += static_cast<double>(free_temporal - now);
    const std::uint64_t then = free_queued + thought;
    const std::uint64_t took = ask(queued, t, then);
    free_queued = then + took;
    sum[1] += static_cast<double>(took);
  }
  const double requests = static_cast<double>(run.requests.size());
  const double ns = clock.ns_per_clock();
  const double deviation = (sum[0] / sum[1] - 1) * 100;
  std::printf("%s%s: %zu requests, mean %.2f ns temporal, %.2f ns queued (%+.2f %%)\n", program,
              posted ? ", posted writes" : "", run.requests.size(), sum[0] / requests * ns,
              sum[1] / requests * ns, deviation);
  EXPECT_LE(std::abs(deviation), 5);
  // What was replayed is what the platform did: its histogram has whole ns, rounded down.
  EXPECT_NEAR(sum[0] / requests * ns, run.mean_ns, 1.1);
}

class DdrStream : public tests::SystemCTest {};

TEST_F(DdrStream, Demonstration) {
  expect_near("demo-rv64-sv39.elf", false);
}
TEST_F(DdrStream, DemonstrationWithPostedWrites) {
  expect_near("demo-rv64-sv39.elf", true);
}
TEST_F(DdrStream, PageTables) {
  expect_near("tables-rv64-sv39.elf", false);
}

}  // namespace
}  // namespace lookaside::platform
