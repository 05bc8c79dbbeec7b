// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cosim/foreign/mmu_operations.h"
#include "cosim/minimise.h"
#include "stimulus/tlb_generator.h"

namespace lookaside::foreign {

using cosim::Operation;

namespace {

class Listed final : public Operations {
 public:
  explicit Listed(std::vector<Operation> operations) : operations_(std::move(operations)) {}
  std::optional<Operation> next(const Fit& fit) override {
    while (at_ < operations_.size()) {
      if (auto fitted = fit(operations_[at_++])) return fitted;
    }
    return std::nullopt;
  }

 private:
  std::vector<Operation> operations_;
  std::size_t at_ = 0;
};

template <typename Generator>
class Random final : public Operations {
 public:
  Random(Generator generator, std::uint64_t count)
      : generator_(std::move(generator)), left_(count) {}
  // Some are drawn that the block has no ports for; they do not count.
  std::optional<Operation> next(const Fit& fit) override {
    if (left_ == 0) return std::nullopt;
    --left_;
    for (;;) {
      if (auto fitted = fit(generator_.next())) return fitted;
    }
  }

 private:
  Generator generator_;
  std::uint64_t left_;
};

/// What differs, so that minimising does not slide to another fault.
std::string kind_of(const cosim::Difference& d) {
  return d.operation.substr(0, d.operation.find(' ')) + ": " + d.what();
}

std::optional<cosim::Difference> replay(const PortMap& map, const std::string& object,
                                        const std::vector<Operation>& operations) {
  const auto bench = make_bench(map, object);
  for (const Operation& o : operations) {
    if (!bench->perform(o)) return bench->difference();
  }
  bench->finish();
  return bench->difference();
}

}  // namespace

std::unique_ptr<Operations> listed_operations(std::vector<Operation> operations) {
  return std::make_unique<Listed>(std::move(operations));
}

std::unique_ptr<Operations> random_operations(const PortMap& map, const std::vector<bool>& forms,
                                              std::uint64_t count, std::uint64_t seed) {
  stimulus::Weights weights;
  // Forms that the block does not have would be left out after they were drawn.
  const auto adapt = [&](auto& w) {
    if (!forms[1]) w.fence_asid = 0;
    if (!forms[2]) w.fence_address = 0;
    if (!forms[3]) w.fence_address_asid = 0;
  };
  if (map.kind == BlockKind::kTlb) {
    adapt(weights.tlb);
    if (!map.has("lookup.drop")) weights.tlb.drop = 0;
    stimulus::TlbShape shape;
    shape.format = map.shape.format;
    shape.asid_bits = map.shape.asid_bits;
    const auto geometry = map.geometry.find("tlb");
    if (geometry != map.geometry.end()) shape.sets = geometry->second.sets();
    return std::make_unique<Random<stimulus::TlbGenerator>>(
        stimulus::TlbGenerator(shape, weights.tlb, seed), count);
  }
  adapt(weights.mmu);
  // Changes are what makes answers stale; pages that nobody may touch teach little.
  weights.mmu.change = 8;
  weights.mmu.readable = 93;
  weights.mmu.writable = 85;
  weights.mmu.one_bit_wrong = 3;
  weights.mmu.sum = 70;
  MmuOperationsShape shape;
  shape.format = map.shape.format;
  shape.asid_bits = map.shape.asid_bits;
  shape.pa_bits = map.shape.pa_bits;
  shape.pmp_entries = map.has("pmp.write") ? map.pmp_entries : 0;
  return std::make_unique<Random<MmuOperations>>(MmuOperations(shape, weights.mmu, seed), count);
}

std::size_t count_fitting(const PortMap& map, const std::string& object,
                          const cosim::Stimulus& stimulus) {
  const auto bench = make_bench(map, object);
  const auto& all = stimulus.operations;
  const auto fitting = std::count_if(
      all.begin(), all.end(), [&](const Operation& o) { return bench->fitted(o).has_value(); });
  if (fitting == 0) {
    throw cosim::StimulusError(fmt::format(
        "{}:{}: found '{}', expected at least one operation that the ports in {} can do",
        stimulus.file, all.front().line, line_of(all.front()), map.file));
  }
  return static_cast<std::size_t>(fitting);
}

SessionResult run_session(const PortMap& map, const std::string& object, Operations& operations,
                          const std::string& wave) {
  SessionResult result;
  const auto bench = make_bench(map, object, wave);
  std::vector<Operation> performed;
  const auto fit = [&](const Operation& o) { return bench->fitted(o); };
  while (const auto operation = operations.next(fit)) {
    performed.push_back(*operation);
    if (!bench->perform(*operation)) break;
  }
  bench->finish();
  result.counts = bench->counts();
  result.difference = bench->difference();
  if (!result.difference) return result;
  const std::string kind = kind_of(*result.difference);
  const auto shows = [&](const std::vector<Operation>& candidate) {
    const auto difference = replay(map, object, candidate);
    return difference && kind_of(*difference) == kind;
  };
  // It may have shown only while a later operation was performed.
  const auto without_last = [&](std::vector<Operation>& list) {
    const std::vector<Operation> candidate(list.begin(), list.end() - 1);
    if (!candidate.empty() && shows(candidate)) list = candidate;
  };
  without_last(performed);
  std::vector<Operation> shortest = cosim::minimise(performed, shows, {2'000'000});
  without_last(shortest);
  result.difference->history = stimulus_of(map, shortest);
  return result;
}

cosim::Stimulus stimulus_of(const PortMap& map, std::vector<Operation> operations) {
  cosim::Stimulus stimulus;
  stimulus.block = name(map.kind);
  stimulus.settings = {{"format", word_of(*map.shape.format)},
                       {"asid_bits", fmt::format("{}", map.shape.asid_bits)}};
  stimulus.operations = std::move(operations);
  return stimulus;
}

void check_stimulus(const PortMap& map, const cosim::Stimulus& stimulus) {
  const cosim::Stimulus own = stimulus_of(map, {});
  if (stimulus.block != own.block) {
    throw cosim::StimulusError(
        fmt::format("{}: found operations of a {}, expected those of a {}, as {} says",
                    stimulus.file, stimulus.block, own.block, map.file));
  }
  for (const cosim::BlockSetting& s : own.settings) {
    const std::string found = stimulus.setting(s.key, s.value);
    if (found == s.value) continue;
    throw cosim::StimulusError(
        fmt::format("{}: block {}: {}: found '{}', expected '{}', as {} says", stimulus.file,
                    stimulus.block, s.key, found, s.value, map.file));
  }
  stimulus.expect_operations();
}

}  // namespace lookaside::foreign
