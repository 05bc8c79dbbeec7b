// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/history.h"

#include <algorithm>
#include <utility>

namespace lookaside::cosim {

using translation::Access;
using translation::Context;
using translation::Fence;
using translation::FenceForm;

void MmuHistory::add(const Event& event) {
  if (new_.events.size() == chunk_) {
    const Context last = new_.contexts.empty() ? Context{} : new_.contexts.back();
    old_ = std::exchange(new_, Chunk{});
    new_.contexts.push_back(last);
    new_.memory = memory_;
    new_.pmp = pmp_;
  }
  new_.events.push_back(event);
}

void MmuHistory::access(std::uint64_t time_ps, Access access, std::uint64_t va, unsigned bytes,
                        const Context& context) {
  ++count_;
  Event event;
  event.time_ps = time_ps;
  event.address = va;
  event.what = static_cast<std::uint8_t>(access);
  event.bytes = static_cast<std::uint8_t>(bytes);
  add(event);
  if (new_.contexts.empty() || new_.contexts.back() != context) new_.contexts.push_back(context);
  new_.events.back().index = static_cast<std::uint32_t>(new_.contexts.size() - 1);
}

void MmuHistory::fence(std::uint64_t time_ps, const Fence& fence) {
  ++count_;
  Event event;
  event.time_ps = time_ps;
  event.kind = OperationKind::kFence;
  event.address = fence.va;
  event.index = fence.asid;
  event.what = static_cast<std::uint8_t>(fence.form);
  add(event);
}

void MmuHistory::pmp(std::uint64_t time_ps, unsigned index, std::uint8_t cfg, std::uint64_t addr) {
  Event event;
  event.time_ps = time_ps;
  event.kind = OperationKind::kPmp;
  event.value = addr;
  event.index = index;
  event.what = cfg;
  add(event);
  pmp_[index] = event;
}

void MmuHistory::pte(std::uint64_t address, unsigned bytes, bool ok, std::uint64_t value) {
  const Word word{ok ? value : 0, bytes, ok};
  const auto [known, fresh] = memory_.try_emplace(address, word);
  if (!fresh && known->second == word) return;
  known->second = word;
  const Event access = new_.events.back();
  new_.events.pop_back();
  Event event;
  event.time_ps = access.time_ps;
  event.kind = ok ? OperationKind::kWrite : OperationKind::kBusError;
  event.address = address;
  event.value = word.value;
  event.bytes = static_cast<std::uint8_t>(bytes);
  new_.events.push_back(event);
  new_.events.push_back(access);
}

Operation MmuHistory::write_of(std::uint64_t address, const Word& word) {
  return word.ok ? write(address, word.bytes, word.value) : bus_error(address);
}

Operation MmuHistory::operation_of(const Event& e) {
  switch (e.kind) {
    case OperationKind::kFence:
      return cosim::fence({static_cast<FenceForm>(e.what), e.address, e.index});
    case OperationKind::kPmp:
      return cosim::pmp(e.index, e.what, e.value);
    case OperationKind::kWrite:
    case OperationKind::kBusError:
      return write_of(e.address, {e.value, e.bytes, e.kind == OperationKind::kWrite});
    default:
      return cosim::access(static_cast<Access>(e.what), e.address, e.bytes);
  }
}

std::vector<Operation> MmuHistory::operations() const {
  std::vector<Operation> all;
  const Chunk& first = old_.events.empty() ? new_ : old_;
  for (const auto& [address, word] : first.memory) all.push_back(write_of(address, word));
  for (const auto& [index, event] : first.pmp) all.push_back(operation_of(event));
  const Context* current = nullptr;
  for (const Chunk* chunk : {&old_, &new_}) {
    for (const Event& event : chunk->events) {
      if (event.kind == OperationKind::kAccess) {
        const Context& context = chunk->contexts[event.index];
        if (current == nullptr || *current != context) all.push_back(cosim::context(context));
        current = &context;
      }
      all.push_back(operation_of(event));
    }
  }
  return all;
}

std::vector<PastEvent> MmuHistory::before_last(std::size_t count) const {
  std::vector<PastEvent> events;
  bool last = true;
  for (const Chunk* chunk : {&new_, &old_}) {
    for (auto e = chunk->events.rbegin(); e != chunk->events.rend(); ++e) {
      if (events.size() == count) break;
      if (!std::exchange(last, false)) {
        events.push_back({e->time_ps, line_of(operation_of(*e)), {}});
      }
    }
  }
  std::reverse(events.begin(), events.end());
  return events;
}

}  // namespace lookaside::cosim
