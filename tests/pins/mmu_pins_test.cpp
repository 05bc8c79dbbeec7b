// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu, Verilated with --sc, on a clock between TLM adapters: accesses through pins reach
// the bytes that the model's translation says, or are refused for the same reason.
#include <MmuPins32.h>
#include <MmuPins64.h>

#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "pins/access_adapter.h"
#include "pins/control_adapter.h"
#include "pins/memory_adapter.h"
#include "pins/mmu_signals.h"
#include "systemc_fixture.h"
#include "translation/random.h"

namespace lookaside::tests {
namespace {

using translation::Format;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kRoot = Memory::kBase;
constexpr unsigned kPages = 48;

/// Adapters, pins, MMU, memory.
template <typename Model>
class PinBench : public sc_core::sc_module {
  using Signals = pins::MmuSignals<Model>;
  using Address = typename Signals::Address;
  using Access_ = pins::AccessAdapter<Address, typename Signals::Physical>;

 public:
  explicit PinBench(const sc_core::sc_module_name& name)
      : sc_module(name), mmu("mmu"), memory("memory"), initiator("initiator") {
    mmu.clk_i(clock);
    signals.bind(mmu);
    initiator.fetch.bind(fetch.target_socket);
    initiator.data.bind(data.target_socket);
    fetch.physical_socket.bind(fetched);
    data.physical_socket.bind(memory.physical);
    walker.socket.bind(memory.walk);
    fetched.register_b_transport(this, &PinBench::fetch_transport);
    connect_requests();
    connect_rest();
  }

  sc_core::sc_clock clock{"clock", sc_core::sc_time(1, sc_core::SC_NS)};
  Signals signals;
  Model mmu;
  Memory memory;
  Initiator initiator;
  Access_ fetch{"fetch"};
  Access_ data{"data"};
  pins::MemoryAdapter<typename Signals::PteAddress, Address> walker{
      "walker", sc_core::sc_time(1, sc_core::SC_NS)};
  pins::ControlAdapter<Address, typename Signals::Root, typename Signals::PmpAddress> control{
      "control"};

 private:
  // The memory has one socket for data; fetches reach the same bytes.
  tlm_utils::simple_target_socket<PinBench, 64> fetched{"fetched"};
  sc_core::sc_signal<std::uint32_t> fetch_access{"fetch_access"};

  void fetch_transport(tlm::tlm_generic_payload& p, sc_core::sc_time&) {
    std::memcpy(p.get_data_ptr(), &memory.bytes[p.get_address() - Memory::kBase],
                p.get_data_length());
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  void connect_requests() {
    fetch.clk(clock);
    fetch.req_valid(signals.fetch_req_valid_i);
    fetch.req_ready(signals.fetch_req_ready_o);
    fetch.req_va(signals.fetch_req_va_i);
    fetch.req_more(signals.fetch_req_more_i);
    fetch.req_access(fetch_access);
    fetch.rsp_valid(signals.fetch_rsp_valid_o);
    fetch.rsp_pa(signals.fetch_rsp_pa_o);
    fetch.rsp_fault(signals.fetch_rsp_fault_o);
    fetch.rsp_rule(signals.fetch_rsp_rule_o);
    fetch.rsp_cause(signals.fetch_rsp_cause_o);
    fetch.rsp_tval(signals.fetch_rsp_tval_o);
    data.clk(clock);
    data.req_valid(signals.data_req_valid_i);
    data.req_ready(signals.data_req_ready_o);
    data.req_va(signals.data_req_va_i);
    data.req_more(signals.data_req_more_i);
    data.req_access(signals.data_req_access_i);
    data.rsp_valid(signals.data_rsp_valid_o);
    data.rsp_pa(signals.data_rsp_pa_o);
    data.rsp_fault(signals.data_rsp_fault_o);
    data.rsp_rule(signals.data_rsp_rule_o);
    data.rsp_cause(signals.data_rsp_cause_o);
    data.rsp_tval(signals.data_rsp_tval_o);
  }
  void connect_rest() {
    walker.clk(clock);
    walker.req_valid(signals.mem_req_valid_o);
    walker.req_ready(signals.mem_req_ready_i);
    walker.req_addr(signals.mem_req_addr_o);
    walker.req_cas(signals.mem_req_cas_o);
    walker.req_expected(signals.mem_req_expected_o);
    walker.req_desired(signals.mem_req_desired_o);
    walker.rsp_valid(signals.mem_rsp_valid_i);
    walker.rsp_error(signals.mem_rsp_error_i);
    walker.rsp_swapped(signals.mem_rsp_swapped_i);
    walker.rsp_data(signals.mem_rsp_data_i);
    control.clk(clock);
    control.mode(signals.ctx_mode_i);
    control.root(signals.ctx_root_i);
    control.asid(signals.ctx_asid_i);
    control.fetch_priv(signals.ctx_fetch_priv_i);
    control.data_priv(signals.ctx_data_priv_i);
    control.sum(signals.ctx_sum_i);
    control.mxr(signals.ctx_mxr_i);
    control.update(signals.ctx_update_i);
    control.pmp_write(signals.pmp_write_i);
    control.pmp_index(signals.pmp_index_i);
    control.pmp_cfg(signals.pmp_cfg_i);
    control.pmp_addr(signals.pmp_addr_i);
    control.fence_valid(signals.fence_valid_i);
    control.fence_ready(signals.fence_ready_o);
    control.fence_form(signals.fence_form_i);
    control.fence_va(signals.fence_va_i);
    control.fence_asid(signals.fence_asid_i);
  }
};

/// The memory's bytes as the model says they should be.
class Copy final : public translation::PteMemory {
 public:
  explicit Copy(const Memory& memory) : bytes(memory.bytes) {}
  bool read(std::uint64_t pa, unsigned n, std::uint64_t& value) override {
    if (pa < Memory::kBase || pa + n > Memory::kBase + Memory::kSize) return false;
    value = 0;
    std::memcpy(&value, &bytes[pa - Memory::kBase], n);
    return true;
  }
  bool compare_and_swap(std::uint64_t pa, unsigned n, std::uint64_t expected, std::uint64_t desired,
                        bool& swapped) override {
    std::uint64_t value = 0;
    if (!read(pa, n, value)) return false;
    swapped = value == expected;
    if (swapped) std::memcpy(&bytes[pa - Memory::kBase], &desired, n);
    return true;
  }
  std::vector<unsigned char> bytes;
};

template <typename Model>
class Driver {
 public:
  Driver(PinBench<Model>& bench, const Format& format, unsigned pmp_entries, std::uint64_t seed)
      : bench_(bench),
        format_(format),
        pmp_(pmp_entries, format.pa_bits),
        random_(seed),
        model_(lay_tables()) {
    pmp_.write_addr(0, (Memory::kBase + Memory::kSize / 2) >> 2);  // the upper half is refused
    pmp_.write_cfg(0, 0x0f);
    context_.format = &format;
    context_.root = kRoot;
    context_.asid = 1;
    context_.fetch_privilege = context_.data_privilege = Privilege::kSupervisor;
    context_.ad_update = translation::AdUpdate::kHardware;
  }

