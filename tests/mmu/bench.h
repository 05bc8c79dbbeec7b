// SPDX-License-Identifier: Apache-2.0
// An MMU between an initiator and a small memory, for tests: the memory records what reaches it and
// can fail, delay, refuse DMI, ignore atomics and change under a walk.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/mmu/mmu.h>
#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/checker.h>

namespace lookaside::tests {

using sc_core::sc_time;
using translation::Access;
using translation::Context;
using translation::Privilege;

/// A page and where most tests map it to.
inline constexpr std::uint64_t kVa = 0x40'0000;
inline constexpr std::uint64_t kPa = 0x8040'0000;

struct Span {
  std::uint64_t first;
  std::uint64_t last;
  bool contains(std::uint64_t a) const { return a >= first && a <= last; }
};

/// 16 MiB of memory at 0x8000'0000 behind two sockets.
class Memory : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t kBase = 0x8000'0000;
  static constexpr std::uint64_t kSize = 16 << 20;

  struct Seen {
    bool walk;
    bool write;
    bool atomic;
    std::uint64_t address;
    unsigned length;
    protocol::Requester requester;
    std::uint64_t ps;
    unsigned streaming_width;
    std::vector<unsigned char> enables;
  };

  explicit Memory(const sc_core::sc_module_name& name)
      : sc_module(name), physical("physical"), walk("walk"), bytes(kSize) {
    tlm_utils::simple_target_socket_tagged<Memory, 64>* sockets[] = {&physical, &walk};
    for (int id = 0; id < 2; ++id) {
      sockets[id]->register_b_transport(this, &Memory::transport, id);
      sockets[id]->register_get_direct_mem_ptr(this, &Memory::lend, id);
      sockets[id]->register_transport_dbg(this, &Memory::debug, id);
    }
  }

  std::uint64_t get(std::uint64_t pa, unsigned n) const {
    std::uint64_t v = 0;
    std::memcpy(&v, &bytes[pa - kBase], n);
    return v;
  }
  void set(std::uint64_t pa, std::uint64_t v, unsigned n = 8) {
    std::memcpy(&bytes[pa - kBase], &v, n);
  }
  std::vector<Seen> on(bool walk_side) const {
    std::vector<Seen> result;
    for (const Seen& s : seen) {
      if (s.walk == walk_side) result.push_back(s);
    }
    return result;
  }

  tlm_utils::simple_target_socket_tagged<Memory, 64> physical;
  tlm_utils::simple_target_socket_tagged<Memory, 64> walk;
  std::vector<unsigned char> bytes;
  std::vector<Seen> seen;
  unsigned debug_calls = 0;
  unsigned dmi_calls = 0;
  std::uint64_t latency_ps = 10'000;
  sc_time wait_in_walk = sc_core::SC_ZERO_TIME;
  bool atomics = true;
  bool dmi_hint = true;
  Span dmi_read{kBase, kBase + kSize - 1};
  Span dmi_write{kBase, kBase + kSize - 1};
  std::vector<Span> broken;  ///< answer with an error here
  tlm::tlm_response_status broken_status = tlm::TLM_GENERIC_ERROR_RESPONSE;
  std::function<void(const Seen&)> before;  ///< runs before each transaction is performed

