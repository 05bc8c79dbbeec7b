// SPDX-License-Identifier: Apache-2.0
// The authority is libfdt's reader and Debian's dtc; expected strings are those of QEMU's `virt`
// and of the device-tree bindings.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/platform/device_tree.h>

extern "C" {
#include <libfdt.h>
}

namespace lookaside::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kLimit = 32768;

class Tree {
 public:
  Tree(const Configuration& configuration, unsigned xlen)
      : blob_(device_tree(configuration, xlen, kLimit)) {}
  explicit Tree(unsigned xlen) : Tree(Configuration(), xlen) {}

  bool has(const std::string& path) const {
    return fdt_path_offset(blob_.data(), path.c_str()) >= 0;
  }
  std::string text(const std::string& path, const char* name) const {
    int length = 0;
    const void* value = property(path, name, length);
    return value == nullptr ? "(none)" : std::string(static_cast<const char*>(value));
  }
  std::vector<std::uint32_t> cells(const std::string& path, const char* name) const {
    int length = 0;
    const auto* value = static_cast<const fdt32_t*>(property(path, name, length));
    std::vector<std::uint32_t> out;
    for (int i = 0; value != nullptr && i < length / 4; ++i) out.push_back(fdt32_to_cpu(value[i]));
    return out;
  }
  bool compatible(const std::string& path, const char* with) const {
    const int node = fdt_path_offset(blob_.data(), path.c_str());
    return node >= 0 && fdt_node_check_compatible(blob_.data(), node, with) == 0;
  }
  const std::vector<std::uint8_t>& blob() const { return blob_; }

 private:
  const void* property(const std::string& path, const char* name, int& length) const {
    const int node = fdt_path_offset(blob_.data(), path.c_str());
    return node < 0 ? nullptr : fdt_getprop(blob_.data(), node, name, &length);
  }
  std::vector<std::uint8_t> blob_;
};

TEST(DeviceTree, IsValidAndSmallEnoughForTheBootRom) {
  for (const unsigned xlen : {32U, 64U}) {
    const Tree tree(xlen);
    EXPECT_EQ(fdt_check_full(tree.blob().data(), tree.blob().size()), 0);
    EXPECT_LT(tree.blob().size(), 16384U);
  }
}

TEST(DeviceTree, DescribesTheHart) {
  const Tree rv64(64);
  EXPECT_EQ(rv64.text("/cpus/cpu@0", "mmu-type"), "riscv,sv57");
  EXPECT_THAT(rv64.text("/cpus/cpu@0", "riscv,isa"), HasSubstr("rv64imac_"));
  EXPECT_THAT(rv64.cells("/cpus", "timebase-frequency"), ElementsAre(10000000));
  const Tree rv32(32);
  EXPECT_EQ(rv32.text("/cpus/cpu@0", "mmu-type"), "riscv,sv32");
  EXPECT_THAT(rv32.text("/cpus/cpu@0", "riscv,isa"), HasSubstr("rv32imac_"));
}

TEST(DeviceTree, FollowsTheConfiguration) {
  Configuration configuration;
  for (const char* assignment :
       {"cpu.max_satp_mode=sv39", "cpu.timebase_hz=1000000", "memory.size=1GiB",
        "platform.bootargs=console=ttyS0", "memory.regions=[{base: 0x2480000000, size: 64MiB}]"}) {
    configuration.assign(assignment);
  }
  const Tree tree(configuration, 64);
  EXPECT_EQ(tree.text("/cpus/cpu@0", "mmu-type"), "riscv,sv39");
  EXPECT_THAT(tree.cells("/cpus", "timebase-frequency"), ElementsAre(1000000));
  EXPECT_THAT(tree.cells("/memory@80000000", "reg"), ElementsAre(0, 0x80000000, 0, 0x40000000));
  EXPECT_THAT(tree.cells("/memory@2480000000", "reg"), ElementsAre(0x24, 0x80000000, 0, 0x4000000));
  EXPECT_EQ(tree.text("/chosen", "bootargs"), "console=ttyS0");
}

