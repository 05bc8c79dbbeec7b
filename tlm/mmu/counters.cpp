// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <lookaside/mmu/counters.h>
#include <lookaside/translation/format.h>

namespace lookaside::mmu {

namespace {

using translation::Access;
using translation::Cause;
using translation::FenceForm;
using translation::Rule;

constexpr Cause kCauses[] = {Cause::kFetchAccess,     Cause::kLoadMisaligned, Cause::kLoadAccess,
                             Cause::kStoreMisaligned, Cause::kStoreAccess,    Cause::kFetchPage,
                             Cause::kLoadPage,        Cause::kStorePage};
constexpr unsigned kFenceForms = 4;

/// Labels are lower_snake, as all names of statistics.
std::string label(std::string text) {
  for (char& c : text) {
    if (c == ' ' || c == '-' || c == '+') c = '_';
  }
  return text;
}

template <typename Enum>
std::vector<std::string> labels(unsigned count) {
  std::vector<std::string> result;
  for (unsigned i = 0; i < count; ++i) result.push_back(label(name(static_cast<Enum>(i))));
  return result;
}

std::vector<std::string> cause_labels() {
  std::vector<std::string> result;
  for (const Cause cause : kCauses) result.push_back(label(name(cause)));
  return result;
}

std::vector<std::string> level_labels() {
  std::vector<std::string> result;
  for (unsigned i = 0; i < translation::kMaxLevels; ++i) {
    result.push_back("level" + std::to_string(i));
  }
  return result;
}

}  // namespace

TlbCounters::TlbCounters(const std::string& tlb_name) : group(tlb_name) {
  group.add({"lookups", "lookups", "lookups, one for each page an access touches"}, lookups);
  group.add({"hits", "lookups", "lookups that found an entry, whatever its permissions"}, hits);
  group.add({"misses", "lookups", "lookups that found no entry"}, misses);
  group.add_derived({"hit_rate", "ratio", "hits / lookups; 0 without lookups"}, [this] {
    return lookups.value == 0
               ? 0.0
               : static_cast<double>(hits.value) / static_cast<double>(lookups.value);
  });
  group.add({"stale_hits", "lookups", "hits whose A or D bit a new walk had to set"}, stale_hits);
  group.add({"fills", "entries", "entries stored"}, fills);
  group.add({"evictions", "entries", "entries replaced because their set was full"}, evictions);
  group.add({"replaced", "entries", "entries dropped because a newer one covers them"}, replaced);
  group.add({"flushed", "entries", "entries dropped by fences"}, flushed);
}

WalkerCounters::WalkerCounters() : pte_reads_per_level(level_labels()), group("walker") {
  group.add({"walks", "walks", "page-table walks begun"}, walks);
  group.add({"walks_faulted", "walks", "walks that ended in a fault"}, walks_faulted);
  group.add({"walks_restarted", "walks", "walks begun anew because a fence came"}, walks_restarted);
  group.add({"pte_reads", "reads", "page-table entries read from memory"}, pte_reads);
  group.add({"ad_updates", "writes", "A/D bits set in memory by compare-and-swap"}, ad_updates);
  group.add({"ad_retries", "writes", "compare-and-swaps lost to another writer"}, ad_retries);
  group.add({"pte_reads_per_level", "reads", "page-table entries read, by level; 0 = last level"},
            pte_reads_per_level);
  group.add({"walk_latency_ns", "ns", "time from the start of a walk to its end"}, walk_latency_ns);
  group.add_derived({"mean_walk_latency_ns", "ns", "mean of walk_latency_ns"},
                    [this] { return walk_latency_ns.mean(); });
}

Counters::Counters(const Config& config)
    : accesses(labels<Access>(translation::kAccessCount)),
      faults_per_cause(cause_labels()),
      faults_per_rule(labels<Rule>(translation::kRuleCount)),
      fences(labels<FenceForm>(kFenceForms)),
      group(config.scope) {
  group.before_read([this] { settle(); });
  group.add({"accesses", "accesses", "accesses by kind; one that crosses a page counts once"},
            accesses);
  group.add({"translations", "pieces", "pieces of accesses, one for each page they touch"},
            translations);
  group.add({"bypasses", "pieces", "pieces that were not translated (Bare or M-mode)"}, bypasses);
  group.add({"split_accesses", "accesses",
             "accesses sent in parts, one for each page they touch; refused ones do not count"},
            split_accesses);
  group.add({"faults_per_cause", "faults", "refused accesses by RISC-V cause"}, faults_per_cause);
  group.add({"faults_per_rule", "faults", "refused accesses by the rule that failed"},
            faults_per_rule);
  group.add({"fences", "fences", "SFENCE.VMA by operand form"}, fences);
  group.add({"dmi_grants", "grants", "direct memory pointers lent by get_direct_mem_ptr"},
            dmi_grants);
  group.add({"dmi_revocations", "calls", "invalidate_direct_mem_ptr calls made upward"},
            dmi_revocations);
  group.add_derived(
      {"lower_bound", "flag",
       "1 if direct memory pointers were lent: accesses through them are not counted, "
       "and every count here is a lower bound"},
      [this] { return dmi_grants.value == 0 ? 0.0 : 1.0; });
  if (config.l1i.enabled) group.add_child(l1i.group);
  if (config.l1d.enabled) group.add_child(l1d.group);
  if (config.l2.enabled) group.add_child(l2.group);
  group.add_child(walker.group);
}

void Counters::count_fault(const translation::Fault& fault) {
  ++faults_per_rule.values[static_cast<unsigned>(fault.rule)];
  const auto* cause = std::find(std::begin(kCauses), std::end(kCauses), fault.cause);
  if (cause != std::end(kCauses)) {
    ++faults_per_cause.values[static_cast<std::size_t>(cause - std::begin(kCauses))];
  }
}

void Counters::settle() {
  for (const auto port : {protocol::Port::kFetch, protocol::Port::kData}) {
    const bool fetch = port == protocol::Port::kFetch;
    for (const bool translated : {false, true}) {
      Repeats& r = repeats(port, translated);
      const std::uint64_t sum = r.reads + r.writes;
      accesses.values[static_cast<unsigned>(fetch ? Access::kFetch : Access::kLoad)] += r.reads;
      accesses.values[static_cast<unsigned>(Access::kStore)] += r.writes;
      translations.value += sum;
      (translated ? l1(port).lookups : bypasses).value += sum;
      if (translated) l1(port).hits.value += sum;
      r = Repeats{};
    }
  }
}

}  // namespace lookaside::mmu
