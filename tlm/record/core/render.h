// SPDX-License-Identifier: Apache-2.0
// Renders a picture of a waveform with GTKWave, without a display.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::record {

/// A labelled dashed line in the picture.
struct WaveMarker {
  std::uint64_t time_ps = 0;
  std::string label;
};

struct Picture {
  std::string fst;
  std::string save;  ///< GTKWave save file: which signals, how
  std::string png;   ///< output
  std::uint64_t from_ps = 0;
  std::uint64_t to_ps = 0;  ///< not before from_ps
  unsigned width = 1900;    ///< of the window, pixels; the picture is a little larger
  unsigned height = 920;
  std::vector<WaveMarker> markers;  ///< at most 26
  unsigned timeout_s = 60;
};

/// Shows exactly [from_ps, to_ps]. Needs the programs gtkwave and xvfb-run (with xauth), writes
/// nothing but the picture (not even a home directory is needed), and proves that a picture came
/// out. Throws RecordError: a program is missing (names the Debian package), GTKWave failed or took
/// longer than the timeout, the picture cannot be written.
void render_png(const Picture& picture);

}  // namespace lookaside::record
