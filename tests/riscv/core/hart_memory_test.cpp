// SPDX-License-Identifier: Apache-2.0
// Fetch and data accesses under translation and PMP: how many requests, which faults, which tval.
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/hart.h>
#include <lookaside/translation/format.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly
using translation::Access;
using translation::Privilege;
namespace csr = riscv::csr;
namespace status = riscv::mstatus;

constexpr std::uint64_t kBase = Machine::kBase;
constexpr std::uint64_t kRoot = kBase + 0x40000;
constexpr std::uint64_t kVa = 0x400000;         ///< virtual page 0; the next ones follow
constexpr std::uint64_t kPa = kBase + 0x20000;  ///< where page 0 lies; page n at kPa + 0x2000 n
constexpr std::uint64_t kUserRwx = 0xdf;        ///< V R W X U A D
constexpr std::uint64_t kUserRw = 0xd7;
constexpr std::uint64_t kUserX = 0x59;

/// Sv39 (RV64) or Sv32 (RV32) with four user pages at kVa, physically apart.
struct PagedMachine : Machine {
  explicit PagedMachine(unsigned xlen, riscv::HartConfig c) : Machine(with_xlen(c, xlen)) {
    open_pmp();
    for (unsigned n = 0; n < 4; ++n) map(n, kUserRwx);
    if (xlen == 64) {
      system.put<std::uint64_t>(kRoot, ((kRoot + 0x1000) >> 12) << 10 | 1);
      system.put<std::uint64_t>(kRoot + 0x1010, ((kRoot + 0x2000) >> 12) << 10 | 1);
      csr(csr::kSatp, 8ULL << 60 | kRoot >> 12);
    } else {
      system.put<std::uint32_t>(kRoot + 4,
                                static_cast<std::uint32_t>((kRoot + 0x2000) >> 12 << 10 | 1));
      csr(csr::kSatp, 1ULL << 31 | kRoot >> 12);
    }
  }
  explicit PagedMachine(unsigned xlen) : PagedMachine(xlen, Machine::config(xlen)) {}

  void map(unsigned page, std::uint64_t bits) {
    const std::uint64_t pte = (pa(page) >> 12) << 10 | bits;
    if (hart.xlen() == 64) {
      system.put<std::uint64_t>(kRoot + 0x2000 + 8ULL * page, pte);
    } else {
      system.put<std::uint32_t>(kRoot + 0x2000 + 4ULL * page, static_cast<std::uint32_t>(pte));
    }
  }
  static std::uint64_t pa(unsigned page) { return kPa + 0x2000ULL * page; }
  static std::uint64_t va(unsigned page) { return kVa + 0x1000ULL * page; }
  /// A 32-bit word across the end of page 0.
  void straddle(std::uint32_t word) {
    system.put<std::uint16_t>(pa(0) + 0xffe, static_cast<std::uint16_t>(word));
    system.put<std::uint16_t>(pa(1), static_cast<std::uint16_t>(word >> 16));
  }
  static riscv::HartConfig with_xlen(riscv::HartConfig c, unsigned xlen) {
    c.xlen = xlen;
    return c;
  }
};

struct Request {
  std::uint64_t va;
  unsigned bytes;
  bool operator==(const Request& o) const { return va == o.va && bytes == o.bytes; }
};
std::ostream& operator<<(std::ostream& out, const Request& r) {
  return out << std::hex << r.va << "/" << r.bytes;
}
std::vector<Request> requests(const FlatSystem& system, Access access) {
  std::vector<Request> result;
  for (const riscv::Transfer& t : system.transfers) {
    if (t.access == access) result.push_back({t.va, t.bytes});
  }
  return result;
}

TEST(HartMemoryTest, OneFetchPerInstructionWhateverItsLength) {
  PagedMachine m(64);
  m.system.put<std::uint16_t>(m.pa(0), 0x0001);     // c.nop
  m.system.put<std::uint32_t>(m.pa(0) + 2, nop());  // 32 bits at pc % 4 == 2
  m.system.put<std::uint16_t>(m.pa(0) + 6, 0x0001);
  m.go(m.va(0), Privilege::kUser);
  m.retire(3);
  EXPECT_EQ(requests(m.system, Access::kFetch),
            (std::vector<Request>{{kVa, 4}, {kVa + 2, 4}, {kVa + 6, 4}}));
}

