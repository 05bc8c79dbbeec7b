// SPDX-License-Identifier: Apache-2.0
// Requests per CPU second through the socket of the DDR controller: DDR4-2400, 64-byte requests, 32
// outstanding by nb_transport, one after the other by b_transport under temporal timing. The rule
// checker is off but in the rows "/checked"; energy is accounted in all. Rows "/no_data" play over
// 1 GiB without moving data: what the model costs without the cache misses of the host. Rows
// "/recorded" write a waveform, rows "/commands" the stream of commands. Rows "host/" have no
// model: each line is copied when the one before has arrived, which is what data one after the
// other cost on this host whoever asks for them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/ddr/backing_store.h>
#include <lookaside/ddr/controller.h>
#include <lookaside/dram/command_stream.h>
#include <lookaside/record/adapter/recorder.h>

#include "dram/trace_driver.h"
#include "fresh_kernel.h"

namespace lookaside::benchmarks {
namespace {

using dram::Trace;

/// Small, so that the host's page faults are not what is measured; each bank has 512 rows.
constexpr std::uint64_t kMemory = std::uint64_t{64} << 20;
constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
constexpr unsigned kOutstanding = 32;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Brings every page of the memory into being.
template <typename Socket>
void touch(Socket& socket) {
  unsigned char byte = 1;
  tlm::tlm_generic_payload p;
  p.set_write();
  p.set_data_ptr(&byte);
  p.set_data_length(1);
  p.set_streaming_width(1);
  for (std::uint64_t address = 0; address < kMemory; address += 4096) {
    p.set_address(address);
    socket->transport_dbg(p);
  }
}

/// Plays a trace by nb_transport: at most one request a clock, as soon as fewer than 32 are
/// outstanding.
struct Player : sc_core::sc_module, tlm::tlm_mm_interface {
  SC_HAS_PROCESS(Player);
  Player(const sc_core::sc_module_name& name, const Trace& t)
      : sc_module(name), socket("socket"), trace(t) {
    socket.register_nb_transport_bw(this, &Player::backward);
    for (auto& p : payloads) {
      p.set_mm(this);
      p.set_data_ptr(data);
      p.set_data_length(sizeof data);
      p.set_streaming_width(sizeof data);
      idle.push_back(&p);
    }
    SC_METHOD(pump);
    sensitive << go;
  }
  void pump() {
    if (open || next == trace.size() || idle.empty()) return;
    tlm::tlm_generic_payload& p = *idle.back();
    idle.pop_back();
    p.acquire();
    p.set_command(trace[next].write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(trace[next].address);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    ++next;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    open = socket->nb_transport_fw(p, phase, delay) != tlm::TLM_UPDATED;
    if (!idle.empty()) go.notify(sc_core::sc_time::from_value(834));
  }
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                              sc_core::sc_time&) {
    if (phase == tlm::END_REQ) {
      open = false;
      return tlm::TLM_ACCEPTED;
    }
    end = sc_core::sc_time_stamp().value();
    p.release();
    go.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_COMPLETED;
  }
  void free(tlm::tlm_generic_payload* p) override { idle.push_back(p); }

