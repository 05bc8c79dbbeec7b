// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/lockstep_waves.h"

#include <fmt/format.h>

namespace lookaside::cosim {

namespace {

using observe::SignalKind;

std::vector<observe::EnumName> rule_names() {
  std::vector<observe::EnumName> names;
  for (unsigned i = 0; i < translation::kRuleCount; ++i) {
    names.push_back({i, translation::name(static_cast<translation::Rule>(i))});
  }
  return names;
}

}  // namespace

MmuLockstepWaves::MmuLockstepWaves(observe::SignalSink* sink, const std::string& scope) {
  const auto declare = [&](const char* name, SignalKind kind, unsigned width,
                           const char* sentence) {
    const bool rule = kind == SignalKind::kEnum;
    return observe::Signal(sink,
                           {scope + ".lockstep", name, kind, width,
                            rule ? rule_names() : std::vector<observe::EnumName>{}, sentence});
  };
  const auto bits = [&](const char* name, const char* sentence) {
    return declare(name, SignalKind::kBits, 64, sentence);
  };
  operation_ =
      declare("operation", SignalKind::kText, 1, "what is asked of both, as a line of a stimulus");
  model_pte_address_ = bits("model_pte_address", "page-table entry the model asks memory for");
  rtl_pte_address_ = bits("rtl_pte_address", "page-table entry the RTL asks memory for");
  model_pa_ = bits("model_pa", "physical address the model answers; 0 for a fault");
  rtl_pa_ = bits("rtl_pa", "physical address the RTL answers; 0 for a fault");
  model_rule_ = declare("model_rule", SignalKind::kEnum, 5, "rule that refused, in the model");
  rtl_rule_ = declare("rtl_rule", SignalKind::kEnum, 5, "rule that refused, in the RTL");
  differs_ = declare("differs", SignalKind::kBits, 1, "RTL and model differ, from here on");
}

void MmuLockstepWaves::requests(std::uint64_t t, const mmu::PteRequest& model,
                                const MmuMemoryRequest& rtl) const {
  model_pte_address_.set(t, model.address);
  rtl_pte_address_.set(t, rtl.address);
}

void MmuLockstepWaves::answers(std::uint64_t t, const mmu::Job& model, bool fault,
                               const MmuAnswer& rtl) const {
  model_pa_.set(t, fault ? 0 : model.pa);
  rtl_pa_.set(t, rtl.fault ? 0 : rtl.pa);
  model_rule_.set(t, fault ? static_cast<std::uint64_t>(model.fault.rule) : 0);
  rtl_rule_.set(t, rtl.fault ? static_cast<std::uint64_t>(rtl.rule) : 0);
}

std::string mmu_save_file(const std::string& name, const std::string& dump, const std::string& mmu,
                          std::uint64_t difference_ps) {
  // Flags of a row: hexadecimal right-justified, text as it is, one bit, names of an enum.
  constexpr const char* kHex = "@22";
  constexpr const char* kText = "@20";
  constexpr const char* kBit = "@28";
  constexpr const char* kEnum = "@100000028";
  constexpr std::uint64_t kBefore = 200'000;
  std::string text =
      "[*] Around the first difference of RTL and model.\n"
      "[*] The paths are made up: GTKWave finds the dump relative to where this file is.\n";
  text += fmt::format("[savefile] \"/lookaside/{}\"\n[dumpfile] \"/lookaside/{}\"\n", name, dump);
  text += fmt::format("[timestart] {}\n[size] 1900 920\n[pos] -1 -1\n",
                      difference_ps > kBefore ? difference_ps - kBefore : 0);
  text += fmt::format("*-17.000000 {}", difference_ps);  // zoom, primary marker
  for (int i = 0; i < 26; ++i) text += " -1";
  text += "\n[sst_width] 200\n[signals_width] 214\n[sst_expanded] 0\n";
  const std::string both = mmu + ".lockstep";
  const struct {
    const char* flags;
    const std::string& where;
    const char* signal;
  } rows[] = {{kEnum, mmu, "access[2:0]"},
              {kHex, mmu, "va[63:0]"},
              {kEnum, mmu, "outcome[3:0]"},
              {kEnum, mmu, "walk_level[2:0]"},
              {kHex, mmu, "pte_address[63:0]"},
              {kHex, mmu, "pte[63:0]"},
              {kHex, mmu, "pa[63:0]"},
              {kText, both, "operation"},
              {kBit, both, "differs"},
              {kHex, both, "model_pte_address[63:0]"},
              {kHex, both, "rtl_pte_address[63:0]"},
              {kHex, both, "model_pa[63:0]"},
              {kHex, both, "rtl_pa[63:0]"},
              {kEnum, both, "model_rule[4:0]"},
              {kEnum, both, "rtl_rule[4:0]"}};
  for (const auto& row : rows) {
    text += fmt::format("{}\n{}.{}\n", row.flags, row.where, row.signal);
  }
  return text;
}

}  // namespace lookaside::cosim
