// SPDX-License-Identifier: Apache-2.0
// A controller that stores no data: time passes, bytes do not.
#include <sys/mman.h>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/ddr/memory.h>

namespace lookaside::ddr {
namespace {

constexpr std::uint64_t kBytes = std::uint64_t{1} << 32;

/// Pages of the host behind a memory.
std::size_t touched(const Memory& memory) {
  const BackingStore::Span& span = memory.store().spans().front();
  std::vector<unsigned char> pages(kBytes / 4096);
  EXPECT_EQ(mincore(span.host, kBytes, pages.data()), 0);
  std::size_t count = 0;
  for (const unsigned char page : pages) count += page & 1U;
  return count;
}

std::uint64_t use(Memory& memory) {
  std::uint64_t data = 0;
  tlm::tlm_generic_payload p;
  p.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
  p.set_data_length(8);
  p.set_streaming_width(8);
  for (const auto command : {tlm::TLM_WRITE_COMMAND, tlm::TLM_READ_COMMAND}) {
    data = 0x1234;
    for (std::uint64_t address = 0; address < kBytes; address += kBytes / 64) {
      p.set_command(command);
      p.set_address(address);
      const Deed deed = memory.execute(p, memory.look(p), 0);
      EXPECT_EQ(deed.writes, command == tlm::TLM_WRITE_COMMAND);
      EXPECT_EQ(p.get_response_status(), tlm::TLM_OK_RESPONSE);
    }
  }
  return data;
}

TEST(DdrMemory, WithDataWhatIsWrittenIsRead) {
  Memory memory({{0, kBytes}});
  EXPECT_EQ(use(memory), 0x1234U);
  EXPECT_GE(touched(memory), 64U);
}

TEST(DdrMemory, WithoutDataReadsGiveZerosAndNoPageIsTouched) {
  Memory memory({{0, kBytes}}, false);
  EXPECT_EQ(use(memory), 0U);
  EXPECT_EQ(touched(memory), 0U);
}

}  // namespace
}  // namespace lookaside::ddr
