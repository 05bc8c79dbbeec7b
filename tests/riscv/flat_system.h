// SPDX-License-Identifier: Apache-2.0
// A world for one hart without SystemC: an array of memory, the plain meaning of translation and
// PMP, and a time base. It keeps a record of what it was asked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <lookaside/riscv/core/system.h>
#include <lookaside/translation/walk.h>

namespace lookaside::tests {

/// Memory of `kSize` bytes at `kBase`; everything else is a bus error, but one device word.
class FlatSystem : public riscv::System, private translation::PteMemory {
 public:
  static constexpr std::uint64_t kBase = 0x80000000;
  static constexpr std::uint64_t kSize = 1 << 20;
  static constexpr std::uint64_t kMtimecmpAddress = 0x02004000;  ///< 8 bytes, as in a CLINT
  static constexpr std::uint64_t kTickPs = 100'000;              ///< 10 MHz

  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kSize, 0);
  bool grants = false;          ///< serve accesses by direct()
  std::uint64_t access_ps = 0;  ///< latency of each access
  std::uint64_t fence_ps = 0;
  std::uint64_t mtimecmp_ticks = ~0ULL;
  std::uint64_t horizon = ~0ULL;

  translation::Context context;
  translation::Pmp pmp;
  std::vector<riscv::Transfer> transfers;  ///< all, as they came back
  std::vector<translation::Fence> fences;
  std::uint64_t repeats = 0;  ///< lookups counted by the hart
  std::uint64_t write_repeats = 0;
  std::uint64_t lookups = 0;  ///< lookups made here
  std::uint64_t generation = 0;
  bool reserved = false;
  std::uint64_t reservation = 0;

  template <class T>
  void put(std::uint64_t address, T value) {
    std::memcpy(at(address), &value, sizeof value);
  }
  template <class T>
  T get(std::uint64_t address) {
    T value;
    std::memcpy(&value, at(address), sizeof value);
    return value;
  }
  /// Fails loudly (std::vector::at) outside the memory: a test's own mistake.
  std::uint8_t* at(std::uint64_t address) { return &memory.at(address - kBase); }

  bool transfer(riscv::Transfer& t) override {
    ++lookups;
    t.latency_ps = access_ps;
    const bool ok = perform(t);
    transfers.push_back(t);
    return ok;
  }

  bool direct(riscv::Port, std::uint64_t va, unsigned bytes, translation::Access access,
              riscv::Grant& grant) override {
    if (!grants || (va & 0xfff) + bytes > 0x1000) return false;
    const translation::Outcome o = translation::translate(context, pmp, va, bytes, access, *this);
    if (!o.ok || !inside(o.pa, bytes)) return false;
    constexpr std::uint64_t kPage = 0xfff;
    ++lookups;
    grant.first = va & ~kPage;
    grant.last = grant.first | kPage;
    grant.host = at(o.pa & ~kPage);
    grant.read = !translation::is_store(access) || permitted(va, translation::Access::kLoad);
    grant.write = translation::is_store(access) || (access == translation::Access::kLoad &&
                                                    permitted(va, translation::Access::kStore));
    grant.countable = true;
    grant.read_latency_ps = grant.write_latency_ps = access_ps;
    grant.generation = &generation;
    grant.generation_value = generation;
    grant.repeats = &repeats;
    grant.write_repeats = &write_repeats;
    return true;
  }

  void set_context(const translation::Context& c) override {
    context = c;
    ++generation;
  }
  void set_pmp(const translation::Pmp& p) override {
    pmp = p;
    ++generation;
  }
  std::uint64_t fence(const translation::Fence& f, std::uint64_t) override {
    fences.push_back(f);
    ++generation;
    return fence_ps;
  }
  std::uint64_t ticks_at(std::uint64_t time_ps) const override { return time_ps / kTickPs; }
  std::uint64_t time_of(std::uint64_t ticks) const override {
    return ticks > ~0ULL / kTickPs ? ~0ULL : ticks * kTickPs;
  }
  std::uint64_t mtimecmp() const override { return mtimecmp_ticks; }
  std::uint64_t horizon_ps() const override { return horizon; }

 private:
  static bool inside(std::uint64_t pa, std::uint64_t bytes) {
    return pa >= kBase && pa - kBase <= kSize - bytes;
  }
  bool permitted(std::uint64_t va, translation::Access access) {
    return translation::translate(context, pmp, va & ~0xfffULL, 8, access, *this).ok;
  }

