// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/command_stream.h>

#include "dram/trace_driver.h"

namespace lookaside::dram {
namespace {

using testing::HasSubstr;

/// The commands of a random trace, and the bytes they make.
struct Recorded {
  std::vector<Command> commands;
  std::string bytes;
};

Recorded record() {
  const Organization organization{builtin_device("DDR4-2400"), 1, 2, 64};
  const Mapping map(organization, "row:rank:bank:bank_group:column");
  Controller controller(organization, {});
  Recorded r;
  std::ostringstream out;
  CommandWriter writer(out, organization.device, 2);
  const Figures figures =
      play(controller, map, uniform(map.bytes(), 2000), 32, 1, [&](const Step& step) {
        for (const Command& c : step.commands) {
          writer.write(c);
          r.commands.push_back(c);
        }
      });
  writer.finish(figures.clocks);
  r.bytes = out.str();
  return r;
}

TEST(CommandStream, ComesBackAsItWas) {
  const Recorded r = record();
  ASSERT_GT(r.commands.size(), 5000U);
  EXPECT_LT(r.bytes.size(), r.commands.size() * 6 + 200);
  std::istringstream in(r.bytes);
  CommandReader reader(in, "x.cmd");
  EXPECT_EQ(reader.device().name, "DDR4-2400 8Gb x8 T");
  EXPECT_EQ(reader.device().clocks, builtin_device("DDR4-2400").clocks);
  EXPECT_EQ(reader.ranks(), 2U);
  Command c;
  for (const Command& expected : r.commands) {
    ASSERT_TRUE(reader.next(c));
    ASSERT_EQ(text(c), text(expected));
  }
  EXPECT_FALSE(reader.next(c));
}

Checker checked(std::istream& in) {
  CommandReader reader(in, "x.cmd");
  return check_stream(reader);
}

TEST(CommandStream, IsCheckedOffline) {
  const Recorded r = record();
  std::istringstream good(r.bytes);
  EXPECT_EQ(checked(good).violation_count(), 0U);
  std::ostringstream out;
  CommandWriter writer(out, builtin_device("DDR4-2400"), 1);
  writer.write({100, Op::kAct, 0, 1, 4, 7});
  writer.write({116, Op::kRd, 0, 1, 4, 7});
  writer.finish(200);
  std::istringstream bad(out.str());
  const Checker checker = checked(bad);
  EXPECT_EQ(checker.violation_count(), 1U);
  EXPECT_THAT(checker.first(), HasSubstr("breaks tRCD"));
}

/// Rules that an earlier version did not have are not checked.
TEST(CommandStream, OfAnEarlierVersionHasFewerParameters) {
  Device device = builtin_device("DDR4-2400");
  for (unsigned i = static_cast<unsigned>(Parameter::kXsDll); i < kParameterCount; ++i) {
    device.clocks[i] = 1;  // of one byte
  }
  const auto cut = [&device](unsigned parameters) {
    std::ostringstream head;
    CommandWriter writer(head, device, 1);
    std::string bytes = head.str();
    bytes.resize(bytes.size() - (kParameterCount - parameters));
    bytes.at(bytes.rfind(static_cast<char>(kParameterCount))) = static_cast<char>(parameters);
    return bytes + "\x0F" + std::string(1, '\0');
  };
  std::istringstream earlier(cut(34));
  CommandReader reader(earlier, "x.cmd");
  EXPECT_EQ(reader.device()[Parameter::kCmd], 1);
  EXPECT_EQ(reader.device()[Parameter::kXsDll], 0);
  Command c;
  EXPECT_FALSE(reader.next(c));
  std::istringstream none(cut(33));
  EXPECT_THROW(CommandReader(none, "x.cmd"), StreamError);
}

/// What software does to the refresh rate is in the stream, whenever it is written.
TEST(CommandStream, HoldsChangesOfTheRefreshRate) {
  const Device device = builtin_device("DDR4-2400");
  const auto refi = static_cast<std::uint64_t>(device[Parameter::kRefi]);
  for (const bool told : {false, true}) {
    std::ostringstream out;
    CommandWriter writer(out, device, 1);
    writer.write({100, Op::kAct, 0, 0, 0, 7});
    writer.write({500, Op::kPre, 0, 0, 0, 0});
    if (told) writer.refresh_rate(0, 50);
    writer.write({50 * refi, Op::kAct, 0, 0, 0, 7});
    writer.finish(51 * refi);
    std::istringstream in(out.str());
    const Checker checker = checked(in);
    EXPECT_EQ(checker.commands(), 3U);
    EXPECT_EQ(checker.violation_count() == 0, told) << checker.first();
  }
}

TEST(CommandStream, ReadsAsText) {
  EXPECT_EQ(text({101, Op::kAct, 0, 1, 5, 77}), "clock 101 ACT rank 0 group 1 bank 5 row 77");
  EXPECT_EQ(text({101, Op::kRef, 1, 0, 0, 0}), "clock 101 REF rank 1");
}

std::string refusal(const std::string& bytes) {
  std::istringstream in(bytes);
  try {
    checked(in);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(CommandStreamRefused, WhateverIsNotWhole) {
  const std::string bytes = record().bytes;
  EXPECT_THAT(refusal("hello"), HasSubstr("x.cmd: at byte 0: this is no command stream"));
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 50) {
    EXPECT_NE(refusal(bytes.substr(0, length)), "accepted") << length;
  }
  std::string odd = bytes;
  odd[odd.find(" T") + 3] = 9;  // ranks
  EXPECT_THAT(refusal(odd), HasSubstr("the number of ranks is 9; expected at most 8"));
}

TEST(CommandStreamRefused, NoByteCrashesTheReader) {
  const std::string bytes = record().bytes.substr(0, 600);
  // The last command could be turned into a good end mark.
  for (std::size_t at = 0; at + 8 < bytes.size(); ++at) {
    for (const int value : {0x00, 0x0E, 0x7F, 0x80, 0xFF}) {
      std::string odd = bytes;
      odd[at] = static_cast<char>(value);
      EXPECT_NE(refusal(odd), "accepted");  // it has no end mark
    }
  }
}

}  // namespace
}  // namespace lookaside::dram
