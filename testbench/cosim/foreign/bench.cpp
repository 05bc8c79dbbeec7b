// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <algorithm>

#include <fmt/format.h>

#include "cosim/foreign/mmu_bench.h"
#include "cosim/foreign/tlb_bench.h"
#include "cosim/silent.h"

namespace lookaside::foreign {

using translation::Fence;
using translation::FenceForm;

namespace {

constexpr std::size_t kEvents = 24;
// Time in reports: there is no simulated clock, a cycle counts as a nanosecond.
constexpr std::uint64_t kPicosecondsPerCycle = 1000;

}  // namespace

Bench::Bench(const PortMap& map, const std::string& object, const std::string& wave)
    : map_(map), block_(object), binding_(map, block_) {
  fence_ready_ = pin("fence.ready");
  fence_done_ = pin("fence.done");
  if (!wave.empty()) block_.trace(wave);
  binding_.reset();
  for (const char* ready : {"response.ready", "fetch.response_ready", "data.response_ready"}) {
    pin(ready).put(1);
  }
}

template <typename Do>
bool Bench::guarded(Do what) {
  if (difference_) return false;
  try {
    what();
    return true;
  } catch (const Ended&) {
  } catch (const cosim::RtlSilent& silent) {
    try {
      differ(current_, {{"answer", "within the timeout", "none"}}, silent.what());
    } catch (const Ended&) {
    }
  } catch (const BlockStopped& stopped) {
    try {
      differ(current_, {{"run", "goes on", "stopped"}},
             fmt::format("the RTL stopped itself: {}", stopped.what()));
    } catch (const Ended&) {
    }
  }
  return false;
}

bool Bench::perform(const cosim::Operation& operation) {
  return guarded([&] {
    current_ = operation;
    ++performed_;
    start(operation);
  });
}

bool Bench::finish() {
  return guarded([&] { drain(); });
}

void Bench::cycle() {
  if (++quiet_ > map_.timeout_cycles) {
    throw cosim::RtlSilent(
        fmt::format("nothing happened for {} cycles (timeout_cycles)", map_.timeout_cycles));
  }
  block_.settle();
  before_edge();
  ready_seen_ = fence_ready_.get(1) != 0;
  done_seen_ = fence_done_.get() != 0;
  block_.edge();
}

bool Bench::holds(const std::string& port) const {
  return std::find(map_.holds.begin(), map_.holds.end(), port) != map_.holds.end();
}

void Bench::note(const std::string& event, const std::string& outcome) {
  events_.push_back({cycles() * kPicosecondsPerCycle, event, outcome});
  if (events_.size() > kEvents) events_.pop_front();
}

void Bench::differ(const cosim::Operation& operation, std::vector<cosim::ComparedField> fields,
                   const std::string& remark) {
  cosim::Difference d;
  d.block = map_.top.text;
  d.operation = line_of(operation);
  d.number = performed_;
  d.time_ps = cycles() * kPicosecondsPerCycle;
  d.fields = std::move(fields);
  d.before.assign(events_.begin(), events_.end());
  d.remark = fmt::format("{}{}cycle {} of the block; one cycle is written as 1 ns", remark,
                         remark.empty() ? "" : "\n  ", cycles());
  difference_ = std::move(d);
  throw Ended{};
}

std::vector<bool> Bench::fence_forms() const {
  const Encoded form = encoded("fence.form");
  const bool by_address = pin("fence.by_address").connected(),
             by_asid = pin("fence.by_asid").connected();
  const bool address = pin("fence.va").connected() || pin("fence.vpn").connected();
  const bool asid = pin("fence.asid").connected() || map_.shape.asid_bits == 0;
  std::vector<bool> forms = {true, by_asid, by_address, by_address && by_asid};
  if (form.connected()) {
    for (unsigned i = 0; i < forms.size(); ++i) {
      const std::string word = name(static_cast<FenceForm>(i));
      forms[i] = std::any_of(form.values.begin(), form.values.end(),
                             [&](const auto& value) { return value.first == word; });
    }
  }
  for (unsigned i = 0; i < forms.size(); ++i) {
    forms[i] = forms[i] && ((i & 2) == 0 || address) && ((i & 1) == 0 || asid);
  }
  return forms;
}

bool Bench::put_fence(const Fence& fence) {
  const auto form = static_cast<unsigned>(fence.form);
  const Encoded forms = encoded("fence.form");
  if (forms.connected() && !forms.put(name(fence.form))) return false;
  pin("fence.by_address").put(form >> 1);
  pin("fence.by_asid").put(form & 1);
  pin("fence.va").put(fence.va);
  pin("fence.vpn").put(fence.va >> format().page_shift);
  pin("fence.asid").put(fence.asid);
  pin("fence.valid").put(1);
  return true;
}

// Offered until taken, then waited for: by its pulse, by its busy signal, or by its latency.
void Bench::fence_(const Fence& fence) {
  if (!put_fence(fence)) return;
  const Pin busy = pin("fence.busy");
  const bool hold = holds("fence");
  bool taken = false, complete = false;
  unsigned edges = 0;
  while (!complete) {
    cycle();
    taken = taken || ready_seen_;
    if (!taken) continue;
    if (++edges <= map_.timeout_cycles) progress();
    if (!hold) pin("fence.valid").put(0);
    if (busy.connected()) {
      block_.settle();
      complete = busy.get() == 0;
    } else if (fence_done_.connected()) {
      complete = done_seen_;
    } else {
      complete = edges >= map_.latency.fence;
    }
  }
  pin("fence.valid").put(0);
}

std::unique_ptr<Bench> make_bench(const PortMap& map, const std::string& object,
                                  const std::string& wave) {
  if (map.kind == BlockKind::kTlb) return std::make_unique<TlbBench>(map, object, wave);
  return std::make_unique<MmuBench>(map, object, wave);
}

}  // namespace lookaside::foreign
