// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/platform/files.h>

namespace lookaside::platform {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "lookaside-files-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(directory_); }
  std::string in(const std::string& name) const { return (directory_ / name).string(); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_), {}));
  }
  fs::path directory_;
};

std::string why_unwritable(const std::string& path) {
  try {
    const OutputFile file(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

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

TEST_F(Files, OutputAppearsOnlyWhenComplete) {
  {
    OutputFile file(in("out"));
    file.write("half");
    EXPECT_FALSE(fs::exists(in("out")));
  }
  EXPECT_EQ(count(), 0U) << "an abandoned output leaves nothing behind";
  {
    OutputFile file(in("out"));
    file.write("whole");
    file.commit();
  }
  const auto bytes = read_file(in("out"));
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "whole");
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, AnAbandonedOutputLeavesTheOldFileAlone) {
  std::ofstream(in("out")) << "old";
  { OutputFile(in("out")).write("new"); }
  EXPECT_EQ(read_file(in("out")).size(), 3U);
  EXPECT_EQ(read_file(in("out"))[0], 'o');
}

TEST_F(Files, SaysAtOnceWhatCannotBeWritten) {
  EXPECT_THAT(why_unwritable(in("none/out")), HasSubstr("cannot write the file: No such file"));
  EXPECT_THAT(why_unwritable(directory_.string()), HasSubstr("it is a directory"));
  EXPECT_THAT(why_unwritable(""), HasSubstr("cannot write"));
  EXPECT_EQ(why_unwritable(in("out")), "");
}

}  // namespace
}  // namespace lookaside::platform
