// SPDX-License-Identifier: Apache-2.0
// A text file that is written line by line and appears when it is complete.
#pragma once

#include <cstdio>
#include <string>

namespace lookaside::testbench {

/// Errors throw record::RecordError. Destroyed before finish(), it leaves nothing behind.
class TraceFile {
 public:
  explicit TraceFile(std::string path);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  void line(const std::string& text);
  void finish();

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  bool failed_ = false;
};

}  // namespace lookaside::testbench
