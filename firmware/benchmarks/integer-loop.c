// SPDX-License-Identifier: Apache-2.0
// Benchmark kernel: integer arithmetic in M-mode, nearly no memory. The result is checked, the time
// is not: whoever runs it measures. A run takes about 9 instructions an iteration.
#include <stdint.h>

#include "console.h"

#ifndef LOOP_ITERATIONS
#define LOOP_ITERATIONS 500000
#endif

#if __riscv_xlen == 32
#define XLEN_NAME "rv32"
#else
#define XLEN_NAME "rv64"
#endif

// Computed apart from this program.
enum { kCheckedIterations = 500000 };
#define STATE_AFTER_CHECKED 0xeed28448U

// A known symbol: a host may patch it before the run. The result is then printed, not checked.
volatile uint32_t benchmark_iterations = LOOP_ITERATIONS;

int main(void) {
  const uint32_t iterations = benchmark_iterations;
  // xorshift32: full period, so the state after a number of steps is a fact of arithmetic.
  uint32_t state = 1;
  for (uint32_t i = 0; i < iterations; ++i) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
  }
  const int good = iterations != kCheckedIterations || state == STATE_AFTER_CHECKED;
  print("%u iterations, state 0x%08x\n", (unsigned)iterations, (unsigned)state);
  print("%s integer-loop [A.5] %s bare\n", good ? "PASS" : "FAIL", XLEN_NAME);
  return !good;
}
