// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/rtl_waves.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

namespace lookaside::cosim {

namespace {

using observe::EnumName;
using observe::SignalKind;

constexpr std::uint64_t kNoAnswer = 0;
constexpr std::uint64_t kDone = 1;
constexpr std::uint64_t kFault = 2;

std::vector<EnumName> numbered(std::initializer_list<const char*> texts) {
  std::vector<EnumName> names;
  for (const char* text : texts) names.push_back({names.size(), text});
  return names;
}

std::vector<EnumName> rule_names() {
  std::vector<EnumName> names;
  for (unsigned i = 0; i < translation::kRuleCount; ++i) {
    names.push_back({i, translation::name(static_cast<translation::Rule>(i))});
  }
  return names;
}

}  // namespace

MmuRtlWaves::MmuRtlWaves(observe::SignalSink* sink, const std::string& scope,
                         std::uint64_t period_ps)
    : period_ps_(period_ps) {
  const auto declare = [&](const std::string& part, const char* name, unsigned width,
                           const char* sentence, std::vector<EnumName> names = {}) {
    const SignalKind kind = names.empty() ? SignalKind::kBits : SignalKind::kEnum;
    return observe::Signal(sink,
                           {scope + part + ".rtl", name, kind, width, std::move(names), sentence});
  };
  request_ = declare("", "request", 3, "what the RTL is asked in this cycle",
                     numbered({"none", "fetch", "load", "store", "fence"}));
  va_ = declare("", "va", 64, "virtual address of the request");
  answer_ =
      declare("", "answer", 2, "the RTL answers an access", numbered({"none", "done", "fault"}));
  pa_ = declare("", "pa", 64, "physical address of the last answer; 0 for a fault");
  rule_ = declare("", "rule", 5, "rule that refused the last access", rule_names());
  miss_ = declare("", "miss", 3, "state machine of the miss unit",
                  numbered({"idle", "drop", "drop_l2", "search", "found", "walk", "walking"}));
  walker_ = declare("", "walker", 2, "state machine of the page-table walker",
                    numbered({"idle", "decide", "wait", "done"}));
  level_ = declare("", "walk_level", 3, "level of the page-table entry the walker holds");
  memory_ = declare("", "memory", 2, "what the walker's memory port shows",
                    numbered({"none", "read", "compare_and_swap", "answer"}));
  pte_address_ = declare("", "pte_address", 64, "page-table entry that memory is asked for");
  pte_ = declare("", "pte", 64, "page-table entry that memory answered");
  static constexpr const char* kParts[] = {".l1i", ".l1d", ".l2"};
  for (unsigned i = 0; i < kMmuTlbs; ++i) {
    Tlb& tlb = tlbs_[i];
    const std::string part = kParts[i];
    tlb.work = declare(part, "work", 3, "what the TLB does in this cycle",
                       numbered({"none", "miss", "hit", "refill", "evicting_refill"}));
    tlb.set = declare(part, "set", 16, "set of the entry that hit or was filled");
    tlb.way = declare(part, "way", 16, "way of the entry that hit or was filled");
    tlb.match = declare(part, "match", 64,
                        "level 1: entries whose tag matches; level 2: ways of the set seen");
    tlb.valid = declare(part, "valid", 64, "entries 0 to 63 that hold something");
    if (static_cast<MmuTlb>(i) == MmuTlb::kL2) {
      tlb.state = declare(part, "state", 2, "state machine of a level-2 TLB that sweeps",
                          numbered({"idle", "visit", "write"}));
    } else {
      tlb.policy = declare(part, "replacement", 64, "tree-PLRU or LRU state of the set looked at");
    }
  }
}

void MmuRtlWaves::at(std::uint64_t time_ps) {
  cursor_ps_ = std::max(cursor_ps_, time_ps);
}

void MmuRtlWaves::show(MmuPort& port) {
  const MmuInside now = port.inside();
  request_.set(cursor_ps_, static_cast<std::uint64_t>(now.request));
  if (now.request != MmuInside::Request::kNone) va_.set(cursor_ps_, now.va);
  miss_.set(cursor_ps_, now.miss);
  walker_.set(cursor_ps_, now.walker);
  level_.set(cursor_ps_, now.level);
  memory_.set(cursor_ps_, static_cast<std::uint64_t>(now.memory));
  if (now.memory == MmuInside::Memory::kAnswer) {
    pte_.set(cursor_ps_, now.pte);
  } else if (now.memory != MmuInside::Memory::kNone) {
    pte_address_.set(cursor_ps_, now.pte_address);
  }
  for (unsigned i = 0; i < kMmuTlbs; ++i) {
    const MmuInside::Tlb& inside = now.tlbs[i];
    const Tlb& shown = tlbs_[i];
    shown.work.set(cursor_ps_, static_cast<std::uint64_t>(inside.work));
    if (inside.work > MmuInside::Work::kMiss) {
      shown.set.set(cursor_ps_, inside.set);
      shown.way.set(cursor_ps_, inside.way);
    }
    shown.match.set(cursor_ps_, inside.match);
    const std::vector<std::uint64_t> valid = port.valid(static_cast<MmuTlb>(i));
    shown.valid.set(cursor_ps_, valid.empty() ? 0 : valid.front());
    if (static_cast<MmuTlb>(i) == MmuTlb::kL2) {
      shown.state.set(cursor_ps_, inside.state);
    } else {
      shown.policy.set(cursor_ps_, inside.policy);
    }
  }
}

void MmuRtlWaves::cycle(MmuPort& port) {
  show(port);
  cursor_ps_ += period_ps_;
}

void MmuRtlWaves::end(MmuPort& port) {
  show(port);
}

// The answer stands for a cycle, whether the clock goes on in it or not.
void MmuRtlWaves::end(MmuPort& port, MmuPort::State state) {
  end(port);
  if (state != MmuPort::State::kAnswer) return;
  const MmuAnswer& got = port.answer();
  answer_.set(cursor_ps_, got.fault ? kFault : kDone);
  pa_.set(cursor_ps_, got.fault ? 0 : got.pa);
  rule_.set(cursor_ps_, got.fault ? static_cast<std::uint64_t>(got.rule) : 0);
  answer_.set(cursor_ps_ + period_ps_, kNoAnswer);
}

}  // namespace lookaside::cosim