TEST(HartMemoryTest, AStraddlingInstructionIsTwoFetches) {
  for (const unsigned xlen : {32U, 64U}) {
    PagedMachine m(xlen);
    m.straddle(li(a0, 7));
    m.go(m.va(0) + 0xffe, Privilege::kUser);
    m.retire(1);
    EXPECT_EQ(m.hart.reg(a0), 7U);
    EXPECT_EQ(requests(m.system, Access::kFetch),
              (std::vector<Request>{{m.va(0) + 0xffe, 2}, {m.va(1), 2}}));
  }
}

TEST(HartMemoryTest, StraddlingFetchFaults) {
  for (const unsigned xlen : {32U, 64U}) {
    for (const bool grants : {false, true}) {
      PagedMachine second(xlen);  // TVAL-02
      second.system.grants = grants;
      second.straddle(li(a0, 7));
      second.map(1, 0);
      second.go(second.va(0) + 0xffe, Privilege::kUser);
      second.clocks(1);
      EXPECT_EQ(second.csr(csr::kMcause), 12U);
      EXPECT_EQ(second.csr(csr::kMepc), second.va(0) + 0xffe);
      EXPECT_EQ(second.csr(csr::kMtval), second.va(1));

      PagedMachine first(xlen);  // TVAL-03
      first.system.grants = grants;
      first.straddle(li(a0, 7));
      first.map(0, kUserRw);
      first.go(first.va(0) + 0xffe, Privilege::kUser);
      first.clocks(1);
      EXPECT_EQ(first.csr(csr::kMcause), 12U);
      EXPECT_EQ(first.csr(csr::kMtval), first.va(0) + 0xffe);

      PagedMachine compressed(xlen);  // TVAL-04
      compressed.system.grants = grants;
      compressed.system.put<std::uint16_t>(compressed.pa(0) + 0xffe, 0x0001);
      compressed.map(1, 0);
      compressed.go(compressed.va(0) + 0xffe, Privilege::kUser);
      compressed.retire(1);
      EXPECT_EQ(compressed.exceptions(), 0U);
    }
  }
}

TEST(HartMemoryTest, APageFaultDoesNotDependOnTheSizeAndIsNotTriedAgain) {
  PagedMachine m(64);
  m.map(0, 0);
  m.go(m.va(0) + 2, Privilege::kUser);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMtval), m.va(0) + 2);
  EXPECT_EQ(requests(m.system, Access::kFetch), (std::vector<Request>{{m.va(0) + 2, 4}}));
}

TEST(HartMemoryTest, SecondHalfInASupervisorPageFaultsThere) {  // MIS-08
  PagedMachine m(64);
  m.straddle(li(a0, 7));
  m.map(1, kUserRwx & ~0x10U);
  m.go(m.va(0) + 0xffe, Privilege::kUser);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMcause), 12U);
  EXPECT_EQ(m.csr(csr::kMtval), m.va(1));
}

TEST(HartMemoryTest, FaultTvalIsTheVirtualAddress) {  // TVAL-01, WALK-06, WALK-07, WALK-21
  struct {
    std::uint32_t word;
    unsigned cause;
  } const cases[] = {{lw(a0, 4, a1), 13},         {sw(a0, 4, a1), 15},
                     {lbu(a0, 4, a1), 13},        {amo(2, 2, a0, a1, 0), 13},
                     {amo(3, 2, a0, a1, a2), 15}, {amo(0, 2, a0, a1, a2), 15}};
  for (const unsigned xlen : {32U, 64U}) {
    for (const auto& c : cases) {
      PagedMachine m(xlen);
      m.system.put(m.pa(0), c.word);
      m.map(2, 0);
      m.go(m.va(0), Privilege::kUser);
      m.hart.set_reg(a1, m.va(2) + 0x120);
      m.clocks(1);
      const bool atomic = (c.word & 0x7f) == 0x2f;
      EXPECT_EQ(m.csr(csr::kMcause), c.cause);
      EXPECT_EQ(m.csr(csr::kMtval), m.va(2) + (atomic ? 0x120 : 0x124));
      EXPECT_EQ(m.csr(csr::kMepc), m.va(0));
      ASSERT_NE(m.hart.last_trap().fault, nullptr);
      EXPECT_EQ(m.hart.last_trap().fault->rule, translation::Rule::kNotValid);
    }
  }
}

