// SPDX-License-Identifier: Apache-2.0
// Every rule of nb_transport that the checker knows is broken once.
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/protocol/checker.h>

#include "target_fixture.h"

namespace lookaside::tests {
namespace {

using sc_core::sc_time;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;
using Payload = tlm::tlm_generic_payload;

std::vector<std::string> reports;

void keep(const sc_core::sc_report& report, const sc_core::sc_actions&) {
  reports.emplace_back(report.get_msg());
}

struct PhasedTarget : sc_core::sc_module {
  explicit PhasedTarget(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_fw(this, &PhasedTarget::forward);
  }
  tlm_utils::simple_target_socket<PhasedTarget, 64> socket;
  std::function<tlm_sync_enum(Payload&, tlm_phase&, sc_time&)> on_forward;
  tlm_sync_enum forward(Payload& p, tlm_phase& phase, sc_time& delay) {
    return on_forward ? on_forward(p, phase, delay) : tlm::TLM_ACCEPTED;
  }
};

struct PhasedSource : sc_core::sc_module {
  explicit PhasedSource(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &PhasedSource::backward);
  }
  tlm_utils::simple_initiator_socket<PhasedSource, 64> socket;
  std::function<tlm_sync_enum(Payload&, tlm_phase&, sc_time&)> on_backward;
  tlm_sync_enum backward(Payload& p, tlm_phase& phase, sc_time& delay) {
    return on_backward ? on_backward(p, phase, delay) : tlm::TLM_ACCEPTED;
  }
};

class NoMemory : public tlm::tlm_mm_interface {
 public:
  void free(Payload*) override {}
};

class CheckerNbTest : public SystemCTest {
 protected:
  CheckerNbTest() : source("source"), checker("checker"), target("target") {
    reports.clear();
    sc_core::sc_report_handler::set_handler(keep);
    source.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(target.socket);
    for (Payload* p : {&a, &b}) {
      p->set_mm(&memory);
      p->acquire();
      prepare(*p);
    }
    elaborate();
  }
  ~CheckerNbTest() override { sc_core::sc_report_handler::set_handler(nullptr); }

