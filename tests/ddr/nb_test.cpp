// SPDX-License-Identifier: Apache-2.0
// The four-phase side of the DDR controller, with the protocol checker in between. Expected clocks
// are JEDEC's DDR4-2400T: tRCD = tRP = CL = 17, CWL = 12, BL/2 = 4, tCCD_L = 6; one clock more is
// the scheduler's.
#include <string>
#include <vector>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::AtomicOp;
using tests::NbJob;
using tests::NbResult;

class NbTest : public tests::SystemCTest {};

TEST_F(NbTest, AnUnloadedReadTakesItsCommandsAndOneClock) {
  NbSystem s;
  s.master.add(read(kBase));
  s.run();
  const NbResult& r = s.master.results[0];
  EXPECT_EQ(r.status, tlm::TLM_OK_RESPONSE);
  EXPECT_FALSE(r.back_pressure);
  EXPECT_EQ(r.end_req_ps, 0U);
  EXPECT_EQ(r.begin_resp_ps, clocks(1 + 17 + 17 + 4));
}

TEST_F(NbTest, ALongPayloadIsItsBursts) {
  NbSystem s;
  s.master.add(read(kBase + 32, 256));
  s.run();
  EXPECT_EQ(s.master.results[0].begin_resp_ps, clocks(1 + 17 + 17 + 4 + 4 * 6)) << "five bursts";
  EXPECT_EQ(s.statistic("row_hits.dma") + s.statistic("row_misses.dma"), 5U);
  EXPECT_EQ(s.statistic("accesses.dma"), 1U);
}

TEST_F(NbTest, APayloadLongerThanTheQueueGoesThrough) {
  ControllerConfig config = NbSystem::small();
  config.channel.queue_depth = 2;
  NbSystem s(config);
  std::vector<std::uint8_t> data(4096);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
  s.master.add(write(kBase + 0x1000, data));
  s.master.add(read(kBase + 0x1000, data.size()));
  s.run();
  EXPECT_TRUE(s.master.results[0].back_pressure);
  EXPECT_EQ(s.master.results[1].data, data);
}

TEST_F(NbTest, AFullQueueHoldsBackEndReq) {
  ControllerConfig config = NbSystem::small();
  config.channel.queue_depth = 2;
  NbSystem s(config);
  for (unsigned i = 0; i < 4; ++i) s.master.add(read(kBase + 64 * i));
  s.run();
  const auto& r = s.master.results;
  EXPECT_FALSE(r[0].back_pressure);
  EXPECT_FALSE(r[1].back_pressure);
  EXPECT_TRUE(r[2].back_pressure);
  EXPECT_EQ(r[2].end_req_ps, clocks(1 + 17)) << "the first column command makes room";
  EXPECT_EQ(r[3].begin_req_ps, r[2].end_req_ps) << "request exclusion";
  EXPECT_EQ(r[3].begin_resp_ps, clocks(1 + 17 + 17 + 4 + 3 * 6)) << "the bus does not notice";
  EXPECT_EQ(s.statistic("queues.full"), 2U);
}