TEST(HartMemoryTest, ACrossingAccessIsOneRequestAndItsTvalTheRefusedPart) {  // TVAL-05
  for (const bool store : {false, true}) {
    for (const unsigned missing : {2U, 3U}) {
      PagedMachine m(64);
      m.system.put(m.pa(0), store ? sd(a0, 0, a1) : ld(a0, 0, a1));
      m.map(missing, 0);
      m.go(m.va(0), Privilege::kUser);
      m.hart.set_reg(a1, m.va(2) + 0xffc);
      m.clocks(1);
      EXPECT_EQ(m.csr(csr::kMcause), store ? 15U : 13U);
      EXPECT_EQ(m.csr(csr::kMtval), missing == 2 ? m.va(2) + 0xffc : m.va(3));
      EXPECT_EQ(requests(m.system, store ? Access::kStore : Access::kLoad),
                (std::vector<Request>{{m.va(2) + 0xffc, 8}}));
    }
  }
  PagedMachine m(64);
  m.system.put(m.pa(0), ld(a0, 0, a1));
  m.system.put<std::uint32_t>(m.pa(2) + 0xffc, 0x44332211);
  m.system.put<std::uint32_t>(m.pa(3), 0x88776655);
  m.go(m.va(0), Privilege::kUser);
  m.hart.set_reg(a1, m.va(2) + 0xffc);
  m.retire(1);
  EXPECT_EQ(m.hart.reg(a0), 0x8877665544332211U);
}

/// PMP: [kBase, kBase + limit) executable and readable, by NA4 pieces it does not matter: TOR.
void allow_below(Machine& m, std::uint64_t limit) {
  m.csr(csr::kPmpaddr0, (kBase + limit) >> 2);
  m.csr(csr::kPmpcfg0, 0x0f);
}

TEST(HartMemoryTest, AFetchRefusedForItsSizeIsTriedByHalves) {
  for (const unsigned xlen : {32U, 64U}) {
    Machine compressed(xlen);
    compressed.system.put<std::uint16_t>(kBase + 0xfe, 0x0001);  // the last allowed half-word
    allow_below(compressed, 0x100);
    compressed.go(kBase + 0xfe, Privilege::kUser);
    compressed.retire(1);
    EXPECT_EQ(compressed.exceptions(), 0U);
    EXPECT_EQ(requests(compressed.system, Access::kFetch),
              (std::vector<Request>{{kBase + 0xfe, 4}, {kBase + 0xfe, 2}}));

    Machine full(xlen);
    full.system.put<std::uint32_t>(kBase + 0xfe, nop());
    allow_below(full, 0x100);
    full.go(kBase + 0xfe, Privilege::kUser);
    full.clocks(1);
    EXPECT_EQ(full.csr(csr::kMcause), 1U);
    EXPECT_EQ(full.csr(csr::kMepc), kBase + 0xfe);
    EXPECT_EQ(full.csr(csr::kMtval), kBase + 0x100) << "the half that was refused";

    Machine aligned(xlen);  // nothing to gain at pc % 4 == 0: PMP's grain is four bytes
    allow_below(aligned, 0x100);
    aligned.go(kBase + 0x100, Privilege::kUser);
    aligned.clocks(1);
    EXPECT_EQ(aligned.csr(csr::kMcause), 1U);
    EXPECT_EQ(aligned.csr(csr::kMtval), kBase + 0x100);
    EXPECT_EQ(requests(aligned.system, Access::kFetch), (std::vector<Request>{{kBase + 0x100, 4}}));
  }
}

TEST(HartMemoryTest, ACompressedInstructionInTheLastBytesOfMemoryRuns) {
  Machine m(64);
  m.system.put<std::uint16_t>(kBase + FlatSystem::kSize - 2, 0x0001);
  m.hart.set_pc(kBase + FlatSystem::kSize - 2);
  m.retire(1);
  EXPECT_EQ(m.exceptions(), 0U);
  m.clocks(1);
  EXPECT_EQ(m.csr(csr::kMcause), 1U);
  EXPECT_EQ(m.csr(csr::kMtval), kBase + FlatSystem::kSize);
}

TEST(HartMemoryTest, AccessFaultsOfPmpHaveTheirOwnCauses) {  // PMP-18
  struct {
    std::uint32_t word;
    unsigned cause;
  } const cases[] = {{lw(a0, 0, a1), 5},
                     {sw(a0, 0, a1), 7},
                     {amo(2, 2, a0, a1, 0), 5},
                     {amo(3, 2, a0, a1, a2), 7},
                     {amo(0, 2, a0, a1, a2), 7}};
  for (const auto& c : cases) {
    Machine m(64);
    m.load({c.word});
    allow_below(m, 0x100);
    m.go(kBase, Privilege::kSupervisor);
    m.hart.set_reg(a1, Machine::kData);
    m.clocks(1);
    EXPECT_EQ(m.csr(csr::kMcause), c.cause);
    EXPECT_EQ(m.csr(csr::kMtval), Machine::kData);
  }
}

