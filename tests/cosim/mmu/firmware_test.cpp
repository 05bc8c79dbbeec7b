// SPDX-License-Identifier: Apache-2.0
// Every firmware program with the whole MMU as RTL, and in lockstep with the model: so both ask for
// the same page-table entries in the same order.
#include "cosim/mmu/mmu_run.h"

namespace lookaside::tests {
namespace {

class EveryFirmwareMmu : public MmuRun, public ::testing::WithParamInterface<const char*> {};
constexpr const char* kAll[] = {
#include "all_firmware.inc"
};
INSTANTIATE_TEST_SUITE_P(Firmware, EveryFirmwareMmu, ::testing::ValuesIn(kAll),
                         [](const auto& which) {
                           std::string name = which.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(EveryFirmwareMmu, RtlAndLockstepPrintWhatTheModelPrints) {
  expect_the_model(GetParam(), 600);
}

}  // namespace
}  // namespace lookaside::tests
