// SPDX-License-Identifier: Apache-2.0
#include <lookaside/mmu/walker.h>

namespace lookaside::mmu {

PteTransaction::PteTransaction(std::uint32_t hart) {
  access_.requester = protocol::Requester::kWalker;
  access_.hart = hart;
  atomic_.op = protocol::AtomicOp::kCompareAndSwap;
  atomic_.initiator = hart;
  payload_.set_extension(&access_);
}

// The extensions are members: the payload must not free them.
PteTransaction::~PteTransaction() {
  payload_.clear_extension(&access_);
  payload_.clear_extension(&atomic_);
}

tlm::tlm_generic_payload& PteTransaction::prepare(tlm::tlm_command command, std::uint64_t address,
                                                  unsigned bytes) {
  bytes_ = bytes;
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(data_.data());
  payload_.set_data_length(bytes);
  payload_.set_streaming_width(bytes);
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_byte_enable_length(0);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  return payload_;
}

tlm::tlm_generic_payload& PteTransaction::read(std::uint64_t address, unsigned bytes) {
  payload_.clear_extension(&atomic_);
  access_.access = translation::Access::kLoad;
  return prepare(tlm::TLM_READ_COMMAND, address, bytes);
}

tlm::tlm_generic_payload& PteTransaction::compare_and_swap(std::uint64_t address, unsigned bytes,
                                                           std::uint64_t expected,
                                                           std::uint64_t desired) {
  payload_.set_extension(&atomic_);
  access_.access = translation::Access::kStore;
  atomic_.expected = expected;
  atomic_.operand = desired;
  atomic_.acknowledged = false;
  atomic_.succeeded = false;
  atomic_.result = 0;
  for (unsigned i = 0; i < bytes; ++i) data_[i] = static_cast<unsigned char>(desired >> (8 * i));
  return prepare(tlm::TLM_WRITE_COMMAND, address, bytes);
}

std::uint64_t PteTransaction::value() const {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes_; ++i) value |= std::uint64_t{data_[i]} << (8 * i);
  return value;
}

PtePool::Lease PtePool::take() {
  if (free_.empty()) return {*this, std::make_unique<PteTransaction>(hart_)};
  std::unique_ptr<PteTransaction> transaction = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(transaction)};
}

}  // namespace lookaside::mmu