TEST(HartMemoryTest, MprvTranslatesDataButNotFetches) {  // PRV-01, PRV-02
  PagedMachine m(64);
  m.system.put<std::uint32_t>(m.pa(2), 0x1234567);
  m.load({lw(a0, 0, a1), csrrc(zero, csr::kMstatus, a2), lw(a3, 0, a1)});
  m.csr(csr::kMstatus, status::kMprv | status::kSum);  // MPP = U
  m.hart.set_reg(a1, m.va(2));
  m.hart.set_reg(a2, status::kMprv);
  m.clocks(3);
  EXPECT_EQ(m.hart.reg(a0), 0x1234567U);
  EXPECT_EQ(m.csr(csr::kMcause), 5U) << "physical address kVa holds no memory";
  EXPECT_EQ(m.csr(csr::kMtval), m.va(2));
}

TEST(HartMemoryTest, SumAndMxrActOnTheNextAccess) {  // PERM-02, PERM-03, PERM-05
  for (const bool grants : {false, true}) {
    PagedMachine m(64);
    m.system.grants = grants;
    m.map(3, kUserRwx & ~0x10U);  // supervisor page for the code
    m.map(2, kUserX);
    m.system.put(m.pa(3), csrrs(zero, csr::kSstatus, a2));
    m.system.put(m.pa(3) + 4, lw(a0, 0, a1));  // faults: X only, no MXR
    m.system.put(m.pa(3) + 8, csrrs(zero, csr::kSstatus, a3));
    m.system.put(m.pa(3) + 12, lw(a4, 0, a1));  // works
    m.system.put(m.pa(3) + 16, csrrc(zero, csr::kSstatus, a2));
    m.system.put(m.pa(3) + 20, lw(a5, 0, a1));  // faults: SUM is off
    m.system.put<std::uint32_t>(m.pa(2), 0x77);
    m.load({csrr(t0, csr::kMepc), addi(t0, t0, 4), csrw(csr::kMepc, t0), addi(t1, t1, 1), mret()},
           Machine::kHandler);  // skip what faults, count
    m.go(m.va(3), Privilege::kSupervisor);
    m.hart.set_reg(a1, m.va(2));
    m.hart.set_reg(a2, status::kSum);
    m.hart.set_reg(a3, status::kMxr);
    m.retire(4 + 2 * 5);
    EXPECT_EQ(m.hart.reg(a4), 0x77U);
    EXPECT_EQ(m.hart.reg(a0), 0U);
    EXPECT_EQ(m.hart.reg(a5), 0U);
    EXPECT_EQ(m.hart.reg(t1), 2U);
    EXPECT_EQ(m.csr(csr::kMcause), 13U);
  }
}

TEST(HartMemoryTest, ContextAndPmpReachTheMmuBeforeTheNextAccess) {
  Machine m(64);
  m.load({csrw(csr::kSatp, a0), csrw(csr::kPmpaddr0, a1), mret()});
  m.hart.set_reg(a0, 8ULL << 60 | 5ULL << 44 | 0x80123);
  m.hart.set_reg(a1, 0x99);
  m.retire(1);
  EXPECT_EQ(m.system.context.format, &translation::kSv39);
  EXPECT_EQ(m.system.context.asid, 5U);
  EXPECT_EQ(m.system.context.root, 0x80123000U);
  EXPECT_EQ(m.system.context.fetch_privilege, Privilege::kMachine);
  m.retire(1);
  EXPECT_EQ(m.system.pmp.addr(0), 0x99U);
  m.retire(1);
  EXPECT_EQ(m.system.context.fetch_privilege, Privilege::kUser);
}

TEST(HartMemoryTest, AGrantIsDroppedWhenItsGenerationMoves) {
  Machine m(64);
  m.system.grants = true;
  m.load({lw(a0, 0, a1), lw(a0, 0, a1), lw(a0, 0, a1), lw(a0, 0, a1)});
  m.hart.set_reg(a1, Machine::kData);
  m.retire(3);
  EXPECT_EQ(m.system.repeats, 4U) << "two fetches and two loads";
  ++m.system.generation;
  m.retire(1);
  EXPECT_EQ(m.system.repeats, 4U) << "fetch and load asked again";
}

