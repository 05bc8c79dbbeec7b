// SPDX-License-Identifier: Apache-2.0
// A Verilated TLB whose pins can be made to lie: shows that every compared field is compared.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "cosim/tlb/variant.h"

namespace lookaside::cosim {

/// What is done to an answer; empty: nothing.
struct Lies {
  std::function<void(TlbAnswer&)> answer;
  std::function<void(TlbFilled&)> filled;
  std::function<void(std::vector<std::uint64_t>&)> valid;
  bool silent = false;
};

class FaultyPort final : public TlbPort {
 public:
  explicit FaultyPort(std::unique_ptr<TlbPort> honest) : honest_(std::move(honest)) { look(); }
  /// For all ports of this program, from now on.
  static Lies& lies() {
    static Lies kLies;
    return kLies;
  }

  void reset() override { honest_->reset(); }
  TlbAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) override {
    if (lies().silent) throw RtlSilent("the RTL never shows rsp_valid_o");
    TlbAnswer a = honest_->lookup(va, asid, drop);
    if (lies().answer) lies().answer(a);
    look();
    return a;
  }
  TlbFilled fill(const TlbPage& page) override {
    TlbFilled f = honest_->fill(page);
    if (lies().filled) lies().filled(f);
    look();
    return f;
  }
  void fence(const translation::Fence& f) override {
    honest_->fence(f);
    look();
  }
  bool peek(std::uint64_t va, std::uint32_t asid, TlbAnswer& answer) override {
    return honest_->peek(va, asid, answer);
  }
  unsigned long long cycles() const override { return honest_->cycles(); }
  void watch(std::function<void()> cycle) override { honest_->watch(std::move(cycle)); }
  TlbInside inside() override { return honest_->inside(); }

 private:
  void look() {
    valid_ = honest_->valid();
    if (lies().valid) lies().valid(valid_);
  }
  std::unique_ptr<TlbPort> honest_;
};

/// The first built variant of a level, behind pins that lie.
inline TlbVariant faulty_variant(unsigned level = 1) {
  static std::unique_ptr<TlbPort> (*honest)() = nullptr;
  for (const TlbVariant& v : tlb_variants()) {
    if (v.make == nullptr || v.level != level) continue;
    honest = v.make;
    TlbVariant faulty = v;
    faulty.make = []() -> std::unique_ptr<TlbPort> {
      return std::make_unique<FaultyPort>(honest());
    };
    return faulty;
  }
  return {};
}

inline tlb::Geometry geometry_of(const TlbVariant& v) {
  tlb::Geometry g;
  g.entries = v.sets * v.ways;
  g.ways = v.ways;
  g.asid_bits = v.asid_bits;
  g.replacement = v.policy;
  const translation::Format& format = format_of(v);
  for (unsigned level = 0; level < format.levels; ++level) {
    g.page_shifts.push_back(format.leaf_shift(level));
  }
  return g;
}

}  // namespace lookaside::cosim