 private:
  void transport(int id, tlm::tlm_generic_payload& p, sc_time& delay) {
    const auto* access = p.get_extension<protocol::AccessExtension>();
    auto* atomic = atomics ? p.get_extension<protocol::AtomicExtension>() : nullptr;
    Seen s{id == 1,
           p.is_write(),
           p.get_extension<protocol::AtomicExtension>() != nullptr,
           p.get_address(),
           p.get_data_length(),
           access != nullptr ? access->requester : protocol::Requester::kUnknown,
           (sc_core::sc_time_stamp() + delay).value(),
           p.get_streaming_width(),
           {}};
    if (const unsigned char* e = p.get_byte_enable_ptr()) {
      s.enables.assign(e, e + p.get_byte_enable_length());
    }
    seen.push_back(s);
    if (before) before(s);
    if (id == 1 && wait_in_walk != sc_core::SC_ZERO_TIME) sc_core::wait(wait_in_walk);
    delay += sc_time::from_value(latency_ps);
    const std::uint64_t last = p.get_address() + p.get_data_length() - 1;
    if (p.get_address() < kBase || last > kBase + kSize - 1 || last < p.get_address()) {
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    for (const Span& b : broken) {
      if (!b.contains(p.get_address())) continue;
      p.set_response_status(broken_status);
      return;
    }
    if (atomic != nullptr) {
      perform(p, *atomic);
    } else {
      copy(p);
    }
    p.set_dmi_allowed(dmi_hint);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void copy(tlm::tlm_generic_payload& p) {
    for (unsigned i = 0; i < p.get_data_length(); ++i) {
      const unsigned char* e = p.get_byte_enable_ptr();
      if (e != nullptr && e[i % p.get_byte_enable_length()] == TLM_BYTE_DISABLED) continue;
      unsigned char& byte = bytes[p.get_address() - kBase + i % p.get_streaming_width()];
      if (p.is_write()) byte = p.get_data_ptr()[i];
      if (p.is_read()) p.get_data_ptr()[i] = byte;
    }
  }

  void perform(tlm::tlm_generic_payload& p, protocol::AtomicExtension& a) {
    const unsigned n = p.get_data_length();
    a.acknowledged = true;
    a.result = get(p.get_address(), n);
    a.succeeded = true;
    if (a.op == protocol::AtomicOp::kCompareAndSwap) {
      a.succeeded = a.result == a.expected;
      if (a.succeeded) set(p.get_address(), a.operand, n);
    } else if (a.op != protocol::AtomicOp::kLoadReserved) {
      set(p.get_address(), protocol::apply(a.op, a.result, a.operand, n), n);
    }
    std::memcpy(p.get_data_ptr(), &a.result, n);
  }

  bool lend(int, tlm::tlm_generic_payload& p, tlm::tlm_dmi& dmi) {
    ++dmi_calls;
    const Span& span = p.is_write() ? dmi_write : dmi_read;
    if (!span.contains(p.get_address())) return false;
    dmi.set_start_address(span.first);
    dmi.set_end_address(span.last);
    dmi.set_dmi_ptr(&bytes[span.first - kBase]);
    dmi.set_read_latency(sc_time::from_value(latency_ps));
    dmi.set_write_latency(sc_time::from_value(latency_ps));
    if (p.is_write()) {
      dmi.allow_write();
    } else {
      dmi.allow_read();
    }
    return true;
  }

  unsigned debug(int, tlm::tlm_generic_payload& p) {
    ++debug_calls;
    if (p.get_address() < kBase || p.get_address() >= kBase + kSize) return 0;
    copy(p);
    return p.get_data_length();
  }
};

/// The initiator: both sockets, and what came back on them.
class Initiator : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Initiator);
  explicit Initiator(const sc_core::sc_module_name& name)
      : sc_module(name), fetch("fetch"), data("data") {
    data.register_invalidate_direct_mem_ptr(this, &Initiator::data_invalidated);
    fetch.register_invalidate_direct_mem_ptr(this, &Initiator::fetch_invalidated);
    SC_THREAD(first);
    SC_THREAD(second);
  }

  tlm_utils::simple_initiator_socket<Initiator, 64> fetch;
  tlm_utils::simple_initiator_socket<Initiator, 64> data;
  std::vector<Span> data_revoked;
  std::vector<Span> fetch_revoked;
  std::function<void()> body;        ///< runs in a thread process at time 0
  std::function<void()> other_body;  ///< the same in a second process

 private:
  void first() {
    if (body) body();
  }
  void second() {
    if (other_body) other_body();
  }
  void data_invalidated(sc_dt::uint64 first, sc_dt::uint64 last) {
    data_revoked.push_back({first, last});
  }
  void fetch_invalidated(sc_dt::uint64 first, sc_dt::uint64 last) {
    fetch_revoked.push_back({first, last});
  }
};

/// Everything one access returned.
struct Reply {
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  bool faulted = false;
  translation::Fault fault;
  std::uint64_t value = 0;
  std::uint64_t delay_ps = 0;
  bool dmi_allowed = false;
  bool ok() const { return status == tlm::TLM_OK_RESPONSE; }
};

