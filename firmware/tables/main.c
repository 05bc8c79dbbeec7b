// SPDX-License-Identifier: Apache-2.0
// What the walker reads: superpages, reserved encodings, the range of virtual addresses.
#include "tables.h"

int main(void) {
  superpage_tests();
  encoding_tests();
  canonical_tests();
  return tests_summary("tables");
}
