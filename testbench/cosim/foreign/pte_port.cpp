// SPDX-License-Identifier: Apache-2.0
#include "pte_port.h"

#include <fmt/format.h>

namespace lookaside::foreign {

std::string text(const PteAccess& a) {
  const std::string end = a.error ? "bus error" : "";
  if (a.cas) {
    return fmt::format("compare-and-swap {:#x}: {:#x} to {:#x}, {}", a.address, a.expected,
                       a.desired,
                       a.error     ? end
                       : a.swapped ? "swapped"
                                   : "lost");
  }
  if (a.write) return fmt::format("write {:#x}: {:#x} {}", a.address, a.desired, end);
  return fmt::format("read {:#x}: {}", a.address, a.error ? end : fmt::format("{:#x}", a.data));
}

PtePort::PtePort(const Binding& b, AllowedSet& memory)
    : memory_(memory),
      pte_bytes_(b.map().shape.format->pte_bytes),
      valid_(b.pin("memory.valid")),
      ready_(b.pin("memory.ready")),
      address_(b.pin("memory.address")),
      cas_(b.pin("memory.cas")),
      expected_(b.pin("memory.expected")),
      desired_(b.pin("memory.desired")),
      write_(b.pin("memory.write")),
      write_data_(b.pin("memory.write_data")),
      response_valid_(b.pin("memory.response_valid")),
      response_ready_(b.pin("memory.response_ready")),
      data_(b.pin("memory.data")),
      error_(b.pin("memory.error")),
      swapped_(b.pin("memory.swapped")) {}

void PtePort::drive() {
  answering_ = !pending_.empty() && pending_.front().edges == 0;
  response_valid_.put(answering_ ? 1 : 0);
  if (answering_) {
    const PteAccess& a = pending_.front().access;
    data_.put(a.error ? 0 : a.data);
    error_.put(a.error ? 1 : 0);
    swapped_.put(a.swapped ? 1 : 0);
  } else {
    // What nobody may look at.
    data_.put(0x5a5a5a5a5a5a5a5a ^ taken_);
    error_.put(taken_ & 1);
    swapped_.put(~taken_ & 1);
  }
  ready_.put(stall_ == 0 ? 1 : 0);
}

void PtePort::perform(PteAccess& a) {
  a.error = memory_.fails(a.address);
  a.data = memory_.value(a.address);
  if (a.error) return;
  if (a.cas) a.swapped = a.data == a.expected;
  if (a.swapped || a.write) memory_.write(a.address, a.desired);
}

bool PtePort::take(PteAccess& access) {
  const bool asked = valid_.get() != 0;
  if (asked && stall_ > 0) --stall_;
  if (!asked || (ready_.connected() && ready_.get() == 0)) return false;
  access = {};
  access.address = address_.get();
  access.cas = cas_.get() != 0;
  access.write = write_.get() != 0;
  const std::uint64_t mask = pte_bytes_ < 8 ? 0xFFFF'FFFF : ~std::uint64_t{0};
  access.expected = expected_.get() & mask;
  access.desired = (access.write ? write_data_.get() : desired_.get()) & mask;
  perform(access);
  pending_.push_back({access, latency_});
  // Every fifth request, the next one has to wait.
  if (++taken_ % 5 == 0) stall_ = 2;
  return true;
}

void PtePort::clocked() {
  if (answering_ && response_ready_.get(1) != 0) pending_.pop_front();
  for (Pending& p : pending_) p.edges -= p.edges > 0 ? 1 : 0;
}

}  // namespace lookaside::foreign
