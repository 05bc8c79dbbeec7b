// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include <cerrno>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

namespace lookaside::testbench {

namespace {

int first_error = 0;

/// Waits for a stream that somebody else made non-blocking.
void wait_for_room() {
  pollfd wanted{STDOUT_FILENO, POLLOUT, 0};
  (void)poll(&wanted, 1, -1);
}

}  // namespace

void print_console(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      wait_for_room();
      continue;
    }
    if (written <= 0) {
      if (first_error == 0 && errno != EPIPE) first_error = errno;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

int console_error() {
  return first_error;
}

void print_message(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

int ConsoleInput::next() {
  if (begin_ == end_ && !closed_) {
    pollfd wanted{STDIN_FILENO, POLLIN, 0};
    if (poll(&wanted, 1, 0) <= 0) return -1;
    const ssize_t count = read(STDIN_FILENO, buffer_.data(), buffer_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return -1;
    closed_ = count <= 0;
    begin_ = 0;
    end_ = closed_ ? 0 : static_cast<std::size_t>(count);
  }
  return begin_ == end_ ? -2 : buffer_[begin_++];
}

}  // namespace lookaside::testbench
