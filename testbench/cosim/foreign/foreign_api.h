/* SPDX-License-Identifier: Apache-2.0
 * The only symbol of a Verilated block's shared object, and what stands behind it. Plain C, so that
 * nothing of the block's C++ meets ours. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { kLookasideForeignVersion = 1 };

/* A port as Verilator stores it: up to 8, 16, 32 or 64 bits in one integer, more in 32-bit words.
 */
struct LookasideForeignPort {
  const char* name;
  int input;
  unsigned width; /* bits */
  unsigned bytes; /* of the storage */
  void* data;
};

struct LookasideForeignApi {
  unsigned version;
  void* (*create)(void);
  void (*destroy)(void* block);
  /* Number of ports; describes at most `max` of them. */
  unsigned (*ports)(void* block, struct LookasideForeignPort* ports, unsigned max);
  /* 0, or 1 if the block called $stop, $finish or $fatal, or an assertion of it failed: message().
   */
  int (*eval)(void* block);
  const char* (*message)(void* block);
  /* Waveform of all signals; time in clock half-periods. 1 if the file cannot be written, or the
   * block was built without. */
  int (*trace_open)(void* block, const char* file);
  void (*trace_dump)(void* block, uint64_t time);
  void (*trace_close)(void* block);
};

const struct LookasideForeignApi* lookaside_foreign_api(void);

#ifdef __cplusplus
}
#endif