/// Memory, MMU and initiator, and the calls tests make. Page tables are laid by hand from kTables
/// on.
class Bench {
 public:
  static constexpr std::uint64_t kRoot = 0x8000'1000;
  static constexpr std::uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kG = 32, kA = 64,
                                 kD = 128;
  static constexpr std::uint64_t kAll = kV | kR | kW | kX | kA | kD;

  explicit Bench(const mmu::Config& config = {}, observe::SignalSink* sink = nullptr,
                 bool check_initiator = true)
      : memory(sc_core::sc_gen_unique_name("memory")),
        mmu(sc_core::sc_gen_unique_name("mmu"), config, sink),
        initiator(sc_core::sc_gen_unique_name("initiator")) {
    connect(check_initiator);
    context.format = &translation::kSv39;
    context.root = kRoot;
    context.asid = 1;
    context.fetch_privilege = Privilege::kSupervisor;
    context.data_privilege = Privilege::kSupervisor;
    mmu.set_context(0, context);
    mmu.set_pmp(0, translation::Pmp(0));
  }

  /// Runs `body` in a thread process, from time 0 to the end.
  void run(std::function<void()> body) {
    initiator.body = std::move(body);
    sc_core::sc_start();
  }

  void use(const Context& c) {
    context = c;
    mmu.set_context(0, c);
  }

  /// Lays an Sv39 leaf for `va` at `level`, making tables on the way; returns where the PTE is.
  std::uint64_t map(std::uint64_t va, std::uint64_t pa, std::uint64_t flags = kAll,
                    unsigned level = 0) {
    std::uint64_t table = kRoot;
    for (unsigned l = 2; l > level; --l) {
      const std::uint64_t at = table + ((va >> (12 + 9 * l)) & 511) * 8;
      if ((memory.get(at, 8) & kV) == 0) {
        memory.set(at, next_table_ >> 12 << 10 | kV);
        next_table_ += 4096;
      }
      table = memory.get(at, 8) >> 10 << 12;
    }
    const std::uint64_t at = table + ((va >> (12 + 9 * level)) & 511) * 8;
    memory.set(at, pa >> 12 << 10 | flags);
    return at;
  }

  Reply access(Access kind, std::uint64_t va, unsigned bytes = 8, std::uint64_t value = 0) {
    unsigned char data[64] = {};
    if (translation::is_store(kind)) std::memcpy(data, &value, 8);
    tlm::tlm_generic_payload p;
    protocol::AccessExtension ext;
    ext.access = kind;
    ext.requester =
        kind == Access::kFetch ? protocol::Requester::kHartFetch : protocol::Requester::kHartData;
    ext.has_context = with_context;
    if (with_context) ext.context = context;
    set(p, translation::is_store(kind), va, data, bytes);
    p.set_extension(&ext);
    Reply r = send(kind == Access::kFetch, p);
    p.clear_extension(&ext);
    std::memcpy(&r.value, data, 8);
    r.faulted = ext.faulted;
    r.fault = ext.fault;
    return r;
  }
  Reply load(std::uint64_t va, unsigned n = 8) { return access(Access::kLoad, va, n); }
  Reply store(std::uint64_t va, std::uint64_t v, unsigned n = 8) {
    return access(Access::kStore, va, n, v);
  }
  Reply fetch(std::uint64_t va, unsigned n = 4) { return access(Access::kFetch, va, n); }

