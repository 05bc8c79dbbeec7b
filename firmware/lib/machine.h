// SPDX-License-Identifier: Apache-2.0
// The machine around the hart: how a program ends, time, software interrupts.
#pragma once

#include <stdint.h>

#include "asm.h"

// End the simulation: 0 is success, anything else is the failure code (1..65535).
__attribute__((noreturn)) void finish(unsigned code);

// Device registers through the physical address (M-mode, or a Bare or identity mapping).
static inline volatile uint32_t* device_word(unsigned long address) {
  return (volatile uint32_t*)address;
}

// CLINT: mtime in timebase ticks, mtimecmp of hart 0, its software interrupt.
uint64_t machine_time(void);
void machine_timer_at(uint64_t time);  // UINT64_MAX switches it off
void machine_software_interrupt(int raised);
