// SPDX-License-Identifier: Apache-2.0
// Every firmware program with RTL in the place of the model's TLBs, and beside them.
#include "cosim/cosim_run.h"

namespace lookaside::tests {
namespace {

class EveryFirmware : public CosimRun, public ::testing::WithParamInterface<const char*> {};
constexpr const char* kAll[] = {
#include "all_firmware.inc"
};
INSTANTIATE_TEST_SUITE_P(Firmware, EveryFirmware, ::testing::ValuesIn(kAll), [](const auto& which) {
  std::string name = which.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST_P(EveryFirmware, RtlAndLockstepPrintWhatTheModelPrints) {
  constexpr unsigned kSeconds = 600;
  const Finished model = run(LOOKASIDE_PROGRAM, GetParam(), "model", {}, kSeconds);
  const Finished rtl = run(LOOKASIDE_PROGRAM, GetParam(), "rtl", {}, kSeconds);
  const Finished both = run(LOOKASIDE_PROGRAM, GetParam(), "lockstep", {}, kSeconds);
  expect_the_same_as_the_model(model, rtl, both, statistics("model"), statistics("lockstep"));
}

}  // namespace
}  // namespace lookaside::tests
