// SPDX-License-Identifier: Apache-2.0
// The player as an initiator, on targets that answer after a fixed time in each way the base
// protocol allows. Clock edges are 10 ns apart.
#include <stdexcept>

#include <gmock/gmock.h>
#include <tlm_utils/peq_with_get.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/protocol/time.h>
#include <lookaside/traffic/module/initiator.h>

#include "main_stack.h"
#include "systemc_fixture.h"
#include "traffic/trace_files.h"

namespace lookaside::traffic {
namespace {

using sc_core::sc_time;
using testing::ElementsAre;

constexpr std::uint64_t kEdge = 10'000;  // ps
constexpr std::uint64_t kLatency = 10;   // clocks

enum class Manner {
  kAtOnce,        ///< END_REQ with the return, BEGIN_RESP later
  kLateEndReq,    ///< END_REQ three clocks later
  kNoEndReq,      ///< BEGIN_RESP stands for both
  kCompleted,     ///< TLM_COMPLETED with a delay
  kSlowResponse,  ///< BEGIN_RESP with the return, with a delay
};

struct Target : sc_core::sc_module {
  tlm_utils::simple_target_socket<Target, 64> socket;
  Target(const sc_core::sc_module_name& name, Manner manner)
      : sc_module(name), socket("socket"), manner_(manner), ends_("ends"), responses_("responses") {
    socket.register_nb_transport_fw(this, &Target::nb);
    socket.register_b_transport(this, &Target::b);
    SC_HAS_PROCESS(Target);
    SC_METHOD(end_requests);
    sensitive << ends_.get_event();
    dont_initialize();
    SC_METHOD(respond);
    sensitive << responses_.get_event();
    dont_initialize();
  }

  tlm::tlm_sync_enum nb(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase, sc_time& delay) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    if (request_open) throw std::logic_error("BEGIN_REQ while a request is open");
    note(p, delay);
    const sc_time latency = protocol::from_ps(kLatency * kEdge);
    switch (manner_) {
      case Manner::kAtOnce:
        responses_.notify(p, latency);
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
      case Manner::kLateEndReq:
        request_open = true;
        ends_.notify(p, protocol::from_ps(3 * kEdge));
        responses_.notify(p, latency);
        return tlm::TLM_ACCEPTED;
      case Manner::kNoEndReq:
        request_open = true;
        responses_.notify(p, latency);
        return tlm::TLM_ACCEPTED;
      case Manner::kCompleted:
        delay += latency;
        return tlm::TLM_COMPLETED;
      case Manner::kSlowResponse:
        phase = tlm::BEGIN_RESP;
        delay += latency;
        return tlm::TLM_UPDATED;
    }
    return tlm::TLM_COMPLETED;
  }
  void b(tlm::tlm_generic_payload& p, sc_time& delay) {
    note(p, delay);
    delay += protocol::from_ps(kLatency * kEdge);
  }
  void note(tlm::tlm_generic_payload& p, const sc_time& delay) {
    begun.push_back(protocol::local_ps(delay) / kEdge);
    addresses.push_back(p.get_address());
    p.set_response_status(status);
  }
  void end_requests() {
    while (tlm::tlm_generic_payload* p = ends_.get_next_transaction()) {
      request_open = false;
      send(*p, tlm::END_REQ);
    }
  }
  void respond() {
    while (tlm::tlm_generic_payload* p = responses_.get_next_transaction()) {
      if (manner_ == Manner::kNoEndReq) request_open = false;
      send(*p, tlm::BEGIN_RESP);
    }
  }
  void send(tlm::tlm_generic_payload& p, tlm::tlm_phase phase) {
    sc_time delay = sc_core::SC_ZERO_TIME;
    (void)socket->nb_transport_bw(p, phase, delay);
  }

  std::vector<std::uint64_t> begun, addresses;
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  bool request_open = false;

