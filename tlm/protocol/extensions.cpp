// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::protocol {

const char* name(Requester requester) {
  static constexpr const char* kNames[kRequesterCount] = {"unknown", "hart-fetch", "hart-data",
                                                          "walker",  "dma",        "device"};
  return kNames[static_cast<unsigned>(requester)];
}

std::uint64_t apply(AtomicOp op, std::uint64_t old_value, std::uint64_t operand, unsigned bytes) {
  const bool word = bytes == 4;
  const std::uint64_t mask = word ? 0xFFFF'FFFFU : ~std::uint64_t{0};
  const std::uint64_t a = old_value & mask;
  const std::uint64_t b = operand & mask;
  const auto as_signed = [word](std::uint64_t v) {
    return word ? static_cast<std::int64_t>(static_cast<std::int32_t>(v))
                : static_cast<std::int64_t>(v);
  };
  switch (op) {
    case AtomicOp::kSwap:
      return b;
    case AtomicOp::kAdd:
      return (a + b) & mask;
    case AtomicOp::kXor:
      return a ^ b;
    case AtomicOp::kAnd:
      return a & b;
    case AtomicOp::kOr:
      return a | b;
    case AtomicOp::kMin:
      return as_signed(a) < as_signed(b) ? a : b;
    case AtomicOp::kMax:
      return as_signed(a) > as_signed(b) ? a : b;
    case AtomicOp::kMinU:
      return std::min(a, b);
    case AtomicOp::kMaxU:
      return std::max(a, b);
    case AtomicOp::kLoadReserved:
    case AtomicOp::kStoreConditional:
    case AtomicOp::kCompareAndSwap:
      break;
  }
  return a;
}

}  // namespace lookaside::protocol
