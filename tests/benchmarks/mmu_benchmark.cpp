// SPDX-License-Identifier: Apache-2.0
// How fast the TLB model and the MMU are on the host: hits and misses, by transaction and by the
// direct port. items_per_second is lookups or accesses per second.
#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/mmu/mmu.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/tlb/array.h>

#include "fresh_kernel.h"

namespace lookaside::benchmarks {
namespace {

using translation::Access;

constexpr std::uint64_t kBase = 0x8000'0000;
constexpr std::uint64_t kSize = 16 << 20;
constexpr std::uint64_t kVa = 0x40'0000;

// ---- TLB --------------------------------------------------------------------------------------

tlb::Geometry geometry(unsigned entries, unsigned ways, tlb::Replacement policy) {
  tlb::Geometry g;
  g.entries = entries;
  g.ways = ways;
  g.replacement = policy;
  g.page_shifts = {12, 21, 30};
  return g;
}

/// Hits spread over all entries; arguments: entries, ways, policy.
void tlb_hit(benchmark::State& state) {
  const auto entries = static_cast<unsigned>(state.range(0));
  tlb::Array array(geometry(entries, static_cast<unsigned>(state.range(1)),
                            static_cast<tlb::Replacement>(state.range(2))));
  for (unsigned i = 0; i < entries; ++i) {
    translation::Translation t;
    t.page_shift = 12;
    t.va_base = kVa + std::uint64_t{i} * 0x1000;
    array.fill(t, t.va_base, 1);
  }
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    i += 7;
    benchmark::DoNotOptimize(array.lookup(kVa + i % entries * 0x1000, 1).hit);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(tlb_hit)
    ->ArgNames({"entries", "ways", "policy"})
    ->Args({16, 16, 0})
    ->Args({64, 64, 0})
    ->Args({64, 64, 1})
    ->Args({512, 4, 0});

void tlb_miss(benchmark::State& state) {
  const auto entries = static_cast<unsigned>(state.range(0));
  tlb::Array array(geometry(entries, entries, tlb::Replacement::kTreePlru));
  for (unsigned i = 0; i < entries; ++i) {
    translation::Translation t;
    t.page_shift = 12;
    t.va_base = kVa + std::uint64_t{i} * 0x1000;
    array.fill(t, t.va_base, 1);
  }
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(array.lookup(0x7000'0000, 1).hit);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(tlb_miss)->ArgName("entries")->Arg(16)->Arg(64);

// ---- MMU --------------------------------------------------------------------------------------

class Memory : public sc_core::sc_module {
 public:
  explicit Memory(const sc_core::sc_module_name& name)
      : sc_module(name), physical("physical"), walk("walk"), bytes(kSize) {
    for (auto* socket : {&physical, &walk}) {
      socket->register_b_transport(this, &Memory::transport);
      socket->register_get_direct_mem_ptr(this, &Memory::lend);
    }
  }
  tlm_utils::simple_target_socket<Memory, 64> physical;
  tlm_utils::simple_target_socket<Memory, 64> walk;
  std::vector<unsigned char> bytes;

 private:
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    unsigned char* at = &bytes[p.get_address() - kBase];
    if (p.is_write()) {
      std::memcpy(at, p.get_data_ptr(), p.get_data_length());
    } else {
      std::memcpy(p.get_data_ptr(), at, p.get_data_length());
    }
    delay += sc_core::sc_time::from_value(30'000);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  bool lend(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(kBase);
    dmi.set_end_address(kBase + kSize - 1);
    dmi.set_dmi_ptr(bytes.data());
    dmi.allow_read_write();
    return true;
  }
};

class Initiator : public sc_core::sc_module {
 public:
  explicit Initiator(const sc_core::sc_module_name& name)
      : sc_module(name), fetch("fetch"), data("data") {}
  tlm_utils::simple_initiator_socket<Initiator, 64> fetch;
  tlm_utils::simple_initiator_socket<Initiator, 64> data;
};

/// 64 pages mapped by Sv39 tables, PMP as a hart has it after reset with everything open.
class System {
 public:
  System() : memory("memory"), mmu("mmu", {}), initiator("initiator") {
    initiator.fetch.bind(mmu.fetch_socket);
    initiator.data.bind(mmu.data_socket);
    mmu.physical_socket.bind(memory.physical);
    mmu.walk_socket.bind(memory.walk);
    map();
    translation::Pmp pmp;
    pmp.write_addr(0, ~std::uint64_t{0} >> 10);
    pmp.write_cfg(0, 0x1F);
    mmu.set_pmp(0, pmp);
    translation::Context c;
    c.format = &translation::kSv39;
    c.root = kBase;
    c.fetch_privilege = translation::Privilege::kSupervisor;
    c.data_privilege = translation::Privilege::kSupervisor;
    mmu.set_context(0, c);
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_data_ptr(buffer);
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    extension.access = Access::kLoad;
    payload.set_extension(&extension);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~System() {
    payload.clear_extension(&extension);
    tests::start_fresh_kernel();
  }
  bool load(std::uint64_t va) {
    payload.set_address(va);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.set_dmi_allowed(false);
    sc_core::sc_time delay;
    initiator.data->b_transport(payload, delay);
    return payload.is_response_ok();
  }

  Memory memory;
  mmu::Mmu mmu;
  Initiator initiator;
  tlm::tlm_generic_payload payload;
  protocol::AccessExtension extension;
  unsigned char buffer[8] = {};

 private:
  void set(std::uint64_t pa, std::uint64_t pte) {
    std::memcpy(&memory.bytes[pa - kBase], &pte, sizeof(pte));
  }
  void map() {
    set(kBase, (kBase + 0x1000) >> 12 << 10 | 1);
    set(kBase + 0x1000 + (kVa >> 21) * 8, (kBase + 0x2000) >> 12 << 10 | 1);
    for (std::uint64_t i = 0; i < 64; ++i) {
      set(kBase + 0x2000 + i * 8, (kBase + 0x10'0000 + i * 0x1000) >> 12 << 10 | 0xCF);
    }
  }
};

/// Hits in the L1, one transaction each, over `pages` pages.
void mmu_transport_hit(benchmark::State& state) {
  System s;
  const auto pages = static_cast<std::uint64_t>(state.range(0));
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (!s.load(kVa + ++i % pages * 0x1000)) state.SkipWithError("fault");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mmu_transport_hit)->ArgName("pages")->Arg(1)->Arg(16);

/// Misses in the L1, hits in the L2.
void mmu_transport_l2_hit(benchmark::State& state) {
  System s;
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (!s.load(kVa + ++i % 64 * 0x1000)) state.SkipWithError("fault");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mmu_transport_l2_hit);

/// Each access misses everywhere and walks three levels: a fence precedes it.
void mmu_transport_walk(benchmark::State& state) {
  System s;
  sc_core::sc_time delay;
  for ([[maybe_unused]] auto _ : state) {
    s.mmu.fence(0, {translation::FenceForm::kAddress, kVa, 0}, delay);
    if (!s.load(kVa)) state.SkipWithError("fault");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mmu_transport_walk);

/// The direct port over `pages` pages: a real lookup whenever the page changes.
void mmu_direct(benchmark::State& state) {
  System s;
  const auto pages = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < pages; ++i) s.load(kVa + i * 0x1000);
  protocol::DirectGrant grant;
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    const std::uint64_t va = kVa + ++i % pages * 0x1000;
    if (!s.mmu.direct(protocol::Port::kData, va, 8, Access::kLoad, grant)) {
      state.SkipWithError("not served");
    }
    benchmark::DoNotOptimize(grant.host);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mmu_direct)->ArgName("pages")->Arg(1)->Arg(2)->Arg(16);

}  // namespace
}  // namespace lookaside::benchmarks

int sc_main(int argc, char** argv) {
  sc_core::sc_report_handler::set_actions("/IEEE_Std_1666/deprecated", sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_,
                                          sc_core::SC_DO_NOTHING);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
