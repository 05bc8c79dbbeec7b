// SPDX-License-Identifier: Apache-2.0
// Pictures: made by the real GTKWave, looked at pixel by pixel.
#include <algorithm>
#include <cstdlib>
#include <png.h>
#include <sys/stat.h>
#include <thread>

#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/process.h>
#include <lookaside/record/core/render.h>
#include <lookaside/record/core/wave_buffer.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using tests::message_of;
using tests::Temporary;

struct Image {
  unsigned width = 0;
  unsigned height = 0;
  std::vector<std::uint32_t> pixels;  ///< RGB
};

Image load(const std::string& path) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  Image image;
  EXPECT_NE(png_image_begin_read_from_file(&png, path.c_str()), 0) << png.message;
  png.format = PNG_FORMAT_RGB;
  std::vector<unsigned char> bytes(PNG_IMAGE_SIZE(png));
  EXPECT_NE(png_image_finish_read(&png, nullptr, bytes.data(), 0, nullptr), 0) << png.message;
  image.width = png.width;
  image.height = png.height;
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const std::uint32_t rgb = (bytes[i] << 16U) | (bytes[i + 1] << 8U) | bytes[i + 2];
    image.pixels.push_back(rgb);
  }
  return image;
}

/// Sets an environment variable for the life of the object.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (had_) {
      setenv(name_, before_.c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  bool had_ = false;
  std::string before_;
};

bool is_alive(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

class RenderTest : public ::testing::Test {
 protected:
  RenderTest() {
    WaveBuffer buffer(directory_.file("w.fst"), {});
    const auto a = buffer.declare({"soc", "quiet", SignalKind::kBits, 8, {}, ""});
    const auto b = buffer.declare({"soc", "busy", SignalKind::kBits, 1, {}, ""});
    buffer.emit(a, 0, 0);
    buffer.emit(b, 0, 0);
    // Busy only in the second half.
    for (std::uint64_t i = 500; i < 1000; i += 10) buffer.emit(b, i * 1000, (i / 10) & 1U);
    EXPECT_EQ(buffer.close(1000000), "");
    Temporary::write(directory_.file("w.gtkw"), "@22\nsoc.quiet[7:0]\n@28\nsoc.busy\n");
  }
  Picture picture(std::uint64_t from_ps, std::uint64_t to_ps, const std::string& name) const {
    Picture result;
    result.fst = directory_.file("w.fst");
    result.save = directory_.file("w.gtkw");
    result.png = directory_.file(name);
    result.from_ps = from_ps;
    result.to_ps = to_ps;
    result.width = 800;
    result.height = 300;
    return result;
  }
  /// The middle of the traces, without the frame: that is drawn with or without the focus.
  static std::vector<std::uint32_t> inside(const Image& image) {
    std::vector<std::uint32_t> result;
    for (unsigned y = image.height * 35 / 100; y < image.height * 9 / 10; ++y) {
      for (unsigned x = image.width / 5; x < image.width * 95 / 100; ++x) {
        result.push_back(image.pixels[std::size_t{y} * image.width + x]);
      }
    }
    return result;
  }
  /// Pixels of traces: GTKWave draws them in shades of green.
  static unsigned trace_pixels(const Image& image) {
    return static_cast<unsigned>(
        std::count_if(image.pixels.begin(), image.pixels.end(), [](std::uint32_t rgb) {
          return (rgb >> 16U) < 64 && ((rgb >> 8U) & 0xffU) > 128 && (rgb & 0xffU) < 64;
        }));
  }
  Temporary directory_;
};

TEST_F(RenderTest, ShowsTheTimeWindowAndNothingElse) {
  render_png(picture(0, 490000, "quiet.png"));
  render_png(picture(500000, 1000000, "busy.png"));
  const Image quiet = load(directory_.file("quiet.png"));
  const Image busy = load(directory_.file("busy.png"));
  EXPECT_GE(quiet.width, 800U);
  EXPECT_GE(quiet.height, 300U);
  // Fifty edges of more than ten pixels each.
  EXPECT_GT(trace_pixels(busy), trace_pixels(quiet) + 500);
}

TEST_F(RenderTest, MarkersAreDrawn) {
  Picture marked = picture(0, 490000, "marked.png");
  marked.markers = {{100000, "TLB miss"}, {300000, "a \"quoted\" [label] $x {y"}};
  render_png(marked);
  render_png(picture(0, 490000, "plain.png"));
  EXPECT_FALSE(inside(load(directory_.file("marked.png"))) ==
               inside(load(directory_.file("plain.png"))));
}

TEST_F(RenderTest, FiltersRewriteValuesWhateverTheirPath) {
  const auto draw = [this](const std::string& folder, const std::string& save) {
    std::filesystem::create_directories(directory_.file(folder));
    const std::string filter = directory_.file(folder + "/filter");
    Temporary::write(filter, "#!/bin/sh\nwhile read -r value; do echo \"<$value>\"; done\n");
    std::filesystem::permissions(filter, std::filesystem::perms::owner_all);
    Temporary::write(directory_.file(folder + "/w.gtkw"), save);
    Picture drawn = picture(0, 490000, "filtered.png");
    drawn.save = directory_.file(folder + "/w.gtkw");
    render_png(drawn);
    return inside(load(drawn.png));
  };
  const std::string save =
      "[savefile] \"/made/up/w.gtkw\"\n@4022\n^>1 /made/up/filter\nsoc.quiet[7:0]\n";
  const auto filtered = draw("plain", save);
  EXPECT_TRUE(draw("with a blank", save) == filtered);
  EXPECT_FALSE(draw("plain", "@22\nsoc.quiet[7:0]\n") == filtered);
}

TEST_F(RenderTest, WorksWithoutAWritableHome) {
  const std::string home = directory_.file("home");
  ASSERT_EQ(mkdir(home.c_str(), 0500), 0);
  const Environment environment("HOME", home);
  render_png(picture(0, 1000000, "w.png"));
  EXPECT_GT(trace_pixels(load(directory_.file("w.png"))), 0U);
  EXPECT_TRUE(std::filesystem::is_empty(home));
}

TEST_F(RenderTest, NamesThePackageOfAMissingProgram) {
  const Environment environment("PATH", directory_.file("nowhere"));
  EXPECT_THAT(message_of<RecordError>([&] { render_png(picture(0, 1000, "w.png")); }),
              AllOf(HasSubstr("'gtkwave' is missing"), HasSubstr("Debian package 'gtkwave'")));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("w.png")));
}

