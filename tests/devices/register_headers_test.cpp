// SPDX-License-Identifier: Apache-2.0
// The firmware includes headers that were generated from the register tables: they must be equal.
// After a change of a table run this test with LOOKASIDE_WRITE_REGISTERS=1 to write them anew.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <lookaside/devices/ddr_registers.h>
#include <lookaside/devices/dma.h>
#include <lookaside/devices/fifo.h>
#include <lookaside/devices/framebuffer.h>
#include <lookaside/devices/virtio_mmio.h>

namespace lookaside::tests {
namespace {

void expect_header(const devices::RegisterMap& map) {
  const std::string path = LOOKASIDE_REGISTER_HEADERS "/" + map.device + ".h";
  const std::string expected = c_header(map);
  if (std::getenv("LOOKASIDE_WRITE_REGISTERS") != nullptr) std::ofstream(path) << expected;
  std::ostringstream found;
  found << std::ifstream(path).rdbuf();
  EXPECT_EQ(found.str(), expected) << path;
}

TEST(RegisterHeaders, EqualTheTables) {
  expect_header(devices::ddr_registers());
  expect_header(devices::dma_registers());
  expect_header(devices::fifo_registers());
  expect_header(devices::framebuffer_registers());
  expect_header(devices::virtio_modern_registers());
  expect_header(devices::virtio_legacy_registers());
}

}  // namespace
}  // namespace lookaside::tests