  tlm_utils::simple_initiator_socket<Player, 64> socket;
  const Trace& trace;
  std::size_t next = 0;
  bool open = false;
  std::uint64_t end = 0;
  unsigned char data[64] = {};
  tlm::tlm_generic_payload payloads[kOutstanding];
  std::vector<tlm::tlm_generic_payload*> idle;
  sc_core::sc_event go;
};

/// Plays a trace by b_transport, one request after the other; lets simulated time follow once in a
/// quantum, as an initiator with a local time does.
struct Blocking : sc_core::sc_module {
  SC_HAS_PROCESS(Blocking);
  Blocking(const sc_core::sc_module_name& name, const Trace& t)
      : sc_module(name), socket("socket"), trace(t) {
    SC_THREAD(play);
    sensitive << go;
    dont_initialize();
  }
  void play() {
    const sc_core::sc_time quantum(10, sc_core::SC_US);
    unsigned char data[64] = {};
    tlm::tlm_generic_payload p;
    p.set_data_ptr(data);
    p.set_data_length(sizeof data);
    p.set_streaming_width(sizeof data);
    sc_core::sc_time delay;
    for (const dram::Record& record : trace) {
      p.set_command(record.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
      p.set_address(record.address);
      p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      socket->b_transport(p, delay);
      if (delay < quantum) continue;
      wait(delay);
      delay = sc_core::SC_ZERO_TIME;
    }
    if (!p.is_response_ok()) std::abort();
  }
  tlm_utils::simple_initiator_socket<Blocking, 64> socket;
  const Trace& trace;
  sc_core::sc_event go;
};

std::string file(const std::string& name) {
  const char* directory = std::getenv("TMPDIR");
  return std::string(directory != nullptr ? directory : "/tmp") + "/" + name;
}

/// The waveform of a run, if there is one.
struct Wave {
  explicit Wave(bool wanted) {
    if (!wanted) return;
    path = file("ddr_benchmark.fst");
    recorder = std::make_unique<record::Recorder>("recorder", record::Recorder::Config{path, {}});
  }
  ~Wave() {
    if (std::getenv("LOOKASIDE_KEEP_WAVE") == nullptr && recorder) std::remove(path.c_str());
  }
  observe::SignalSink* sink() { return recorder ? recorder->sink() : nullptr; }
  void close() {
    if (recorder && !recorder->close().empty()) std::abort();
  }
  std::string path;
  std::unique_ptr<record::Recorder> recorder;
};

/// The command stream of a run, if there is one.
struct Stream {
  Stream(bool wanted, ddr::Controller& ddr) {
    if (!wanted) return;
    const dram::Organization& memory = ddr.config().organization;
    out.open(file("ddr_benchmark.cmd"), std::ios::binary);
    writer.emplace(out, memory.device, memory.ranks);
    ddr.on_command([this](unsigned, const dram::Command& c) {
      writer->write(c);
      last = c.clock;
    });
  }
  ~Stream() {
    if (writer) std::remove(file("ddr_benchmark.cmd").c_str());
  }
  void close() {
    if (writer) writer->finish(last);
    if (!out) std::abort();
  }
  std::ofstream out;
  std::optional<dram::CommandWriter> writer;
  std::uint64_t last = 0;
};

ddr::ControllerConfig config(const std::string& how) {
  ddr::ControllerConfig c;
  c.stores_data = how != "/no_data";
  c.regions = {{0, c.stores_data ? kMemory : kGibibyte}};
  c.timing = ddr::Timing::kTemporal;
  c.check = how == "/checked";
  return c;
}

void approximate(benchmark::State& state, const Trace& trace, const std::string& how) {
  const ddr::ControllerConfig c = config(how);
  double bandwidth = 0;
  for ([[maybe_unused]] auto _ : state) {
    Wave wave(how == "/recorded");
    auto ddr = std::make_unique<ddr::Controller>("ddr", c, wave.sink());
    Stream stream(how == "/commands", *ddr);
    Player player("player", trace);
    player.socket.bind(ddr->socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    if (c.stores_data) touch(player.socket);
    const double start = cpu_seconds();
    sc_core::sc_start();
    wave.close();
    stream.close();
    state.SetIterationTime(cpu_seconds() - start);
    bandwidth = static_cast<double>(trace.size()) * 64e3 / static_cast<double>(player.end);
    tests::start_fresh_kernel();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * trace.size()));
  state.counters["GB/s"] = bandwidth;
}

void temporal(benchmark::State& state, const Trace& trace, const std::string& how) {
  const ddr::ControllerConfig c = config(how);
  for ([[maybe_unused]] auto _ : state) {
    Wave wave(how == "/recorded");
    auto ddr = std::make_unique<ddr::Controller>("ddr", c, wave.sink());
    Stream stream(how == "/commands", *ddr);
    Blocking master("master", trace);
    master.socket.bind(ddr->socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    if (c.stores_data) touch(master.socket);
    master.go.notify(sc_core::SC_ZERO_TIME);
    const double start = cpu_seconds();
    sc_core::sc_start();
    wave.close();
    stream.close();
    state.SetIterationTime(cpu_seconds() - start);
    tests::start_fresh_kernel();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * trace.size()));
}

void host(benchmark::State& state, const Trace& trace) {
  for ([[maybe_unused]] auto _ : state) {
    const ddr::BackingStore store({{0, kMemory}});
    unsigned char* const memory = store.spans().front().host;
    for (std::uint64_t address = 0; address < kMemory; address += 4096) memory[address] = 1;
    std::uint64_t data[8] = {};
    const double start = cpu_seconds();
    for (const dram::Record& record : trace) {
      // The lines but for their first bytes are 0: the address is what the trace says, but it is
      // not known before the data are.
      std::memcpy(data, memory + (record.address | data[7]), sizeof data);
    }
    benchmark::DoNotOptimize(data);
    state.SetIterationTime(cpu_seconds() - start);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * trace.size()));
}

void register_all() {
  const auto within = [](Trace trace, std::uint64_t bytes) {
    for (dram::Record& record : trace) record.address %= bytes;
    return trace;
  };
  static const Trace kWide[] = {dram::uniform(kGibibyte), dram::sequential(), dram::hot_pages()};
  static const Trace kNarrow[] = {within(kWide[0], kMemory), kWide[1], within(kWide[2], kMemory)};
  constexpr const char* kNames[] = {"random", "sequential", "mix"};
  for (unsigned row = 0; row < 3; ++row) {
    const Trace& trace = kNarrow[row];
    benchmark::RegisterBenchmark(("host/" + std::string(kNames[row])).c_str(),
                                 [&trace](benchmark::State& state) { host(state, trace); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  const struct {
    const char* name;
    void (*run)(benchmark::State&, const Trace&, const std::string&);
  } ways[] = {{"approximate/", approximate}, {"temporal/", temporal}};
  for (const auto& way : ways) {
    for (unsigned row = 0; row < 3; ++row) {
      for (const std::string how : {"", "/no_data", "/checked", "/recorded", "/commands"}) {
        const Trace& trace = how == "/no_data" ? kWide[row] : kNarrow[row];
        benchmark::RegisterBenchmark(
            (way.name + std::string(kNames[row]) + how).c_str(),
            [&way = *way.run, &trace, how](benchmark::State& state) { way(state, trace, how); })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::benchmarks

int sc_main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);  // each kernel would print its banner
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
  benchmark::Initialize(&argc, argv);
  lookaside::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
