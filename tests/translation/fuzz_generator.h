// SPDX-License-Identifier: Apache-2.0
// Random cases, leaning towards those that reach every row of A.4 and every cell of A.5.
#pragma once

#include "translation/fuzz_case.h"
#include "translation/random.h"

namespace lookaside::tests {

Case random_case(Random& random);

}  // namespace lookaside::tests
