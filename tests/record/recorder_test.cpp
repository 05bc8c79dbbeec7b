// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <lookaside/record/adapter/recorder.h>
#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_reader.h>

#include "record/temporary.h"
#include "systemc_fixture.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using sc_core::SC_NS;
using ::testing::HasSubstr;
using tests::message_of;
using tests::Temporary;

/// An initiator as the hart is one: runs ahead of the kernel for a quantum and emits with its local
/// time.
class RunAhead : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(RunAhead);
  RunAhead(sc_core::sc_module_name name, observe::SignalSink* sink, std::uint64_t steps,
           std::uint64_t first)
      : sc_core::sc_module(name),
        signal(sink, {this->basename(), "step", SignalKind::kBits, 32, {}, "Steps done."}),
        steps_(steps),
        first_(first) {
    SC_THREAD(run);
  }
  observe::Signal signal;

 private:
  void run() {
    constexpr std::uint64_t kQuantum = 1000;
    for (std::uint64_t i = 0; i < steps_;) {
      const std::uint64_t now = sc_core::sc_time_stamp().value();
      for (std::uint64_t local = 0; local < kQuantum && i < steps_; ++local, ++i) {
        signal.set(now + first_ + local * 1000, i + 1);
      }
      wait(kQuantum, SC_NS);
    }
  }
  std::uint64_t steps_;
  std::uint64_t first_;
};

class RecorderTest : public lookaside::tests::SystemCTest {
 protected:
  std::string path() const { return directory_.file("run.fst"); }
  Temporary directory_;
};

TEST_F(RecorderTest, RunAheadInitiatorsAreRecordedSortedAndNothingIsLost) {
  Recorder recorder("recorder", {path(), {}});
  const RunAhead a("a", recorder.sink(), 200000, 0);
  const RunAhead b("b", recorder.sink(), 200000, 500);
  sc_core::sc_start(250000, SC_NS);
  EXPECT_LT(recorder.buffer().waiting(), 2 * WaveBuffer::kCapacity);
  EXPECT_EQ(recorder.close(), "");
  EXPECT_EQ(recorder.refused(), 0U);

  const WaveReader reader(path());
  std::uint64_t seen[2] = {0, 0};
  std::uint64_t wrong = 0;
  reader.for_each({}, [&](const WaveChange& change) {
    if (!change.known) return;
    const std::uint64_t step = ++seen[change.signal];
    if (change.value != step || change.time_ps != (step - 1) * 1000 + change.signal * 500) ++wrong;
  });
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(seen[0], 200000U);
  EXPECT_EQ(seen[1], 200000U);
  EXPECT_EQ(reader.end_ps(), 250000000U);
}

TEST_F(RecorderTest, RecordingSchedulesNothing) {
  Recorder recorder("recorder", {path(), {}});
  const RunAhead a("a", recorder.sink(), 10, 0);
  sc_core::sc_start();  // ends by itself: the recorder keeps no event alive
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(1000, SC_NS));
  EXPECT_EQ(recorder.close(), "");
}

TEST_F(RecorderTest, EventBehindTheWrittenHorizonIsReported) {
  Recorder recorder("recorder", {path(), {}});
  const auto id = recorder.sink()->declare({"soc", "late", SignalKind::kBits, 32, {}, ""});
  const RunAhead a("a", recorder.sink(), 2 * WaveBuffer::kCapacity, 0);
  sc_core::sc_start(200000, SC_NS);
  recorder.sink()->emit(id, 5, 1);  // a block that got its local time wrong
  EXPECT_EQ(recorder.refused(), 1U);
  EXPECT_THAT(recorder.close(), HasSubstr("'soc.late' at 5 ps"));
}

TEST_F(RecorderTest, EndOfSimulationCompletesTheFile) {
  Recorder recorder("recorder", {path(), {}});
  const RunAhead a("a", recorder.sink(), 3, 0);
  sc_core::sc_start(1, SC_NS);
  EXPECT_FALSE(std::filesystem::exists(path()));
  sc_core::sc_stop();
  EXPECT_EQ(WaveReader(path()).signals().size(), 1U);
}

TEST_F(RecorderTest, UnwritablePathIsRefusedBeforeTheRun) {
  EXPECT_THAT(message_of<RecordError>([&] {
                Recorder("r", {directory_.file("no/x.fst"), {}});
              }),
              HasSubstr("No such file"));
}

}  // namespace
}  // namespace lookaside::record
