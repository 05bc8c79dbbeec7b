// SPDX-License-Identifier: Apache-2.0
// Disks: content, and the messages of images that are none.
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/devices/disk.h>

namespace lookaside::tests {
namespace {

namespace fs = std::filesystem;

class DiskTest : public ::testing::Test {
 protected:
  DiskTest()
      : dir_(fs::path(::testing::TempDir()) / ("lookaside_disk_" + std::to_string(getpid()))) {
    fs::create_directories(dir_);
  }
  ~DiskTest() override { fs::remove_all(dir_); }
  std::string file(const std::string& name, std::size_t bytes) {
    const std::string path = (dir_ / name).string();
    std::ofstream out(path, std::ios::binary);
    for (std::size_t i = 0; i < bytes; ++i) out.put(static_cast<char>(i / 512 + 1));
    return path;
  }
  static std::string error_of(const std::string& path, bool read_only = false) {
    try {
      devices::FileDisk disk(path, read_only);
    } catch (const devices::DiskError& error) {
      return error.what();
    }
    return "no error";
  }
  fs::path dir_;
};

TEST_F(DiskTest, FileHoldsWhatIsWritten) {
  const std::string path = file("a.img", 4 * 512);
  std::vector<std::uint8_t> sector(1024);
  {
    devices::FileDisk disk(path, false);
    EXPECT_EQ(disk.sectors(), 4u);
    EXPECT_FALSE(disk.read_only());
    ASSERT_TRUE(disk.read(2, 2, sector.data()));
    EXPECT_EQ(sector[0], 3);
    EXPECT_EQ(sector[1023], 4);
    sector.assign(512, 0xAB);
    ASSERT_TRUE(disk.write(1, 1, sector.data()));
    EXPECT_TRUE(disk.flush());
  }
  devices::FileDisk again(path, true);
  EXPECT_TRUE(again.read_only());
  sector.assign(1024, 0);
  ASSERT_TRUE(again.read(1, 2, sector.data()));
  EXPECT_EQ(sector[511], 0xAB);
  EXPECT_EQ(sector[512], 3) << "the next sector is untouched";
  EXPECT_FALSE(again.write(0, 1, sector.data()));
  EXPECT_TRUE(again.flush());
  EXPECT_EQ(fs::file_size(path), 4u * 512);
}

TEST_F(DiskTest, AFileThatShrinksIsAnErrorForTheGuest) {
  const std::string path = file("a.img", 4 * 512);
  devices::FileDisk disk(path, false);
  fs::resize_file(path, 512);
  std::vector<std::uint8_t> sectors(4 * 512);
  EXPECT_FALSE(disk.read(0, 4, sectors.data()));
}

TEST_F(DiskTest, ImagesThatAreNoneSayWhy) {
  const std::string missing = (dir_ / "no.img").string();
  EXPECT_EQ(error_of(missing), missing + ": cannot open the disk image: No such file or directory");
  EXPECT_EQ(error_of(dir_.string()),
            dir_.string() + ": not a regular file, but a disk image must be one");
  EXPECT_EQ(error_of("/dev/null"), "/dev/null: not a regular file, but a disk image must be one");
  const std::string empty = file("empty.img", 0);
  EXPECT_EQ(error_of(empty),
            empty + ": the disk image has 0 bytes, but must have a positive multiple of 512");
  const std::string odd = file("odd.img", 700);
  EXPECT_EQ(error_of(odd),
            odd + ": the disk image has 700 bytes, but must have a positive multiple of 512");
}

TEST_F(DiskTest, MemoryIsZeroUntilWritten) {
  devices::MemoryDisk disk(1ULL << 40);
  EXPECT_EQ(disk.sectors(), 1ULL << 31);
  std::vector<std::uint8_t> data(20 * 512, 0xCD);
  ASSERT_TRUE(disk.write(5, 20, data.data()));
  ASSERT_TRUE(disk.write((1ULL << 31) - 1, 1, data.data()));
  data.assign(20 * 512, 1);
  ASSERT_TRUE(disk.read(4, 20, data.data()));
  EXPECT_EQ(data[511], 0);
  EXPECT_EQ(data[512], 0xCD);
  ASSERT_TRUE(disk.read(24, 2, data.data()));
  EXPECT_EQ(data[511], 0xCD);
  EXPECT_EQ(data[512], 0);
  ASSERT_TRUE(disk.read((1ULL << 31) - 2, 2, data.data()));
  EXPECT_EQ(data[0], 0);
  EXPECT_EQ(data[1023], 0xCD);
  devices::MemoryDisk fixed(512, true);
  EXPECT_FALSE(fixed.write(0, 1, data.data()));
  EXPECT_THROW(devices::MemoryDisk(0), devices::DiskError);
  EXPECT_THROW(devices::MemoryDisk(513), devices::DiskError);
}

}  // namespace
}  // namespace lookaside::tests
