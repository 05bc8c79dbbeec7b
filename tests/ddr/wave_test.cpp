// SPDX-License-Identifier: Apache-2.0
// What the DDR controller shows in the waveform, read back: every command that the rule checker
// saw, banks open where data moves, queues that end empty; and the shipped save file names only
// signals that exist.
#include <map>
#include <memory>
#include <random>

#include <gmock/gmock.h>

#include <lookaside/record/adapter/recorder.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "nb_system.h"
#include "record/temporary.h"
#include "seed.h"

namespace lookaside::ddr {
namespace {

using record::WaveChange;
using record::WaveReader;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A thread that reads and writes at random by b_transport.
struct Initiator : tests::Master {
  SC_HAS_PROCESS(Initiator);
  explicit Initiator(const sc_core::sc_module_name& name) : Master(name) { SC_THREAD(run); }
  void run() {
    for (unsigned i = 0; i < requests; ++i) {
      const std::uint64_t address = kBase + random() % kBytes / 64 * 64;
      if (writes && random() % 3 == 0) {
        write(address, 8, i);
      } else {
        read(address, 8);
      }
      if (delay > sc_core::sc_time(1, sc_core::SC_US)) {
        wait(delay);
        delay = sc_core::SC_ZERO_TIME;
      }
    }
    wait(delay);
  }
  unsigned requests = 0;
  bool writes = true;
  std::mt19937_64 random;
};

class DdrWave : public tests::SystemCTest, public ::testing::WithParamInterface<Timing> {
 protected:
  void run(unsigned requests, const ControllerConfig& config) {
    recorder_ =
        std::make_unique<record::Recorder>("recorder", record::Recorder::Config{path(), {}});
    ddr_ = std::make_unique<Controller>("ddr", config, recorder_->sink());
    ddr_->on_command([this](unsigned, const dram::Command& c) { told_.push_back(c); });
    initiator_ = std::make_unique<Initiator>("initiator");
    initiator_->requests = requests;
    initiator_->writes = !initiator_only_reads_;
    initiator_->random.seed(tests::seed());
    initiator_->socket.bind(ddr_->socket);
    sc_core::sc_start();
    ASSERT_EQ(recorder_->close(), "");
    sc_core::sc_stop();
    EXPECT_EQ(recorder_->refused(), 0U) << recorder_->buffer().first_refusal();
  }
  std::string path() const { return directory_.file("ddr.fst"); }

  record::tests::Temporary directory_;
  std::unique_ptr<record::Recorder> recorder_;
  std::unique_ptr<Controller> ddr_;
  std::unique_ptr<Initiator> initiator_;
  std::vector<dram::Command> told_;
  bool initiator_only_reads_ = false;
};

ControllerConfig with(Timing timing) {
  ControllerConfig config = NbSystem::small();
  config.timing = timing;
  config.check = true;
  return config;
}

TEST_P(DdrWave, ShowsEveryCommandBanksAndQueues) {
  run(12'000, with(GetParam()));
  ASSERT_GT(told_.size(), 20'000U);
  const WaveReader dump(path());
  const std::string scope = "ddr.channel0.";
  std::map<std::uint32_t, std::string> names;
  for (const char* name :
       {"command", "bank", "row", "reads_waiting", "writes_waiting", "rank0.state"}) {
    ASSERT_TRUE(dump.find(scope + name)) << name;
    names[*dump.find(scope + name)] = name;
  }
  for (unsigned bank = 0; bank < 16; ++bank) {
    const std::string name =
        std::string("rank0.bank") + (bank < 10 ? "0" : "") + std::to_string(bank);
    ASSERT_TRUE(dump.find(scope + name)) << name;
    names[*dump.find(scope + name)] = name;
  }
  // The values at each time at which a command begins.
  const Clock clock(2400);
  std::map<std::string, std::string> now;
  std::size_t next = 0;
  std::uint64_t deepest = 0;
  std::uint64_t wrong = 0;
  const auto look = [&](std::uint64_t time) {
    for (; next < told_.size() && clock.time_of(told_[next].clock) <= time; ++next) {
      const dram::Command& c = told_[next];
      if (now["command"] != name(c.op)) ++wrong;
      const bool column = c.op == dram::Op::kRd || c.op == dram::Op::kWr;
      const std::string bank = std::string(c.bank < 10 ? "0" : "") + std::to_string(c.bank);
      if (column && now["rank0.bank" + bank] != "open") ++wrong;
      if (column && now["rank0.state"] != "active") ++wrong;
      if (c.op == dram::Op::kPre && now["rank0.bank" + bank] != "closed") ++wrong;
      if (c.op == dram::Op::kRef && now["rank0.state"] != "refresh") ++wrong;
      if (column && std::stoull(now["bank"], nullptr, 16) != c.bank) ++wrong;
      if (column && std::stoull(now["row"], nullptr, 16) != c.row) ++wrong;
    }
  };
  std::uint64_t at = 0;
  for (const WaveChange& change : dump.changes()) {
    const auto name = names.find(change.signal);
    if (name == names.end()) continue;
    if (change.time_ps != at) look(at);
    at = change.time_ps;
    now[name->second] = dump.shown(change);
    if (name->second == "reads_waiting") deepest = std::max(deepest, change.value);
  }
  look(~std::uint64_t{0});
  EXPECT_EQ(next, told_.size());
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(deepest, 1U) << "one initiator";
  EXPECT_EQ(std::stoull(now["reads_waiting"], nullptr, 16), 0U);
  EXPECT_EQ(std::stoull(now["writes_waiting"], nullptr, 16), 0U);
  EXPECT_EQ(now["command"], "idle");
}

TEST_P(DdrWave, QueuesAreKnownFromTheFirstRequestOn) {
  initiator_only_reads_ = true;
  run(100, with(GetParam()));
  const WaveReader dump(path());
  const auto writes = dump.find("ddr.channel0.writes_waiting");
  ASSERT_TRUE(writes);
  std::vector<std::string> seen;
  for (const WaveChange& change : dump.changes()) {
    if (change.known && change.signal == *writes) seen.push_back(dump.shown(change));
  }
  EXPECT_THAT(seen, ElementsAre("0000"));
}

TEST_P(DdrWave, TheSaveFileNamesOnlySignalsThatExist) {
  run(10, with(GetParam()));
  EXPECT_THAT(record::check_save_file(LOOKASIDE_WAVES_DIRECTORY "/ddr.gtkw", WaveReader(path())),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Ways, DdrWave, ::testing::Values(Timing::kTemporal, Timing::kApproximate));

}  // namespace
}  // namespace lookaside::ddr