 private:
  Manner manner_;
  tlm_utils::peq_with_get<tlm::tlm_generic_payload> ends_, responses_;
};

InitiatorConfig config(std::uint32_t outstanding, Transport transport) {
  InitiatorConfig c;
  c.player = {outstanding, 1, 64, 1 << 20};
  c.transport = transport;
  c.base = 0x8000'0000;
  c.time.time_of = [](std::uint64_t clock) { return clock * kEdge; };
  c.time.clock_at = [](std::uint64_t ps) { return (ps + kEdge - 1) / kEdge; };
  return c;
}

struct Outcome {
  std::vector<std::uint64_t> begun, addresses;
  Played played;
  unsigned ends = 0;
};

class InitiatorTest : public tests::SystemCTest {
 protected:
  static Outcome play(const std::vector<Record>& trace, std::uint32_t outstanding, Manner manner,
                      Transport transport = Transport::kApproximate) {
    ListSource source(trace);
    Target target("target", manner);
    Initiator initiator("initiator", source, config(outstanding, transport));
    initiator.socket.bind(target.socket);
    Outcome outcome;
    initiator.on_end([&] { ++outcome.ends; });
    sc_core::sc_start();
    tests::tell_main_stack();
    initiator.rethrow();
    EXPECT_TRUE(initiator.player().done());
    outcome.begun = target.begun;
    outcome.addresses = target.addresses;
    outcome.played = initiator.player().played();
    return outcome;
  }
};

const std::vector<Record> kFive(5);

TEST_F(InitiatorTest, BeginsAndEndsAtTheEdgesThatThePlayerSays) {
  const Outcome o = play(kFive, 2, Manner::kAtOnce);
  EXPECT_THAT(o.begun, ElementsAre(0, 1, 10, 11, 20));
  EXPECT_EQ(o.played.clocks(), 30U);
  EXPECT_EQ(o.played.reads.max(), 10U);
  EXPECT_EQ(o.played.refused, 0U);
  EXPECT_EQ(o.ends, 1U);
}

TEST_F(InitiatorTest, TemporalIsTheSameAtLocalTimes) {
  const Outcome o = play(kFive, 2, Manner::kAtOnce, Transport::kTemporal);
  EXPECT_THAT(o.begun, ElementsAre(0, 1, 10, 11, 20));
  EXPECT_EQ(o.played.clocks(), 30U);
}

TEST_F(InitiatorTest, TemporalFollowsSimulatedTime) {
  const std::vector<Record> trace(3, {64, 64, 5000, 0, true});
  const Outcome o = play(trace, 2, Manner::kAtOnce, Transport::kTemporal);
  EXPECT_THAT(o.begun, ElementsAre(5000, 10000, 15000));
  EXPECT_EQ(sc_core::sc_time_stamp().value(), 15000 * kEdge);
}

TEST_F(InitiatorTest, AddressesAreMovedToTheBase) {
  const Outcome o = play({{0x7c, 8, 0, 0, true}}, 2, Manner::kAtOnce);
  EXPECT_THAT(o.addresses, ElementsAre(0x8000007c, 0x80000080));
}

TEST_F(InitiatorTest, ALateEndOfTheRequestHoldsTheNextBack) {
  const Outcome o = play(kFive, 8, Manner::kLateEndReq);
  EXPECT_THAT(o.begun, ElementsAre(0, 4, 8, 12, 16));
  EXPECT_EQ(o.played.reads.max(), 10U) << "from the first attempt";
  EXPECT_EQ(o.played.refused, 5U);
}

TEST_F(InitiatorTest, AResponseEndsTheRequestToo) {
  EXPECT_THAT(play(kFive, 8, Manner::kNoEndReq).begun, ElementsAre(0, 11, 22, 33, 44));
}

TEST_F(InitiatorTest, TheReturnMayCompleteTheRequest) {
  const Outcome o = play(kFive, 2, Manner::kCompleted);
  EXPECT_THAT(o.begun, ElementsAre(0, 1, 10, 11, 20));
  EXPECT_EQ(o.played.reads.max(), 10U);
  EXPECT_EQ(o.ends, 1U);
}

TEST_F(InitiatorTest, TheReturnMayBeginTheResponse) {
  const Outcome o = play(kFive, 1, Manner::kSlowResponse);
  EXPECT_THAT(o.begun, ElementsAre(0, 10, 20, 30, 40));
  EXPECT_EQ(o.played.reads.max(), 10U);
  EXPECT_EQ(o.ends, 1U);
}

TEST_F(InitiatorTest, AnEmptyTraceEndsAtOnce) {
  EXPECT_EQ(play({}, 1, Manner::kAtOnce).ends, 1U);
}

/// Two requests, ten silences before each; what is called meanwhile must not move them.
struct Calls {
  unsigned progress = 0, silence = 0;
  std::vector<std::uint64_t> begun;
};
Calls play_sparse(Transport transport, unsigned stop_after) {
  const auto delay = static_cast<std::uint32_t>(10 * Initiator::kSilence);
  ListSource source(std::vector<Record>(2, {0, 64, delay, 0, false}));
  Target target("target", Manner::kAtOnce);
  Initiator initiator("initiator", source, config(2, transport));
  initiator.socket.bind(target.socket);
  Calls calls;
  initiator.on_progress([&] {
    if (++calls.progress == stop_after) initiator.stop();
  });
  initiator.on_silence([&] { ++calls.silence; });
  sc_core::sc_start();
  tests::tell_main_stack();
  calls.begun = target.begun;
  return calls;
}

class SparseTest : public tests::SystemCTest, public testing::WithParamInterface<Transport> {};
INSTANTIATE_TEST_SUITE_P(Transports, SparseTest,
                         testing::Values(Transport::kApproximate, Transport::kTemporal),
                         [](const auto& transport) {
                           return transport.param == Transport::kTemporal ? "temporal"
                                                                          : "approximate";
                         });

TEST_P(SparseTest, ALongPauseIsNoSilenceForWhoeverWaitsToInterrupt) {
  const Calls calls = play_sparse(GetParam(), 0);
  EXPECT_GE(calls.progress, 18U) << "between the ends of twenty silences";
  EXPECT_GE(calls.silence, 18U);
  EXPECT_THAT(calls.begun, ElementsAre(10 * Initiator::kSilence, 20 * Initiator::kSilence));
}

TEST_P(SparseTest, CanBeStoppedInALongPause) {
  EXPECT_THAT(play_sparse(GetParam(), 5).begun, testing::IsEmpty());
  EXPECT_LE(sc_core::sc_time_stamp().value(), 5 * Initiator::kSilence * kEdge);
}

const std::vector<Record> kBeyond{{0, 64, 0, 0, false}, {1 << 20, 64, 0, 0, false}};

TEST_F(InitiatorTest, WhatTheSourceThrowsComesOut) {
  EXPECT_THROW(play(kBeyond, 1, Manner::kAtOnce), TraceError);
}

TEST_F(InitiatorTest, WhatTheSourceThrowsComesOutOfATemporalPlay) {
  EXPECT_THROW(play(kBeyond, 1, Manner::kAtOnce, Transport::kTemporal), TraceError);
}

TEST_F(InitiatorTest, AnErrorResponseIsReported) {
  ListSource source({{0, 64, 0, 0, false}});
  Target target("target", Manner::kAtOnce);
  target.status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  Initiator initiator("initiator", source, config(1, Transport::kApproximate));
  initiator.socket.bind(target.socket);
  sc_core::sc_report_handler::set_actions(Initiator::kMessage, sc_core::SC_DO_NOTHING);
  sc_core::sc_start();
  sc_core::sc_report_handler::set_actions(Initiator::kMessage, sc_core::SC_UNSPECIFIED);
  expect_reports(1);
}

}  // namespace
}  // namespace lookaside::traffic
