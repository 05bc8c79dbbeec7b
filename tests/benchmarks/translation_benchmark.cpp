// SPDX-License-Identifier: Apache-2.0
// Translations per second of the core: whole walks in each mode on an array memory, and the check
// of a TLB hit. One thread; the tables fit in the first cache level, so this is the cost of the
// model itself.
#include <array>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include <lookaside/translation/walk.h>

namespace {

using namespace lookaside::translation;  // NOLINT: the benchmark's vocabulary

constexpr std::uint64_t kRoot = 0x80000000;
constexpr std::uint64_t kPages = 64;

// One chain of tables from kRoot up, with kPages neighbouring pages mapped below it.
class Array : public PteMemory {
 public:
  explicit Array(const Format& format) : words_(format.levels * 0x1000 / format.pte_bytes) {
    const std::uint64_t per_table = 0x1000 / format.pte_bytes;
    shift_ = format.pte_bytes == 4 ? 2 : 3;
    for (unsigned level = format.levels - 1; level > 0; --level) {
      const std::uint64_t depth = format.levels - 1 - level;
      words_[depth * per_table] = (kRoot + (depth + 1) * 0x1000) >> 12 << 10 | 1;
    }
    for (std::uint64_t page = 0; page < kPages; ++page) {
      words_[(format.levels - 1) * per_table + page] = (0x90000 + page) << 10 | 0xdf;
    }
  }
  bool read(std::uint64_t pa, unsigned /*bytes*/, std::uint64_t& value) override {
    const std::uint64_t word = (pa - kRoot) >> shift_;
    if (word >= words_.size()) return false;
    value = words_[word];
    return true;
  }
  bool compare_and_swap(std::uint64_t, unsigned, std::uint64_t, std::uint64_t, bool&) override {
    return false;
  }

 private:
  std::vector<std::uint64_t> words_;
  unsigned shift_ = 3;
};

Context user(const Format& format) {
  Context c;
  c.format = &format;
  c.root = kRoot;
  c.fetch_privilege = c.data_privilege = Privilege::kUser;
  return c;
}

Pmp open_pmp(unsigned entry) {
  Pmp pmp;
  pmp.write_addr(entry, ~std::uint64_t{0});
  pmp.write_cfg(entry, 0x1f);
  return pmp;
}

// range(0): the PMP entry that lets everything through, 0 (found at once) or 15 (found last).
void full_walk(benchmark::State& state, const Format* format) {
  Array memory(*format);
  const Context context = user(*format);
  const Pmp pmp = open_pmp(static_cast<unsigned>(state.range(0)));
  std::uint64_t page = 0;
  for ([[maybe_unused]] auto _ : state) {
    const Outcome outcome = translate(context, pmp, page << 12 | 0x10, 4, Access::kLoad, memory);
    if (!outcome.ok) {
      state.SkipWithError("the benchmark's own page table is wrong");
      break;
    }
    benchmark::DoNotOptimize(outcome.pa);
    page = (page + 1) % kPages;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(full_walk, Sv32, &kSv32)->Arg(0)->Arg(15);
BENCHMARK_CAPTURE(full_walk, Sv39, &kSv39)->Arg(0)->Arg(15);
BENCHMARK_CAPTURE(full_walk, Sv48, &kSv48)->Arg(0)->Arg(15);
BENCHMARK_CAPTURE(full_walk, Sv57, &kSv57)->Arg(0)->Arg(15);

void hit(benchmark::State& state) {
  const Context context = user(kSv39);
  std::array<Translation, kPages> entries;
  for (std::uint64_t page = 0; page < kPages; ++page) {
    Translation& t = entries[page];
    t.format = &kSv39;
    t.va_base = page << 12;
    t.pa_base = (0x90000 + page) << 12;
    t.page_shift = 12;
    t.pte = (0x90000 + page) << 10 | 0xdf;
  }
  std::uint64_t page = 0;
  for ([[maybe_unused]] auto _ : state) {
    const Translation& t = entries[page];
    benchmark::DoNotOptimize(check_hit(t, context, Access::kStore));
    benchmark::DoNotOptimize(t.physical(page << 12 | 0x10));
    page = (page + 1) % kPages;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hit);

}  // namespace
