// SPDX-License-Identifier: Apache-2.0
// lookaside_axi between a walker and an AXI memory: what it answers, that the protocol is kept, and
// how long it takes; then the whole MMU through it.
#include <Axi32.h>
#include <Axi64.h>
#include <AxiLite.h>
#include <MmuRv64.h>
#include <array>
#include <iostream>

#include <gmock/gmock.h>

#include <lookaside/translation/walk.h>

#include "pins/axi_memory.h"

namespace lookaside::tests {
namespace {

struct Answer {
  bool error = false, swapped = false;
  std::uint64_t data = 0;
  unsigned edges = 0;  ///< from the one that takes the request to that of the answer
};

std::string text(const std::vector<pins::AxiViolation>& violations) {
  std::string all;
  for (const pins::AxiViolation& v : violations) all += pins::text(v) + "\n";
  return all;
}

template <typename Model>
class Port {
 public:
  explicit Port(AxiMemory& memory) : memory_(memory) {
    axi_->mem_req_valid_i = 0;
    memory_.drive(*axi_);
    axi_->rst_ni = 0;
    axi_.settle();
    memory_.clocked(*axi_);
    axi_.reset();
  }
  Answer access(bool cas, std::uint64_t address, std::uint64_t expected = 0,
                std::uint64_t desired = 0) {
    constexpr unsigned kPatience = 10'000;
    axi_->mem_req_valid_i = 1;
    axi_->mem_req_cas_i = cas;
    put(axi_->mem_req_addr_i, address);
    put(axi_->mem_req_expected_i, expected);
    put(axi_->mem_req_desired_i, desired);
    memory_.drive(*axi_);
    axi_.settle();
    EXPECT_NE(axi_->mem_req_ready_o, 0) << "one access at a time, and it has ended";
    EXPECT_EQ(axi_->mem_rsp_valid_o, 0) << "nothing was asked";
    edge();
    axi_->mem_req_valid_i = 0;
    put(axi_->mem_req_addr_i, ~address);  // latched
    put(axi_->mem_req_expected_i, ~expected);
    put(axi_->mem_req_desired_i, ~desired);
    for (unsigned edges = 1; edges < kPatience; ++edges) {
      memory_.drive(*axi_);
      axi_.settle();
      EXPECT_EQ(axi_->mem_req_ready_o, 0) << "one access at a time, and it has not ended";
      const Answer answer{axi_->mem_rsp_error_o != 0, axi_->mem_rsp_swapped_o != 0,
                          axi_->mem_rsp_data_o, edges};
      const bool answered = axi_->mem_rsp_valid_o != 0;
      edge();
      if (answered) return answer;
    }
    ADD_FAILURE() << "no answer";
    return {};
  }

