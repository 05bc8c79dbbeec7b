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
  const std::string elf = GetParam();
  const bool disk = elf.rfind("disk-", 0) == 0;
  const auto with = [&](const char* backend) {
    constexpr unsigned kSeconds = 600;
    std::vector<std::string> more;
    if (disk) {
      write("disk.img", fresh_disk());
      more = {"--disk", "disk.img"};
    }
    return run(LOOKASIDE_PROGRAM, elf, backend, more, kSeconds);
  };
  const Finished model = with("model");
  ASSERT_EQ(model.status, 0) << model.err;
  const Finished rtl = with("rtl");
  const Finished both = with("lockstep");
  expect_the_same_as_the_model(model, rtl, both, statistics("model"), statistics("lockstep"));
}

}  // namespace
}  // namespace lookaside::tests