TEST(HartMemoryTest, UncountableGrantsAreAskedForEachTime) {
  struct Uncountable : FlatSystem {
    bool direct(riscv::Port port, std::uint64_t va, unsigned bytes, Access access,
                riscv::Grant& grant) override {
      const bool served = FlatSystem::direct(port, va, bytes, access, grant);
      grant.countable = false;
      return served;
    }
  } system;
  system.grants = true;
  riscv::Hart hart(Machine::config(64), system);
  for (unsigned n = 0; n < 8; ++n) system.put(kBase + 4ULL * n, lw(a0, 0, a1));
  hart.set_reg(a1, Machine::kData);
  hart.set_instruction_limit(8);
  hart.run(~0ULL);
  EXPECT_EQ(system.lookups, 16U);
  EXPECT_EQ(system.repeats, 0U);
}

TEST(HartMemoryTest, AGrantOfASuperpageIsUsedPageByPage) {
  struct Wide : FlatSystem {
    std::vector<Request> asked;
    bool direct(riscv::Port port, std::uint64_t va, unsigned bytes, Access access,
                riscv::Grant& grant) override {
      if (!FlatSystem::direct(port, va, bytes, access, grant)) return false;
      grant.last += 0x3000;
      asked.push_back({va, bytes});
      return true;
    }
  } system;
  system.grants = true;
  riscv::Hart hart(Machine::config(64), system);
  // One Sv39 gigapage maps everything to itself; M-mode may write the tables by hand.
  system.put<std::uint64_t>(kRoot + 0x10, (kBase >> 12) << 10 | kUserRwx);
  hart.csrs().write(csr::kPmpaddr0, ~0ULL);
  hart.csrs().write(csr::kPmpcfg0, 0x1f);
  hart.csrs().write(csr::kSatp, 8ULL << 60 | kRoot >> 12);
  hart.csrs().write(csr::kMepc, kBase + 0xff8);
  hart.set_pc(hart.csrs().leave_machine_trap());
  system.put<std::uint16_t>(kBase + 0xff8, 0x0001);
  for (const std::uint64_t offset : {0xffaU, 0xffeU, 0x1002U}) system.put(kBase + offset, nop());
  hart.set_instruction_limit(4);
  hart.run(~0ULL);
  EXPECT_EQ(system.asked,
            (std::vector<Request>{{kBase + 0xff8, 4}, {kBase + 0xffe, 2}, {kBase + 0x1000, 2}}));
  EXPECT_EQ(system.repeats, 2U) << "the second and the fourth instruction";
}

TEST(HartMemoryTest, StoresNeedTheWriteRightOfAGrant) {
  PagedMachine m(64);
  m.system.grants = true;
  m.map(2, kUserRwx & ~0x04U);  // W = 0
  m.system.put(m.pa(0), lw(a0, 0, a1));
  m.system.put(m.pa(0) + 4, sw(a2, 0, a1));
  m.system.put<std::uint32_t>(m.pa(2), 5);
  m.go(m.va(0), Privilege::kUser);
  m.hart.set_reg(a1, m.va(2));
  m.hart.set_reg(a2, 6);
  m.clocks(2);
  EXPECT_EQ(m.csr(csr::kMcause), 15U);
  EXPECT_EQ(m.system.get<std::uint32_t>(m.pa(2)), 5U);
}

TEST(HartMemoryTest, EachInstructionCostsAClockAndItsLatencies) {
  for (const bool grants : {false, true}) {
    Machine m(64);
    m.system.grants = grants;
    m.system.access_ps = 1500;
    m.load({nop(), lw(a0, 0, a1), amo(0, 2, a0, a1, a2), ecall()});
    m.hart.set_reg(a1, Machine::kData);
    m.hart.run(1);
    EXPECT_EQ(m.hart.time_ps(), 2500U);
    m.hart.run(m.hart.time_ps() + 1);
    EXPECT_EQ(m.hart.time_ps(), 2500U + 4000U);
    m.hart.run(m.hart.time_ps() + 1);
    EXPECT_EQ(m.hart.time_ps(), 2500U + 4000U + 4000U);
    m.hart.run(m.hart.time_ps() + 1);
    EXPECT_EQ(m.hart.time_ps(), 2500U + 4000U + 4000U + 2500U) << "a trap costs what it did so far";
  }
}

}  // namespace
}  // namespace lookaside::tests
