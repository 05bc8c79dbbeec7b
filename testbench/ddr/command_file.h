// SPDX-License-Identifier: Apache-2.0
// The DRAM commands of a run in files, one a channel, that appear when they are complete.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/dram/command_stream.h>

namespace lookaside::testbench {

/// The files of `path`: itself, or for several channels run.cmd -> run.0.cmd, run.1.cmd, ...
std::vector<std::string> command_paths(const std::string& path, unsigned channels);

/// A stream to read. Throws dram::StreamError: there is none, or it cannot be read.
std::ifstream open_commands(const std::string& path);

/// Errors throw record::RecordError. Destroyed before finish(), it leaves nothing behind.
class CommandFiles {
 public:
  CommandFiles(const std::string& path, unsigned channels, const dram::Device& device,
               unsigned ranks);

  void write(unsigned channel, const dram::Command& command) {
    files_[channel]->writer.write(command);
  }
  /// From this clock on, all channels are refreshed so many times as often as tREFI asks; 0: never.
  void refresh_rate(unsigned rate, std::uint64_t clock) {
    for (const auto& file : files_) file->writer.refresh_rate(rate, clock);
  }
  /// The run ended at this clock of the memory.
  void finish(std::uint64_t clock);
  std::vector<std::string> paths() const;

 private:
  struct File {
    File(std::string name, const dram::Device& device, unsigned ranks);
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::string path;
    std::vector<char> buffer;
    std::ofstream out;
    dram::CommandWriter writer;
    bool finished = false;
  };
  std::vector<std::unique_ptr<File>> files_;
};

}  // namespace lookaside::testbench
