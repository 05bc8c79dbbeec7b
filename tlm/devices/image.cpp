// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <png.h>

#include <fmt/format.h>

#include <lookaside/devices/image.h>

namespace lookaside::devices {

const char* name(PixelFormat format) {
  static constexpr const char* kNames[kPixelFormatCount] = {"grey8", "rgb565", "xrgb8888"};
  return kNames[static_cast<unsigned>(format)];
}

unsigned bytes_per_pixel(PixelFormat format) {
  static constexpr unsigned kBytes[kPixelFormatCount] = {1, 2, 4};
  return kBytes[static_cast<unsigned>(format)];
}

void append_pixel(std::vector<std::uint8_t>& out, PixelFormat format, const std::uint8_t* pixel) {
  if (format == PixelFormat::kGrey8) return out.push_back(pixel[0]);
  if (format == PixelFormat::kXrgb8888) {
    out.insert(out.end(), {pixel[2], pixel[1], pixel[0]});
    return;
  }
  const unsigned value = pixel[0] | (unsigned{pixel[1]} << 8);
  const unsigned red = value >> 11;
  const unsigned green = (value >> 5) & 0x3F;
  const unsigned blue = value & 0x1F;
  out.push_back(static_cast<std::uint8_t>(red << 3 | red >> 2));
  out.push_back(static_cast<std::uint8_t>(green << 2 | green >> 4));
  out.push_back(static_cast<std::uint8_t>(blue << 3 | blue >> 2));
}

std::string write_png(const std::string& path, const Image& image) {
  const std::string partial = path + ".part";
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = image.width;
  png.height = image.height;
  png.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  errno = 0;
  std::FILE* file = std::fopen(partial.c_str(), "wb");
  if (file == nullptr) {
    return fmt::format("{}: cannot write the picture: {}", path, std::strerror(errno));
  }
  const bool written =
      png_image_write_to_stdio(&png, file, 0, image.pixels.data(), 0, nullptr) != 0;
  const bool closed = std::fclose(file) == 0;
  if (written && closed && std::rename(partial.c_str(), path.c_str()) == 0) return {};
  const std::string reason = written ? std::strerror(errno) : png.message;
  std::remove(partial.c_str());
  return fmt::format("{}: cannot write the picture: {}", path, reason);
}

}  // namespace lookaside::devices
