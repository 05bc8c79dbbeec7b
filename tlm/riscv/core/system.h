// SPDX-License-Identifier: Apache-2.0
// What a hart needs of the world: memory behind an MMU, the MMU's control, and the time base. The
// module implements it with TLM sockets; a test implements it with an array.
#pragma once

#include <cstdint>

#include <lookaside/translation/access.h>
#include <lookaside/translation/fault.h>
#include <lookaside/translation/pmp.h>

namespace lookaside::riscv {

/// Operations of the A extension, executed by the memory in one go.
enum class AtomicOp : std::uint8_t {
  kLoadReserved,
  kStoreConditional,
  kSwap,
  kAdd,
  kXor,
  kAnd,
  kOr,
  kMin,
  kMax,
  kMinU,
  kMaxU,
};

/// One memory access by virtual address: fetch of 2 or 4 bytes, load or store of 1 to 8, atomic of
/// 4 or 8 aligned ones. May cross a page (but a fetch never does).
struct Transfer {
  // Down.
  translation::Access access = translation::Access::kLoad;
  AtomicOp atomic = AtomicOp::kSwap;
  std::uint64_t va = 0;
  unsigned bytes = 0;
  std::uint64_t pc = 0;       ///< of the instruction
  std::uint64_t time_ps = 0;  ///< absolute local time at which the access starts
  // Down for stores and atomics (operand), up for the others; little-endian value, zero-extended.
  std::uint64_t data = 0;
  // Up.
  std::uint64_t latency_ps = 0;  ///< of a refused access as well
  bool succeeded = false;        ///< of kStoreConditional
  std::uint64_t stored = 0;      ///< what an atomic left in memory
  translation::Fault fault;      ///< valid if the access was refused
};

enum class Port : std::uint8_t { kFetch = 0, kData = 1 };

/// Permission to use host memory for a span of virtual bytes without a call; the meaning of the
/// fields is that of the MMU's direct grant (room protocol).
struct Grant {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  std::uint8_t* host = nullptr;
  bool read = false;
  bool write = false;
  bool countable = false;
  std::uint64_t read_latency_ps = 0;
  std::uint64_t write_latency_ps = 0;
  const std::uint64_t* generation = nullptr;
  std::uint64_t generation_value = 0;
  std::uint64_t* repeats = nullptr;
  std::uint64_t* write_repeats = nullptr;
};

/// The world around one hart. All calls come from the thread that runs the hart.
class System {
 public:
  virtual ~System() = default;

  /// Performs an access; false if it was refused, and then `transfer.fault` says why.
  virtual bool transfer(Transfer& transfer) = 0;
  /// Serves a fetch, load or store inside one page without a transfer, counted and timed as one; or
  /// returns false, and then nothing has happened.
  virtual bool direct(Port port, std::uint64_t va, unsigned bytes, translation::Access access,
                      Grant& grant) = 0;

  virtual void set_context(const translation::Context& context) = 0;
  virtual void set_pmp(const translation::Pmp& pmp) = 0;
  /// SFENCE.VMA at absolute local time `time_ps`; returns its latency in ps.
  virtual std::uint64_t fence(const translation::Fence& fence, std::uint64_t time_ps) = 0;

  /// The time base: its value at an absolute time; the earliest absolute time at which it has
  /// reached a value (~0 if never); and mtimecmp of this hart.
  virtual std::uint64_t ticks_at(std::uint64_t time_ps) const = 0;
  virtual std::uint64_t time_of(std::uint64_t ticks) const = 0;
  virtual std::uint64_t mtimecmp() const = 0;

  /// Absolute time at which something else in the simulation wants to happen; the hart does not run
  /// beyond it, so that what comes from outside comes at the same instruction whatever the quantum.
  /// Asked again after every access that may have started something.
  virtual std::uint64_t horizon_ps() const = 0;
};

}  // namespace lookaside::riscv
