// SPDX-License-Identifier: Apache-2.0
// Programs that need more than the bare machine: a disk (on QEMU too, in both versions of the
// transport), or devices that only our platform has.
#include <filesystem>
#include <fstream>
#include <png.h>
#include <tuple>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "runner.h"

namespace lookaside::firmware_tests {
namespace {

const std::vector<std::string> kDiskPrograms = {
#include "disk_programs.inc"
};
const std::vector<std::string> kPlatformPrograms = {
#include "platform_programs.inc"
};

constexpr std::size_t kSectors = 128;
constexpr std::size_t kSectorBytes = 512;

/// Sector s holds the bytes s + 0, s + 1 ...: what the program disk expects.
std::string fresh_disk() {
  std::string image;
  for (std::size_t i = 0; i < kSectors * kSectorBytes; ++i) {
    image.push_back(static_cast<char>(i / kSectorBytes + i % kSectorBytes));
  }
  return image;
}

/// And what it leaves behind: a pattern in sectors 5 and 6.
std::string written_disk() {
  std::string image = fresh_disk();
  for (std::size_t i = 0; i < 2 * kSectorBytes; ++i) {
    image[5 * kSectorBytes + i] = static_cast<char>(i * 7 + 1);
  }
  return image;
}

class DiskImage {
 public:
  DiskImage()
      : path_(::testing::TempDir() + fmt::format("lookaside_disk_{}_{}.img", getpid(), ++count_)) {
    std::ofstream(path_, std::ios::binary) << fresh_disk();
  }
  ~DiskImage() { std::filesystem::remove(path_); }
  DiskImage(const DiskImage&) = delete;
  DiskImage& operator=(const DiskImage&) = delete;
  const std::string& path() const { return path_; }

 private:
  inline static int count_ = 0;
  std::string path_;
};

class WithDisk : public ::testing::TestWithParam<std::tuple<bool, std::string>> {
 protected:
  bool legacy() const { return std::get<0>(GetParam()); }
  const std::string& elf() const { return std::get<1>(GetParam()); }
};

TEST_P(WithDisk, OnQemuPrintsWhatIsExpected) {
  const DiskImage image;
  check(
      run(on_qemu(elf(), fmt::format("-drive 'file={},if=none,format=raw,id=disk0' "
                                     "-device virtio-blk-device,drive=disk0,bus=virtio-mmio-bus.0 "
                                     "-global virtio-mmio.force-legacy={}",
                                     image.path(), legacy()))),
      parse_variant(elf()), {});
  EXPECT_TRUE(read_file(image.path()) == written_disk()) << "content of the image";
}

TEST_P(WithDisk, OnPlatformPrintsWhatIsExpected) {
  const DiskImage image;
  check(run(on_platform(elf(), fmt::format("--disk '{}' --set virtio.version={}", image.path(),
                                           legacy() ? 1 : 2))),
        parse_variant(elf()), {});
  EXPECT_TRUE(read_file(image.path()) == written_disk()) << "content of the image";
}

INSTANTIATE_TEST_SUITE_P(Firmware, WithDisk,
                         ::testing::Combine(::testing::Bool(), ::testing::ValuesIn(kDiskPrograms)),
                         [](const auto& test) {
                           return (std::get<0>(test.param) ? "Legacy_" : "Modern_") +
                                  underscored(std::get<1>(test.param));
                         });

class OnPlatformOnly : public ::testing::TestWithParam<std::string> {};

TEST_P(OnPlatformOnly, PrintsWhatIsExpected) {
  check(run(on_platform(GetParam())), parse_variant(GetParam()), {});
}

/// Software sees from the registers what it needs to know of its memory.
TEST_P(OnPlatformOnly, PrintsTheSameOnOtherMemories) {
  for (const char* memory : {"--set ddr.ranks=2", "--set ddr.preset=ddr5-4800",
                             "--set ddr.preset=lpddr4-3200 --set ddr.channels=2",
                             "--set ddr.preset=ddr5-4800 --set ddr.refresh=bank"}) {
    SCOPED_TRACE(memory);
    check(run(on_platform(GetParam(), memory)), parse_variant(GetParam()), {});
  }
}

TEST_P(OnPlatformOnly, FastPathChangesNoStatistic) {
  EXPECT_EQ(statistics_of(GetParam(), true), statistics_of(GetParam(), false));
}

/// The last picture of the run: 64 x 48 pixels whose channels are x, y and x ^ y.
TEST_P(OnPlatformOnly, SavesThePicture) {
  const std::string path =
      ::testing::TempDir() + fmt::format("lookaside_{}_{}.png", getpid(), GetParam());
  EXPECT_EQ(run(on_platform(GetParam(), fmt::format("--framebuffer '{}'", path))).status, 0);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&png, path.c_str()), 0) << png.message;
  png.format = PNG_FORMAT_RGB;
  ASSERT_EQ(png.width, 64U);
  ASSERT_EQ(png.height, 48U);
  std::vector<unsigned char> pixels(PNG_IMAGE_SIZE(png));
  ASSERT_NE(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr), 0) << png.message;
  for (unsigned y = 0; y < 48; ++y) {
    for (unsigned x = 0; x < 64; ++x) {
      const unsigned char* rgb = &pixels[3UL * (64UL * y + x)];
      ASSERT_EQ(rgb[0] >> 3, x & 31) << x << "," << y;
      ASSERT_EQ(rgb[1] >> 2, y) << x << "," << y;
      ASSERT_EQ(rgb[2] >> 3, (x ^ y) & 31) << x << "," << y;
    }
  }
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Firmware, OnPlatformOnly, ::testing::ValuesIn(kPlatformPrograms),
                         [](const auto& test) { return underscored(test.param); });

}  // namespace
}  // namespace lookaside::firmware_tests
