// SPDX-License-Identifier: Apache-2.0
// This process's standard streams: the guest's console, and messages.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lookaside::testbench {

/// Writes all bytes to standard output at once. A reader that went away is no error of the run; any
/// other failure (a full disk) is kept for console_error().
void print_console(std::string_view bytes);

/// errno of the first failure of print_console(); 0 if all was written.
int console_error();

/// Writes a message to standard error. Where that cannot be written nobody is left to be told: the
/// program goes on.
void print_message(std::string_view text);

/// Reads standard input without ever waiting for it.
class ConsoleInput {
 public:
  /// The next byte; -1: none now; -2: the input has ended.
  int next();

 private:
  std::array<unsigned char, 256> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool closed_ = false;
};

}  // namespace lookaside::testbench
