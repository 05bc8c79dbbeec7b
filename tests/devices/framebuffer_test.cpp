// SPDX-License-Identifier: Apache-2.0
// The framebuffer: registers, VRAM, and pictures read back with libpng.
#include <filesystem>
#include <memory>
#include <png.h>
#include <unistd.h>

#include <lookaside/devices/framebuffer.h>

#include "device_bench.h"

namespace lookaside::tests {
namespace {

// The register map, written by hand.
constexpr std::uint64_t kControl = 0x04, kStatus = 0x08, kAck = 0x0C, kWidth = 0x10, kHeight = 0x14,
                        kStride = 0x18, kFormat = 0x1C, kBase = 0x20, kFrame = 0x24,
                        kVramBytes = 0x28;
constexpr std::uint32_t kEnable = 1, kVsyncEnable = 2, kVsync = 1, kValid = 2;
constexpr std::uint64_t kVram = 32 << 20;

/// A picture file as libpng reads it, as 8-bit red-green-blue.
std::vector<std::uint8_t> read_png(const std::string& path, unsigned& width, unsigned& height,
                                   bool& grey) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&png, path.c_str()), 0) << png.message;
  grey = (png.format & PNG_FORMAT_FLAG_COLOR) == 0;
  png.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  EXPECT_NE(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr), 0) << png.message;
  width = png.width;
  height = png.height;
  return pixels;
}

class FramebufferTest : public SystemCTest {
 protected:
  void run(std::function<void()> script) {
    cpu.socket.bind(device.socket);
    vram.socket.bind(device.vram);
    device.irq.bind(line);
    cpu.script = std::move(script);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    while (!cpu.finished) sc_core::sc_start();
  }
  void mode(std::uint32_t width, std::uint32_t height, std::uint32_t stride, std::uint32_t format,
            std::uint32_t base) {
    cpu.write(kWidth, width);
    cpu.write(kHeight, height);
    cpu.write(kStride, stride);
    cpu.write(kFormat, format);
    cpu.write(kBase, base);
  }
  bool valid() { return (cpu.read(kStatus) & kValid) != 0; }

  devices::Framebuffer device{"framebuffer", {}};
  LineRecorder line{"line"};
  ScriptedCpu cpu{"cpu"};
  /// Only its access functions are used.
  struct Quiet : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Quiet, 64> socket{"socket"};
    explicit Quiet(const sc_core::sc_module_name& name) : sc_module(name) {}
    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                    unsigned length) {
      tlm::tlm_generic_payload payload;
      payload.set_command(command);
      payload.set_address(address);
      payload.set_data_ptr(static_cast<unsigned char*>(data));
      payload.set_data_length(length);
      payload.set_streaming_width(length);
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      socket->b_transport(payload, delay);
      EXPECT_EQ(delay, sc_core::sc_time(50, sc_core::SC_NS));
      return payload.get_response_status();
    }
  } vram{"vram_master"};
};

TEST_F(FramebufferTest, RegistersResetAndHold) {
  run([&] {
    EXPECT_EQ(cpu.read(0x00), 0x42464B4Cu);
    EXPECT_EQ(cpu.read(kVramBytes), kVram);
    for (auto offset :
         {kControl, kStatus, kAck, kWidth, kHeight, kStride, kFormat, kBase, kFrame}) {
      EXPECT_EQ(cpu.read(offset), 0u) << offset;
    }
    for (auto offset : {kWidth, kHeight, kStride, kFormat, kBase}) {
      cpu.write(offset, std::uint32_t(0xF0F00000 + offset));
    }
    for (auto offset : {kWidth, kHeight, kStride, kFormat, kBase}) {
      EXPECT_EQ(cpu.read(offset), 0xF0F00000 + offset);
    }
    for (auto offset : {std::uint64_t{0}, kStatus, kFrame, kVramBytes}) {
      const std::uint32_t before = cpu.read(offset);
      cpu.write(offset, ~before);
      EXPECT_EQ(cpu.read(offset), before) << "read-only register " << offset;
    }
    cpu.write(kControl, ~0u);
    EXPECT_EQ(cpu.read(kControl), kEnable | kVsyncEnable);
    cpu.write(kControl, 0u);
    expect_malformed_refused(cpu, kWidth, 0x2C);
  });
}

