// SPDX-License-Identifier: Apache-2.0
// A recorded command stream as a waveform, after the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::testbench {

/// Clocks of the memory, both inclusive.
struct ClockWindow {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};
};

/// Throws dram::StreamError when a stream that ended at clock `end` was over before the window.
void check_begins(const ClockWindow& window, std::uint64_t end, const std::string& stream);

/// Writes what dram::CommandWriter recorded, a stream for each channel, as an FST waveform with the
/// signals that a run with --wave shows of ddr.channel0, ddr.channel1, ...: command bus, ranks and
/// banks, not the queues, of which commands say nothing. Answers the number of commands in the
/// window. Throws dram::StreamError (no such stream, not a whole one, one of another data rate
/// than the first, or none that lasts until the window) and record::RecordError (the waveform
/// cannot be written, or the window ends before it begins); then no file is left. What follows the
/// window is not read.
std::uint64_t write_command_waveform(const std::vector<std::string>& streams,
                                     const std::string& path, ClockWindow window);

/// A GTKWave save file for such a waveform, whose groups are its ranks: `name` and `waveform` lie
/// in one directory. Shows the first microsecond.
std::string command_save_file(const std::string& name, const std::string& waveform);

}  // namespace lookaside::testbench
