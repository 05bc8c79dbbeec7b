// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/rtl_waves.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lookaside::cosim {

namespace {

using observe::EnumName;
using observe::SignalKind;

// Values of `operation`: none, then TLB operations in the order of OperationKind.
constexpr std::uint64_t kNothing = 0;
constexpr unsigned kTlbOperations = 4;

std::vector<EnumName> operation_names() {
  std::vector<EnumName> names = {{kNothing, "none"}};
  for (unsigned i = 0; i < kTlbOperations; ++i) {
    names.push_back({i + 1, name(static_cast<OperationKind>(i))});
  }
  return names;
}

}  // namespace

RtlWaves::RtlWaves(observe::SignalSink* sink, const std::string& scope, std::uint64_t period_ps)
    : period_ps_(period_ps) {
  const auto declare = [&](const char* name, unsigned width, const char* sentence,
                           std::vector<EnumName> names = {}) {
    const SignalKind kind = names.empty() ? SignalKind::kBits : SignalKind::kEnum;
    return observe::Signal(sink, {scope + ".rtl", name, kind, width, std::move(names), sentence});
  };
  operation_ = declare("operation", 3, "what the RTL is asked in this cycle", operation_names());
  va_ = declare("va", 64, "address that is looked up, filled or fenced");
  asid_ = declare("asid", 16, "its address space");
  hit_ = declare("hit", 1, "answer of the last lookup: there is an entry");
  set_ = declare("set", 16, "set of the entry that hit or was filled");
  way_ = declare("way", 16, "way of the entry that hit or was filled");
  ppn_ = declare("ppn", 44, "answer of the last lookup: physical page number");
  state_ = declare("state", 2, "state machine of a level-2 TLB",
                   {{0, "idle"}, {1, "visit"}, {2, "write"}});
  match_ =
      declare("match", 64, "level 1: entries whose tag matches; level 2: ways of the set seen");
  policy_ = declare("replacement", 64, "level 1: tree-PLRU or LRU state of the set hit");
  valid_ = declare("valid", 64, "entries 0 to 63 that hold something");
}

void RtlWaves::begin(std::uint64_t time_ps, OperationKind kind, std::uint64_t va,
                     std::uint32_t asid) {
  cursor_ps_ = std::max(cursor_ps_, time_ps);
  start_ps_ = cursor_ps_;
  operation_.set(start_ps_, static_cast<std::uint64_t>(kind) + 1);
  va_.set(start_ps_, va);
  asid_.set(start_ps_, asid);
}

void RtlWaves::show(TlbPort& port) {
  const TlbInside inside = port.inside();
  state_.set(cursor_ps_, inside.state);
  match_.set(cursor_ps_, inside.match);
  policy_.set(cursor_ps_, inside.policy);
}

void RtlWaves::cycle(TlbPort& port) {
  show(port);
  cursor_ps_ += period_ps_;
}

// An answer stands where it is given: in the operation's last cycle, or in its only one.
void RtlWaves::answer(const TlbAnswer& a) {
  const std::uint64_t when = start_ps_ + a.edges * period_ps_;
  hit_.set(when, a.hit ? 1 : 0);
  set_.set(when, a.set);
  way_.set(when, a.way);
  ppn_.set(when, a.ppn);
}

void RtlWaves::filled(const TlbFilled& f) {
  set_.set(start_ps_, f.set);
  way_.set(start_ps_, f.way);
}

void RtlWaves::end(TlbPort& port) {
  operation_.set(cursor_ps_, kNothing);
  show(port);
  valid_.set(cursor_ps_, port.valid().front());
}

}  // namespace lookaside::cosim
