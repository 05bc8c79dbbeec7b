// SPDX-License-Identifier: Apache-2.0
#include "trace_file.h"

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/output_file.h>

namespace lookaside::testbench {

TraceFile::TraceFile(std::string path) : path_(std::move(path)) {
  record::check_writable(path_);
  file_ = std::fopen(record::temporary_name(path_).c_str(), "wb");
  if (file_ == nullptr) throw record::RecordError(fmt::format("{}: cannot be written", path_));
}

TraceFile::~TraceFile() {
  if (file_ == nullptr) return;
  (void)std::fclose(file_);
  (void)std::remove(record::temporary_name(path_).c_str());
}

void TraceFile::line(const std::string& text) {
  failed_ |= std::fwrite(text.data(), 1, text.size(), file_) != text.size();
  failed_ |= std::fputc('\n', file_) == EOF;
}

void TraceFile::finish() {
  failed_ |= std::fflush(file_) != 0;
  if (failed_) throw record::RecordError(fmt::format("{}: not all of it could be written", path_));
  (void)std::fclose(file_);
  file_ = nullptr;
  record::finish_output(path_);
}

}  // namespace lookaside::testbench
