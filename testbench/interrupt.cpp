// SPDX-License-Identifier: Apache-2.0
#include "interrupt.h"

#include <csignal>
#include <initializer_list>

namespace lookaside::testbench {
namespace {

volatile std::sig_atomic_t signalled = 0;

void on_interrupt(int signal) {
  signalled = 1;
  (void)std::signal(signal, SIG_DFL);
}

}  // namespace

void end_in_order_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto before = std::signal(signal, on_interrupt);
    if (before == SIG_IGN && signal == SIGHUP) (void)std::signal(signal, SIG_IGN);
  }
}

bool interrupted() {
  return signalled != 0;
}

}  // namespace lookaside::testbench