TEST_F(NbTest, ErrorsGoThroughAllPhases) {
  NbSystem s;
  s.master.add(read(kBase + kBytes));
  s.master.add(read(kBase + kBytes - 8));
  s.master.add(read(kBase));
  s.run();
  EXPECT_EQ(s.master.results[0].status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(s.master.results[1].status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(s.master.results[2].status, tlm::TLM_OK_RESPONSE);
}

NbJob atomic(AtomicOp op, std::uint64_t operand, std::uint64_t expected = 0) {
  NbJob job = write(kBase + 8, {0, 0, 0, 0, 0, 0, 0, 0});
  job.write = op != AtomicOp::kLoadReserved;
  job.atomic = true;
  job.op = op;
  job.operand = operand;
  job.expected = expected;
  return job;
}

TEST_F(NbTest, AtomicsReadAndThenWrite) {
  NbSystem s;
  s.master.outstanding = 1;
  s.master.add(atomic(AtomicOp::kAdd, 5));
  s.master.add(atomic(AtomicOp::kAdd, 6));
  s.master.add(atomic(AtomicOp::kCompareAndSwap, 7, 11));
  s.master.add(atomic(AtomicOp::kStoreConditional, 1));
  s.master.add(atomic(AtomicOp::kLoadReserved, 0));
  s.master.add(atomic(AtomicOp::kStoreConditional, 9));
  s.master.add(read(kBase + 8, 8));
  s.run();
  const auto& r = s.master.results;
  for (std::size_t i = 0; i + 1 < r.size(); ++i) EXPECT_TRUE(r[i].atomic.acknowledged) << i;
  EXPECT_EQ(r[1].atomic.result, 5U);
  EXPECT_TRUE(r[2].atomic.succeeded);
  EXPECT_FALSE(r[3].atomic.succeeded);
  EXPECT_EQ(r[4].atomic.result, 7U);
  EXPECT_TRUE(r[5].atomic.succeeded);
  EXPECT_EQ(r[6].data[0], 9U);
  EXPECT_EQ(r[0].begin_resp_ps, clocks(1 + 17 + 17 + 4)) << "answered when it has read";
  EXPECT_EQ(r[3].begin_resp_ps, r[3].begin_req_ps) << "no reservation: no DRAM";
  EXPECT_EQ(s.statistic("commands.RD"), 5U) << "three that read and write, LR and the read";
  EXPECT_EQ(s.statistic("commands.WR"), 4U) << "three, and the SC that succeeded";
}

TEST_F(NbTest, TimingAnnotationsAreHonoured) {
  NbSystem s;
  s.master.annotate_ps = 1'000'000;
  s.master.add(read(kBase));
  s.run();
  EXPECT_EQ(s.master.results[0].end_req_ps, 1'000'000U);
  EXPECT_EQ(s.master.results[0].begin_resp_ps, 1'000'000 + clocks(1 + 17 + 17 + 4));
}

TEST_F(NbTest, ASlowInitiatorHoldsBackTheNextResponse) {
  NbSystem s;
  s.master.end_resp_ps = 100'000;
  s.master.add(read(kBase));
  s.master.add(read(kBase + 64));
  s.run();
  EXPECT_EQ(s.master.results[1].begin_resp_ps, s.master.results[0].begin_resp_ps + 100'000);
}

TEST_F(NbTest, PostedWritesAreAnsweredWhenAcceptedAndForwarded) {
  ControllerConfig config = NbSystem::small();
  config.channel.posted_writes = config.channel.split_queues = true;
  NbSystem s(config);
  s.master.add(write(kBase, std::vector<std::uint8_t>(64, 0x11)));
  s.master.add(read(kBase));
  s.run();
  EXPECT_EQ(s.master.results[0].begin_resp_ps, clocks(1));
  EXPECT_EQ(s.master.results[1].data[63], 0x11U);
  EXPECT_EQ(s.master.results[1].begin_resp_ps, clocks(1));
  EXPECT_EQ(s.statistic("forwarded_reads"), 1U);
}

TEST_F(NbTest, ControllerClocksAddToEveryAccess) {
  ControllerConfig config = NbSystem::small();
  config.pipeline_clocks = 10;
  NbSystem s(config);
  s.master.add(read(kBase));
  s.run();
  EXPECT_EQ(s.master.results[0].begin_resp_ps, clocks(10 + 1 + 17 + 17 + 4));
}

/// Without the checker, which would speak first.
TEST_F(NbTest, WhatBreaksTheProtocolIsReportedAndAnswered) {
  Controller ddr("ddr", NbSystem::small());
  tests::NbMaster master("master");
  master.socket.bind(ddr.socket);
  tests::elaborate();
  sc_core::sc_report_handler::set_actions(NbPort::kProtocolMessage, sc_core::SC_DO_NOTHING);
  const auto send = [&](tlm::tlm_generic_payload& p, tlm::tlm_phase phase) {
    sc_core::sc_time delay;
    return master.socket->nb_transport_fw(p, phase, delay);
  };
  tlm::tlm_generic_payload bare;
  EXPECT_EQ(send(bare, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
  EXPECT_EQ(bare.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(send(bare, tlm::END_RESP), tlm::TLM_ACCEPTED) << "there was no BEGIN_RESP";
  EXPECT_EQ(send(bare, tlm::END_REQ), tlm::TLM_ACCEPTED) << "the target's to send";
  expect_reports(3);
}

}  // namespace
}  // namespace lookaside::ddr