TEST_F(FramebufferTest, OnlyPicturesInsideVramAreValid) {
  run([&] {
    mode(640, 480, 1280, 1, 0);
    EXPECT_TRUE(valid());
    mode(640, 480, 1279, 1, 0);
    EXPECT_FALSE(valid()) << "rows overlap";
    mode(640, 480, 640, 3, 0);
    EXPECT_FALSE(valid()) << "no such format";
    mode(0, 480, 640, 0, 0);
    EXPECT_FALSE(valid());
    mode(16385, 1, 16385, 0, 0);
    EXPECT_FALSE(valid());
    mode(4096, 2048, 16384, 2, 0);
    EXPECT_TRUE(valid()) << "all of VRAM";
    mode(4096, 2048, 16384, 2, 1);
    EXPECT_FALSE(valid()) << "one byte too far";
    mode(1, 1, 1, 0, kVram - 1);
    EXPECT_TRUE(valid());
    mode(1, 1, 1, 0, kVram);
    EXPECT_FALSE(valid());
    mode(16384, 16384, 0xFFFFFFFF, 2, 0xFFFFFFFF);
    EXPECT_FALSE(valid()) << "no overflow";
    cpu.write(kControl, kEnable);
    devices::Image image;
    EXPECT_NE(device.picture(image).find("VRAM has 33554432 bytes"), std::string::npos);
  });
}

