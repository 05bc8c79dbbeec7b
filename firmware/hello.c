// SPDX-License-Identifier: Apache-2.0
// The smallest program: one line on the UART in M-mode, where no address is translated.
#include "console.h"

#if __riscv_xlen == 32
#define XLEN_NAME "rv32"
#else
#define XLEN_NAME "rv64"
#endif

int main(void) {
  print("PASS hello [A.5] " XLEN_NAME " bare\n");
  print("SUMMARY hello " XLEN_NAME " bare: 1 passed, 0 failed\n");
  return 0;
}
