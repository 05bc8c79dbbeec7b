// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <lookaside/mmu/waves.h>

namespace lookaside::mmu {

namespace {

using observe::EnumName;
using observe::SignalKind;
using translation::Access;
using translation::Cause;

constexpr std::uint64_t kNoAccess = 7;
constexpr std::uint64_t kNoLevel = 7;
constexpr std::uint64_t kNoCause = 0;

std::string snake(std::string text) {
  for (char& c : text) {
    if (c == ' ' || c == '-') c = '_';
  }
  return text;
}

std::vector<EnumName> access_names() {
  std::vector<EnumName> names;
  for (unsigned i = 0; i < translation::kAccessCount; ++i) {
    names.push_back({i, snake(name(static_cast<Access>(i)))});
  }
  names.push_back({kNoAccess, "none"});
  return names;
}

std::vector<EnumName> phase_names() {
  static constexpr const char* kNames[] = {"idle",    "l1_hit", "l1_miss",   "l2_hit",
                                           "l2_miss", "walk",   "ad_update", "refill",
                                           "memory",  "bypass", "fault"};
  std::vector<EnumName> names;
  for (const char* text : kNames) names.push_back({names.size(), text});
  return names;
}

std::vector<EnumName> level_names() {
  std::vector<EnumName> names;
  for (unsigned i = 0; i < translation::kMaxLevels; ++i) {
    names.push_back({i, "level" + std::to_string(i)});
  }
  names.push_back({kNoLevel, "none"});
  return names;
}

std::vector<EnumName> cause_names() {
  std::vector<EnumName> names = {{kNoCause, "none"}};
  for (const Cause c :
       {Cause::kFetchAccess, Cause::kLoadMisaligned, Cause::kLoadAccess, Cause::kStoreMisaligned,
        Cause::kStoreAccess, Cause::kFetchPage, Cause::kLoadPage, Cause::kStorePage}) {
    names.push_back({static_cast<std::uint64_t>(c), snake(name(c))});
  }
  return names;
}

}  // namespace

Waves::Waves(observe::SignalSink* sink, const std::string& scope) : on_(sink != nullptr) {
  const auto declare = [&](const char* name, SignalKind kind, unsigned width,
                           std::vector<EnumName> names, const char* sentence) {
    return observe::Signal(sink, {scope, name, kind, width, std::move(names), sentence});
  };
  const auto bits = [&](const char* name, const char* sentence) {
    return declare(name, SignalKind::kBits, 64, {}, sentence);
  };
  access_ = declare("access", SignalKind::kEnum, 3, access_names(), "kind of the access");
  va_ = bits("va", "virtual address of the access, or of its part in the second page");
  outcome_ = declare("outcome", SignalKind::kEnum, 4, phase_names(),
                     "what the MMU does: lookup result, walk, refill, access, fault");
  entry_ = declare("tlb_entry", SignalKind::kBits, 16, {},
                   "entry of the TLB that hit or was refilled: set * ways + way");
  level_ = declare("walk_level", SignalKind::kEnum, 3, level_names(),
                   "page-table level being read; level0 is the last");
  pte_address_ = bits("pte_address", "physical address of the page-table entry being read");
  pte_ =
      bits("pte",
           "page-table entry at that address, read or updated, from the request on; 0 if refused");
  pa_ = bits("pa", "physical address sent to memory");
  cause_ = declare("fault_cause", SignalKind::kEnum, 4, cause_names(),
                   "RISC-V cause of the latest fault");
  text_ =
      declare("fault_text", SignalKind::kText, 0, {}, "the latest fault explained in a sentence");
  if (!on_) return;
  idle(0);
  level_.set(0, kNoLevel);
  cause_.set(0, kNoCause);
  text_.set(0, std::string_view{});
}

void Waves::access(std::uint64_t ps, Access access, std::uint64_t va) const {
  if (!on_) return;
  access_.set(ps, static_cast<std::uint64_t>(access));
  va_.set(ps, va);
}

void Waves::pte_request(std::uint64_t ps, unsigned level, std::uint64_t address) const {
  if (!on_) return;
  level_.set(ps, level);
  pte_address_.set(ps, address);
}

void Waves::walk_end(std::uint64_t ps) const {
  if (on_) level_.set(ps, kNoLevel);
}

void Waves::fault(std::uint64_t ps, const translation::Fault& fault) {
  if (!on_) return;
  phase(ps, Phase::kFault);
  level_.set(ps, kNoLevel);
  // They stay until the next fault: a fault takes a cycle or two, which nobody could read. One that
  // is equal to the last is told apart by "none" between the two.
  const auto cause = static_cast<std::uint64_t>(fault.cause);
  if (cause == shown_cause_) cause_.set(ps, kNoCause);
  shown_cause_ = cause;
  cause_.set(ps, cause);
  text_.set(ps, explain(fault));
}

void Waves::idle(std::uint64_t ps) const {
  if (!on_) return;
  phase(ps, Phase::kIdle);
  access_.set(ps, kNoAccess);
}

}  // namespace lookaside::mmu
