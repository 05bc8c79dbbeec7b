// SPDX-License-Identifier: Apache-2.0
#include "ddr/command_waveform.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/command_wave.h>
#include <lookaside/dram/command_stream.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/wave_buffer.h>

#include "ddr/command_file.h"

namespace lookaside::testbench {
namespace {

/// Commands after which those before them are written.
constexpr std::uint64_t kBatch = 1024;

/// A stream that is read, always one command ahead.
struct Channel {
  Channel(const std::string& path, observe::SignalSink* sink, std::size_t number)
      : in(open_commands(path)),
        reader(in, path),
        wave(sink, fmt::format("ddr.channel{}", number),
             {reader.device(), 1, reader.ranks(), reader.device().width}, false),
        more(reader.next(next)) {}

  void advance() {
    wave.command(next);
    more = reader.next(next);
  }

  std::ifstream in;
  dram::CommandReader reader;
  ddr::CommandWave wave;
  dram::Command next;
  bool more;
};
using Channels = std::vector<std::unique_ptr<Channel>>;

void check_rates(const Channels& channels, const std::vector<std::string>& streams) {
  const std::uint32_t expected = channels.front()->reader.device().data_rate_mts;
  for (std::size_t i = 1; i < channels.size(); ++i) {
    const std::uint32_t found = channels[i]->reader.device().data_rate_mts;
    if (found == expected) continue;
    throw dram::StreamError(fmt::format("{}: found a memory of {} MT/s, expected {} MT/s as in {}",
                                        streams[i], found, expected, streams.front()));
  }
}

/// The channel whose command is the next; null when no stream has one.
Channel* earliest(const Channels& channels) {
  Channel* first = nullptr;
  for (const auto& channel : channels) {
    if (!channel->more) continue;
    if (first == nullptr || channel->next.clock < first->next.clock) first = channel.get();
  }
  return first;
}

void tell_until(const Channels& channels, std::uint64_t clock) {
  for (const auto& channel : channels) channel->wave.until(clock);
}

}  // namespace

void check_begins(const ClockWindow& window, std::uint64_t end, const std::string& stream) {
  if (window.from <= end) return;
  throw dram::StreamError(fmt::format("{}: found --from {}, expected at most {}, its last clock",
                                      stream, window.from, end));
}

std::uint64_t write_command_waveform(const std::vector<std::string>& streams,
                                     const std::string& path, ClockWindow window) {
  Channels channels;
  const auto read = [&](observe::SignalSink* sink) {
    channels.clear();
    for (std::size_t i = 0; i < streams.size(); ++i) {
      channels.push_back(std::make_unique<Channel>(streams[i], sink, i));
    }
  };
  read(nullptr);
  check_rates(channels, streams);
  const ddr::Clock clock(channels.front()->reader.device().data_rate_mts);
  // A window without an end has none in ps either.
  const bool open = window.to == ~std::uint64_t{0};
  record::WaveBuffer buffer(
      path, {clock.time_of(window.from), open ? window.to : clock.time_of(window.to)});
  read(&buffer);
  std::uint64_t commands = 0;
  std::uint64_t read_commands = 0;
  Channel* channel = earliest(channels);
  for (; channel != nullptr && channel->next.clock <= window.to; channel = earliest(channels)) {
    // The first command of a channel shows what was before it, a clock earlier.
    const std::uint64_t now = channel->next.clock;
    if (++read_commands % kBatch == 0 && now != 0) {
      tell_until(channels, now - 1);
      buffer.advance(clock.time_of(now - 1));
    }
    commands += now >= window.from ? 1 : 0;
    channel->advance();
  }
  std::uint64_t end = 0;
  for (const auto& c : channels) end = std::max(end, c->more ? window.to : c->reader.end());
  check_begins(window, end, streams.front());
  end = std::min(end, window.to);
  tell_until(channels, end);
  const std::string problem = buffer.close(clock.time_of(end));
  if (!problem.empty()) throw record::RecordError(problem);
  return commands;
}

std::string command_save_file(const std::string& name, const std::string& waveform) {
  const record::WaveReader wave(waveform);
  const auto file_name = [](const std::string& path) {
    return std::filesystem::path(path).filename().string();
  };
  std::string text = fmt::format(
      "[*] What the commands of a recorded stream did.\n"
      "[*] The paths are made up: GTKWave finds the dump relative to where this file is.\n"
      "[savefile] \"/lookaside/{}\"\n[dumpfile] \"/lookaside/{}\"\n[timestart] {}\n"
      "[size] 1900 920\n[pos] -1 -1\n",
      file_name(name), file_name(waveform), wave.start_ps());
  // 700 ps a pixel; no marker is set.
  text += "*-9.500000 -1";
  for (int i = 0; i < 26; ++i) text += " -1";
  text += "\n[sst_width] 200\n[signals_width] 214\n[sst_expanded] 0\n";
  std::string open;
  for (const record::WaveSignal& signal : wave.signals()) {
    const std::string scope = signal.name.substr(0, signal.name.rfind('.'));
    if (scope != open) {
      if (!open.empty()) text += fmt::format("@1000200\n-{}\n", open);
      text += fmt::format("@800200\n-{}\n", scope);
      open = scope;
    }
    // Names of an enum; hexadecimal, to the right.
    text += signal.kind == observe::SignalKind::kEnum ? "@100000028\n" : "@22\n";
    text += signal.name;
    text += signal.width > 1 ? fmt::format("[{}:0]\n", signal.width - 1) : "\n";
  }
  return text + fmt::format("@1000200\n-{}\n", open);
}

}  // namespace lookaside::testbench
