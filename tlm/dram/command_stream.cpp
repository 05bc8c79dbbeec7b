// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>
#include <utility>

#include <lookaside/dram/command_stream.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

constexpr char kMagic[] = "lookaside-dram-1\n";
// In the place of a command:
constexpr std::uint8_t kRefreshRate = 0xE;
constexpr std::uint8_t kEnd = 0xF;
static_assert(kOpCount <= kRefreshRate, "a command has a number of its own");
/// A stream of an earlier version has no more than these parameters; what it lacks is 0: no rule.
constexpr unsigned kFirstParameters = static_cast<unsigned>(Parameter::kCmd) + 1;
constexpr std::uint64_t kMostRefreshRate = 256;
constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();

/// Where the number ends: up to 10 bytes on.
char* append(char* end, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) *end++ = static_cast<char>(number | 0x80);
  *end++ = static_cast<char>(number);
  return end;
}

void put(std::ostream& out, std::uint64_t number) {
  std::array<char, 10> bytes;
  out.write(bytes.data(), append(bytes.data(), number) - bytes.data());
}

/// Figures of a device, in the order of the head.
template <typename Self, typename Visit>
void figures(Self& device, Visit visit) {
  for (auto* figure : {&device.data_rate_mts, &device.density_gb, &device.width,
                       &device.bank_groups, &device.banks_per_group, &device.rows, &device.columns,
                       &device.burst_length, &device.max_postponed}) {
    visit(*figure);
  }
}

}  // namespace

CommandWriter::CommandWriter(std::ostream& out, const Device& device, unsigned ranks) : out_(out) {
  out_ << kMagic;
  put(out_, device.name.size());
  out_ << device.name;
  put(out_, static_cast<unsigned>(device.standard));
  put(out_, ranks);
  figures(device, [this](std::uint32_t figure) { put(out_, figure); });
  put(out_, kParameterCount);
  for (const std::int32_t clocks : device.clocks) put(out_, static_cast<std::uint64_t>(clocks));
}

void CommandWriter::write(const Command& c) {
  // A stream takes as long for a byte as for a few.
  std::array<char, 2 + 10 + 10> bytes;
  char* end = bytes.data();
  *end++ = static_cast<char>(static_cast<unsigned>(c.op) | static_cast<unsigned>(c.rank) << 4);
  end = append(end, c.clock - last_);
  *end++ = static_cast<char>(c.bank);
  if (carries_row(c.op)) end = append(end, c.row);
  out_.write(bytes.data(), end - bytes.data());
  last_ = c.clock;
}

void CommandWriter::refresh_rate(unsigned rate, std::uint64_t clock) {
  out_.put(static_cast<char>(kRefreshRate));
  put(out_, rate);
  put(out_, clock);
}

void CommandWriter::finish(std::uint64_t clock) {
  out_.put(static_cast<char>(kEnd));
  put(out_, clock - last_);
  out_.flush();
}

void CommandReader::fail(const std::string& what) const {
  throw StreamError(name_ + ": at byte " + std::to_string(at_) + ": " + what);
}

std::uint8_t CommandReader::byte() {
  const int c = in_.get();
  if (c == std::char_traits<char>::eof()) fail("the stream ends before its end mark");
  ++at_;
  return static_cast<std::uint8_t>(c);
}

std::uint64_t CommandReader::number(std::uint64_t limit, const char* what) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t b = byte();
    value |= static_cast<std::uint64_t>(b & 0x7F) << shift;
    if ((b & 0x80) != 0) continue;
    if (value > limit) {
      fail(std::string(what) + " is " + std::to_string(value) + "; expected at most " +
           std::to_string(limit));
    }
    return value;
  }
  fail(std::string(what) + " does not end");
}

CommandReader::CommandReader(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {
  for (const char* c = kMagic; *c != 0; ++c) {
    if (in_.get() != *c) fail("this is no command stream; it does not begin with lookaside-dram-1");
    ++at_;
  }
  for (std::uint64_t left = number(200, "the length of the device's name"); left > 0; --left) {
    device_.name += static_cast<char>(byte());
  }
  device_.standard = static_cast<Standard>(number(kStandardCount - 1, "the standard"));
  ranks_ = static_cast<unsigned>(number(8, "the number of ranks"));
  if (ranks_ == 0) fail("there is no rank");
  figures(device_, [this](std::uint32_t& figure) {
    figure = static_cast<std::uint32_t>(number(1U << 30, "a figure of the device"));
  });
  const std::uint64_t parameters = number(kParameterCount, "the number of timing parameters");
  if (parameters < kFirstParameters) {
    fail("there are " + std::to_string(parameters) + " timing parameters; expected at least " +
         std::to_string(kFirstParameters));
  }
  for (std::uint64_t i = 0; i < parameters; ++i) {
    device_.clocks[i] = static_cast<std::int32_t>(number(1'000'000, "a timing parameter"));
  }
  check_device(device_, name_);
  if (device_.banks() > 256) fail("a rank has at most 256 banks");
}

void CommandReader::take_refresh_rate(Checker* checker) {
  const auto rate = static_cast<unsigned>(number(kMostRefreshRate, "a refresh rate"));
  const std::uint64_t from = number(kAny, "a clock");
  if (checker != nullptr) checker->set_refresh(rate, from);
}

bool CommandReader::next(Command& c, Checker* checker) {
  std::uint8_t head = byte();
  for (; head == kRefreshRate; head = byte()) take_refresh_rate(checker);
  clock_ += number(kAny, "a clock");
  if (head == kEnd) {
    if (in_.peek() != std::char_traits<char>::eof()) fail("something follows the end mark");
    return false;
  }
  c = {};
  c.clock = clock_;
  if ((head & 0xFU) >= kOpCount) fail("there is no command " + std::to_string(head & 0xFU));
  c.op = static_cast<Op>(head & 0xFU);
  c.rank = head >> 4;
  c.bank = byte();
  if (c.rank >= ranks_ || c.bank >= device_.banks()) {
    fail("rank " + std::to_string(c.rank) + " bank " + std::to_string(c.bank) +
         " does not exist in " + device_.name);
  }
  c.bank_group = static_cast<std::uint8_t>(c.bank / device_.banks_per_group);
  if (carries_row(c.op)) c.row = static_cast<std::uint32_t>(number(0xFFFF'FFFF, "a row"));
  return true;
}

Checker check_stream(CommandReader& reader) {
  Checker checker(reader.device(), reader.ranks());
  Command command;
  while (reader.next(command, &checker)) checker.check(command);
  checker.finish(reader.end());
  return checker;
}

std::string text(const Command& c) {
  std::string line =
      "clock " + std::to_string(c.clock) + " " + name(c.op) + " rank " + std::to_string(c.rank);
  if (!carries_bank(c.op)) return line;
  line += " group " + std::to_string(c.bank_group) + " bank " + std::to_string(c.bank);
  if (carries_row(c.op)) line += " row " + std::to_string(c.row);
  return line;
}

}  // namespace lookaside::dram