  static void set(tlm::tlm_generic_payload& p, bool write, std::uint64_t va, unsigned char* data,
                  unsigned bytes) {
    p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(va);
    p.set_data_ptr(data);
    p.set_data_length(bytes);
    p.set_streaming_width(bytes);
    p.set_byte_enable_ptr(nullptr);
    p.set_dmi_allowed(false);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  /// Sends a payload as it is and checks what must hold for every one of them (H-GP-03, H-BT-10).
  Reply send(bool fetch_side, tlm::tlm_generic_payload& p) {
    const std::uint64_t va = p.get_address();
    sc_time delay = sc_time::from_value(local_ps);
    (fetch_side ? initiator.fetch : initiator.data)->b_transport(p, delay);
    EXPECT_EQ(p.get_address(), va) << "H-GP-03";
    EXPECT_NE(p.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE) << "H-BT-10";
    Reply r;
    r.status = p.get_response_status();
    r.delay_ps = delay.value() - local_ps;
    r.dmi_allowed = p.is_dmi_allowed();
    if (advance) local_ps = delay.value();
    return r;
  }
  void fence(translation::FenceForm form, std::uint64_t va = 0, std::uint32_t asid = 0) {
    sc_time delay;
    mmu.fence(0, {form, va, asid}, delay);
  }
  bool get_dmi(bool fetch_side, bool write, std::uint64_t va, tlm::tlm_dmi& dmi) {
    tlm::tlm_generic_payload p;
    set(p, write, va, nullptr, 0);
    dmi.init();  // H-DMI-15
    const bool ok = (fetch_side ? initiator.fetch : initiator.data)->get_direct_mem_ptr(p, dmi);
    EXPECT_EQ(p.get_address(), va) << "H-DMI-19";
    return ok;
  }

  Memory memory;
  mmu::Mmu mmu;
  Initiator initiator;
  Context context;
  bool with_context = false;   ///< put the context into the extension
  std::uint64_t local_ps = 0;  ///< the initiator's local time ahead of the kernel's
  bool advance = false;        ///< let local_ps follow the delays

 private:
  // A checker on every hop: a rule broken there throws out of the simulation.
  void connect(bool check_initiator) {
    if (check_initiator) {
      above_fetch_.emplace(sc_core::sc_gen_unique_name("above_fetch"));
      above_data_.emplace(sc_core::sc_gen_unique_name("above_data"));
      initiator.fetch.bind(above_fetch_->target_socket);
      initiator.data.bind(above_data_->target_socket);
      above_fetch_->initiator_socket.bind(mmu.fetch_socket);
      above_data_->initiator_socket.bind(mmu.data_socket);
    } else {
      initiator.fetch.bind(mmu.fetch_socket);
      initiator.data.bind(mmu.data_socket);
    }
    mmu.physical_socket.bind(below_physical_.target_socket);
    mmu.walk_socket.bind(below_walk_.target_socket);
    below_physical_.initiator_socket.bind(memory.physical);
    below_walk_.initiator_socket.bind(memory.walk);
  }
  std::optional<protocol::Checker> above_fetch_;
  std::optional<protocol::Checker> above_data_;
  protocol::Checker below_physical_{sc_core::sc_gen_unique_name("below_physical")};
  protocol::Checker below_walk_{sc_core::sc_gen_unique_name("below_walk")};
  std::uint64_t next_table_ = kRoot + 4096;
};

/// Reads figures by their dotted path; vectors as path.label, histograms as path.count and
/// path.sum.
class Figures : public observe::StatisticVisitor {
 public:
  explicit Figures(const observe::StatisticGroup& group) { group.visit(*this); }
  double at(const std::string& path) const {
    const auto found = values_.find("hart0.mmu." + path);
    EXPECT_NE(found, values_.end()) << path;
    return found == values_.end() ? -1 : found->second;
  }
  const std::map<std::string, double>& all() const { return values_; }

  void scalar(const std::string& p, const observe::Description& d, std::uint64_t v) override {
    values_[p + "." + d.name] = static_cast<double>(v);
  }
  void derived(const std::string& p, const observe::Description& d, double v) override {
    values_[p + "." + d.name] = v;
  }
  void vector(const std::string& p, const observe::Description& d,
              const observe::Vector& v) override {
    for (std::size_t i = 0; i < v.labels.size(); ++i) {
      values_[p + "." + d.name + "." + v.labels[i]] = static_cast<double>(v.values[i]);
    }
  }
  void histogram(const std::string& p, const observe::Description& d,
                 const observe::Histogram& h) override {
    values_[p + "." + d.name + ".count"] = static_cast<double>(h.count());
    values_[p + "." + d.name + ".sum"] = static_cast<double>(h.sum());
  }
  void absent(const std::string&, const observe::Description&, const std::string&) override {}

 private:
  std::map<std::string, double> values_;
};

}  // namespace lookaside::tests
