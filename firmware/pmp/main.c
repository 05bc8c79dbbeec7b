// SPDX-License-Identifier: Apache-2.0
// Physical memory protection of data and of page tables, and which fault comes first.
#include "pmp.h"

int main(void) {
  pmp_open();
  data_tests();
  matching_tests();
  table_tests();
  order_tests();
  return tests_summary("pmp");
}
