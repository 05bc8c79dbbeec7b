// SPDX-License-Identifier: Apache-2.0
// The functions a freestanding compiler may call by itself.
#include <stddef.h>

void* memset(void* destination, int value, size_t size) {
  unsigned char* to = destination;
  while (size-- > 0) *to++ = (unsigned char)value;
  return destination;
}

void* memcpy(void* restrict destination, const void* restrict source, size_t size) {
  unsigned char* to = destination;
  const unsigned char* from = source;
  while (size-- > 0) *to++ = *from++;
  return destination;
}