  void prepare(Payload& p) {
    p.set_command(tlm::TLM_READ_COMMAND);
    p.set_address(0x100);
    p.set_data_ptr(data);
    p.set_data_length(8);
    p.set_streaming_width(8);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  tlm_sync_enum forward(Payload& p, tlm_phase phase, unsigned ns = 0) {
    sc_time delay(ns, sc_core::SC_NS);
    return source.socket->nb_transport_fw(p, phase, delay);
  }
  tlm_sync_enum backward(Payload& p, tlm_phase phase, unsigned ns = 0) {
    if (phase == tlm::BEGIN_RESP) p.set_response_status(tlm::TLM_OK_RESPONSE);
    sc_time delay(ns, sc_core::SC_NS);
    return target.socket->nb_transport_bw(p, phase, delay);
  }
  void expect_one(const std::string& rule) {
    ASSERT_EQ(reports.size(), 1U) << ::testing::PrintToString(reports);
    EXPECT_THAT(reports[0], ::testing::StartsWith("checker: " + rule + ": "));
    EXPECT_EQ(checker.violations(), 1U);
    expect_reports(1);
  }

  PhasedSource source;
  protocol::Checker checker;
  PhasedTarget target;
  NoMemory memory;
  Payload a, b;
  unsigned char data[8] = {};
};

TEST_F(CheckerNbTest, FourPhasesAndTheirShortFormsAreFine) {
  forward(a, tlm::BEGIN_REQ, 2);
  backward(a, tlm::END_REQ, 3);
  forward(b, tlm::BEGIN_REQ, 4);
  backward(a, tlm::BEGIN_RESP, 5);
  EXPECT_EQ(checker.in_flight(), 2U);
  forward(a, tlm::END_RESP, 6);
  source.on_backward = [](Payload&, tlm_phase&, sc_time&) { return tlm::TLM_COMPLETED; };
  backward(b, tlm::BEGIN_RESP, 7);  // END_REQ is implied, END_RESP too
  prepare(a);
  target.on_forward = [](Payload& p, tlm_phase&, sc_time&) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
  };
  forward(a, tlm::BEGIN_REQ, 8);
  prepare(b);
  target.on_forward = [](Payload&, tlm_phase& phase, sc_time& delay) {
    phase = tlm::END_REQ;
    delay += sc_time(1, sc_core::SC_NS);
    return tlm::TLM_UPDATED;
  };
  forward(b, tlm::BEGIN_REQ, 9);
  source.on_backward = [](Payload&, tlm_phase& phase, sc_time&) {
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  };
  backward(b, tlm::BEGIN_RESP, 11);
  EXPECT_EQ(checker.violations(), 0U) << ::testing::PrintToString(reports);
  EXPECT_EQ(checker.in_flight(), 0U);
}

TEST_F(CheckerNbTest, NoMemoryManager) {
  Payload bare;
  prepare(bare);
  forward(bare, tlm::BEGIN_REQ);
  expect_one("H-NB-01");
}
TEST_F(CheckerNbTest, BackwardPhaseOnTheForwardPath) {
  forward(a, tlm::BEGIN_REQ);
  forward(a, tlm::END_REQ);
  expect_one("H-NB-03");
}
TEST_F(CheckerNbTest, ForwardPhaseOnTheBackwardPath) {
  forward(a, tlm::BEGIN_REQ);
  backward(a, tlm::BEGIN_RESP);
  sc_time delay;
  tlm_phase phase = tlm::END_RESP;
  target.socket->nb_transport_bw(a, phase, delay);
  expect_one("H-NB-03");
}
TEST_F(CheckerNbTest, ReturnsAPhaseOfTheWrongSide) {
  target.on_forward = [](Payload&, tlm_phase&, sc_time&) { return tlm::TLM_UPDATED; };
  forward(a, tlm::BEGIN_REQ);
  ASSERT_FALSE(reports.empty());
  EXPECT_THAT(reports[0], ::testing::StartsWith("checker: H-NB-03: "));
  expect_reports(static_cast<int>(reports.size()));
}
TEST_F(CheckerNbTest, EndReqTwice) {
  forward(a, tlm::BEGIN_REQ);
  backward(a, tlm::END_REQ);
  backward(a, tlm::END_REQ);
  expect_one("H-NB-04");
}
TEST_F(CheckerNbTest, EndRespWithoutBeginResp) {
  forward(a, tlm::BEGIN_REQ);
  forward(a, tlm::END_RESP);
  expect_one("H-NB-04");
}
TEST_F(CheckerNbTest, ResponseOfNoRequest) {
  backward(a, tlm::BEGIN_RESP);
  expect_one("H-NB-04");
}
TEST_F(CheckerNbTest, SecondRequestBeforeEndReq) {
  forward(a, tlm::BEGIN_REQ);
  forward(b, tlm::BEGIN_REQ);
  expect_one("H-NB-05");
}
TEST_F(CheckerNbTest, SecondResponseBeforeEndResp) {
  forward(a, tlm::BEGIN_REQ);
  backward(a, tlm::END_REQ);
  forward(b, tlm::BEGIN_REQ);
  backward(a, tlm::BEGIN_RESP);
  backward(b, tlm::BEGIN_RESP);
  expect_one("H-NB-06");
}
TEST_F(CheckerNbTest, AcceptedWithAnotherDelay) {
  target.on_forward = [](Payload&, tlm_phase&, sc_time& delay) {
    delay += sc_time(1, sc_core::SC_NS);
    return tlm::TLM_ACCEPTED;
  };
  forward(a, tlm::BEGIN_REQ);
  expect_one("H-NB-07");
}
TEST_F(CheckerNbTest, AcceptedWithDataAlreadyThere) {
  target.on_forward = [](Payload& p, tlm_phase&, sc_time&) {
    p.get_data_ptr()[0] = 1;
    return tlm::TLM_ACCEPTED;
  };
  forward(a, tlm::BEGIN_REQ);
  expect_one("H-NB-07");
}
TEST_F(CheckerNbTest, CompletedWithoutAStatus) {
  target.on_forward = [](Payload&, tlm_phase&, sc_time&) { return tlm::TLM_COMPLETED; };
  forward(a, tlm::BEGIN_REQ);
  expect_one("H-NB-09");
}
TEST_F(CheckerNbTest, TimeGoesBack) {
  forward(a, tlm::BEGIN_REQ, 10);
  backward(a, tlm::END_REQ, 9);
  expect_one("H-NB-13");
}
TEST_F(CheckerNbTest, APayloadSentAgainWhileOnItsWay) {
  forward(a, tlm::BEGIN_REQ);
  backward(a, tlm::END_REQ);
  forward(a, tlm::BEGIN_REQ);
  expect_one("H-NB-20");
}
TEST_F(CheckerNbTest, TheTargetChangesTheAddress) {
  forward(a, tlm::BEGIN_REQ);
  a.set_address(0x200);
  backward(a, tlm::BEGIN_RESP);
  expect_one("H-GP-03");
}

}  // namespace
}  // namespace lookaside::tests