  bool perform(riscv::Transfer& t) {
    const std::uint64_t page = 0x1000;
    const unsigned first =
        static_cast<unsigned>(std::min<std::uint64_t>(t.bytes, page - (t.va & (page - 1))));
    std::uint64_t pa[2] = {0, 0};
    if (!locate(t, t.va, first, pa[0])) return false;
    if (first < t.bytes && !locate(t, t.va + first, t.bytes - first, pa[1])) return false;
    if (pa[0] == kMtimecmpAddress) {
      if (translation::is_store(t.access)) mtimecmp_ticks = t.data;
      t.data = mtimecmp_ticks;
      return true;
    }
    if (t.access == translation::Access::kLoadReserved ||
        t.access == translation::Access::kStoreConditional ||
        t.access == translation::Access::kAmo) {
      return atomic(t, pa[0]);
    }
    if (!translation::is_store(t.access)) t.data = 0;
    auto* bytes = reinterpret_cast<std::uint8_t*>(&t.data);
    for (unsigned i = 0; i < t.bytes; ++i) {
      std::uint8_t* host = at(i < first ? pa[0] + i : pa[1] + (i - first));
      if (translation::is_store(t.access)) {
        *host = bytes[i];
      } else {
        bytes[i] = *host;
      }
    }
    return true;
  }

  bool locate(riscv::Transfer& t, std::uint64_t va, unsigned bytes, std::uint64_t& pa) {
    const translation::Outcome o = translation::translate(context, pmp, va, bytes, t.access, *this);
    if (!o.ok) {
      t.fault = o.fault;
      return false;
    }
    pa = o.pa;
    if (inside(pa, bytes) || pa == kMtimecmpAddress) return true;
    t.fault = translation::physical_fault(context, t.access, va, translation::Rule::kBusError);
    return false;
  }

  bool atomic(riscv::Transfer& t, std::uint64_t pa) {
    using riscv::AtomicOp;
    std::uint64_t old = 0;
    std::memcpy(&old, at(pa), t.bytes);
    const std::uint64_t operand = t.data;
    t.data = old;
    t.stored = operand;
    if (t.atomic == AtomicOp::kLoadReserved) {
      reserved = true;
      reservation = pa;
      return true;
    }
    if (t.atomic == AtomicOp::kStoreConditional) {
      t.succeeded = reserved && reservation == pa;
      reserved = false;
      if (!t.succeeded) return true;
    } else {
      t.stored =
          t.bytes == 4
              ? static_cast<std::uint32_t>(combine<std::int32_t, std::uint32_t>(
                    t.atomic, static_cast<std::uint32_t>(old), static_cast<std::uint32_t>(operand)))
              : combine<std::int64_t, std::uint64_t>(t.atomic, old, operand);
    }
    std::memcpy(at(pa), &t.stored, t.bytes);
    return true;
  }

  template <class S, class U>
  static U combine(riscv::AtomicOp op, U a, U b) {
    using riscv::AtomicOp;
    switch (op) {
      case AtomicOp::kAdd:
        return static_cast<U>(a + b);
      case AtomicOp::kXor:
        return a ^ b;
      case AtomicOp::kAnd:
        return a & b;
      case AtomicOp::kOr:
        return a | b;
      case AtomicOp::kMin:
        return static_cast<S>(a) < static_cast<S>(b) ? a : b;
      case AtomicOp::kMax:
        return static_cast<S>(a) > static_cast<S>(b) ? a : b;
      case AtomicOp::kMinU:
        return a < b ? a : b;
      case AtomicOp::kMaxU:
        return a > b ? a : b;
      default:
        return b;
    }
  }

  // Page tables lie in the same memory.
  bool read(std::uint64_t pa, unsigned bytes, std::uint64_t& value) override {
    if (!inside(pa, bytes)) return false;
    value = 0;
    std::memcpy(&value, at(pa), bytes);
    return true;
  }
  bool compare_and_swap(std::uint64_t pa, unsigned bytes, std::uint64_t expected,
                        std::uint64_t desired, bool& swapped) override {
    std::uint64_t value = 0;
    if (!read(pa, bytes, value)) return false;
    swapped = value == expected;
    if (swapped) std::memcpy(at(pa), &desired, bytes);
    return true;
  }
};

}  // namespace lookaside::tests
