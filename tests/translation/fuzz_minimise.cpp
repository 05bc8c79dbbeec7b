// SPDX-License-Identifier: Apache-2.0
#include "translation/fuzz_minimise.h"

#include <fmt/format.h>

namespace lookaside::tests {
namespace {

using u64 = std::uint64_t;
using Fails = std::function<bool(const Case&)>;

// Tries changes on a case and keeps those under which it still fails.
class Minimiser {
 public:
  Minimiser(Case c, const Fails& fails) : case_(std::move(c)), fails_(fails) {}

  Case run() {
    do {
      changed_ = false;
      drop(&Case::races);
      drop(&Case::pmp);
      drop(&Case::cells);
      scalars();
      numbers();
    } while (changed_);
    return case_;
  }

 private:
  template <typename Change>
  void attempt(Change change) {
    Case smaller = case_;
    change(smaller);
    if (!fails_(smaller)) return;
    case_ = std::move(smaller);
    changed_ = true;
  }

  // Removes elements of a vector, last first.
  template <typename T>
  void drop(std::vector<T> Case::*field) {
    for (std::size_t i = (case_.*field).size(); i-- > 0;) {
      attempt(
          [&](Case& c) { (c.*field).erase((c.*field).begin() + static_cast<std::ptrdiff_t>(i)); });
    }
  }

  template <typename T>
  void set(T Case::*field, T value) {
    if (case_.*field != value) attempt([&](Case& c) { c.*field = value; });
  }

  void scalars() {
    const Case plain;
    set(&Case::fetch_mode, plain.fetch_mode);
    set(&Case::data_mode, plain.data_mode);
    set(&Case::sum, false);
    set(&Case::mxr, false);
    set(&Case::hardware_ad, false);
    set(&Case::bytes, 1);
    set(&Case::kind, plain.kind);
    set(&Case::pmp_entries, 0U);
    if (case_.pmp_entries == 16) set(&Case::pmp_entries, 4U);
    for (std::size_t i = 0; i < case_.cells.size(); ++i) {
      if (case_.cells[i].read_error) attempt([&](Case& c) { c.cells[i].read_error = false; });
      if (case_.cells[i].swap_error) attempt([&](Case& c) { c.cells[i].swap_error = false; });
    }
    if (case_.hit.kind != oracle::kLoad) attempt([](Case& c) { c.hit.kind = oracle::kLoad; });
    if (case_.hit.mode != 1) attempt([](Case& c) { c.hit.mode = 1; });
    if (case_.hit.sum) attempt([](Case& c) { c.hit.sum = false; });
    if (case_.hit.mxr) attempt([](Case& c) { c.hit.mxr = false; });
  }

  // Clears the bits of a number one by one, highest first.
  template <typename Get>
  void clear_bits(Get get) {
    for (unsigned n = 64; n-- > 0;) {
      if ((get(case_) >> n & 1) != 0) attempt([&](Case& c) { get(c) &= ~(u64{1} << n); });
    }
  }

  void numbers() {
    for (std::size_t i = 0; i < case_.cells.size(); ++i) {
      clear_bits([i](Case& c) -> u64& { return c.cells[i].value; });
    }
    for (std::size_t i = 0; i < case_.pmp.size(); ++i) {
      clear_bits([i](Case& c) -> u64& { return c.pmp[i].value; });
    }
    for (std::size_t i = 0; i < case_.races.size(); ++i) {
      clear_bits([i](Case& c) -> u64& { return c.races[i]; });
    }
    clear_bits([](Case& c) -> u64& { return c.va; });
  }

  Case case_;
  const Fails& fails_;
  bool changed_ = false;
};

const char* kind_name(oracle::Kind kind) {
  static constexpr const char* kNames[] = {
      "kFetch", "kLoad", "kStore", "kLoadReserved", "kStoreConditional", "kAmo"};
  return kNames[kind];
}

}  // namespace

Case minimise(Case c, const Fails& fails) {
  return Minimiser(std::move(c), fails).run();
}

std::string as_test(const Case& c) {
  const Case plain;
  std::string text = "TEST(Regression, FoundByFuzzing) {\n  Case c;\n";
  const auto line = [&text](bool differs, const std::string& what) {
    if (differs) text += "  c." + what + ";\n";
  };
  line(c.satp != plain.satp, fmt::format("satp = {}", c.satp));
  line(c.rv32, "rv32 = true");
  line(c.root != plain.root, fmt::format("root = {:#x}", c.root));
  line(c.fetch_mode != plain.fetch_mode, fmt::format("fetch_mode = {}", c.fetch_mode));
  line(c.data_mode != plain.data_mode, fmt::format("data_mode = {}", c.data_mode));
  line(c.sum, "sum = true");
  line(c.mxr, "mxr = true");
  line(c.hardware_ad, "hardware_ad = true");
  line(c.va != plain.va, fmt::format("va = {:#x}", c.va));
  line(c.bytes != plain.bytes, fmt::format("bytes = {}", c.bytes));
  line(c.kind != plain.kind, fmt::format("kind = oracle::{}", kind_name(c.kind)));
  line(c.pmp_entries != plain.pmp_entries, fmt::format("pmp_entries = {}", c.pmp_entries));
  for (const PmpWrite& w : c.pmp) {
    line(true, fmt::format("pmp.push_back({{PmpWrite::{}, {}, {:#x}}})",
                           w.what == PmpWrite::kCfg ? "kCfg" : "kAddr", w.index, w.value));
  }
  for (const Cell& cell : c.cells) {
    line(true, fmt::format("cells.push_back({{{:#x}, {:#x}, {}, {}}})", cell.address, cell.value,
                           cell.read_error, cell.swap_error));
  }
  for (const u64 race : c.races) line(true, fmt::format("races.push_back({:#x})", race));
  const Hit& h = c.hit;
  line(h.kind != plain.hit.kind || h.mode != plain.hit.mode || h.sum || h.mxr,
       fmt::format("hit = {{oracle::{}, {}, {}, {}}}", kind_name(h.kind), h.mode, h.sum, h.mxr));
  return text + "  EXPECT_EQ(mismatch(c), \"\");\n}\n";
}

}  // namespace lookaside::tests