TEST_F(RenderTest, AFailingGtkwaveIsNoticed) {
  Picture broken = picture(0, 1000, "w.png");
  Temporary::write(directory_.file("w.fst"), "no waveform");
  EXPECT_THAT(message_of<RecordError>([&] { render_png(broken); }), HasSubstr("made no picture"));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("w.png")));
}

TEST_F(RenderTest, BadRequestsAreRefused) {
  EXPECT_THAT(message_of<RecordError>([&] { render_png(picture(10, 10, "w.png")); }),
              HasSubstr("shows nothing"));
  EXPECT_THAT(message_of<RecordError>([&] { render_png(picture(0, 10, "no/w.png")); }),
              HasSubstr("No such file"));
  Picture many = picture(0, 10, "w.png");
  many.markers.resize(27);
  EXPECT_THAT(message_of<RecordError>([&] { render_png(many); }), HasSubstr("at most 26"));
}

TEST(Process, EndsAfterItsTimeWithAllItStarted) {
  const ScratchDirectory scratch;
  Command command;
  command.arguments = {"/bin/sh", "-c", "sleep 1000 & echo $! > child; wait"};
  command.directory = scratch.path();
  command.output = scratch.path() + "/log";
  command.timeout_s = 1;
  EXPECT_EQ(run_command(command), Ending::kTimeout);
  const std::string child = Temporary::read(scratch.path() + "/child");
  // It ends when the kernel gets to it: gone, or a zombie that nobody has collected yet. A child
  // that lives on holds this test until its timeout.
  while (is_alive(child.substr(0, child.size() - 1))) std::this_thread::yield();
}

TEST(Process, EnvironmentAndDirectoryReachTheProgram) {
  const ScratchDirectory scratch;
  Command command;
  command.arguments = {"/bin/sh", "-c", "echo \"$HOME $PWD\""};
  command.environment = {"HOME=/elsewhere"};
  command.directory = scratch.path();
  command.output = scratch.path() + "/log";
  EXPECT_EQ(run_command(command), Ending::kExited);
  EXPECT_EQ(Temporary::read(command.output), "/elsewhere " + scratch.path() + "\n");
  command.arguments = {"/no/such/program"};
  EXPECT_THAT(message_of<RecordError>([&] { run_command(command); }),
              HasSubstr("cannot be started"));
}

}  // namespace
}  // namespace lookaside::record
