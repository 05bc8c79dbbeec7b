// SPDX-License-Identifier: Apache-2.0
// A translation engine without sockets, over page tables in a map.
#pragma once

#include <MmuRv32.h>
#include <MmuRv64.h>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <lookaside/mmu/translator.h>

#include "cosim/mmu/lockstep_mmu.h"
#include "cosim/mmu/rtl_mmu.h"
#include "cosim/mmu/verilated.h"

namespace lookaside::tests {

using cosim::MmuPort;
using cosim::MmuVariant;
using mmu::Engine;
using mmu::Job;
using translation::Access;
using translation::Context;
using translation::Format;
using translation::Privilege;
using Step = Engine::Step;

// The variants of tests/rtl, whose parameters are given there.
inline std::unique_ptr<MmuPort> make_rv64() {
  auto port = std::make_unique<cosim::VerilatedMmu<MmuRv64, 4, 8, 16>>();
  port->reset();
  return port;
}
inline std::unique_ptr<MmuPort> make_rv32() {
  auto port = std::make_unique<cosim::VerilatedMmu<MmuRv32, 5, 8, 16>>();
  port->reset();
  return port;
}
inline const MmuVariant& rv64() {
  constexpr auto kPlru = tlb::Replacement::kTreePlru;
  static const MmuVariant kVariant{"test_rv64",   57,   16,       16, {1, 4, kPlru}, {2, 4, kPlru},
                                   {8, 2, kPlru}, true, make_rv64};
  return kVariant;
}
inline const MmuVariant& rv32() {
  constexpr auto kLru = tlb::Replacement::kLru;
  static const MmuVariant kVariant{
      "test_rv32", 32,       9, 4, {1, 5, kLru}, {1, 8, kLru}, {4, 4, tlb::Replacement::kTreePlru},
      false,       make_rv32};
  return kVariant;
}

inline mmu::Config config_of(const MmuVariant& v) {
  mmu::Config config;
  config.asid_bits = v.asid_bits;
  const auto take = [&](mmu::TlbConfig& tlb, const cosim::MmuVariantTlb& shape) {
    tlb.geometry.entries = shape.sets * shape.ways;
    tlb.geometry.ways = shape.ways;
    tlb.geometry.replacement = shape.policy;
    tlb.geometry.page_shifts =
        v.va_bits == 32 ? std::vector<unsigned>{12, 22} : std::vector<unsigned>{12, 21, 30, 39, 48};
  };
  take(config.l1i, v.l1i);
  take(config.l1d, v.l1d);
  take(config.l2, v.l2);
  return config;
}

inline translation::Pmp open_pmp(unsigned entries, const Format& format) {
  translation::Pmp pmp(entries, format.pa_bits);
  pmp.write_addr(entries - 1, ~std::uint64_t{0});
  pmp.write_cfg(entries - 1, 0x1f);
  return pmp;
}

/// What an engine is made with.
struct Surroundings {
  explicit Surroundings(const MmuVariant& v)
      : config(config_of(v)), counters(config), waves(nullptr, config.scope) {}
  mmu::Config config;
  mmu::Counters counters;
  mmu::Waves waves;
};

/// One chain of tables from kRoot; the last one maps neighbouring pages from address 0.
class Tables {
 public:
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::uint64_t kRoot = 0x8000'0000;
  static constexpr std::uint64_t kLeaf = 0xcf;  ///< V R W X A D, supervisor

  explicit Tables(const Format& format) : format_(format) {
    for (unsigned depth = 0; depth + 1 < format.levels; ++depth) {
      words_[kRoot + depth * kPage] = (kRoot / kPage + depth + 1) << 10 | 1;
    }
    for (unsigned i = 0; i < 16; ++i) map(i, kLeaf);
  }
  void map(unsigned page, std::uint64_t flags) {
    const std::uint64_t table = kRoot + (format_.levels - 1) * kPage;
    words_[table + page * format_.pte_bytes] = (0x90000 + std::uint64_t{page}) << 10 | flags;
  }
  Context context() const {
    Context c;
    c.format = &format_;
    c.root = kRoot;
    c.asid = 1;
    c.fetch_privilege = c.data_privilege = Privilege::kSupervisor;
    return c;
  }
  Job job(Access access, std::uint64_t va, std::uint64_t time_ps) const {
    Job j;
    j.access = access;
    j.port = access == Access::kFetch ? protocol::Port::kFetch : protocol::Port::kData;
    j.va = va;
    j.bytes = 4;
    j.context = context();
    j.time_ps = time_ps;
    return j;
  }
  /// Runs a job to its end; every PTE access takes `memory_ps`.
  Step run(Engine& engine, Job& j, std::uint64_t memory_ps = 1000) {
    Step step = engine.begin(j);
    while (step == Step::kReadPte || step == Step::kCompareAndSwap) {
      j.time_ps += memory_ps;
      std::uint64_t& word = words_[j.pte.address];
      if (step == Step::kReadPte) {
        step = engine.pte_read(j, true, word);
        continue;
      }
      const bool swapped = word == j.pte.expected;
      if (swapped) word = j.pte.desired;
      step = engine.pte_swapped(j, true, swapped);
    }
    return step;
  }

 private:
  const Format& format_;
  std::map<std::uint64_t, std::uint64_t> words_;
};

}  // namespace lookaside::tests