TEST_F(FramebufferTest, VramTakesAnythingInside) {
  run([&] {
    std::uint8_t data[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    EXPECT_EQ(vram.access(tlm::TLM_WRITE_COMMAND, kVram - 16, data, 16), tlm::TLM_OK_RESPONSE);
    std::uint8_t back[5] = {};
    EXPECT_EQ(vram.access(tlm::TLM_READ_COMMAND, kVram - 13, back, 5), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(std::memcmp(back, data + 3, 5), 0);
    EXPECT_EQ(vram.access(tlm::TLM_READ_COMMAND, 0, back, 5), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(back[0], 0) << "fresh VRAM is zero";
    for (std::uint64_t bad : {kVram - 15, kVram, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
      EXPECT_EQ(vram.access(tlm::TLM_WRITE_COMMAND, bad, data, 16),
                tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    tlm::tlm_generic_payload payload;
    payload.set_address(0x1234);
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(vram.socket->get_direct_mem_ptr(payload, dmi));
    EXPECT_EQ(dmi.get_start_address(), 0u);
    EXPECT_EQ(dmi.get_end_address(), kVram - 1);
    EXPECT_TRUE(dmi.is_read_write_allowed());
    EXPECT_EQ(dmi.get_write_latency(), sc_core::sc_time(50, sc_core::SC_NS));
    EXPECT_EQ(std::memcmp(dmi.get_dmi_ptr() + kVram - 16, data, 16), 0);
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(kVram - 2);
    payload.set_data_ptr(back);
    payload.set_data_length(5);
    EXPECT_EQ(vram.socket->transport_dbg(payload), 2u) << "debug stops at the end";
    EXPECT_EQ(back[1], 16);
  });
}

TEST_F(FramebufferTest, FramesFollowSimulatedTime) {
  run([&] {
    mode(8, 8, 8, 0, 0);
    cpu.write(kControl, kEnable);
    EXPECT_EQ(cpu.read(kFrame), 0u);
    cpu.sleep_ns(1e9);
    EXPECT_EQ(cpu.read(kFrame), 60u);
    EXPECT_EQ(cpu.read(kStatus), kValid) << "no frame interrupt asked for";
    cpu.write(kControl, 0u);
    cpu.sleep_ns(1e9);
    EXPECT_EQ(cpu.read(kFrame), 60u);
    cpu.write(kControl, kEnable | kVsyncEnable);
    wait(line.rose);
    EXPECT_EQ(line.last_line, 14u);
    EXPECT_EQ(cpu.read(kFrame), 61u);
    EXPECT_EQ(cpu.read(kStatus), kValid | kVsync);
    cpu.write(kAck, kVsync);
    EXPECT_FALSE(line.high);
    cpu.sleep_ns(0.1e9);
    EXPECT_TRUE(line.high);
    EXPECT_EQ(line.rises, 2u) << "the line stays high until it is acknowledged";
    cpu.write(kControl, 0u);
    EXPECT_FALSE(line.high);
  });
}

/// What a pixel must look like, from the definition of the formats.
void expected_pixel(unsigned format, const std::uint8_t* p, std::uint8_t* rgb) {
  if (format == 0) {
    rgb[0] = rgb[1] = rgb[2] = p[0];
  } else if (format == 1) {
    const unsigned v = p[0] + 256u * p[1];
    // The nearest 8-bit value on the full scale.
    rgb[0] = static_cast<std::uint8_t>((v / 2048 * 255 * 2 + 31) / 62);
    rgb[1] = static_cast<std::uint8_t>((v / 32 % 64 * 255 * 2 + 63) / 126);
    rgb[2] = static_cast<std::uint8_t>((v % 32 * 255 * 2 + 31) / 62);
  } else {
    rgb[0] = p[2];
    rgb[1] = p[1];
    rgb[2] = p[0];
  }
}

TEST_F(FramebufferTest, SavedPicturesReadBackEqual) {
  const std::string path =
      ::testing::TempDir() + "lookaside_fb_" + std::to_string(getpid()) + ".png";
  run([&] {
    Random random(tests::seed());
    cpu.write(kControl, kEnable);
    for (std::uint32_t format = 0; format < 3; ++format) {
      const std::uint32_t pixel = 1u << format;
      const auto width = static_cast<std::uint32_t>(1 + random.below(70));
      const auto height = static_cast<std::uint32_t>(1 + random.below(50));
      const auto stride = width * pixel + static_cast<std::uint32_t>(random.below(9));
      const auto base = static_cast<std::uint32_t>(random.below(kVram - stride * height));
      std::vector<std::uint8_t> memory(std::size_t{stride} * height);
      for (auto& b : memory) b = static_cast<std::uint8_t>(random.bits());
      ASSERT_EQ(vram.access(tlm::TLM_WRITE_COMMAND, base, memory.data(),
                            static_cast<unsigned>(memory.size())),
                tlm::TLM_OK_RESPONSE);
      mode(width, height, stride, format, base);
      ASSERT_EQ(device.write_png(path), "");
      unsigned read_width = 0, read_height = 0;
      bool grey = false;
      const auto pixels = read_png(path, read_width, read_height, grey);
      ASSERT_EQ(read_width, width);
      ASSERT_EQ(read_height, height);
      EXPECT_EQ(grey, format == 0);
      for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
          std::uint8_t rgb[3];
          expected_pixel(format, &memory[std::size_t{y} * stride + x * pixel], rgb);
          const std::uint8_t* got = &pixels[3 * (std::size_t{y} * width + x)];
          for (unsigned c = 0; c < 3; ++c) {
            // Widening by repeated bits is within one step of exact scaling.
            ASSERT_NEAR(got[c], rgb[c], format == 1 ? 1 : 0)
                << x << "," << y << " format " << format;
          }
          const bool full_blue = format == 1 && memory[std::size_t{y} * stride + 2 * x] == 0xFF;
          ASSERT_TRUE(!full_blue || got[2] == 255) << "full scale stays full scale";
        }
      }
    }
  });
  std::filesystem::remove(path);
}

TEST_F(FramebufferTest, PicturesThatCannotBeSavedSayWhy) {
  run([&] {
    const std::string dir = ::testing::TempDir() + "lookaside_fb_dir_" + std::to_string(getpid());
    std::filesystem::create_directory(dir);
    mode(2, 2, 2, 0, 0);
    EXPECT_EQ(device.write_png(dir + "/a.png"),
              "framebuffer: CONTROL.ENABLE is 0, there is no picture");
    cpu.write(kControl, kEnable);
    EXPECT_EQ(device.write_png(dir + "/none/a.png"),
              dir + "/none/a.png: cannot write the picture: No such file or directory");
    std::filesystem::create_directories(dir + "/b.png/x");
    EXPECT_NE(device.write_png(dir + "/b.png").find("b.png: cannot write the picture"),
              std::string::npos);
    cpu.write(kWidth, 3u);
    EXPECT_EQ(device.write_png(dir + "/c.png"), "framebuffer: STRIDE is 2, but a row has 3 bytes");
    unsigned entries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
      ++entries;
      EXPECT_EQ(entry.path().filename(), "b.png") << "nothing is left behind";
    }
    EXPECT_EQ(entries, 1u);
    std::filesystem::remove_all(dir);
  });
}

}  // namespace
}  // namespace lookaside::tests