  /// In a thread process.
  void run(unsigned accesses) {
    bench_.signals.rst_ni.write(false);
    sc_core::wait(3, sc_core::SC_NS);
    bench_.signals.rst_ni.write(true);
    sc_core::wait(2, sc_core::SC_NS);
    bench_.control.set_pmp(0, pmp_);
    for (unsigned i = 0; i < accesses && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      if (i % 50 == 0) change();
      access();
      // Page tables with their A and D bits, and data.
      if (i % 8 == 7) {
        ASSERT_TRUE(bench_.memory.bytes == model_.bytes);
      }
    }
    done = true;
  }
  bool done = false;
  unsigned good = 0, refused = 0, crossing = 0;

 private:
  std::uint64_t table() const { return kRoot + (format_.levels - 1) * kPage; }
  const Memory& lay_tables() {
    for (unsigned depth = 0; depth + 1 < format_.levels; ++depth) {
      bench_.memory.set(kRoot + depth * kPage, (kRoot / kPage + depth + 1) << 10 | 1,
                        format_.pte_bytes);
    }
    for (unsigned i = 0; i < kPages; ++i) {
      const std::uint64_t ppn = Memory::kBase / kPage + 0x100 + random_.below(0xe00);
      const std::uint64_t flags =
          random_.chance(70) ? 0xcf & ~(random_.below(4) << 6) : random_.below(256);
      bench_.memory.set(table() + i * format_.pte_bytes, ppn << 10 | flags, format_.pte_bytes);
    }
    return bench_.memory;
  }
  void change() {
    context_.sum = random_.chance(50);
    context_.mxr = random_.chance(50);
    context_.data_privilege = random_.chance(30) ? Privilege::kUser : Privilege::kSupervisor;
    bench_.control.set_context(0, context_);
    sc_core::sc_time delay;
    bench_.control.fence(0, {}, delay);
  }

