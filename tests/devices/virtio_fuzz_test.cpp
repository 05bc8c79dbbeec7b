// SPDX-License-Identifier: Apache-2.0
// Queues full of random malice: the device may answer or give up, but never crashes, hangs, leaves
// the disk or refuses to serve after a reset.
#include "virtio_fixture.h"

namespace lookaside::tests {
namespace {

using namespace virtio;

/// Mostly plausible values, so that the fuzzing gets past the first check.
class Malice {
 public:
  explicit Malice(std::uint64_t seed) : random(seed) {}
  std::uint64_t address(std::uint64_t base, std::uint64_t size) {
    switch (random.below(10)) {
      case 0:
        return random.bits();
      case 1:
        return base + size - random.below(64);
      case 2:
        return random.below(0x1000);
      default:
        return base + random.below(size);
    }
  }
  std::uint32_t length() {
    static constexpr std::uint32_t kLengths[] = {0, 1, 15, 16, 17, 32, 256, 511, 512, 1024, 8192};
    return random.one_in(12) ? static_cast<std::uint32_t>(random.bits())
                             : kLengths[random.below(std::size(kLengths))];
  }
  std::uint16_t flags() {
    static constexpr std::uint16_t kFlags[] = {0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 7};
    return random.one_in(20) ? static_cast<std::uint16_t>(random.bits())
                             : kFlags[random.below(std::size(kFlags))];
  }
  std::uint16_t index() {
    return static_cast<std::uint16_t>(random.one_in(20) ? random.bits() : random.below(16));
  }
  std::uint32_t type() {
    static constexpr std::uint32_t kTypes[] = {0, 0, 1, 1, 4, 8, 11};
    return kTypes[random.below(std::size(kTypes))];
  }
  Random random;
};

class VirtioFuzzTest : public VirtioTest, public ::testing::WithParamInterface<bool> {
 protected:
  static constexpr std::uint64_t kIndirectTable = kBuffers + 0x400;

  /// Five honest chains of three descriptors, one of them indirect.
  void plant_honest(Malice& malice) {
    for (std::uint16_t i = 0; i < 5; ++i) {
      const std::uint64_t header = kBuffers + 32ULL * i;
      const std::uint32_t type = malice.type();
      driver.put_header(header, type, malice.random.below(60));
      const std::vector<NaiveDriver::Part> parts = {
          {header, 16, false},
          {kBuffers + 0x1000 * (i + 1ULL), 1024, type != kOut},
          {header + 16, 1, true}};
      const auto first = static_cast<std::uint16_t>(3 * i);
      driver.offer(i == 4 ? driver.indirect_chain(parts, kIndirectTable, first)
                          : driver.chain(parts, {first, std::uint16_t(first + 1),
                                                 std::uint16_t(first + 2)}));
    }
  }
  /// One field of one descriptor or ring becomes something else.
  void spoil(Malice& malice) {
    const std::uint64_t table = malice.random.one_in(4) ? kIndirectTable : driver.table;
    const std::uint64_t where = table + 16 * malice.random.below(16);
    switch (malice.random.below(7)) {
      case 0:
        memory.put(where, malice.address(kBase, kSize));
        break;
      case 1:
        memory.put(where + 8, malice.length());
        break;
      case 2:
        memory.put(where + 12, malice.flags());
        break;
      case 3:
        memory.put(where + 14, malice.index());
        break;
      case 4:
        memory.put(driver.available + 4 + 2 * malice.random.below(16), malice.index());
        break;
      case 5:
        memory.put(driver.available + 2, malice.index());
        break;
      default:
        memory.put(kBuffers + malice.random.below(160),
                   static_cast<std::uint8_t>(malice.random.bits()));
    }
  }
  void plant_noise(Malice& malice) {
    for (unsigned i = 0; i < 16; ++i) {
      driver.put_header(kBuffers + 16ULL * i, malice.type(), malice.random.below(70));
      driver.describe(kIndirectTable, i, malice.address(kBase, kSize), malice.length(),
                      malice.flags(), malice.index());
      driver.describe(driver.table, i, malice.address(kBase, kSize), malice.length(),
                      malice.flags(), malice.index());
      memory.put(driver.available + 4 + 2ULL * i, malice.index());
    }
    memory.put(driver.available + 2, malice.index());
  }
  void act(Malice& malice) {
    for (std::uint64_t actions = 1 + malice.random.below(3); actions > 0; --actions) {
      driver.notify();
      cpu.sleep_ns(static_cast<double>(malice.random.below(3000)));
      if (malice.random.one_in(4)) spoil(malice);
      if (malice.random.one_in(8)) {  // any register, any value, in the middle of things
        auto value = static_cast<std::uint32_t>(malice.random.bits());
        cpu.access(tlm::TLM_WRITE_COMMAND, 4 * malice.random.below(64), &value, 4);
      }
    }
    cpu.sleep_ns(20'000);
  }
};

TEST_P(VirtioFuzzTest, NothingEscapes) {
  devices::VirtioBlock::Config config;
  config.legacy = GetParam();
  config.request_ns = config.sector_ns = 10;
  build(config);
  run([&] {
    Malice malice(tests::seed());
    memory.latency_ns = 1;
    unsigned gave_up = 0;
    unsigned answered = 0;
    for (std::uint64_t round = 0; round < tests::rounds(6000); ++round) {
      memory.requesters.clear();
      driver.start(GetParam(), kRings, 16);
      if (malice.random.one_in(4)) {
        plant_noise(malice);
      } else {
        plant_honest(malice);
        for (std::uint64_t i = malice.random.below(4); i > 0; --i) spoil(malice);
      }
      // Some byte of memory is missing, often one that matters.
      memory.bad_first = memory.bad_last =
          malice.random.one_in(3) ? kBase + malice.random.below(kSize) : kBase - 1;
      act(malice);
      memory.bad_last = memory.bad_first - 1;
      gave_up += (cpu.read(kStatus) & kNeedsReset) != 0;
      answered += (cpu.read(kInterruptStatus) & 1) != 0;
    }
    driver.start(GetParam(), kRings, 16);
    disk->bytes[0] = 0x77;
    EXPECT_EQ(request(kIn, 0, kBuffers + 0x1000, 512), kOk) << "usable after all that";
    EXPECT_EQ(memory.get<std::uint8_t>(kBuffers + 0x1000), 0x77);
    std::cout << gave_up << " queues broken, " << answered << " rounds answered\n";
    EXPECT_GT(gave_up, 1000u);
    EXPECT_GT(answered, 1000u);
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, VirtioFuzzTest, ::testing::Values(false, true),
                         [](const auto& version) { return version.param ? "legacy" : "modern"; });

}  // namespace
}  // namespace lookaside::tests
