// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/lockstep_waves.h"

#include <fmt/format.h>

namespace lookaside::cosim {

namespace {

constexpr unsigned kWays = 16;
constexpr unsigned kPpn = 64;
constexpr unsigned kPerm = 6;

// Flags of a row: hexadecimal or decimal right-justified, text as it is, names of an enum.
constexpr const char* kHex = "@22";
constexpr const char* kDecimal = "@24";
constexpr const char* kText = "@20";
constexpr const char* kBit = "@28";
constexpr const char* kEnum = "@100000028";

}  // namespace

LockstepWaves::LockstepWaves(observe::SignalSink* sink, const std::string& scope) {
  const auto bits = [&](const char* name, unsigned width, const char* sentence) {
    return observe::Signal(
        sink, {scope + ".lockstep", name, observe::SignalKind::kBits, width, {}, sentence});
  };
  operation_ = observe::Signal(sink, {scope + ".lockstep",
                                      "operation",
                                      observe::SignalKind::kText,
                                      1,
                                      {},
                                      "what is asked of both, as a line of a stimulus"});
  model_hit_ = bits("model_hit", 1, "the model found an entry");
  rtl_hit_ = bits("rtl_hit", 1, "the RTL found an entry");
  model_set_ = bits("model_set", kWays, "set of the entry that hit or was filled, in the model");
  rtl_set_ = bits("rtl_set", kWays, "set of the entry that hit or was filled, in the RTL");
  model_way_ = bits("model_way", kWays, "way of the entry that hit or was filled, in the model");
  rtl_way_ = bits("rtl_way", kWays, "way of the entry that hit or was filled, in the RTL");
  model_ppn_ = bits("model_ppn", kPpn, "physical page number the model answers");
  rtl_ppn_ = bits("rtl_ppn", kPpn, "physical page number the RTL answers");
  model_perm_ = bits("model_perm", kPerm, "permission bits D A U X W R the model answers");
  rtl_perm_ = bits("rtl_perm", kPerm, "permission bits D A U X W R the RTL answers");
  differs_ = bits("differs", 1, "RTL and model differ, from here on");
}

void LockstepWaves::operation(std::uint64_t time_ps, const std::string& line) const {
  operation_.set(time_ps, line);
}

void LockstepWaves::answers(std::uint64_t t, std::uint64_t va, const tlb::LookupResult& model,
                            const TlbAnswer& rtl) const {
  constexpr unsigned kPageShift = 12;  // of the RTL's ports
  model_hit_.set(t, model.hit ? 1 : 0);
  rtl_hit_.set(t, rtl.hit ? 1 : 0);
  model_set_.set(t, model.set);
  rtl_set_.set(t, rtl.hit ? rtl.set : 0);
  model_way_.set(t, model.way);
  rtl_way_.set(t, rtl.hit ? rtl.way : 0);
  model_ppn_.set(t, model.hit ? model.translation.physical(va) >> kPageShift : 0);
  rtl_ppn_.set(t, rtl.hit ? rtl.ppn : 0);
  model_perm_.set(t, model.hit ? perm_of(model.translation.pte) : 0);
  rtl_perm_.set(t, rtl.hit ? rtl.perm : 0);
}

void LockstepWaves::places(std::uint64_t t, const tlb::FillResult& model,
                           const TlbFilled& rtl) const {
  model_set_.set(t, model.set);
  rtl_set_.set(t, rtl.set);
  model_way_.set(t, model.way);
  rtl_way_.set(t, rtl.way);
}

std::string lockstep_save_file(const std::string& name, const std::string& dump,
                               const std::string& mmu, const std::string& scope,
                               std::uint64_t difference_ps) {
  std::string text =
      "[*] Around the first difference of RTL and model.\n"
      "[*] The paths are made up: GTKWave finds the dump relative to where this file is.\n";
  text += fmt::format("[savefile] \"/lookaside/{}\"\n[dumpfile] \"/lookaside/{}\"\n", name, dump);
  text += fmt::format("[timestart] {}\n[size] 1900 920\n[pos] -1 -1\n",
                      difference_ps > 200'000 ? difference_ps - 200'000 : 0);
  // Zoom, then the primary marker.
  text += fmt::format("*-17.000000 {}", difference_ps);
  for (int i = 0; i < 26; ++i) text += " -1";
  text += "\n[sst_width] 200\n[signals_width] 214\n[sst_expanded] 0\n";
  const auto group = [&](const std::string& title, auto rows) {
    text += fmt::format("@800200\n-{}\n", title);
    rows();
    text += fmt::format("@1000200\n-{}\n", title);
  };
  const auto row = [&](const char* flags, const std::string& where, const std::string& signal) {
    text += fmt::format("{}\n{}.{}\n", flags, where, signal);
  };
  group("MMU", [&] {
    row(kEnum, mmu, "access[2:0]");
    row(kHex, mmu, "va[63:0]");
    row(kEnum, mmu, "outcome[3:0]");
    row(kHex, mmu, "pa[63:0]");
  });
  const std::string both = scope + ".lockstep";
  group(scope + ": model and RTL", [&] {
    row(kText, both, "operation");
    row(kBit, both, "differs");
    for (const char* pair : {"hit", "set[15:0]", "way[15:0]", "ppn[63:0]", "perm[5:0]"}) {
      const std::string signal = pair;
      const char* flags = signal == "hit" ? kBit : signal[0] == 'p' ? kHex : kDecimal;
      row(flags, both, "model_" + signal);
      row(flags, both, "rtl_" + signal);
    }
  });
  const std::string rtl = scope + ".rtl";
  group(scope + ": inside the RTL", [&] {
    row(kEnum, rtl, "operation[2:0]");
    row(kHex, rtl, "va[63:0]");
    row(kEnum, rtl, "state[1:0]");
    row(kHex, rtl, "match[63:0]");
    row(kHex, rtl, "replacement[63:0]");
    row(kHex, rtl, "valid[63:0]");
  });
  return text;
}

}  // namespace lookaside::cosim
