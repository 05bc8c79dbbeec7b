// SPDX-License-Identifier: Apache-2.0
// The forms of a trace: what lines mean, what is refused, that nothing is lost between the forms.
#include <random>

#include <gmock/gmock.h>

#include <lookaside/traffic/core/trace_reader.h>
#include <lookaside/traffic/core/trace_text.h>
#include <lookaside/traffic/core/trace_writer.h>

#include "seed.h"
#include "traffic/trace_files.h"

namespace lookaside::traffic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Trace : public FilesTest {
 protected:
  std::vector<Record> read_trace(const std::string& path) const { return all(*open_trace(path)); }
  std::string refusal(const std::string& path) const {
    try {
      read_trace(path);
    } catch (const TraceError& error) {
      return error.what();
    }
    return "accepted";
  }
};

TEST_F(Trace, LinesMeanWhatTheFormSays) {
  const std::string path = write("x.trace",
                                 "# a comment\n"
                                 "R 0x1000\n"
                                 "\n"
                                 "  w\t4097   # the line that holds it\r\n"
                                 "W 4097 16\n"
                                 "R 0x2000 64 100\n"
                                 "r 0xffffffffffffffc0 <1\n"
                                 "R 0X4000 32 20 <1024#\n"
                                 "R <2 0\n"
                                 "W 5 65536 2147483647");
  EXPECT_THAT(refusal(path), StartsWith(path + ":9: found '<2', expected an address"));
  const std::string good = write("y.trace",
                                 "R 0x1000\n\n  w\t4097   # text\r\nW 4097 16\nR 0x2000 64 100\n"
                                 "r 0xffffffffffffffc0 <1\nR 0X4000 32 20 <1024#\n"
                                 "R 8 <2 8 1\nW 5 65536 2147483647");
  EXPECT_THAT(
      read_trace(good),
      ElementsAre(Record{0x1000, 64, 0, 0, false}, Record{4096, 64, 0, 0, true},
                  Record{4097, 16, 0, 0, true}, Record{0x2000, 64, 100, 0, false},
                  Record{0xffffffffffffffc0, 64, 0, 1, false}, Record{0x4000, 32, 20, 1024, false},
                  Record{8, 8, 1, 2, false}, Record{5, 65536, 2147483647, 0, true}));
}

