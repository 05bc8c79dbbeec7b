// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/output_file.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using ::testing::HasSubstr;
using tests::message_of;
using tests::Temporary;

TEST(OutputFile, WritesWholeFilesAndReplacesOldOnes) {
  const Temporary directory;
  const std::string path = directory.file("stats.json");
  write_file(path, "one");
  write_file(path, "two");
  EXPECT_EQ(Temporary::read(path), "two");
  EXPECT_FALSE(std::filesystem::exists(temporary_name(path)));
}

TEST(OutputFile, CheckLeavesNothingBehindAndKeepsTheOldFile) {
  const Temporary directory;
  check_writable(directory.file("new"));
  EXPECT_TRUE(directory.empty());
  Temporary::write(directory.file("old"), "content");
  check_writable(directory.file("old"));
  EXPECT_EQ(Temporary::read(directory.file("old")), "content");
}

TEST(OutputFile, ALinkStaysALinkAndItsTargetIsReplaced) {
  const Temporary directory;
  Temporary::write(directory.file("target"), "old");
  std::filesystem::create_symlink("target", directory.file("link"));
  write_file(directory.file("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(directory.file("link")));
  EXPECT_EQ(Temporary::read(directory.file("target")), "new");
}

TEST(OutputFile, NamesTheFileAndTheReason) {
  const Temporary directory;
  const auto message = [](const std::string& path) {
    return message_of<RecordError>([&] { write_file(path, "x"); });
  };
  EXPECT_THAT(message(directory.file("missing/stats.json")),
              testing::AllOf(HasSubstr("missing/stats.json: cannot be written"),
                             HasSubstr("No such file or directory")));
  EXPECT_THAT(message(directory.file("")), HasSubstr("is a directory"));
  for (const char* system : {"/dev/null", "/dev/lookaside-test", "/dev/../dev/stdout"}) {
    EXPECT_THAT(message(system), HasSubstr("is no plain file")) << system;
  }
  EXPECT_THAT(message(""), HasSubstr("needs a name"));
  EXPECT_TRUE(directory.empty());
}

}  // namespace
}  // namespace lookaside::record
