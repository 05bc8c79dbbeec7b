// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::testbench {

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_(start_ + std::chrono::seconds(2)) {}

void Progress::update(std::uint64_t instructions, std::uint64_t time_ps) {
  if (!terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + std::chrono::milliseconds(250);
  shown_ = true;
  const double millions = static_cast<double>(instructions) / 1e6;
  fmt::print(stderr, "\r\x1b[K[{:.0f} s] {:.1f} M instructions, simulated {}, {:.1f} MIPS",
             seconds(), millions, platform::format_duration(time_ps), millions / seconds());
  std::fflush(stderr);
}

void Progress::finish() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace lookaside::testbench
