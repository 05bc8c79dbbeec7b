// SPDX-License-Identifier: Apache-2.0
// Register tables: look-up, C header, manual text, and sanity of the devices' tables.
#include <set>

#include <gtest/gtest.h>

#include <lookaside/devices/dma.h>
#include <lookaside/devices/fifo.h>
#include <lookaside/devices/framebuffer.h>
#include <lookaside/devices/virtio_mmio.h>

namespace lookaside::tests {
namespace {

using devices::RegisterMap;
using devices::RegisterMode;

RegisterMap example() {
  return {"toy",
          0x100,
          {{7,
            0x04,
            4,
            RegisterMode::kReadWrite,
            0x10,
            "LEVEL",
            "How much.",
            {{0, 1, "ON", "Switch."}, {4, 3, "CODE", "Reason."}}},
           {8, 0x40, 0x20, RegisterMode::kWriteOnly, 0, "DATA", "Bytes."}}};
}

TEST(RegisterMap, FindsWholeRegistersAndPartsOfWindows) {
  const RegisterMap map = example();
  ASSERT_NE(map.find(4, 4), nullptr);
  EXPECT_EQ(map.find(4, 4)->id, 7u);
  for (auto [offset, bytes] : {std::pair{4, 2}, {4, 8}, {5, 4}, {0, 4}, {8, 4}, {3, 1}}) {
    EXPECT_EQ(map.find(std::uint64_t(offset), std::uint64_t(bytes)), nullptr) << offset;
  }
  EXPECT_EQ(map.find(0x40, 0x20)->id, 8u);
  EXPECT_EQ(map.find(0x5F, 1)->id, 8u);
  EXPECT_EQ(map.find(0x5F, 2), nullptr);
  EXPECT_EQ(map.find(0x3F, 2), nullptr);
  EXPECT_EQ(map.find(0x60, 0), map.find("DATA")) << "nothing, at the very end";
  EXPECT_EQ(map.find(~std::uint64_t{0}, 4), nullptr);
  EXPECT_EQ(map.find("NONE"), nullptr);
}

TEST(RegisterMap, BecomesACHeader) {
  EXPECT_EQ(c_header(example()),
            "/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Registers of the toy device, generated from its register table: do not edit. */\n"
            "#ifndef LOOKASIDE_TOY_REGISTERS_H\n"
            "#define LOOKASIDE_TOY_REGISTERS_H\n"
            "\n"
            "/* rw: How much. */\n"
            "#define TOY_LEVEL 0x4\n"
            "#define TOY_LEVEL_ON 0x1 /* [0]: Switch. */\n"
            "#define TOY_LEVEL_CODE 0x70 /* [6:4]: Reason. */\n"
            "#define TOY_LEVEL_CODE_SHIFT 4\n"
            "\n"
            "/* wo: Bytes. */\n"
            "#define TOY_DATA 0x40\n"
            "#define TOY_DATA_BYTES 0x20\n"
            "\n"
            "#endif\n");
}

TEST(RegisterMap, BecomesText) {
  EXPECT_EQ(describe(example()),
            "toy: 0x100 bytes\n"
            "0x004  4    rw   0x00000010  LEVEL                How much.\n"
            "                         [0] ON                   Switch.\n"
            "                       [6:4] CODE                 Reason.\n"
            "0x040  32   wo   0x00000000  DATA                 Bytes.\n");
}

TEST(RegisterMap, TablesOfTheDevicesAreSane) {
  const RegisterMap* maps[] = {
      &devices::dma_registers(),           &devices::fifo_registers(),
      &devices::framebuffer_registers(),   &devices::virtio_modern_registers(),
      &devices::virtio_legacy_registers(), &devices::virtio_empty_registers()};
  for (const RegisterMap* map : maps) {
    std::set<std::string> names;
    std::vector<bool> taken(map->size);
    for (const auto& r : map->registers) {
      EXPECT_TRUE(names.insert(r.name).second) << map->device << "." << r.name << " twice";
      EXPECT_FALSE(r.sentence.empty());
      ASSERT_LE(r.offset + r.bytes, map->size) << r.name;
      for (std::uint64_t i = r.offset; i < r.offset + r.bytes; ++i) {
        EXPECT_FALSE(taken[i]) << map->device << "." << r.name << " overlaps another";
        taken[i] = true;
      }
      std::uint64_t bits = 0;
      for (const auto& f : r.fields) {
        const std::uint64_t mask = ((1ULL << f.width) - 1) << f.low;
        EXPECT_EQ(bits & mask, 0u) << map->device << "." << r.name << "." << f.name;
        EXPECT_LE(f.low + f.width, 32u);
        bits |= mask;
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::tests
