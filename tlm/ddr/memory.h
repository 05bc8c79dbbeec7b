// SPDX-License-Identifier: Apache-2.0
// What a payload does to the bytes: data, atomics, reservations, watched ranges. No time is spent
// here.
#pragma once

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>

#include <lookaside/ddr/backing_store.h>
#include <lookaside/ddr/reservations.h>
#include <lookaside/ddr/watches.h>
#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::ddr {

/// How bytes came to be written.
enum class WriteKind : std::uint8_t {
  kWhole,     ///< all of them, by a payload
  kMasked,    ///< by a payload with byte enables, which may have left some as they were
  kModified,  ///< all of them, by an atomic: it read them just now
  kDebug,     ///< all of them, by transport_dbg
};

/// Sees the data that payloads and debug accesses move: for memory protection. Addresses are
/// physical and inclusive.
class DataGuard {
 public:
  virtual ~DataGuard() = default;
  /// A payload is about to read these bytes (an atomic: before it reads). What it returns other
  /// than TLM_OK_RESPONSE ends the access with that status, and nothing is moved.
  virtual tlm::tlm_response_status reading(std::uint64_t first, std::uint64_t last,
                                           std::uint64_t time_ps) = 0;
  /// These bytes have been written.
  virtual void written(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps,
                       WriteKind kind) = 0;
  /// Whether a write of part of an aligned word of 8 bytes has to read the word.
  virtual bool whole_words() const { return false; }
};

/// What an access does to the DRAM: what is to be timed.
struct Deed {
  bool reads = false;
  bool writes = false;  ///< after it has read, if it does both: an atomic, or see Memory::modifies
};

/// An access to RAM that has been looked at and found well-formed, or answered at once.
struct Request {
  const BackingStore::Span* span = nullptr;  ///< null: `status` is the answer
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  std::uint64_t bytes = 0;   ///< that it may touch: streaming wraps inside its width (H-BE-02)
  std::uint64_t offset = 0;  ///< of its first byte in the DRAM
  protocol::Requester requester = protocol::Requester::kUnknown;
  protocol::AtomicExtension* atomic = nullptr;
  const protocol::AccessExtension* access = nullptr;

  bool plain_hart() const {
    return atomic == nullptr && (requester == protocol::Requester::kHartFetch ||
                                 requester == protocol::Requester::kHartData);
  }
};

/// Executes payloads on a backing store. Any length, byte enables, streaming width. Bytes outside
/// the regions: TLM_ADDRESS_ERROR_RESPONSE, nothing touched. Malformed payloads (no data, no
/// length, no streaming width): TLM_BURST_ERROR_RESPONSE. Atomics: 4 or 8 aligned bytes without
/// byte enables, executed in one call and acknowledged; else TLM_ADDRESS_ERROR_RESPONSE and no
/// acknowledgement.
class Memory {
 public:
  using Payload = tlm::tlm_generic_payload;

  /// Throws DdrError. `stores_data`: see ControllerConfig.
  explicit Memory(std::vector<Region> regions, bool stores_data = true)
      : store_(std::move(regions)), stores_data_(stores_data) {}

  /// Looks at a payload; touches nothing.
  Request look(Payload& payload) const;
  /// Moves the data of a request that look() let through and sets the response status. `time_ps`:
  /// when; what it did to the DRAM is nothing if it failed.
  Deed execute(Payload& payload, const Request& request, std::uint64_t time_ps);
  /// Whether execute() cannot but succeed and do to the DRAM what move_of() says: a plain read or
  /// write that nobody guards.
  bool only_moves(const Payload& payload, const Request& request) const {
    return guard_ == nullptr && request.atomic == nullptr &&
           payload.get_byte_enable_ptr() == nullptr;
  }
  static Deed move_of(const Payload& payload) { return {payload.is_read(), payload.is_write()}; }
  /// Whether a plain write has to read first: it leaves parts of words that a guard wants whole.
  bool modifies(const Payload& payload, const Request& request) const;
  /// The bytes will be wanted: the host may fetch them while something else is computed.
  void prefetch(const Payload& payload, const Request& request) const {
    if (stores_data_) __builtin_prefetch(BackingStore::at(*request.span, payload.get_address()));
  }
  /// Tells those who watch for writes; `time_ps`: when the writer gets its response.
  void announce(const Payload& payload, const Request& request, const Deed& deed,
                std::uint64_t time_ps) const;
  /// transport_dbg: bytes moved.
  unsigned debug(Payload& payload, std::uint64_t time_ps);

  const BackingStore& store() const { return store_; }
  Watches& watches() { return watches_; }
  const Watches& watches() const { return watches_; }
  void attach(DataGuard* guard) { guard_ = guard; }
  bool guarded() const { return guard_ != nullptr; }

 private:
  tlm::tlm_response_status transfer(Payload& payload, const BackingStore::Span& span) const;
  bool execute(protocol::AtomicExtension& atomic, Payload& payload, const BackingStore::Span& span);

  BackingStore store_;
  bool stores_data_;
  Reservations reservations_;
  Watches watches_;
  DataGuard* guard_ = nullptr;
};

}  // namespace lookaside::ddr
