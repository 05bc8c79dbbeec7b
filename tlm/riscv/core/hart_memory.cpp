// SPDX-License-Identifier: Apache-2.0
// Accesses of a hart that its open windows do not serve.
#include <algorithm>
#include <cstring>

#include <lookaside/riscv/core/decode.h>
#include <lookaside/riscv/core/hart.h>

namespace lookaside::riscv {

using translation::Access;
using translation::Rule;

namespace {

/// A refusal that concerns the bytes asked for, not the page: fewer bytes may be allowed.
bool depends_on_size(const translation::Fault& fault) {
  return fault.rule == Rule::kPmpNoMatch || fault.rule == Rule::kPmpPartialMatch ||
         fault.rule == Rule::kPmpPermission || fault.rule == Rule::kBusError;
}

}  // namespace

/// Accesses that cross a page are two lookups, so no window does.
void Hart::Window::open(const Grant& grant, unsigned widest, std::uint64_t va,
                        std::uint64_t page_mask) {
  close();
  const bool usable = grant.countable && grant.host != nullptr && grant.generation != nullptr &&
                      grant.repeats != nullptr && grant.write_repeats != nullptr;
  if (!usable) return;
  first = std::max(grant.first, va & ~page_mask);
  const std::uint64_t last = std::min(grant.last, va | page_mask);
  if (last < first || last - first < widest) return;
  const std::uint64_t span = last - first - (widest - 1U) + 1U;
  host = grant.host + (first - grant.first);
  read_span = grant.read ? span : 0;
  write_span = grant.write ? span : 0;
  read_cost = grant.read_latency_ps;
  write_cost = grant.write_latency_ps;
  repeats = grant.repeats;
  write_repeats = grant.write_repeats;
  generation = grant.generation;
  generation_value = grant.generation_value;
}

bool Hart::fetch_part(std::uint64_t va, unsigned bytes, std::uint32_t& data) {
  Grant grant;
  if (system_.direct(Port::kFetch, va, bytes, Access::kFetch, grant)) {
    data = 0;
    std::memcpy(&data, grant.host + (va - grant.first), bytes);
    cost_ += grant.read_latency_ps;
    fetch_.open(grant, 4, va, fetch_page_mask_);
    fetch_.read_cost += config_.cycle_ps;
    after_call();
    return true;
  }
  fetch_.close();
  Transfer transfer;
  transfer.access = Access::kFetch;
  transfer.va = va;
  transfer.bytes = bytes;
  transfer.pc = pc_;
  transfer.time_ps = now_ + cost_;
  const bool done = system_.transfer(transfer);
  cost_ += transfer.latency_ps;
  after_call();
  if (!done) return raise(transfer.fault);
  data = static_cast<std::uint32_t>(transfer.data);
  return true;
}

/// One request for four bytes where a page allows it; at a page's end two bytes, and the rest only
/// if the instruction has one (TVAL-02 to TVAL-04).
bool Hart::fetch_slow(std::uint32_t& raw) {
  if (same_page(pc_, 4, fetch_page_mask_)) {
    if (fetch_part(pc_, 4, raw)) return true;
    if ((pc_ & 2U) == 0 || !depends_on_size(fault_)) return false;
  }
  std::uint32_t low = 0;
  if (!fetch_part(pc_, 2, low)) return false;
  raw = low;
  if (instruction_length(low) == 2) return true;
  const std::uint64_t mask = config_.xlen == 32 ? 0xffffffffULL : ~std::uint64_t{0};
  std::uint32_t high = 0;
  if (!fetch_part((pc_ + 2) & mask, 2, high)) return false;
  raw = low | (high << 16);
  return true;
}

/// After a load, store or atomic that left the hart: devices may have done anything.
void Hart::sent_access() {
  after_call();
  stale_ = true;
  attention();
}

bool Hart::misaligned(Access access, std::uint64_t va) {
  if (align_mask_ != 0) {
    return raise(
        translation::is_store(access) ? Exception::kStoreMisaligned : Exception::kLoadMisaligned,
        va);
  }
  ++statistics_.misaligned.value;
  return true;
}

bool Hart::data_slow(Access access, std::uint64_t va, unsigned bytes, std::uint64_t& data) {
  const bool store = access == Access::kStore;
  Grant grant;
  if (same_page(va, bytes, data_page_mask_) &&
      system_.direct(Port::kData, va, bytes, access, grant)) {
    std::uint8_t* host = grant.host + (va - grant.first);
    if (store) {
      std::memcpy(host, &data, bytes);
    } else {
      data = 0;
      std::memcpy(&data, host, bytes);
    }
    cost_ += store ? grant.write_latency_ps : grant.read_latency_ps;
    data_.open(grant, 8, va, data_page_mask_);
    after_call();
    return true;
  }
  data_.close();
  Transfer transfer;
  transfer.access = access;
  transfer.va = va;
  transfer.bytes = bytes;
  transfer.pc = pc_;
  transfer.time_ps = now_ + cost_;
  transfer.data = data;
  const bool done = system_.transfer(transfer);
  cost_ += transfer.latency_ps;
  sent_access();
  if (!done) return raise(transfer.fault);
  data = transfer.data;
  return true;
}

bool Hart::atomic(Transfer& transfer) {
  if ((transfer.va & (transfer.bytes - 1U)) != 0) {  // MIS-04
    return raise(translation::is_store(transfer.access) ? Exception::kStoreMisaligned
                                                        : Exception::kLoadMisaligned,
                 transfer.va);
  }
  data_.close();
  transfer.pc = pc_;
  transfer.time_ps = now_ + cost_;
  const bool done = system_.transfer(transfer);
  cost_ += transfer.latency_ps;
  sent_access();
  if (!done) return raise(transfer.fault);
  ++statistics_.atomics.value;
  return true;
}

}  // namespace lookaside::riscv
