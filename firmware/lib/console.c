// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include <stdarg.h>
#include <stdbool.h>

#include "asm.h"

enum { kTransmit = 0, kLineStatus = 5, kTransmitEmpty = 0x20 };

volatile unsigned char* console_registers = (volatile unsigned char*)UART_BASE;

void console_put(char c) {
  while (!(console_registers[kLineStatus] & kTransmitEmpty)) {
  }
  console_registers[kTransmit] = (unsigned char)c;
}

static void put_text(const char* text) {
  while (*text) console_put(*text++);
}

static void put_hex(unsigned long value, unsigned width) {
  unsigned digits = 1;
  while (digits < 2 * sizeof(value) && (value >> (4 * digits)) != 0) ++digits;
  if (digits < width) digits = width;
  while (digits-- > 0) console_put("0123456789abcdef"[(value >> (4 * digits)) & 15]);
}

static void put_decimal(unsigned long value, unsigned width) {
  char text[24];
  unsigned length = 0;
  do {
    text[length++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (; width > length; --width) console_put('0');
  while (length > 0) console_put(text[--length]);
}

void print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  for (; *format; ++format) {
    if (*format != '%') {
      console_put(*format);
      continue;
    }
    unsigned width = 0;
    bool wide = false;
    while (*++format >= '0' && *format <= '9') width = 10 * width + (unsigned)(*format - '0');
    if (*format == 'l') {
      wide = true;
      ++format;
    }
    if (*format == 's') {
      put_text(va_arg(arguments, const char*));
    } else if (*format == 'c') {
      console_put((char)va_arg(arguments, int));
    } else if (*format == '%') {
      console_put('%');
    } else if (*format == 'd') {
      long value = wide ? va_arg(arguments, long) : va_arg(arguments, int);
      if (value < 0) console_put('-');
      put_decimal(value < 0 ? -(unsigned long)value : (unsigned long)value, width);
    } else {
      unsigned long value = wide ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned);
      if (*format == 'x')
        put_hex(value, width);
      else
        put_decimal(value, width);
    }
  }
  va_end(arguments);
}
