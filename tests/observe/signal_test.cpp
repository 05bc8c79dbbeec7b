// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/observe/signal.h>

namespace lookaside::observe {
namespace {

class MockSink : public SignalSink {
 public:
  MOCK_METHOD(SignalId, declare, (const SignalDescription&), (override));
  MOCK_METHOD(void, emit, (SignalId, std::uint64_t, std::uint64_t), (override));
  MOCK_METHOD(void, emit_text, (SignalId, std::uint64_t, std::string_view), (override));
};

TEST(Signal, WithoutASinkEmitsNothingAndIsFalse) {
  const Signal none;
  const Signal no_sink(nullptr, SignalDescription{"hart0", "pc", SignalKind::kBits, 64, {}, ""});
  EXPECT_FALSE(none);
  EXPECT_FALSE(no_sink);
  no_sink.set(1, std::uint64_t{2});
  no_sink.set(1, "text");
}

TEST(Signal, ForwardsValuesAndTextUnderTheIdOfItsDeclaration) {
  MockSink sink;
  EXPECT_CALL(sink, declare(::testing::Field(&SignalDescription::name, "pc")))
      .WillOnce(::testing::Return(42));
  const Signal signal(&sink, SignalDescription{"hart0", "pc", SignalKind::kBits, 64, {}, ""});
  EXPECT_TRUE(signal);
  EXPECT_CALL(sink, emit(42, 1000, 0x80000000));
  EXPECT_CALL(sink, emit_text(42, 2000, std::string_view("addi a0, a0, 1")));
  signal.set(1000, std::uint64_t{0x80000000});
  signal.set(2000, "addi a0, a0, 1");
}

}  // namespace
}  // namespace lookaside::observe
