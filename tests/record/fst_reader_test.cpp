// SPDX-License-Identifier: Apache-2.0
// Files that are no waveform, are cut off or damaged give one message and never a crash.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/wave_buffer.h>

#include "record/temporary.h"
#include "seed.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::message_of;
using tests::Temporary;

void write_wave(const std::string& path) {
  WaveBuffer buffer(path, {});
  const auto a = buffer.declare({"soc", "address", SignalKind::kBits, 32, {}, "An address."});
  const auto e =
      buffer.declare({"soc", "kind", SignalKind::kEnum, 2, {{0, "load"}, {1, "store"}}, ""});
  const auto t = buffer.declare({"soc", "text", SignalKind::kText, 0, {}, ""});
  for (std::uint64_t i = 1; i < 300; ++i) {
    buffer.emit(a, i * 10, i * 0x01234567);
    buffer.emit(e, i * 10, i & 1U);
    buffer.emit_text(t, i * 10, "event " + std::to_string(i));
  }
  ASSERT_EQ(buffer.close(5000), "");
}

/// Reads everything; the message of the error, "" if there is none.
std::string read_all(const std::string& path) {
  return message_of<RecordError>([&] { (void)WaveReader(path).changes(); });
}

class FstReaderTest : public ::testing::Test {
 protected:
  FstReaderTest() { write_wave(good()); }
  std::string good() const { return directory_.file("good.fst"); }
  std::string bad() const { return directory_.file("bad.fst"); }
  std::string message_of_bytes(const std::string& bytes) const {
    Temporary::write(bad(), bytes);
    return read_all(bad());
  }
  Temporary directory_;
};

TEST_F(FstReaderTest, SelectsSignalsAndTime) {
  const WaveReader reader(good());
  const auto kind = reader.find("soc.kind");
  ASSERT_TRUE(kind);
  std::vector<std::string> seen;
  for (const WaveChange& change : reader.changes({*kind}, 30)) {
    EXPECT_EQ(change.signal, *kind);
    if (change.known) seen.push_back(reader.shown(change));
  }
  EXPECT_THAT(seen, testing::ElementsAre("store", "load", "store"));
}

TEST_F(FstReaderTest, NearestNameHelps) {
  const WaveReader reader(good());
  EXPECT_FALSE(reader.find("soc.adress"));
  EXPECT_EQ(reader.nearest("soc.adress"), "soc.address");
  EXPECT_EQ(reader.nearest("nothing_like_it_at_all"), "");
}

TEST_F(FstReaderTest, VisitorMayThrow) {
  const WaveReader reader(good());
  EXPECT_THROW(reader.for_each({}, [](const WaveChange&) { throw std::logic_error("enough"); }),
               std::logic_error);
}

TEST_F(FstReaderTest, ReadsWhatGtkwaveWrites) {
  Temporary::write(directory_.file("g.vcd"),
                   "$timescale 10ns $end\n$scope module top $end\n$var wire 4 ! bus [3:0] $end\n"
                   "$var wire 4 ! alias [3:0] $end\n$var real 64 r level $end\n$upscope $end\n"
                   "$enddefinitions $end\n#0\nbxxxx !\nr0 r\n#3\nb1010 !\n#5\nr2.5 r\n#8\n"
                   "b1z10 !\n#9\n");
  for (const char* packing : {"-Z", "-4", "-F"}) {  // each has another hierarchy block
    SCOPED_TRACE(packing);
    const std::string fst = directory_.file("g.fst");
    const std::string command =
        std::string("vcd2fst ") + packing + " " + directory_.file("g.vcd") + " " + fst;
    ASSERT_EQ(std::system((command + " > /dev/null").c_str()), 0);
    const WaveReader reader(fst);
    ASSERT_EQ(reader.signals().size(), 3U);
    EXPECT_EQ(reader.signals()[0].name, "top.bus");
    EXPECT_EQ(reader.signals()[1].name, "top.alias");
    EXPECT_TRUE(reader.signals()[2].real);
    EXPECT_EQ(reader.end_ps(), 90000U);
    std::vector<std::string> seen;
    for (const WaveChange& change : reader.changes()) {
      if (change.time_ps == 0) continue;
      seen.push_back(std::to_string(change.time_ps / 10000) + " " +
                     reader.signals()[change.signal].name + "=" + reader.shown(change));
    }
    EXPECT_THAT(seen, testing::ElementsAre("3 top.bus=a", "3 top.alias=a", "5 top.level=2.5",
                                           "8 top.bus=1z10", "8 top.alias=1z10"));
  }
}

TEST_F(FstReaderTest, MissingEmptyAndForeignFiles) {
  EXPECT_THAT(read_all(directory_.file("none.fst")),
              AllOf(HasSubstr("none.fst: cannot be read"), HasSubstr("No such file")));
  EXPECT_THAT(read_all(directory_.file("")), HasSubstr("is a directory"));
  EXPECT_THAT(message_of_bytes(""), HasSubstr("0 bytes found"));
  EXPECT_THAT(message_of_bytes("$date today $end"), HasSubstr("is no FST waveform"));
  EXPECT_THAT(message_of_bytes("$date " + std::string(1000, 'x')), HasSubstr("is it a VCD file?"));
  EXPECT_THAT(message_of_bytes("\x7f"
                               "ELF" +
                               std::string(1000, '\0')),
              HasSubstr("offset 0 holds 7f 45 4c"));
}

TEST_F(FstReaderTest, EveryTruncationIsNoticed) {
  const std::string bytes = Temporary::read(good());
  for (std::size_t size = 0; size < bytes.size(); size += size < 400 ? 41 : 7) {
    EXPECT_THAT(message_of_bytes(bytes.substr(0, size)),
                AllOf(HasSubstr("bad.fst"), Not(HasSubstr("\n")),
                      AnyOf(HasSubstr("is no FST"), HasSubstr("cut off"), HasSubstr("incomplete"))))
        << size;
  }
  EXPECT_THAT(message_of_bytes(bytes + "tail"), HasSubstr("cut off"));
}

TEST_F(FstReaderTest, DamagedBytesGiveOneMessageOrAReadableFileButNoCrash) {
  const std::uint64_t seed = lookaside::tests::seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string bytes = Temporary::read(good());
  int refused = 0;
  constexpr int kRounds = 150;
  for (int i = 0; i < kRounds; ++i) {
    std::string damaged = bytes;
    for (int flips = 0; flips < 4; ++flips) {
      // Not the 250 bytes of version and date, where damage does not matter.
      const std::size_t at = flips % 2 == 0 ? random() % 74 : 330 + random() % (bytes.size() - 330);
      damaged[at] = static_cast<char>(random());
    }
    const std::string message = message_of_bytes(damaged);
    EXPECT_THAT(message, Not(HasSubstr("\n")));
    if (!message.empty()) ++refused;
  }
  EXPECT_GT(refused, kRounds / 2);
}

}  // namespace
}  // namespace lookaside::record
