// SPDX-License-Identifier: Apache-2.0
// Atomics against the instruction set's definitions, reservations against the rules of the memory
// target, both under random traffic against a naive model.
#include <map>
#include <random>
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/ddr/controller.h>

namespace lookaside::ddr {
namespace {

using protocol::AtomicExtension;
using protocol::AtomicOp;
using protocol::Requester;

constexpr std::uint64_t kBase = 0x8000'0000;

class AtomicsTest : public tests::SystemCTest {
 protected:
  AtomicsTest() : master("master"), ddr("ddr", ControllerConfig{{{kBase, 0x10000}}}) {
    master.socket.bind(ddr.socket);
    master.payload.set_extension(&access);
    access.requester = Requester::kHartData;
    tests::elaborate();
  }
  ~AtomicsTest() override { master.payload.clear_extension(&access); }

  /// Executes one atomic operation for hart `hart`; returns the old value.
  std::uint64_t atomic(AtomicOp op, std::uint64_t address, unsigned bytes,
                       std::uint64_t operand = 0, unsigned hart = 0, std::uint64_t expected = 0) {
    last = AtomicExtension{};
    last.op = op;
    last.initiator = hart;
    last.operand = operand;
    last.expected = expected;
    access.hart = hart;
    master.payload.set_extension(&last);
    if (op == AtomicOp::kLoadReserved) {
      const std::uint64_t data = master.read(address, bytes);
      if (last.acknowledged) {
        EXPECT_EQ(data, last.result) << "the data array carries the old value too";
      }
    } else {
      master.write(address, bytes, operand);
    }
    master.payload.clear_extension(&last);
    EXPECT_EQ(last.acknowledged, master.status == tlm::TLM_OK_RESPONSE);
    return last.result;
  }
  void store(std::uint64_t address, unsigned bytes, std::uint64_t value, unsigned hart) {
    access.hart = hart;
    ASSERT_EQ(master.write(address, bytes, value), tlm::TLM_OK_RESPONSE);
  }
  bool conditional(std::uint64_t address, unsigned hart = 0) {
    atomic(AtomicOp::kStoreConditional, address, 4, 0x77, hart);
    return last.succeeded;
  }
  void reserve(std::uint64_t address, unsigned hart = 0) {
    atomic(AtomicOp::kLoadReserved, address, 4, 0, hart);
  }