TEST_F(Trace, BadLinesAreNamed) {
  const struct {
    const char* line;
    const char* message;
  } kBad[] = {
      {"X 0x1000", "found 'X', expected R or W at the beginning of the line"},
      {"RW 0x1000", "found 'RW', expected R or W"},
      {"0x1000 R", "found '0x1000', expected R or W"},
      {"R", "found no address, expected R|W ADDRESS [SIZE] [DELAY] [<K]"},
      {"R 1000g", "found '1000g', expected an address, decimal or hexadecimal with 0x"},
      {"R beef", "found 'beef', expected an address"},
      {"R 0x", "found '0x', expected an address"},
      {"R -64", "found '-64', expected an address"},
      {"R 0x10000000000000000", "expected an address"},
      {"R 18446744073709551616", "expected an address"},
      {"R 0 0", "found '0', expected a size in bytes from 1 to 65536"},
      {"R 0 65537", "found '65537', expected a size in bytes from 1 to 65536"},
      {"R 0 64 2147483648", "expected a delay in memory clocks from 0 to 2147483647"},
      {"R 0 64 1 1", "found '1', expected the end of the line"},
      {"R 0 <0", "found '<0', expected '<' and the distance of an earlier request, from 1 to 1024"},
      {"R 0 <1025", "from 1 to 1024"},
      {"R 0 <1 <2", "found '<2', expected the end of the line"},
      {"R 0xfffffffffffffff0 17", "expected them to end within 64 bits"},
      {"R 0x0\x1b[2J", "found '0x0?[2J', expected an address"},
  };
  for (const auto& bad : kBad) {
    const std::string path = write("bad.trace", std::string("# one\nR 0x0\n") + bad.line + "\n");
    EXPECT_THAT(refusal(path), StartsWith(path + ":3: ")) << bad.line;
    EXPECT_THAT(refusal(path), HasSubstr(bad.message)) << bad.line;
  }
  EXPECT_THAT(refusal(write("long.trace", "R 0x0\n#" + std::string(300'000, 'x'))),
              HasSubstr("long.trace:2: found a line of more than 4096 bytes"));
}

/// ... at the beginning of the file, at the place where the reader's first 256 KiB end, and last.
TEST_F(Trace, ALineMayHave4096BytesWhereverItIs) {
  for (const std::size_t before : {0U, 1000U, 258'048U, 262'143U, 300'000U}) {
    for (const char* end : {"\n", ""}) {
      std::string lines;
      while (lines.size() < before) lines += "R 0x40\n";
      EXPECT_EQ(refusal(write("t", lines + "#" + std::string(4095, 'x') + end)), "accepted")
          << before;
      EXPECT_THAT(refusal(write("t", lines + "#" + std::string(4096, 'x') + end)),
                  HasSubstr("found a line of more than 4096 bytes, expected R|W ADDRESS"))
          << before;
    }
  }
}

TEST_F(Trace, FilesThatCannotBeReadAreNamed) {
  EXPECT_THAT(refusal(in("none")), HasSubstr("none: cannot read the file: No such file"));
  EXPECT_THAT(refusal(in("")), HasSubstr("Is a directory"));
  EXPECT_EQ(read_trace(write("empty", "")).size(), 0U);
}

std::vector<Record> random_records(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Record> records;
  while (records.size() < count) {
    Record r;
    const std::uint64_t shape = random();
    r.size = shape % 2 == 0 ? 64 : static_cast<std::uint32_t>(random() % kMaxSize + 1);
    r.address = random() >> random() % 64;
    if (shape % 4 < 2) r.address &= ~std::uint64_t{63};
    if (r.address + (r.size - 1) < r.address) continue;
    r.delay = shape % 8 < 4 ? 0 : static_cast<std::uint32_t>(random() % kMaxDelay + 1);
    r.after = shape % 16 < 8 ? 0 : static_cast<std::uint32_t>(random() % kMaxAfter + 1);
    r.write = random() % 2 == 0;
    records.push_back(r);
  }
  return records;
}

TEST_F(Trace, NothingIsLostBetweenTheForms) {
  const std::vector<Record> records = random_records(tests::seed(), tests::rounds(20'000));
  for (const Form form : {Form::kText, Form::kBinary}) {
    for (const bool compressed : {false, true}) {
      TraceWriter writer("t", in("t"), form, compressed);
      writer.comment("by a test");
      for (const Record& r : records) writer.write(r);
      writer.finish();
      EXPECT_EQ(writer.count(), records.size());
      EXPECT_EQ(read("t").substr(0, 2) == "\x1f\x8b", compressed);
      const std::vector<Record> back = read_trace(in("t"));
      ASSERT_EQ(back.size(), records.size());
      for (std::size_t i = 0; i < back.size(); ++i) {
        ASSERT_EQ(back[i], records[i]) << text_line(records[i]) << " became " << text_line(back[i]);
      }
    }
  }
}

TEST_F(Trace, BinaryIsAsTheHeaderSays) {
  TraceWriter writer("t", in("t"), Form::kBinary, false);
  writer.write({0x1122334455667788, 64, 5, 3, true});
  writer.finish();
  const std::string bytes = read("t");
  ASSERT_EQ(bytes.size(), 24U + 2 * 16);
  EXPECT_EQ(bytes.substr(0, 24), std::string("lookaside-trace-1\n\0\0\0\0\0\0", 24));
  EXPECT_EQ(bytes.substr(24, 16),
            std::string("\x88\x77\x66\x55\x44\x33\x22\x11\x05\0\0\x80\x3f\0\x03\0", 16));
  EXPECT_EQ(bytes.substr(40, 16), std::string("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff", 16));
}

TEST_F(Trace, TruncatedAndDamagedFilesAreRefused) {
  const std::vector<Record> records = random_records(1, 5);
  for (const bool compressed : {false, true}) {
    TraceWriter writer("t", in("t"), Form::kBinary, compressed);
    for (const Record& r : records) writer.write(r);
    writer.finish();
    const std::string bytes = read("t");
    for (std::size_t length = 1; length < bytes.size(); ++length) {
      EXPECT_NE(refusal(write("cut", bytes.substr(0, length))), "accepted") << length;
    }
    EXPECT_THAT(refusal(write("more", bytes + "x")),
                HasSubstr(compressed ? "behind the compressed data" : "5 of them and more"));
  }
  std::string odd("lookaside-trace-1\n\0\0\0\0\0\0", 24);
  odd += std::string("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x04", 16);
  EXPECT_THAT(refusal(write("odd", odd)), HasSubstr("request 1: found a dependence 1025 requests"));
}

/// As gzip itself takes them: members one behind the other are one file, zeros fill up a block.
TEST_F(Trace, WhatFollowsCompressedDataIsMoreOfItOrRefused) {
  const auto packed = [this](const std::string& text) {
    TraceWriter writer("t", in("t"), Form::kText, true);
    writer.comment(text);
    writer.write({0x1000, 64, 0, 0, false});
    writer.finish();
    return read("t");
  };
  const std::string one = packed("one");
  EXPECT_EQ(read_trace(write("two", one + packed("two"))).size(), 2U);
  EXPECT_EQ(read_trace(write("padded", one + std::string(200'000, '\0'))).size(), 1U);
  for (const std::string& more :
       {std::string("x"), std::string("R 0x1000\n"), std::string("\x1f"), std::string("\0\0x", 3),
        std::string("\0", 1) + one, std::string(200'000, 'x')}) {
    const std::string path = write("more", one + more);
    const std::string message = refusal(path);
    EXPECT_THAT(message, StartsWith(path + ": after byte ")) << more.size();
    const std::size_t at = one.size() + more.find_first_not_of('\0');
    EXPECT_THAT(message, HasSubstr(" behind the compressed data, at byte " + std::to_string(at) +
                                   " of the file, expected another gzip member or the end"));
  }
  EXPECT_THAT(refusal(write("cut", one + one.substr(0, one.size() - 1))), HasSubstr("is cut off"));
}

TEST_F(Trace, ProgressGoesFromNothingToAll) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "R 0x1000\n";
  const auto source = open_trace(write("t", text));
  Record record;
  double last = 0;
  while (source->next(record)) {
    EXPECT_GE(source->progress(), last);
    last = source->progress();
  }
  EXPECT_DOUBLE_EQ(source->progress(), 1);
}

}  // namespace
}  // namespace lookaside::traffic