 private:
  void edge() {
    memory_.clocked(*axi_);
    axi_.edge();
  }
  AxiMemory& memory_;
  Clocked<Model> axi_;
};

template <typename Model>
void random_accesses(unsigned bytes) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Random random(start);
  AxiMemory memory(start, bytes, false);
  memory.error_percent = 3;
  memory.rival_percent = 10;
  Port<Model> port(memory);
  const std::uint64_t mask = bytes == 8 ? ~std::uint64_t{0} : 0xffff'ffff;
  // A few words at a time, so that they meet again, anywhere in the physical address space.
  const std::uint64_t space = bytes == 8 ? std::uint64_t{1} << 56 : std::uint64_t{1} << 34;
  std::array<std::uint64_t, 16> pool{};
  for (std::uint64_t& address : pool) address = random.next() % (space / bytes) * bytes;
  unsigned errors = 0, swaps = 0, lost = 0;
  const std::uint64_t count = from_environment("LOOKASIDE_OPERATIONS", rounds(20'000));
  for (std::uint64_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("operation " + std::to_string(i));
    std::uint64_t& address = pool[random.below(pool.size())];
    if (random.chance(2)) address = random.next() % (space / bytes) * bytes;
    memory.stall_percent = random.below(80);
    const std::uint64_t before = memory.words[address];
    if (random.chance(50)) {
      const Answer a = port.access(false, address);
      errors += a.error;
      if (!a.error) {
        ASSERT_EQ(a.data, before);
      }
      continue;
    }
    const std::uint64_t expected = random.chance(70) ? before : before ^ 0x80;
    const std::uint64_t desired = random.next() & mask;
    const Answer a = port.access(true, address, expected, desired);
    const std::uint64_t after = memory.words[address];
    errors += a.error;
    if (a.error) {
      ASSERT_TRUE(after == before || after == (before ^ 0x40));
    } else if (a.swapped) {
      ++swaps;
      ASSERT_EQ(expected, before);
      ASSERT_EQ(after, desired);
    } else {
      ++lost;
      ASSERT_TRUE(expected != before || after == (before ^ 0x40)) << "lost without a reason";
      ASSERT_TRUE(after == before || after == (before ^ 0x40)) << "written though lost";
    }
  }
  EXPECT_THAT(memory.checker.violations(), ::testing::IsEmpty())
      << text(memory.checker.violations());
  EXPECT_EQ(memory.checker.reads(), memory.reads);
  EXPECT_EQ(memory.checker.writes(), memory.writes);
  std::cout << count << " operations, " << swaps << " swaps, " << lost << " lost, " << errors
            << " errors\n";
  EXPECT_GT(errors, count / 100);
  EXPECT_GT(swaps, count / 10);
  EXPECT_GT(lost, count / 50);
  EXPECT_GT(memory.lost, 0U) << "no exclusive write was refused";
}

TEST(RtlAxi, AnswersAsMemoryDoesAndKeepsTheProtocol64) {
  random_accesses<Axi64>(8);
}
TEST(RtlAxi, AnswersAsMemoryDoesAndKeepsTheProtocol32) {
  random_accesses<Axi32>(4);
}

// The datasheet: 2 edges for a read, 4 for a compare-and-swap that writes, if memory never waits.
TEST(RtlAxi, TakesTheEdgesOfTheDatasheet) {
  AxiMemory memory(1, 8, false);
  memory.stall_percent = 0;
  Port<Axi64> port(memory);
  memory.words[0x1000] = 7;
  EXPECT_EQ(port.access(false, 0x1000).edges, 2U);
  EXPECT_EQ(port.access(true, 0x1000, 8, 9).edges, 2U);
  const Answer swap = port.access(true, 0x1000, 7, 9);
  EXPECT_TRUE(swap.swapped);
  EXPECT_EQ(swap.edges, 4U);
}

TEST(RtlAxi, MemoryWithoutExclusiveAccessesFailsACompareAndSwap) {
  AxiMemory memory(1, 8, false);
  memory.exclusive = false;
  Port<Axi64> port(memory);
  memory.words[0x1000] = 7;
  EXPECT_TRUE(port.access(true, 0x1000, 7, 9).error);
  EXPECT_EQ(memory.words[0x1000], 7U);
  EXPECT_FALSE(port.access(false, 0x1000).error);
  EXPECT_EQ(memory.writes, 0U);
}

TEST(RtlAxi, LiteReadsAndRefusesCompareAndSwapWithoutTheBus) {
  AxiMemory memory(seed(), 8, true);
  Port<AxiLite> port(memory);
  for (std::uint64_t i = 0; i < 500; ++i) {
    memory.words[i * 8] = i * 3;
    const Answer read = port.access(false, i * 8);
    ASSERT_FALSE(read.error);
    ASSERT_EQ(read.data, i * 3);
    const Answer swap = port.access(true, i * 8, i * 3, 1);
    ASSERT_TRUE(swap.error);
    ASSERT_EQ(swap.edges, 1U);
  }
  EXPECT_EQ(memory.checker.reads(), 500U);
  EXPECT_THAT(memory.checker.violations(), ::testing::IsEmpty())
      << text(memory.checker.violations());
}

/// lookaside_mmu with lookaside_axi at its memory port, cycle by cycle.
class MmuOnAxi {
 public:
  explicit MmuOnAxi(AxiMemory& memory) : memory_(memory) {
    mmu_->fetch_req_valid_i = mmu_->data_req_valid_i = 0;
    mmu_->fence_valid_i = 0;
    mmu_->mem_rsp_valid_i = 0;
    axi_->mem_req_valid_i = 0;
    mmu_.reset();
    axi_.reset();
    mmu_->pmp_write_i = 1;
    mmu_->pmp_index_i = 0;
    mmu_->pmp_cfg_i = 0x1f;
    mmu_->pmp_addr_i = ~std::uint64_t{0} >> 10;
    mmu_.edge();
    mmu_->pmp_write_i = 0;
  }
  void set_context(const translation::Context& c) {
    put(mmu_->ctx_mode_i, c.format->satp_mode);
    put(mmu_->ctx_root_i, c.root >> 12);
    put(mmu_->ctx_asid_i, c.asid);
    put(mmu_->ctx_data_priv_i, c.data_privilege);
    put(mmu_->ctx_fetch_priv_i, c.fetch_privilege);
    mmu_->ctx_sum_i = mmu_->ctx_mxr_i = 0;
    mmu_->ctx_update_i = 1;
  }
  /// Physical address, or the rule that refused.
  std::pair<translation::Rule, std::uint64_t> access(bool store, std::uint64_t va) {
    mmu_->data_req_valid_i = 1;
    mmu_->data_req_va_i = va;
    mmu_->data_req_more_i = 3;
    mmu_->data_req_access_i = store ? 2 : 1;
    for (unsigned i = 0; i < 10'000; ++i) {
      mmu_.settle();
      const bool taken = mmu_->data_req_valid_i != 0 && mmu_->data_req_ready_o != 0;
      cycle();
      if (taken) mmu_->data_req_valid_i = 0;
      if (mmu_->data_rsp_valid_o != 0) {
        return {static_cast<translation::Rule>(mmu_->data_rsp_rule_o), mmu_->data_rsp_pa_o};
      }
    }
    ADD_FAILURE() << "no answer";
    return {};
  }

 private:
  void cycle() {
    memory_.drive(*axi_);
    axi_->mem_req_valid_i = mmu_->mem_req_valid_o;
    axi_->mem_req_addr_i = mmu_->mem_req_addr_o;
    axi_->mem_req_cas_i = mmu_->mem_req_cas_o;
    axi_->mem_req_expected_i = mmu_->mem_req_expected_o;
    axi_->mem_req_desired_i = mmu_->mem_req_desired_o;
    axi_.settle();
    mmu_->mem_req_ready_i = axi_->mem_req_ready_o;
    mmu_->mem_rsp_valid_i = axi_->mem_rsp_valid_o;
    mmu_->mem_rsp_error_i = axi_->mem_rsp_error_o;
    mmu_->mem_rsp_swapped_i = axi_->mem_rsp_swapped_o;
    mmu_->mem_rsp_data_i = axi_->mem_rsp_data_o;
    memory_.clocked(*axi_);
    mmu_.edge();
    axi_.edge();
  }
  AxiMemory& memory_;
  Clocked<MmuRv64> mmu_;
  Clocked<Axi64> axi_;
};

/// The memory as the model's walk sees it: same words, no bus.
class Words final : public translation::PteMemory {
 public:
  explicit Words(std::map<std::uint64_t, std::uint64_t> words) : words_(std::move(words)) {}
  bool read(std::uint64_t pa, unsigned, std::uint64_t& value) override {
    value = words_[pa];
    return true;
  }
  bool compare_and_swap(std::uint64_t pa, unsigned, std::uint64_t expected, std::uint64_t desired,
                        bool& swapped) override {
    swapped = words_[pa] == expected;
    if (swapped) words_[pa] = desired;
    return true;
  }
  const std::map<std::uint64_t, std::uint64_t>& words() const { return words_; }

 private:
  std::map<std::uint64_t, std::uint64_t> words_;
};

// Walks with A and D updates through the bus: the model's answers, and its page tables afterwards.
TEST(RtlAxi, TheMmuWalksThroughIt) {
  const std::uint64_t start = seed();
  Random random(start);
  AxiMemory memory(start, 8, false);
  MmuOnAxi mmu(memory);
  translation::Context c;
  c.format = &translation::kSv39;
  c.root = 0x8000'0000;
  c.asid = 1;
  c.fetch_privilege = c.data_privilege = translation::Privilege::kSupervisor;
  c.ad_update = translation::AdUpdate::kHardware;
  mmu.set_context(c);
  memory.words[0x8000'0000] = 0x80001 << 10 | 1;
  memory.words[0x8000'1000] = 0x80002 << 10 | 1;
  for (std::uint64_t i = 0; i < 64; ++i) {
    memory.words[0x8000'2000 + 8 * i] = (0x90000 + i) << 10 | random.below(256) | 1;
  }
  translation::Pmp pmp;
  pmp.write_addr(0, ~std::uint64_t{0} >> 10);
  pmp.write_cfg(0, 0x1f);
  Words model(memory.words);
  unsigned faults = 0;
  for (unsigned i = 0; i < 2000 && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    memory.stall_percent = random.below(80);
    const bool store = random.chance(50);
    const std::uint64_t va = random.below(64) * 4096 + random.below(1000) * 4;
    const auto access = store ? translation::Access::kStore : translation::Access::kLoad;
    const translation::Outcome want = translate(c, pmp, va, 4, access, model);
    const auto [rule, pa] = mmu.access(store, va);
    ASSERT_STREQ(name(rule), name(want.fault.rule));
    if (want.ok) {
      ASSERT_EQ(pa, want.pa);
    }
    faults += want.ok ? 0 : 1;
  }
  EXPECT_EQ(memory.words, model.words());
  EXPECT_GT(faults, 100U);
  EXPECT_GT(memory.writes, 10U);
  EXPECT_THAT(memory.checker.violations(), ::testing::IsEmpty())
      << text(memory.checker.violations());
}

}  // namespace
}  // namespace lookaside::tests
