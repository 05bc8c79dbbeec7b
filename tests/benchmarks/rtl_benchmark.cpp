// SPDX-License-Identifier: Apache-2.0
// Cycles per second of the Verilated TLB with 16 entries, fully associative, Sv39, and lookups per
// second when every answer is compared with the model array. No trace, no coverage.
#include <TlbSv39.h>
#include <array>
#include <cstdint>

#include <benchmark/benchmark.h>

#include <lookaside/tlb/array.h>

#include "rtl/tlb_drivers.h"

namespace {

using namespace lookaside;  // NOLINT: the benchmark's vocabulary
using Rtl = tests::RtlTlb<TlbSv39, 64>;

constexpr unsigned kPages = 16;
constexpr std::uint64_t kPage = 4096;

// Neighbouring pages, each at another physical page, met in an order that jumps about.
std::uint64_t va_of(std::uint64_t i) {
  return 0x4000'0000 + (i * 7 % kPages) * kPage;
}

tests::RtlPage page(std::uint64_t i) {
  tests::RtlPage p;
  p.va = va_of(i);
  p.asid = 1;
  p.ppn = 0x80000 + i * 7 % kPages;
  p.perm = 0x3f;
  return p;
}

void fill(Rtl& rtl) {
  rtl.reset();
  for (unsigned i = 0; i < kPages; ++i) rtl.fill(page(i));
}

void BM_RtlTlbCycles(benchmark::State& state) {
  Rtl rtl;
  fill(rtl);
  std::uint64_t i = 0;
  while (state.KeepRunning()) {
    rtl.set_lookup(va_of(i++), 1, false);
    rtl.clock().edge();
  }
  state.counters["cycles"] =
      benchmark::Counter(static_cast<double>(i), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_RtlTlbCycles);

void BM_RtlTlbMissAndFillCycles(benchmark::State& state) {
  Rtl rtl;
  fill(rtl);
  std::uint64_t i = 0;
  while (state.KeepRunning()) {
    tests::RtlPage p = page(i);
    p.va += i++ % 64 * kPages * kPage;
    benchmark::DoNotOptimize(rtl.lookup(p.va, 1, false));
    benchmark::DoNotOptimize(rtl.fill(p));
  }
  state.counters["cycles"] =
      benchmark::Counter(static_cast<double>(2 * i), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_RtlTlbMissAndFillCycles);

void BM_RtlTlbCheckedLookups(benchmark::State& state) {
  Rtl rtl;
  fill(rtl);
  tlb::Geometry geometry;
  geometry.page_shifts = {12, 21, 30};
  tlb::Array model(geometry);
  for (unsigned i = 0; i < kPages; ++i) {
    const tests::RtlPage p = page(i);
    translation::Translation t;
    t.va_base = p.va;
    t.pa_base = p.ppn * kPage;
    t.page_shift = 12;
    t.format = &translation::kSv39;
    model.fill(t, p.va, p.asid);
  }
  std::uint64_t i = 0;
  while (state.KeepRunning()) {
    const std::uint64_t va = va_of(i++);
    const tests::RtlAnswer got = rtl.lookup(va, 1, false);
    const tlb::LookupResult want = model.lookup(va, 1);
    if (got.hit != want.hit || got.way != want.way ||
        got.ppn != want.translation.physical(va) / kPage) {
      state.SkipWithError("RTL and model differ");
      break;
    }
  }
  state.counters["lookups"] =
      benchmark::Counter(static_cast<double>(i), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_RtlTlbCheckedLookups);

}  // namespace
