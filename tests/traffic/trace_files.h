// SPDX-License-Identifier: Apache-2.0
// Files of a test, and whole traces in memory.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

/// A trace that stands in memory.
class ListSource : public Source {
 public:
  explicit ListSource(std::vector<Record> records) : records_(std::move(records)) {}
  bool next(Record& record) override {
    if (at_ == records_.size()) return false;
    record = records_[at_++];
    return true;
  }
  std::string place() const override { return "record " + std::to_string(at_); }

 private:
  std::vector<Record> records_;
  std::size_t at_ = 0;
};

inline std::vector<Record> all(Source& source) {
  std::vector<Record> records;
  for (Record record; source.next(record);) records.push_back(record);
  return records;
}

/// A fixture with an empty directory.
class FilesTest : public ::testing::Test {
 protected:
  FilesTest() {
    char name[] = "/tmp/lookaside-traffic-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~FilesTest() override { std::filesystem::remove_all(directory_); }
  std::string in(const std::string& name) const { return (directory_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(in(name), std::ios::binary) << content;
    return in(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(in(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace lookaside::traffic
