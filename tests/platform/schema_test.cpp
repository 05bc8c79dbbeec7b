// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include <lookaside/platform/configuration_reader.h>
#include <lookaside/platform/schema.h>

namespace lookaside::platform {
namespace {

using observe::Parameter;
using observe::ParameterKind;

TEST(Schema, EveryRowIsComplete) {
  std::set<std::string> keys;
  for (const Parameter& p : schema()) {
    EXPECT_TRUE(keys.insert(p.key).second) << p.key << " stands twice";
    EXPECT_NE(p.key.find('.'), std::string::npos) << p.key;
    EXPECT_EQ(p.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."), std::string::npos)
        << p.key;
    ASSERT_GT(p.sentence.size(), 10U) << p.key;
    EXPECT_TRUE(std::isupper(p.sentence.front())) << p.key;
    EXPECT_EQ(p.sentence.back(), '.') << p.key;
    EXPECT_EQ(p.kind == ParameterKind::kChoice, !p.choices.empty()) << p.key;
    EXPECT_NO_THROW(canonical(p, p.default_value, "default")) << p.key;
  }
}

TEST(Schema, NumbersHaveARangeAndQuantitiesTheUnitInTheirName) {
  for (const Parameter& p : schema()) {
    if (p.kind != ParameterKind::kInteger && p.kind != ParameterKind::kReal) continue;
    EXPECT_LE(p.min, p.max) << p.key;
    for (const char* unit : {"ns", "MHz", "Hz"}) {
      if (p.unit != unit) continue;
      std::string suffix = std::string("_") + unit;
      for (char& c : suffix) c = static_cast<char>(std::tolower(c));
      EXPECT_EQ(p.key.substr(p.key.size() - suffix.size()), suffix) << p.key;
    }
  }
}

TEST(Schema, AKeyIsNeverTheBeginningOfAnother) {
  for (const std::string& key : schema_keys()) {
    for (const std::string& other : schema_keys()) {
      EXPECT_NE(other.compare(0, key.size() + 1, key + "."), 0) << key << " and " << other;
    }
  }
}

TEST(Schema, NamesThatOthersRelyOnExist) {
  for (const char* key :
       {"cpu.misaligned", "cpu.ebreak_tval", "cpu.reset_adue", "cpu.pmp_entries", "cpu.reset_pmp",
        "cpu.max_satp_mode", "cpu.timebase_hz", "cpu.fast_path", "mmu.ad_update", "mmu.dmi",
        "mmu.backend", "mmu.tlb.backend", "mmu.l1d.entries", "mmu.l2.replacement", "memory.size",
        "memory.regions", "platform.timing", "platform.harts", "platform.quantum_ns"}) {
    EXPECT_NE(find_parameter(key), nullptr) << key;
  }
}

}  // namespace
}  // namespace lookaside::platform
