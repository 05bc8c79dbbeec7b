// SPDX-License-Identifier: Apache-2.0
// Kinds of access as the ports of the RTL want them.
#pragma once

#include <lookaside/translation/access.h>

namespace lookaside::tests {

inline unsigned rtl_access(translation::Access a) {
  if (a == translation::Access::kFetch) return 0;
  return translation::is_store(a) ? 2 : 1;
}

}  // namespace lookaside::tests
