// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

#include <lookaside/platform/files.h>

namespace lookaside::platform {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "lookaside-files-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(directory_); }
  std::string in(const std::string& name) const { return (directory_ / name).string(); }
  fs::path directory_;
};

TEST_F(Files, ReadsBytesAsTheyAre) {
  std::ofstream(in("a"), std::ios::binary) << std::string("\0\r\n\xff", 4);
  EXPECT_EQ(read_file(in("a")), (std::vector<std::uint8_t>{0, 13, 10, 255}));
  std::ofstream(in("empty")).close();
  EXPECT_TRUE(read_file(in("empty")).empty());
}

TEST_F(Files, RefusesWhatIsNoFile) {
  for (const auto& [path, reason] :
       {std::pair{"/nonexistent/fw.elf", "there is none of that name"},
        std::pair{"/", "it is no regular file"}, std::pair{"/dev/zero", "it is no regular file"}}) {
    try {
      read_file(path);
      ADD_FAILURE() << path << " was accepted";
    } catch (const FileError& error) {
      EXPECT_EQ(error.what(), std::string(path) + ": cannot read the file: " + reason);
    }
  }
}

}  // namespace
}  // namespace lookaside::platform
