// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <algorithm>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

#include "console.h"

namespace lookaside::testbench {

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_(start_ + std::chrono::seconds(2)) {}

bool Progress::due() {
  if (!terminal_ || Clock::now() < next_) return false;
  next_ = Clock::now() + std::chrono::milliseconds(250);
  shown_ = true;
  return true;
}

void Progress::update(std::uint64_t instructions, std::uint64_t time_ps) {
  if (!due()) return;
  const double millions = static_cast<double>(instructions) / 1e6;
  print_message(fmt::format("\r\x1b[K[{:.0f} s] {:.1f} M instructions, simulated {}, {:.1f} MIPS",
                            seconds(), millions, platform::format_duration(time_ps),
                            millions / seconds()));
}

void Progress::update(std::uint64_t requests, std::uint64_t time_ps, double share) {
  if (!due()) return;
  constexpr int kWidth = 30;
  std::string bar;
  if (share >= 0) {
    const int done = static_cast<int>(kWidth * std::min(share, 1.0));
    bar = fmt::format("[{}{}] {:.0f} %, ", std::string(done, '#'), std::string(kWidth - done, '.'),
                      100 * std::min(share, 1.0));
  }
  const double millions = static_cast<double>(requests) / 1e6;
  print_message(fmt::format("\r\x1b[K{}{:.1f} M requests, simulated {}, {:.2f} M requests/s", bar,
                            millions, platform::format_duration(time_ps), millions / seconds()));
}

void Progress::finish() {
  if (shown_) print_message("\r\x1b[K");
  shown_ = false;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace lookaside::testbench
