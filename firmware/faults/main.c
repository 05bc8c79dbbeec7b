// SPDX-License-Identifier: Apache-2.0
// Page faults for lack of a mapping or of a permission.
#include "faults.h"

int main(void) {
  unmapped_tests();
  permission_tests();
  mprv_tests();
  return tests_summary("faults");
}
