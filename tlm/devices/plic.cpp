// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/plic.h>
#include <lookaside/protocol/time.h>

namespace lookaside::devices {
namespace {

constexpr unsigned kMachineLine = 11;
constexpr unsigned kSupervisorLine = 9;
constexpr unsigned kMaxSources = 1023;

RegisterMap table(const PlicConfig& config) {
  constexpr auto kBoth = RegisterMode::kReadWrite;
  const std::uint64_t words = config.sources / 32 + 1;
  RegisterMap map = {"plic",
                     Plic::kSize,
                     {{Plic::kPriority,
                       0x0,
                       4 * (config.sources + 1ULL),
                       kBoth,
                       0,
                       "PRIORITY",
                       "priority of a source, 0: never interrupts; that of source 0 is always 0",
                       {},
                       4,
                       4},
                      {Plic::kPending,
                       0x1000,
                       4 * words,
                       RegisterMode::kReadOnly,
                       0,
                       "PENDING",
                       "pending bits, 32 sources a word",
                       {},
                       4,
                       4}}};
  for (unsigned context = 0; context < 2 * config.harts; ++context) {
    const std::string suffix = "_" + std::to_string(context);
    const unsigned id = Plic::kFirstOfContext + Plic::kRowsOfContext * context;
    map.registers.push_back({id + Plic::kEnable,
                             0x2000 + 0x80ULL * context,
                             4 * words,
                             kBoth,
                             0,
                             "ENABLE" + suffix,
                             "enable bits of the context, 32 sources a word",
                             {},
                             4,
                             4});
    map.registers.push_back({id + Plic::kThreshold,
                             0x20'0000 + 0x1000ULL * context,
                             4,
                             kBoth,
                             0,
                             "THRESHOLD" + suffix,
                             "the context is told only of priorities above this",
                             {}});
    map.registers.push_back({id + Plic::kClaim,
                             0x20'0004 + 0x1000ULL * context,
                             4,
                             kBoth,
                             0,
                             "CLAIM" + suffix,
                             "read: claims the best pending source, 0 if there is none; write: "
                             "completes a source",
                             {}});
  }
  return map;
}

}  // namespace

Plic::Plic(const sc_core::sc_module_name& name, const PlicConfig& config, observe::SignalSink* sink)
    : RegisterDevice(name, table(config), config.latency_ps),
      sources("sources"),
      harts("harts"),
      priority_mask_(static_cast<std::uint32_t>((1ULL << (config.priority_bits % 32)) - 1)),
      state_(config.sources + 1),
      contexts_(2UL * config.harts),
      requests_({}) {
  if (config.sources == 0 || config.sources > kMaxSources) {
    throw DeviceSetupError("plic: " + std::to_string(config.sources) +
                           " sources, expected 1 to 1023");
  }
  if (config.priority_bits == 0 || config.priority_bits > 31) {
    throw DeviceSetupError("plic: " + std::to_string(config.priority_bits) +
                           " priority bits, expected 1 to 31");
  }
  for (Context& context : contexts_) context.enable.resize(config.sources / 32 + 1);
  sources.bind(*this);
  std::vector<std::string> names;
  for (unsigned i = 0; i <= config.sources; ++i) names.push_back(std::to_string(i));
  requests_ = observe::Vector(std::move(names));
  statistics().add({"requests", "interrupts", "requests accepted from each source's gateway"},
                   requests_);
  statistics().add({"claims", "interrupts", "claims that returned a source"}, claims_);
  statistics().add({"completions", "interrupts", "completions that were not ignored"},
                   completions_);
  using observe::SignalKind;
  lines_signal_ = {sink,
                   {basename(),
                    "lines",
                    SignalKind::kBits,
                    2 * config.harts,
                    {},
                    "interrupt lines, bit 2h: M of hart h, bit 2h + 1: S"}};
  claimed_signal_ = {
      sink, {basename(), "claimed", SignalKind::kBits, 10, {}, "source returned by a claim"}};
}

void Plic::set_interrupt(unsigned line, bool level) {
  if (line == 0 || line >= state_.size() || state_[line].level == level) return;
  state_[line].level = level;
  if (!level) return;
  request(line);
  update(protocol::local_ps(sc_core::SC_ZERO_TIME));
}

void Plic::request(unsigned source) {
  Source& s = state_[source];
  if (!s.level || s.pending || s.claimed) return;
  s.pending = true;
  ++pending_count_;
  ++requests_.values[source];
}

unsigned Plic::best(const Context& context) const {
  if (pending_count_ == 0) return 0;
  unsigned found = 0;
  for (unsigned i = 1; i < state_.size(); ++i) {
    if (!state_[i].pending || !enabled(context, i)) continue;
    if (state_[i].priority > (found == 0 ? 0 : state_[found].priority)) found = i;
  }
  return found;
}

unsigned Plic::claim(const Context& context) {
  const unsigned source = best(context);
  if (source == 0) return 0;
  state_[source].pending = false;
  state_[source].claimed = true;
  --pending_count_;
  ++claims_.value;
  return source;
}

void Plic::complete(const Context& context, std::uint64_t source) {
  if (source == 0 || source >= state_.size()) return;
  const auto number = static_cast<unsigned>(source);
  if (!enabled(context, number) || !state_[number].claimed) return;
  state_[number].claimed = false;
  ++completions_.value;
  request(number);
}

std::uint64_t Plic::read(const RegisterReference& reference) {
  if (reference.id < kFirstOfContext || row_of_context(reference.id) != kClaim) {
    return peek(reference);
  }
  const unsigned source = claim(contexts_[context_of(reference.id)]);
  claimed_signal_.set(reference.time_ps, source);
  update(reference.time_ps);
  return source;
}

std::uint64_t Plic::peek(const RegisterReference& reference) const {
  const std::uint64_t index = reference.index;
  if (reference.id == kPriority) return state_[index].priority;
  if (reference.id == kPending) {
    std::uint64_t word = 0;
    for (std::uint64_t i = 32 * index; i < 32 * index + 32 && i < state_.size(); ++i) {
      word |= std::uint64_t{state_[i].pending ? 1U : 0U} << (i % 32);
    }
    return word;
  }
  const Context& context = contexts_[context_of(reference.id)];
  switch (row_of_context(reference.id)) {
    case kEnable:
      return context.enable[index];
    case kThreshold:
      return context.threshold;
    default:
      return best(context);
  }
}

void Plic::write(const RegisterReference& reference, std::uint64_t value) {
  const std::uint64_t index = reference.index;
  const auto word = static_cast<std::uint32_t>(value);
  if (reference.id == kPriority) {
    if (index != 0) state_[index].priority = word & priority_mask_;
  } else if (reference.id >= kFirstOfContext) {
    Context& context = contexts_[context_of(reference.id)];
    switch (row_of_context(reference.id)) {
      case kEnable:
        context.enable[index] = word & existing_sources(index);
        break;
      case kThreshold:
        context.threshold = word & priority_mask_;
        break;
      default:
        complete(context, word);
    }
  }
  update(reference.time_ps);
}

std::uint32_t Plic::existing_sources(std::uint64_t word) const {
  const std::uint64_t first = 32 * word;
  std::uint32_t mask = first == 0 ? ~1U : ~0U;  // there is no source 0
  if (state_.size() - first < 32) mask &= (1U << (state_.size() - first)) - 1;
  return mask;
}

void Plic::update(std::uint64_t time_ps) {
  // Sources change at simulated time, claims come at a hart's local time, which lies ahead of it:
  // the wave keeps the order in which things happened.
  shown_ps_ = std::max(shown_ps_, time_ps);
  std::uint64_t all = 0;
  bool changed = false;
  for (unsigned i = 0; i < contexts_.size(); ++i) {
    Context& context = contexts_[i];
    const unsigned source = best(context);
    const bool line = source != 0 && state_[source].priority > context.threshold;
    if (i < 64) all |= std::uint64_t{line ? 1U : 0U} << i;
    if (line == context.line) continue;
    context.line = line;
    changed = true;
    const auto hart = static_cast<int>(i / 2);
    if (hart < harts.size()) {
      harts[hart]->set_interrupt(i % 2 == 0 ? kMachineLine : kSupervisorLine, line);
    }
  }
  if (changed) lines_signal_.set(shown_ps_, all);
}

}  // namespace lookaside::devices