TEST(DeviceTree, SaysWhoUpdatesAccessedAndDirty) {
  for (const auto& [value, isa] : {std::pair{"menvcfg", "rv64imac_zicsr_zifencei_sstc_svadu"},
                                   std::pair{"hardware", "rv64imac_zicsr_zifencei_sstc"},
                                   std::pair{"fault", "rv64imac_zicsr_zifencei_sstc_svade"}}) {
    Configuration configuration;
    configuration.assign(std::string("mmu.ad_update=") + value);
    EXPECT_EQ(Tree(configuration, 64).text("/cpus/cpu@0", "riscv,isa"), isa);
  }
}

TEST(DeviceTree, WithoutTranslationThereIsNoMmu) {
  Configuration configuration;
  configuration.assign("cpu.max_satp_mode=bare");
  EXPECT_EQ(Tree(configuration, 64).text("/cpus/cpu@0", "mmu-type"), "riscv,none");
  EXPECT_EQ(Tree(configuration, 32).text("/cpus/cpu@0", "mmu-type"), "riscv,none");
}

TEST(DeviceTree, HoldsTheDevicesOfVirt) {
  const Tree tree(64);
  EXPECT_EQ(tree.text("/chosen", "stdout-path"), "/soc/serial@10000000");
  EXPECT_TRUE(tree.compatible("/soc/serial@10000000", "ns16550a"));
  EXPECT_THAT(tree.cells("/soc/serial@10000000", "interrupts"), ElementsAre(10));
  EXPECT_TRUE(tree.compatible("/soc/clint@2000000", "sifive,clint0"));
  EXPECT_THAT(tree.cells("/soc/clint@2000000", "interrupts-extended"), ElementsAre(2, 3, 2, 7));
  EXPECT_TRUE(tree.compatible("/soc/plic@c000000", "sifive,plic-1.0.0"));
  EXPECT_THAT(tree.cells("/soc/plic@c000000", "interrupts-extended"), ElementsAre(2, 11, 2, 9));
  EXPECT_TRUE(tree.compatible("/soc/test@100000", "sifive,test0"));
  EXPECT_TRUE(tree.compatible("/poweroff", "syscon-poweroff"));
  EXPECT_EQ(tree.cells("/poweroff", "regmap"), tree.cells("/soc/test@100000", "phandle"));
  EXPECT_THAT(tree.cells("/reboot", "value"), ElementsAre(0x7777));
  for (unsigned slot = 0; slot < 8; ++slot) {
    const std::string path = "/soc/virtio_mmio@1000" + std::to_string(slot + 1) + "000";
    EXPECT_TRUE(tree.compatible(path, "virtio,mmio")) << path;
    EXPECT_THAT(tree.cells(path, "interrupts"), ElementsAre(slot + 1));
  }
  EXPECT_TRUE(tree.compatible("/soc/dma@10010000", "lookaside,dma"));
  EXPECT_TRUE(tree.compatible("/soc/fifo@10011000", "lookaside,fifo"));
  EXPECT_TRUE(tree.compatible("/soc/framebuffer@10012000", "lookaside,framebuffer"));
  EXPECT_TRUE(tree.compatible("/soc/memory-controller@10013000", "lookaside,ddr"));
}

TEST(DeviceTree, RefusesWhatDoesNotFit) {
  EXPECT_THROW(device_tree(Configuration(), 64, 512), ConfigurationError);
}

/// dtc reads the blob, and what it writes from its source text means the same.
TEST(DeviceTree, CompilerAcceptsIt) {
  std::string pattern = (std::filesystem::temp_directory_path() / "lookaside-dtb-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(pattern.data());
  const Tree tree(64);
  const std::string blob = (directory / "a.dtb").string();
  std::ofstream(blob, std::ios::binary)
      .write(reinterpret_cast<const char*>(tree.blob().data()),
             static_cast<std::streamsize>(tree.blob().size()));
  const std::string source = (directory / "a.dts").string();
  const std::string log = (directory / "log").string();
  ASSERT_EQ(std::system(("dtc -I dtb -O dts " + blob + " -o " + source + " 2> " + log).c_str()), 0);
  std::ifstream warnings(log);
  for (std::string line; std::getline(warnings, line);) {
    ADD_FAILURE() << line;
  }
  ASSERT_EQ(std::system(("dtc -q -I dts -O dtb " + source + " -o " + blob + ".2").c_str()), 0);
  std::ifstream again(source);
  std::string text((std::istreambuf_iterator<char>(again)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("stdout-path = \"/soc/serial@10000000\""));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace lookaside::platform
