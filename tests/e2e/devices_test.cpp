// SPDX-License-Identifier: Apache-2.0
// Every device answers at its address, and every interrupt line arrives: a guest looks, and the
// signature tells. Addresses and lines are those of QEMU's `virt` and of the manual, written out.
#include <gmock/gmock.h>

#include "e2e/guests.h"
#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using namespace rv;
using ::testing::HasSubstr;

constexpr std::uint32_t kSignature = 0x80002000;

/// Builds RV32 code that stores to devices, and copies what it loads into the signature.
class Script {
 public:
  Script& put(std::uint32_t address, std::uint32_t value, std::uint32_t width = 2) {
    li(kT0, address);
    li(kT1, value);
    code_.push_back(store(width, kT1, kT0));
    return *this;
  }
  Script& get(std::uint32_t address) {
    li(kT0, address);
    code_.push_back(load(2, kT1, kT0));
    return keep();
  }
  Script& get_csr(std::uint32_t csr) {
    code_.push_back(csr << 20 | 2 << 12 | kT1 << 7 | 0x73);
    return keep();
  }
  Script& delay(std::uint32_t rounds) {
    li(kT2, rounds);
    code_.push_back(addi(kT2, kT2, -1));
    code_.push_back(branch_if_zero(kT2, false, -4));
    return *this;
  }
  std::vector<std::uint8_t> build() {
    for (const std::uint32_t word : finish(0x5555)) code_.push_back(word);
    return ElfBuilder(32)
        .entry(kRam)
        .code(kRam, code_, 0x2000)
        .segment(kSignature, {}, 0x1000)
        .symbol("begin_signature", kSignature, 1)
        .symbol("end_signature", next_, 1)
        .build();
  }

 private:
  void li(std::uint32_t rd, std::uint32_t value) {
    code_.push_back(lui(rd, (value + 0x800) >> 12));
    code_.push_back(addi(rd, rd, static_cast<int>(value << 20) >> 20));
  }
  Script& keep() {
    li(kT0, next_);
    code_.push_back(store(2, kT1, kT0));
    next_ += 4;
    return *this;
  }
  Code code_;
  std::uint32_t next_ = kSignature;
};

class Devices : public ProgramTest {
 protected:
  std::string signature(Script& script, std::vector<std::string> options = {}) {
    std::vector<std::string> words{"run", write("guest.elf", script.build()), "--signature",
                                   in("sig")};
    words.insert(words.end(), options.begin(), options.end());
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 0) << result.err;
    return read("sig");
  }
};

TEST_F(Devices, AnswerAtTheirAddresses) {
  Script script;
  script.get(0x10010000).get(0x10011000).get(0x10012000);  // DMA, FIFO, framebuffer: ID
  for (std::uint32_t slot = 0; slot < 8; ++slot) script.get(0x10001000 + 0x1000 * slot);
  script.get(0x10001008).get(0x10001004);              // slot 0: device, version
  script.get(0x1000);                                  // boot ROM: auipc t0, 0
  script.put(0x19fffffc, 0x12345678).get(0x19fffffc);  // last word of video memory
  std::string expected = "414d444c\n46494b4c\n42464b4c\n";
  for (unsigned slot = 0; slot < 8; ++slot) expected += "74726976\n";
  EXPECT_EQ(signature(script), expected + "00000000\n00000002\n00000297\n12345678\n");
  EXPECT_EQ(signature(script, {"--disk", write("disk.img", std::string(1024, 'd'))}),
            expected + "00000002\n00000002\n00000297\n12345678\n");
  EXPECT_EQ(signature(script, {"--set", "virtio.size=1MiB", "--set", "virtio.version=1"}),
            expected + "00000002\n00000001\n00000297\n12345678\n");
}

TEST_F(Devices, RaiseTheirInterruptLines) {
  Script script;
  script.put(0x10010010, 0x80000000).put(0x10010018, 0x80002800).put(0x10010020, 4);  // DMA copy
  script.put(0x10010004, 3);                                  // start, interrupt on
  script.put(0x1001100c, 1);                                  // FIFO: ready to transmit
  script.put(0x10000001, 2, 0);                               // UART: transmitter empty
  script.put(0x2000000, 1);                                   // CLINT: software interrupt
  script.put(0xc000000 + 4 * 12, 1).put(0xc002000, 1 << 12);  // PLIC: DMA to M-mode
  script.put(0xc000000 + 4 * 13, 1).put(0xc002080, 1 << 13);  // FIFO to S-mode
  script.delay(1000);
  script.get(0xc001000).get_csr(0x344).get(0xc200004).get(0xc201004).get(0x80002800);
  // Lines 10, 12 and 13; mip: MEIP, SEIP, MSIP; claims; what DMA copied: lui t0, 0x10010.
  EXPECT_EQ(signature(script), "00003400\n00000a08\n0000000c\n0000000d\n100102b7\n");
}

TEST_F(Devices, FramebufferIsSavedAsPicture) {
  Script script;
  script.put(0x10012010, 2).put(0x10012014, 1).put(0x10012018, 8).put(0x1001201c, 2);
  script.put(0x18000000, 0xff8040).put(0x18000004, 0x010203).put(0x10012004, 1);
  const std::string elf = write("guest.elf", script.build());
  ASSERT_EQ(lookaside({"run", elf, "--framebuffer", in("a.png")}).status, 0);
  const std::string png = read("a.png");
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\0\2\0\0\0\1", 8));  // width, height

  Script nothing;
  const std::string blank = write("blank.elf", nothing.build());
  const Finished result = lookaside({"run", blank, "--framebuffer", in("b.png")});
  EXPECT_EQ(result.status, 0) << "a guest that draws nothing still ran";
  EXPECT_THAT(result.err, HasSubstr("no picture"));
  EXPECT_FALSE(exists("b.png"));
}

TEST_F(Devices, RamLiesWhereTheConfigurationSays) {
  Script script;
  script.put(0x40000ffc, 0xabcd1234).get(0x40000ffc).put(0x8ffffffc, 0x55).get(0x8ffffffc);
  EXPECT_EQ(signature(script, {"--set", "memory.size=256MiB", "--set",
                               "memory.regions=[{base: 0x40000000, size: 4KiB}]"}),
            "abcd1234\n00000055\n");
}

}  // namespace
}  // namespace lookaside::tests
