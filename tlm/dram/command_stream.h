// SPDX-License-Identifier: Apache-2.0
// A run's commands as a compact binary stream, from which they can be checked again or printed.
#pragma once

#include <cstdint>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/command.h>
#include <lookaside/dram/device.h>

namespace lookaside::dram {

/// What is wrong with a stream: "file: at byte 17: ...".
class StreamError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes the commands of one channel. The head carries the device with all its clocks, so that a
/// stream can be checked without the preset it came from. About four bytes a command: numbers are
/// little-endian groups of seven bits, clocks are distances from the command before.
class CommandWriter {
 public:
  CommandWriter(std::ostream& out, const Device& device, unsigned ranks);
  void write(const Command& command);
  /// From `clock` on, which may lie before what was written last, refreshes come `rate` times as
  /// often as tREFI asks; 0: never.
  void refresh_rate(unsigned rate, std::uint64_t clock);
  /// The run ended at this clock. Nothing may be written after it.
  void finish(std::uint64_t clock);

 private:
  std::ostream& out_;
  std::uint64_t last_ = 0;
};

/// Reads what CommandWriter wrote. Throws StreamError: no such stream, a device or command that
/// cannot be, an end before the end mark.
class CommandReader {
 public:
  CommandReader(std::istream& in, std::string name);
  const Device& device() const { return device_; }
  unsigned ranks() const { return ranks_; }
  /// False at the end mark. Changes of the refresh rate that come before are told to `checker`.
  bool next(Command& command, Checker* checker = nullptr);
  /// After the end mark: when the run ended.
  std::uint64_t end() const { return clock_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  std::uint8_t byte();
  std::uint64_t number(std::uint64_t limit, const char* what);
  void take_refresh_rate(Checker* checker);

  std::istream& in_;
  std::string name_;
  std::uint64_t at_ = 0;
  Device device_;
  unsigned ranks_ = 0;
  std::uint64_t clock_ = 0;
};

/// Reads the commands of a stream to its end through a checker of its own. Throws StreamError.
Checker check_stream(CommandReader& reader);

/// "clock 101 ACT rank 0 group 1 bank 5 row 77": a line of a listing, without its end.
std::string text(const Command& command);

}  // namespace lookaside::dram
