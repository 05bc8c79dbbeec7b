// SPDX-License-Identifier: Apache-2.0
// Text on the 16550 UART.
#pragma once

#include <stddef.h>

// Where the UART's registers are seen; a kernel that maps the UART elsewhere changes it.
extern volatile unsigned char* console_registers;

void console_put(char c);
// %s %c %d %u %x, the last three with l too; %% ; a width with leading zeros as in %08x.
__attribute__((format(printf, 1, 2))) void print(const char* format, ...);
