// SPDX-License-Identifier: Apache-2.0
// The fast path between a hart and its MMU: exact TLB statistics at the speed of a pointer.
#pragma once

#include <cstdint>

#include <systemc>

#include <lookaside/translation/access.h>

namespace lookaside::protocol {

/// The two lookup ports of an MMU. Each has an L1 TLB of its own.
enum class Port : std::uint8_t { kFetch = 0, kData = 1 };

/// Permission to reach host memory for the virtual bytes [first, last], inclusive, all in one page
/// and in a span of uniform PMP permission.
///
/// A later access of a permitted kind inside the span needs no call at all, provided that
/// `*generation == generation_value` and that no other access went through this port in between;
/// the holder then adds one to `*repeats` (loads, fetches) or `*write_repeats` (stores) instead:
/// that *is* the lookup (a hit on the entry hit last, whose repetition is a no-op for the
/// replacement policy). If `countable` is false every access must call direct() again.
struct DirectGrant {
  std::uint64_t first = 1;  ///< first > last: grants nothing
  std::uint64_t last = 0;
  std::uint8_t* host = nullptr;  ///< address of the byte `first`
  bool read = false;             ///< loads (fetch port: fetches) may use it
  bool write = false;            ///< stores may use it (D is set, PMP and memory permit)
  bool countable = false;
  std::uint64_t read_latency_ps = 0;
  std::uint64_t write_latency_ps = 0;
  const std::uint64_t* generation = nullptr;
  std::uint64_t generation_value = 0;
  std::uint64_t* repeats = nullptr;        ///< counts repeated loads (fetch port: fetches)
  std::uint64_t* write_repeats = nullptr;  ///< counts repeated stores

  bool covers(std::uint64_t va, unsigned bytes) const {
    return va >= first && last - va >= bytes - 1U && va <= last;
  }
};

/// Exported by the MMU beside its sockets.
class translation_port_if : public virtual sc_core::sc_interface {
 public:
  /// Tries to serve one fetch, load or store of `bytes` bytes at `va`, inside one page, without a
  /// transaction. True: the access hit the L1 TLB (or is not translated), is permitted and goes to
  /// plain memory; it has been looked up, counted and timed like any other, and `grant` tells the
  /// host address and the latency the caller must add. False: nothing at all has happened; the
  /// caller sends the access through the TLM socket, which also handles misses, devices, atomics
  /// and faults.
  virtual bool direct(Port port, std::uint64_t va, unsigned bytes, translation::Access access,
                      DirectGrant& grant) = 0;
};

}  // namespace lookaside::protocol