  tests::Master master;
  Controller ddr;
  protocol::AccessExtension access;
  AtomicExtension last;
};

TEST_F(AtomicsTest, EachOperationOnWords) {
  struct Row {
    AtomicOp op;
    std::uint32_t memory, operand, result;
  };
  const std::vector<Row> rows = {{AtomicOp::kSwap, 5, 9, 9},
                                 {AtomicOp::kAdd, 0xFFFF'FFFF, 2, 1},
                                 {AtomicOp::kXor, 0xF0F0'F0F0, 0xFFFF'0000, 0x0F0F'F0F0},
                                 {AtomicOp::kAnd, 0xF0F0'F0F0, 0xFFFF'0000, 0xF0F0'0000},
                                 {AtomicOp::kOr, 0xF0F0'F0F0, 0xFFFF'0000, 0xFFFF'F0F0},
                                 {AtomicOp::kMin, 0x8000'0000, 1, 0x8000'0000},
                                 {AtomicOp::kMax, 0x8000'0000, 1, 1},
                                 {AtomicOp::kMinU, 0x8000'0000, 1, 1},
                                 {AtomicOp::kMaxU, 0x8000'0000, 1, 0x8000'0000}};
  for (const Row& row : rows) {
    master.poke(kBase, 8, 0xEEEE'EEEE'0000'0000 | row.memory);
    // The upper half of the operand register is not part of a word operation.
    EXPECT_EQ(atomic(row.op, kBase, 4, 0xABCD'0000'0000'0000 | row.operand), row.memory);
    EXPECT_EQ(master.peek(kBase, 8), 0xEEEE'EEEE'0000'0000 | row.result)
        << static_cast<unsigned>(row.op);
  }
}

TEST_F(AtomicsTest, CompareAndSwap) {
  master.poke(kBase, 8, 100);
  EXPECT_EQ(atomic(AtomicOp::kCompareAndSwap, kBase, 8, 200, 0, 99), 100U);
  EXPECT_FALSE(last.succeeded);
  EXPECT_EQ(master.peek(kBase, 8), 100U);
  EXPECT_EQ(atomic(AtomicOp::kCompareAndSwap, kBase, 8, 200, 0, 100), 100U);
  EXPECT_TRUE(last.succeeded);
  EXPECT_EQ(master.peek(kBase, 8), 200U);
  atomic(AtomicOp::kCompareAndSwap, kBase, 4, 300, 0, 0xFFFF'FFFF'0000'0000 | 200);
  EXPECT_TRUE(last.succeeded) << "a word compares 32 bits";
}

TEST_F(AtomicsTest, RefusedShapesAreNotAcknowledgedAndTouchNothing) {
  for (const auto& [address, bytes] : std::vector<std::pair<std::uint64_t, unsigned>>{
           {kBase + 1, 4}, {kBase + 4, 8}, {kBase, 2}, {kBase, 1}, {kBase + 0x10000, 4}, {0, 4}}) {
    atomic(AtomicOp::kSwap, address, bytes, ~0ULL);
    EXPECT_EQ(master.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << address;
    EXPECT_FALSE(last.acknowledged);
  }
  EXPECT_EQ(master.peek(kBase, 8), 0U);
  EXPECT_EQ(master.peek(kBase + 8, 8), 0U);
}

TEST_F(AtomicsTest, AStoreConditionalNeedsAReservationAndSpendsIt) {
  EXPECT_FALSE(conditional(kBase)) << "none was made";
  EXPECT_EQ(master.peek(kBase, 4), 0U);
  reserve(kBase);
  EXPECT_TRUE(conditional(kBase));
  EXPECT_EQ(master.peek(kBase, 4), 0x77U);
  EXPECT_FALSE(conditional(kBase)) << "spent";
  reserve(kBase);
  EXPECT_FALSE(conditional(kBase + 0x100)) << "another set";
  EXPECT_FALSE(conditional(kBase)) << "spent by the failure as well";
}

TEST_F(AtomicsTest, TheReservationSetHas64AlignedBytes) {
  reserve(kBase + 0x84);
  EXPECT_TRUE(conditional(kBase + 0x80));
  reserve(kBase + 0x84);
  EXPECT_TRUE(conditional(kBase + 0xBC));
  reserve(kBase + 0x84);
  EXPECT_FALSE(conditional(kBase + 0xC0));
  reserve(kBase + 0x84);
  EXPECT_FALSE(conditional(kBase + 0x7C));
}

TEST_F(AtomicsTest, OnlyWritesOfOthersEndAReservation) {
  const std::uint64_t set = kBase + 0x80;
  const auto survives = [&](const auto& disturb) {
    reserve(set);
    disturb();
    access.requester = Requester::kHartData;
    return conditional(set);
  };
  EXPECT_TRUE(survives([&] { store(set, 8, 1, 0); })) << "own store";
  EXPECT_FALSE(survives([&] { store(set + 0x38, 8, 1, 1); })) << "other hart";
  EXPECT_FALSE(survives([&] { store(set - 4, 8, 1, 1); })) << "overlaps with four bytes";
  EXPECT_TRUE(survives([&] { store(set - 8, 8, 1, 1); })) << "ends before the set";
  EXPECT_TRUE(survives([&] { store(set + 0x40, 8, 1, 1); })) << "begins behind the set";
  EXPECT_TRUE(survives([&] { master.read(set, 8); }));
  EXPECT_FALSE(survives([&] {
    access.requester = Requester::kDma;
    store(set, 4, 1, 0);
  })) << "DMA, whatever index it carries";
  EXPECT_FALSE(survives([&] { atomic(AtomicOp::kAdd, set, 4, 1, 1); })) << "other hart's AMO";
  EXPECT_TRUE(survives([&] { atomic(AtomicOp::kAdd, set, 4, 1, 0); })) << "own AMO";
  EXPECT_TRUE(survives([&] { atomic(AtomicOp::kLoadReserved, set, 4, 0, 1); })) << "other's LR";
  EXPECT_TRUE(survives([&] { atomic(AtomicOp::kCompareAndSwap, set, 8, 1, 1, ~0ULL); }))
      << "a compare-and-swap that fails writes nothing";
  EXPECT_FALSE(survives([&] { master.poke(set, 4, 1); })) << "debugger";
}

TEST_F(AtomicsTest, ASuccessfulStoreConditionalEndsTheOthersReservations) {
  reserve(kBase, 0);
  reserve(kBase, 1);
  EXPECT_TRUE(conditional(kBase, 0));
  EXPECT_FALSE(conditional(kBase, 1));
  reserve(kBase, 0);
  reserve(kBase, 1);
  EXPECT_FALSE(conditional(kBase + 0x40, 0)) << "fails: writes nothing";
  EXPECT_TRUE(conditional(kBase, 1));
}

TEST_F(AtomicsTest, ANewReservationReplacesTheOld) {
  reserve(kBase);
  reserve(kBase + 0x1000);
  EXPECT_FALSE(conditional(kBase));
  reserve(kBase);
  reserve(kBase + 0x1000);
  EXPECT_TRUE(conditional(kBase + 0x1000));
}

TEST_F(AtomicsTest, AtomicsOfAHartAskTheModelAndAreCounted) {
  reserve(kBase);
  EXPECT_EQ(master.delay, sc_core::sc_time(32'500, sc_core::SC_PS)) << "closed bank, 39 clocks";
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.accesses.hart-data"), 1U);
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.atomics.load-reserved"), 1U);
}

/// Bytes in a map; a reservation is the list of its bytes.
struct Naive {
  std::map<std::uint64_t, std::uint8_t> memory;
  std::map<unsigned, std::vector<std::uint64_t>> reserved;

  std::uint64_t load(std::uint64_t address, unsigned bytes) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{memory[address + i]} << (8 * i);
    return value;
  }
  void write(std::uint64_t address, unsigned bytes, std::uint64_t value, unsigned writer) {
    for (unsigned i = 0; i < bytes; ++i) {
      memory[address + i] = static_cast<std::uint8_t>(value >> (8 * i));
      for (auto& [owner, bytes_held] : reserved) {
        if (owner == writer) continue;
        for (const std::uint64_t held : bytes_held) {
          if (held == address + i) {
            bytes_held.clear();
            break;
          }
        }
      }
    }
  }
  void reserve(unsigned owner, std::uint64_t address) {
    reserved[owner].clear();
    const std::uint64_t first = address & ~std::uint64_t{63};
    for (unsigned i = 0; i < 64; ++i) reserved[owner].push_back(first + i);
  }
  bool conditional(unsigned owner, std::uint64_t address, unsigned bytes, std::uint64_t value) {
    bool holds = false;
    for (const std::uint64_t held : reserved[owner]) holds |= held == address;
    reserved[owner].clear();
    if (holds) write(address, bytes, value, owner);
    return holds;
  }
  template <typename Signed, typename Unsigned>
  static std::uint64_t modify(AtomicOp op, std::uint64_t old_value, std::uint64_t operand) {
    const auto a = static_cast<Unsigned>(old_value);
    const auto b = static_cast<Unsigned>(operand);
    const bool less = static_cast<Signed>(a) < static_cast<Signed>(b);
    switch (op) {
      case AtomicOp::kAdd:
        return static_cast<Unsigned>(a + b);
      case AtomicOp::kXor:
        return a ^ b;
      case AtomicOp::kAnd:
        return a & b;
      case AtomicOp::kOr:
        return a | b;
      case AtomicOp::kMin:
        return less ? a : b;
      case AtomicOp::kMax:
        return less ? b : a;
      case AtomicOp::kMinU:
        return a < b ? a : b;
      case AtomicOp::kMaxU:
        return a < b ? b : a;
      default:
        return b;
    }
  }
};

TEST_F(AtomicsTest, RandomTrafficAgainstANaiveModel) {
  std::mt19937_64 random(tests::seed(20240602));
  Naive naive;
  unsigned successes = 0;
  unsigned failures = 0;
  for (std::uint64_t step = 0; step < tests::rounds(200'000); ++step) {
    const unsigned bytes = (random() & 1) != 0 ? 4 : 8;
    const std::uint64_t address = kBase + random() % (256 / bytes) * bytes;
    const auto hart = static_cast<unsigned>(random() % 3);
    // Small and extreme values, so that equal ones and signs meet.
    const std::uint64_t value = (random() & 1) != 0 ? random() % 4 : random();
    const std::uint64_t before = naive.load(address, bytes);
    const auto choice = static_cast<unsigned>(random() % 16);
    if (choice < 12) {
      const auto op = static_cast<AtomicOp>(choice);
      const std::uint64_t expected = (random() & 1) != 0 ? before : value;
      ASSERT_EQ(atomic(op, address, bytes, value, hart, expected), before) << "step " << step;
      if (op == AtomicOp::kLoadReserved) {
        naive.reserve(hart, address);
      } else if (op == AtomicOp::kStoreConditional) {
        const bool succeeded = naive.conditional(hart, address, bytes, value);
        ASSERT_EQ(last.succeeded, succeeded) << "step " << step;
        ++(succeeded ? successes : failures);
      } else if (op == AtomicOp::kCompareAndSwap) {
        const std::uint64_t mask = bytes == 4 ? 0xFFFF'FFFF : ~0ULL;
        ASSERT_EQ(last.succeeded, before == (expected & mask)) << "step " << step;
        if (last.succeeded) naive.write(address, bytes, value, hart);
      } else {
        naive.write(address, bytes,
                    bytes == 4 ? Naive::modify<std::int32_t, std::uint32_t>(op, before, value)
                               : Naive::modify<std::int64_t, std::uint64_t>(op, before, value),
                    hart);
      }
    } else if (choice == 12) {
      store(address, bytes, value, hart);
      naive.write(address, bytes, value, hart);
    } else if (choice == 13) {
      access.requester = Requester::kDma;
      store(address + 1, 2, value, hart);
      access.requester = Requester::kHartData;
      naive.write(address + 1, 2, value, ~0U);
    } else {
      reserve(address & ~std::uint64_t{3}, hart);
      naive.reserve(hart, address);
    }
    ASSERT_EQ(master.peek(address, bytes), naive.load(address, bytes)) << "step " << step;
  }
  EXPECT_GT(successes, 100U) << "the traffic exercised too little";
  EXPECT_GT(failures, 100U);
}

}  // namespace
}  // namespace lookaside::ddr
