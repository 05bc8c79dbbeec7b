// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include <lookaside/ddr/bursts.h>
#include <lookaside/ddr/memory.h>

namespace lookaside::ddr {
namespace {

using protocol::AccessExtension;
using protocol::AtomicExtension;
using protocol::AtomicOp;
using protocol::Requester;

bool is_atomic_shape(const tlm::tlm_generic_payload& payload) {
  const unsigned bytes = payload.get_data_length();
  return (bytes == 4 || bytes == 8) && payload.get_address() % bytes == 0 &&
         payload.get_streaming_width() >= bytes && payload.get_byte_enable_ptr() == nullptr;
}

/// Who writes, as far as reservations are concerned: only a hart's own stores spare its
/// reservation.
std::uint32_t writer_of(const Request& request) {
  if (request.atomic != nullptr) return request.atomic->initiator;
  return request.requester == Requester::kHartData ? request.access->hart : Reservations::kNobody;
}

WriteKind write_kind(const tlm::tlm_generic_payload& payload, const Request& request,
                     const Deed& deed) {
  if (request.atomic != nullptr && deed.reads) return WriteKind::kModified;
  return payload.get_byte_enable_ptr() == nullptr ? WriteKind::kWhole : WriteKind::kMasked;
}

}  // namespace

Request Memory::look(Payload& payload) const {
  Request request;
  request.bytes = std::min(payload.get_data_length(), payload.get_streaming_width());
  if (request.bytes == 0 || payload.get_data_ptr() == nullptr) {
    const bool moves = payload.is_read() || payload.is_write();
    request.status = moves ? tlm::TLM_BURST_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
    return request;
  }
  const std::uint64_t address = payload.get_address();
  const BackingStore::Span* span = store_.find(address, request.bytes);
  request.atomic = payload.get_extension<AtomicExtension>();
  if (span == nullptr || (request.atomic != nullptr && !is_atomic_shape(payload))) {
    request.status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return request;
  }
  request.span = span;
  request.offset = span->offset + (address - span->first);
  request.access = payload.get_extension<AccessExtension>();
  if (request.access != nullptr) request.requester = request.access->requester;
  return request;
}

bool Memory::modifies(const Payload& payload, const Request& request) const {
  return guard_ != nullptr && payload.is_write() && guard_->whole_words() &&
         splits_word(request.offset, request.offset + request.bytes - 1, payload);
}

Deed Memory::execute(Payload& payload, const Request& request, std::uint64_t time_ps) {
  const std::uint64_t first = payload.get_address();
  const std::uint64_t last = first + request.bytes - 1;
  // A store-conditional needs nothing of memory: the controller itself knows the reservation.
  const bool conditional =
      request.atomic != nullptr && request.atomic->op == AtomicOp::kStoreConditional;
  Deed deed{!conditional && (payload.is_read() || request.atomic != nullptr), payload.is_write()};
  if (guard_ != nullptr && deed.reads) {
    const tlm::tlm_response_status status = guard_->reading(first, last, time_ps);
    if (status != tlm::TLM_OK_RESPONSE) {
      payload.set_response_status(status);
      return {true, false};
    }
  }
  if (request.atomic != nullptr) {
    deed.writes = execute(*request.atomic, payload, *request.span);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  } else {
    payload.set_response_status(transfer(payload, *request.span));
    if (payload.get_response_status() != tlm::TLM_OK_RESPONSE) return {};
  }
  if (deed.writes) {
    reservations_.written(writer_of(request), first, last);
    if (guard_ != nullptr) {
      guard_->written(first, last, time_ps, write_kind(payload, request, deed));
      deed.reads = deed.reads || modifies(payload, request);
    }
  }
  return deed;
}

void Memory::announce(const Payload& payload, const Request& request, const Deed& deed,
                      std::uint64_t time_ps) const {
  if (!deed.writes || watches_.empty()) return;
  const std::uint64_t first = payload.get_address();
  watches_.written({first, first + request.bytes - 1, time_ps});
}

tlm::tlm_response_status Memory::transfer(Payload& payload, const BackingStore::Span& span) const {
  std::uint8_t* memory = BackingStore::at(span, payload.get_address());
  std::uint8_t* data = payload.get_data_ptr();
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t width = payload.get_streaming_width();
  const std::uint8_t* enables = payload.get_byte_enable_ptr();
  const std::uint64_t enables_length = payload.get_byte_enable_length();
  if (enables != nullptr && enables_length == 0) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (!stores_data_) {
    if (payload.is_read()) std::memset(data, 0, length);
    return tlm::TLM_OK_RESPONSE;
  }
  if (enables == nullptr && width >= length) {
    if (payload.is_read()) std::memcpy(data, memory, length);
    if (payload.is_write()) std::memcpy(memory, data, length);
    return tlm::TLM_OK_RESPONSE;
  }
  for (std::uint64_t i = 0; i < length; ++i) {
    if (enables != nullptr && enables[i % enables_length] != TLM_BYTE_ENABLED) continue;
    if (payload.is_read()) data[i] = memory[i % width];
    if (payload.is_write()) memory[i % width] = data[i];
  }
  return tlm::TLM_OK_RESPONSE;
}

/// True if it wrote.
bool Memory::execute(AtomicExtension& atomic, Payload& payload, const BackingStore::Span& span) {
  const unsigned bytes = payload.get_data_length();
  const std::uint64_t address = payload.get_address();
  std::uint8_t* memory = BackingStore::at(span, address);
  std::uint64_t old_value = 0;
  std::memcpy(&old_value, memory, bytes);
  std::uint64_t new_value = atomic.operand;
  bool store = true;
  const std::uint64_t mask = bytes == 4 ? 0xFFFF'FFFFU : ~std::uint64_t{0};
  switch (atomic.op) {
    case AtomicOp::kLoadReserved:
      reservations_.reserve(atomic.initiator, address);
      store = false;
      break;
    case AtomicOp::kStoreConditional:
      store = atomic.succeeded = reservations_.consume(atomic.initiator, address);
      break;
    case AtomicOp::kCompareAndSwap:
      store = atomic.succeeded = old_value == (atomic.expected & mask);
      break;
    default:
      new_value = protocol::apply(atomic.op, old_value, atomic.operand, bytes);
  }
  if (store) std::memcpy(memory, &new_value, bytes);
  std::memcpy(payload.get_data_ptr(), &old_value, bytes);
  atomic.result = old_value;
  atomic.acknowledged = true;
  return store;
}

unsigned Memory::debug(Payload& payload, std::uint64_t time_ps) {
  const std::uint64_t address = payload.get_address();
  const BackingStore::Span* span = store_.find(address, 1);
  if (span == nullptr || payload.get_data_length() == 0 || payload.get_data_ptr() == nullptr) {
    return 0;
  }
  const std::uint64_t bytes =
      std::min<std::uint64_t>(payload.get_data_length() - 1, span->last - address) + 1;
  std::uint8_t* memory = BackingStore::at(*span, address);
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory, bytes);
  if (payload.is_write()) {
    std::memcpy(memory, payload.get_data_ptr(), bytes);
    reservations_.written(Reservations::kNobody, address, address + bytes - 1);
    if (guard_ != nullptr) {
      guard_->written(address, address + bytes - 1, time_ps, WriteKind::kDebug);
    }
  }
  return static_cast<unsigned>(bytes);
}

}  // namespace lookaside::ddr
