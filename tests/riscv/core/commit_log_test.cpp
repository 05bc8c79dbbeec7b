// SPDX-License-Identifier: Apache-2.0
// Trace lines by hand, in the format of Spike's commit log.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/commit_log.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly
using riscv::commit_log_line;
using translation::Privilege;
namespace csr = riscv::csr;

/// Keeps lines and traps of what a machine does.
struct Recorder : riscv::Observer {
  explicit Recorder(Machine& machine) : m(machine) { m.hart.set_observer(this); }
  void retired(const riscv::Commit& commit) override {
    lines.push_back(commit_log_line(commit, m.hart.config().hart_id, m.hart.xlen()));
    times.push_back(commit.time_ps);
    counts.push_back(commit.retired);
  }
  void trapped(const riscv::Trap& trap) override { traps.push_back(trap); }
  Machine& m;
  std::vector<std::string> lines;
  std::vector<std::uint64_t> times;
  std::vector<std::uint64_t> counts;
  std::vector<riscv::Trap> traps;
};

TEST(CommitLogTest, Lines64) {
  Machine m(64);
  Recorder recorder(m);
  m.load({auipc(t0, 0), csrw(csr::kMscratch, t0), sd(t0, 8, a1), sw(t0, 16, a1), ld(a0, 8, a1),
          bne(a0, zero, 4), amo(0, 2, a2, a1, a3), amo(3, 2, a4, a1, a3), amo(2, 3, a5, a1, 0),
          csrrs(a6, csr::kSstatus, a3), nop(), jal(zero, 4), csrr(s2, csr::kMhartid)});
  m.hart.set_reg(a1, Machine::kData);
  m.hart.set_reg(a3, 2);
  m.retire(13);
  const std::vector<std::string> expected = {
      "core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000",
      "core   0: 3 0x0000000080000004 (0x34029073) c832_mscratch 0x0000000080000000",
      "core   0: 3 0x0000000080000008 (0x0055b423) mem 0x0000000080010008 0x0000000080000000",
      "core   0: 3 0x000000008000000c (0x0055a823) mem 0x0000000080010010 0x80000000",
      "core   0: 3 0x0000000080000010 (0x0085b503) x10 0x0000000080000000 mem 0x0000000080010008",
      "core   0: 3 0x0000000080000014 (0x00051263)",
      std::string("core   0: 3 0x0000000080000018 (0x00d5a62f) x12 0x0000000000000000") +
          " mem 0x0000000080010000 mem 0x0000000080010000 0x00000002",
      "core   0: 3 0x000000008000001c (0x18d5a72f) x14 0x0000000000000001",
      "core   0: 3 0x0000000080000020 (0x1005b7af) x15 0x0000000000000002 mem 0x0000000080010000",
      std::string("core   0: 3 0x0000000080000024 (0x1006a873) x16 0x0000000200000000") +
          " c768_mstatus 0x0000000a00000002",
      "core   0: 3 0x0000000080000028 (0x00000013)",
      "core   0: 3 0x000000008000002c (0x0040006f)",
      "core   0: 3 0x0000000080000030 (0xf1402973) x18 0x0000000000000000"};
  EXPECT_EQ(recorder.lines, expected);
}

TEST(CommitLogTest, Lines32AndCompressed) {
  riscv::HartConfig config = Machine::config(32);
  config.hart_id = 12;
  Machine m(config);
  m.open_pmp();
  Recorder recorder(m);
  m.system.put<std::uint16_t>(Machine::kBase, 0x4505);      // c.li a0, 1
  m.system.put<std::uint16_t>(Machine::kBase + 2, 0xc188);  // c.sw a0, 0(a1)
  m.go(Machine::kBase, Privilege::kUser);
  m.hart.set_reg(a1, Machine::kData);
  m.retire(2);
  EXPECT_EQ(recorder.lines, (std::vector<std::string>{
                                "core  12: 0 0x80000000 (0x4505) x10 0x00000001",
                                "core  12: 0 0x80000002 (0xc188) mem 0x80010000 0x00000001"}));
}

TEST(CommitLogTest, TrapReturnsShowMstatus) {
  Machine m(64);
  m.open_pmp();
  Recorder recorder(m);
  m.load({mret(), sret()});
  m.csr(csr::kMepc, Machine::kBase + 4);
  m.csr(csr::kMstatus, 0x0800);
  m.retire(2);
  EXPECT_EQ(recorder.lines,
            (std::vector<std::string>{
                "core   0: 3 0x0000000080000000 (0x30200073) c768_mstatus 0x0000000a00000080",
                "core   0: 1 0x0000000080000004 (0x10200073) c768_mstatus 0x0000000a000000a0"}));
}

TEST(CommitLogTest, TrappingInstructionsAreNoCommits) {
  Machine m(64);
  Recorder recorder(m);
  m.load({nop(), lw(a0, 0, zero)});
  m.load({nop()}, Machine::kHandler);
  m.clocks(3);
  ASSERT_EQ(recorder.lines.size(), 2U);
  EXPECT_EQ(recorder.times, (std::vector<std::uint64_t>{0, 2000}));
  EXPECT_EQ(recorder.counts, (std::vector<std::uint64_t>{1, 2}));
  ASSERT_EQ(recorder.traps.size(), 1U);
  const riscv::Trap& trap = recorder.traps[0];
  EXPECT_EQ(trap.time_ps, 1000U);
  EXPECT_FALSE(trap.interrupt);
  EXPECT_EQ(trap.code, 5U);
  EXPECT_EQ(trap.epc, Machine::kBase + 4);
  EXPECT_EQ(trap.tval, 0U);
  EXPECT_EQ(trap.handler, Machine::kHandler);
}

TEST(CommitLogTest, ObservingChangesNothing) {
  for (const bool grants : {false, true}) {
    Machine plain(64);
    Machine watched(64);
    Recorder recorder(watched);
    for (Machine* m : {&plain, &watched}) {
      m->system.grants = grants;
      m->system.access_ps = 900;
      m->load({addi(a0, a0, 3), sw(a0, 0, a1), lw(a2, 0, a1), ecall(), jal(zero, -16)});
      m->load({csrr(t0, csr::kMepc), addi(t0, t0, 4), csrw(csr::kMepc, t0), mret()},
              Machine::kHandler);
      m->hart.set_reg(a1, Machine::kData);
      m->retire(500);
    }
    EXPECT_EQ(recorder.lines.size(), 500U);
    EXPECT_EQ(plain.hart.time_ps(), watched.hart.time_ps());
    EXPECT_EQ(plain.hart.pc(), watched.hart.pc());
    for (unsigned r = 0; r < 32; ++r) EXPECT_EQ(plain.hart.reg(r), watched.hart.reg(r));
  }
}

}  // namespace
}  // namespace lookaside::tests
