// SPDX-License-Identifier: Apache-2.0
// `lookaside waves` as a user types it.
#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <lookaside/record/core/wave_buffer.h>

#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using observe::SignalKind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WavesCommand : public ProgramTest {
 protected:
  WavesCommand() {
    record::WaveBuffer buffer(fst(), {});
    const auto address =
        buffer.declare({"soc", "address", SignalKind::kBits, 16, {}, "An address."});
    const auto kind =
        buffer.declare({"soc", "kind", SignalKind::kEnum, 1, {{0, "load"}, {1, "store"}}, ""});
    const auto text = buffer.declare({"soc", "text", SignalKind::kText, 0, {}, ""});
    for (std::uint64_t i = 0; i < 10; ++i) {
      buffer.emit(address, i * 1000, i * 16);
      buffer.emit(kind, i * 1000, i & 1U);
      buffer.emit_text(text, i * 1000, "step \"" + std::to_string(i) + "\"");
    }
    EXPECT_EQ(buffer.close(10000), "");
  }
  std::string fst() const { return in("w.fst"); }
  /// `lookaside waves w.fst` with more words; it must end as bad input with one message.
  std::string refused(std::vector<std::string> words) const {
    words.insert(words.begin(), "waves");
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_EQ(result.out, "");
    return result.err;
  }
};

TEST_F(WavesCommand, ListsSignalsWithMeaningAndNames) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"waves", fst()}, {"waves", fst(), "--list"}}) {
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("3 signals"), HasSubstr("soc.address"),
                                  HasSubstr("An address."), HasSubstr("1 = store")));
  }
}

TEST_F(WavesCommand, DumpsTheWindowAsJsonLines) {
  const Finished result = lookaside({"waves", fst(), "--dump", "--signal", "soc.kind", "--signal",
                                     "soc.text", "--from", "3.5ns", "--to", "5ns"});
  ASSERT_EQ(result.status, 0) << result.err;
  std::vector<std::string> rows;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    rows.push_back(std::to_string(json["time_ps"].get<std::uint64_t>()) + " " +
                   json["signal"].get<std::string>() + " " + json["value"].get<std::string>());
  }
  std::sort(rows.begin(), rows.end());
  EXPECT_THAT(rows, ElementsAre("3500 soc.kind store", "3500 soc.text step \"3\"",
                                "4000 soc.kind load", "4000 soc.text step \"4\"",
                                "5000 soc.kind store", "5000 soc.text step \"5\""));
}

TEST_F(WavesCommand, DrawsWhatASaveFileNames) {
  const std::string save = write("w.gtkw", "@22\nsoc.address[15:0]\n@100000028\nsoc.kind\n");
  const Finished result =
      lookaside({"waves", fst(), "--png", in("w.png"), "--save", save, "--from", "2ns"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("w.png"));
  EXPECT_EQ(read("w.png").substr(1, 3), "PNG");
}

TEST_F(WavesCommand, BadInputGivesOneMessageAndNoFile) {
  const std::string save = write("w.gtkw", "@22\nsoc.adress[15:0]\n");
  EXPECT_THAT(refused({fst(), "--png", in("w.png"), "--save", save}),
              AllOf(HasSubstr("w.gtkw:2"), HasSubstr("did you mean 'soc.address'?")));
  EXPECT_THAT(refused({in("none.fst")}), HasSubstr("No such file"));
  EXPECT_THAT(refused({write("no.fst", std::string("text"))}), HasSubstr("is no FST waveform"));
  EXPECT_THAT(refused({fst(), "--dump", "--signal", "soc.knd"}),
              HasSubstr("did you mean 'soc.kind'?"));
  EXPECT_THAT(refused({fst(), "--dump", "--from", "5"}), HasSubstr("a time with its unit"));
  EXPECT_THAT(refused({fst(), "--dump", "--from", "6ns", "--to", "5ns"}),
              HasSubstr("nothing lies between"));
  EXPECT_THAT(refused({fst(), "--dump", "--from", "1ms", "--to", "2ms"}),
              HasSubstr("the file reaches from"));
  EXPECT_THAT(refused({fst(), "--episode"}), HasSubstr("has no signal 'hart0.mmu.access'"));
  EXPECT_THAT(refused({fst(), "--episode=nonsense"}), HasSubstr("nonsense"));
  EXPECT_THAT(refused({fst(), "--png", in("missing/w.png")}), HasSubstr("missing/w.png"));
  EXPECT_THAT(files(), ElementsAre("no.fst", "w.fst", "w.gtkw"));
}

}  // namespace
}  // namespace lookaside::tests
