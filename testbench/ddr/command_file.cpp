// SPDX-License-Identifier: Apache-2.0
#include "ddr/command_file.h"

#include <cstdio>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/output_file.h>

namespace lookaside::testbench {
namespace {

/// Opened before anything is written: an ofstream wants its buffer first.
std::ofstream open(const std::string& path, std::vector<char>& buffer) {
  record::check_writable(path);
  std::ofstream out;
  out.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  out.open(record::temporary_name(path), std::ios::binary);
  if (!out) throw record::RecordError(fmt::format("{}: cannot be written", path));
  return out;
}

}  // namespace

std::vector<std::string> command_paths(const std::string& path, unsigned channels) {
  if (channels == 1) return {path};
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.rfind('.');
  const bool suffixed =
      dot != std::string::npos && dot != 0 && (slash == std::string::npos || dot > slash + 1);
  const std::string stem = suffixed ? path.substr(0, dot) : path;
  const std::string suffix = suffixed ? path.substr(dot) : "";
  std::vector<std::string> paths;
  for (unsigned i = 0; i < channels; ++i) paths.push_back(fmt::format("{}.{}{}", stem, i, suffix));
  return paths;
}

std::ifstream open_commands(const std::string& path) {
  struct stat status {};
  const bool found = stat(path.c_str(), &status) == 0;
  std::ifstream in(path, std::ios::binary);
  if (found && !S_ISDIR(status.st_mode) && in) return in;
  throw dram::StreamError(fmt::format("{}: cannot read the file: {}", path,
                                      !found                    ? "there is none of that name"
                                      : S_ISDIR(status.st_mode) ? "it is a directory"
                                                                : "it is not readable"));
}

CommandFiles::File::File(std::string name, const dram::Device& device, unsigned ranks)
    : path(std::move(name)),
      buffer(std::size_t{1} << 16),
      out(open(path, buffer)),
      writer(out, device, ranks) {}

CommandFiles::File::~File() {
  if (finished) return;
  out.close();
  (void)std::remove(record::temporary_name(path).c_str());
}

CommandFiles::CommandFiles(const std::string& path, unsigned channels, const dram::Device& device,
                           unsigned ranks) {
  for (std::string& name : command_paths(path, channels)) {
    files_.push_back(std::make_unique<File>(std::move(name), device, ranks));
  }
}

void CommandFiles::finish(std::uint64_t clock) {
  for (const auto& file : files_) {
    file->writer.finish(clock);
    file->out.close();
    if (!file->out) {
      throw record::RecordError(fmt::format("{}: not all of it could be written", file->path));
    }
  }
  for (const auto& file : files_) {
    file->finished = true;
    record::finish_output(file->path);
  }
}

std::vector<std::string> CommandFiles::paths() const {
  std::vector<std::string> all;
  for (const auto& file : files_) all.push_back(file->path);
  return all;
}

}  // namespace lookaside::testbench