  void access() {
    const unsigned kind = random_.below(3);
    const Access access = kind == 0 ? Access::kFetch : kind == 1 ? Access::kLoad : Access::kStore;
    const std::uint64_t va =
        random_.below(kPages) * kPage +
        (random_.chance(20) ? kPage - 1 - random_.below(7) : random_.below(4088));
    const unsigned bytes = access == Access::kFetch ? 2 : 8;
    translation::Outcome want[2];
    const auto first = static_cast<unsigned>(std::min<std::uint64_t>(bytes, kPage - va % kPage));
    want[0] = translate(context_, pmp_, va, first, access, model_);
    want[1] = want[0];
    if (want[0].ok && first < bytes) {
      want[1] = translate(context_, pmp_, va + first, bytes - first, access, model_);
      ++crossing;
    }
    send(va, access, bytes);
    const bool ok = want[0].ok && want[1].ok;
    ASSERT_EQ(payload_.is_response_ok(), ok);
    ASSERT_EQ(extension_.faulted, !ok);
    if (!ok) {
      ++refused;
      const translation::Fault& fault = want[0].ok ? want[1].fault : want[0].fault;
      ASSERT_STREQ(name(extension_.fault.rule), name(fault.rule));
      ASSERT_EQ(extension_.fault.cause, fault.cause);
      ASSERT_EQ(extension_.fault.tval, fault.tval);
    } else {
      ++good;
      for (unsigned i = 0; i < bytes; ++i) {
        const std::uint64_t pa = i < first ? want[0].pa + i : want[1].pa + i - first;
        unsigned char& byte = model_.bytes[pa - Memory::kBase];
        if (access == Access::kStore) byte = buffer_[i];
        ASSERT_EQ(buffer_[i], byte);
      }
    }
  }

  void send(std::uint64_t va, Access access, unsigned bytes) {
    payload_.set_command(access == Access::kStore ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload_.set_address(va);
    payload_.set_data_ptr(buffer_);
    payload_.set_data_length(bytes);
    payload_.set_streaming_width(bytes);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    for (unsigned char& b : buffer_) b = static_cast<unsigned char>(random_.next());
    extension_.access = access;
    payload_.set_extension(&extension_);
    sc_core::sc_time delay(random_.below(3000), sc_core::SC_PS);
    (access == Access::kFetch ? bench_.initiator.fetch : bench_.initiator.data)
        ->b_transport(payload_, delay);
    payload_.clear_extension(&extension_);
    EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
  }

  PinBench<Model>& bench_;
  const Format& format_;
  translation::Pmp pmp_;
  Random random_;
  Copy model_;
  Context context_;
  tlm::tlm_generic_payload payload_;
  protocol::AccessExtension extension_;
  unsigned char buffer_[8] = {};
};

class MmuPinsTest : public SystemCTest {};

template <typename Model>
void accesses_reach_what_the_model_says(const Format& format, unsigned pmp_entries) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  constexpr unsigned kAccesses = 400;
  PinBench<Model> bench("bench");
  Driver<Model> driver(bench, format, pmp_entries, start);
  bench.initiator.body = [&] {
    driver.run(kAccesses);
    sc_core::sc_stop();
  };
  sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
  EXPECT_TRUE(driver.done) << "an access was never answered";
  EXPECT_GT(driver.good, kAccesses / 20);
  EXPECT_GT(driver.refused, kAccesses / 20);
  EXPECT_GT(driver.crossing, kAccesses / 100);
}

TEST_F(MmuPinsTest, AccessesReachWhatTheModelSaysSv39) {
  accesses_reach_what_the_model_says<MmuPins64>(translation::kSv39, 16);
}
TEST_F(MmuPinsTest, AccessesReachWhatTheModelSaysSv32) {
  accesses_reach_what_the_model_says<MmuPins32>(translation::kSv32, 4);
}

// Two edges for a hit: offered, answered. A walk as the datasheet says, and the edge of the offer.
TEST_F(MmuPinsTest, TakesTheEdgesOfTheDatasheet) {
  PinBench<MmuPins64> bench("bench");
  bench.memory.latency_ps = 3000;
  bench.initiator.body = [&] {
    Driver<MmuPins64> driver(bench, translation::kSv39, 16, 1);
    driver.run(0);
    bench.memory.set(kRoot + 2 * kPage, (Memory::kBase / kPage + 0x200) << 10 | 0xcf);
    Context c;
    c.format = &translation::kSv39;
    c.root = kRoot;
    c.data_privilege = Privilege::kSupervisor;
    bench.control.set_context(0, c);
    sc_core::wait(bench.clock.posedge_event());
    const auto edges = [&] {
      tlm::tlm_generic_payload p;
      unsigned char byte = 0;
      p.set_command(tlm::TLM_READ_COMMAND);
      p.set_address(8);
      p.set_data_ptr(&byte);
      p.set_data_length(1);
      p.set_streaming_width(1);
      const std::uint64_t before = sc_core::sc_time_stamp().value();
      sc_core::sc_time delay;
      bench.initiator.data->b_transport(p, delay);
      EXPECT_TRUE(p.is_response_ok());
      // The access itself comes after the translation.
      return (sc_core::sc_time_stamp().value() - before - bench.memory.latency_ps) / 1000;
    };
    constexpr unsigned kSweepMiss = 4, kMiss = 2, kOffer = 1;
    EXPECT_EQ(edges(), 3 * (3 + 1) + 2 + kMiss + kSweepMiss + kOffer);
    EXPECT_EQ(edges(), 2U);
    sc_core::sc_stop();
  };
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
}

}  // namespace
}  // namespace lookaside::tests
