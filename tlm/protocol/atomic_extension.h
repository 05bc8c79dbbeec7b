// SPDX-License-Identifier: Apache-2.0
// Atomic operations are executed by the memory target, in one b_transport without a wait: LR/SC,
// AMO and the walker's compare-and-swap cannot be torn apart by another initiator.
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>

namespace lookaside::protocol {

enum class AtomicOp : std::uint8_t {
  kLoadReserved,      ///< result = memory; reserves
  kStoreConditional,  ///< if reserved: memory = operand, `succeeded`; the reservation goes either
                      ///< way
  kSwap,
  kAdd,
  kXor,
  kAnd,
  kOr,
  kMin,  ///< signed
  kMax,  ///< signed
  kMinU,
  kMaxU,
  kCompareAndSwap,  ///< if memory == expected: memory = operand, `succeeded`; result = old value
};

/// Attached next to a payload of 4 or 8 aligned bytes (command TLM_READ for LR, TLM_WRITE for the
/// rest; the payload's data array carries the operand and, on return, the old value of memory;
/// values are little-endian). A target that executes it sets `acknowledged`; one that does not know
/// the extension leaves it false, and the initiator must treat that as an access fault.
struct AtomicExtension : tlm::tlm_extension<AtomicExtension> {
  AtomicOp op = AtomicOp::kSwap;
  std::uint32_t initiator = 0;  ///< owner of the reservation (hart index)
  std::uint64_t operand = 0;
  std::uint64_t expected = 0;  ///< for kCompareAndSwap

  bool acknowledged = false;
  bool succeeded = false;    ///< for kStoreConditional and kCompareAndSwap
  std::uint64_t result = 0;  ///< old value of memory, zero-extended

  tlm::tlm_extension_base* clone() const override { return new AtomicExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const AtomicExtension&>(other);
  }
};

/// New memory value of a read-modify-write operation on `bytes` (4 or 8) wide operands; not for LR,
/// SC and compare-and-swap.
std::uint64_t apply(AtomicOp op, std::uint64_t old_value, std::uint64_t operand, unsigned bytes);

}  // namespace lookaside::protocol
