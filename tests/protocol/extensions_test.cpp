// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <gmock/gmock.h>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::tests {
namespace {

using protocol::AccessExtension;
using protocol::AtomicExtension;
using protocol::AtomicOp;

/// A clone frees itself, as payloads ask it to.
struct Free {
  void operator()(tlm::tlm_extension_base* e) const { e->free(); }
};
using Clone = std::unique_ptr<tlm::tlm_extension_base, Free>;

struct Row {
  AtomicOp op;
  std::uint64_t old_value;
  std::uint64_t operand;
  std::uint64_t word;   // expected for 4 bytes
  std::uint64_t dword;  // expected for 8 bytes
};

constexpr std::uint64_t kMinus1 = ~std::uint64_t{0};

// The A extension's operations, worked out by hand.
constexpr Row kRows[] = {
    {AtomicOp::kSwap, 1, 0x1'0000'0002, 2, 0x1'0000'0002},
    {AtomicOp::kAdd, 0xFFFF'FFFF, 1, 0, 0x1'0000'0000},
    {AtomicOp::kAdd, kMinus1, 2, 1, 1},
    {AtomicOp::kXor, 0xF0F0, 0xFF00, 0x0FF0, 0x0FF0},
    {AtomicOp::kAnd, 0xF0F0, 0xFF00, 0xF000, 0xF000},
    {AtomicOp::kOr, 0xF0F0, 0xFF00, 0xFFF0, 0xFFF0},
    {AtomicOp::kMin, 0x8000'0000, 1, 0x8000'0000, 1},
    {AtomicOp::kMin, kMinus1, 1, 0xFFFF'FFFF, kMinus1},
    {AtomicOp::kMax, 0x8000'0000, 1, 1, 0x8000'0000},
    {AtomicOp::kMax, kMinus1, 1, 1, 1},
    {AtomicOp::kMinU, 0x8000'0000, 1, 1, 1},
    {AtomicOp::kMinU, kMinus1, 1, 1, 1},
    {AtomicOp::kMaxU, 0x8000'0000, 1, 0x8000'0000, 0x8000'0000},
    {AtomicOp::kMaxU, kMinus1, 1, 0xFFFF'FFFF, kMinus1},
};

TEST(AtomicExtension, EveryOperationInBothWidths) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(static_cast<int>(row.op));
    EXPECT_EQ(apply(row.op, row.old_value, row.operand, 4), row.word);
    EXPECT_EQ(apply(row.op, row.old_value, row.operand, 8), row.dword);
  }
}

TEST(AtomicExtension, CloneAndCopy_H_EX_04) {
  AtomicExtension a;
  a.op = AtomicOp::kMaxU;
  a.initiator = 3;
  a.operand = 5;
  a.expected = 6;
  a.acknowledged = true;
  a.succeeded = true;
  a.result = 9;
  const Clone clone(a.clone());
  AtomicExtension b;
  b.copy_from(*clone);
  EXPECT_EQ(b.op, a.op);
  EXPECT_EQ(b.initiator, 3U);
  EXPECT_EQ(b.operand, 5U);
  EXPECT_EQ(b.expected, 6U);
  EXPECT_TRUE(b.acknowledged && b.succeeded);
  EXPECT_EQ(b.result, 9U);
}

TEST(AccessExtension, CloneAndCopy_H_EX_04) {
  AccessExtension a;
  a.access = translation::Access::kAmo;
  a.requester = protocol::Requester::kDma;
  a.pc = 0x1234;
  a.has_context = true;
  a.context.asid = 7;
  a.faulted = true;
  a.fault.tval = 0x5678;
  const Clone clone(a.clone());
  AccessExtension b;
  b.copy_from(*clone);
  EXPECT_EQ(b.access, a.access);
  EXPECT_EQ(b.requester, a.requester);
  EXPECT_EQ(b.pc, 0x1234U);
  EXPECT_TRUE(b.has_context);
  EXPECT_EQ(b.context.asid, 7U);
  EXPECT_TRUE(b.faulted);
  EXPECT_EQ(b.fault.tval, 0x5678U);
}

TEST(AccessExtension, RequestersHaveNames) {
  using protocol::Requester;
  EXPECT_STREQ(name(Requester::kUnknown), "unknown");
  EXPECT_STREQ(name(Requester::kHartFetch), "hart-fetch");
  EXPECT_STREQ(name(Requester::kHartData), "hart-data");
  EXPECT_STREQ(name(Requester::kWalker), "walker");
  EXPECT_STREQ(name(Requester::kDma), "dma");
  EXPECT_STREQ(name(Requester::kDevice), "device");
}

}  // namespace
}  // namespace lookaside::tests
