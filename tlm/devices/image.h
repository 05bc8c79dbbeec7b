// SPDX-License-Identifier: Apache-2.0
// Pixels and PNG files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::devices {

enum class PixelFormat : std::uint32_t {
  kGrey8 = 0,     ///< one byte, 0 black
  kRgb565 = 1,    ///< little-endian 16 bit: red 15..11, green 10..5, blue 4..0
  kXrgb8888 = 2,  ///< little-endian 32 bit: unused 31..24, red, green, blue 7..0
};
inline constexpr unsigned kPixelFormatCount = 3;
/// "grey8", "rgb565", "xrgb8888".
const char* name(PixelFormat format);
unsigned bytes_per_pixel(PixelFormat format);

/// A picture in memory: 8 bits a channel, rows without gaps.
struct Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned channels = 3;  ///< 1 grey, 3 red-green-blue
  std::vector<std::uint8_t> pixels;
};

/// Appends the channels of one pixel; 5 and 6 bit channels are widened by repeating their top bits,
/// so that full scale stays full scale.
void append_pixel(std::vector<std::uint8_t>& out, PixelFormat format, const std::uint8_t* pixel);

/// Writes `image` as PNG. Returns an empty string, or what went wrong, the file name first; the
/// file appears whole or not at all.
std::string write_png(const std::string& path, const Image& image);

}  // namespace lookaside::devices
