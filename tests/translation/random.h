// SPDX-License-Identifier: Apache-2.0
// Seeded random numbers for tests, and the seed itself.
#pragma once

#include "seed.h"
#include "stimulus/random.h"

namespace lookaside::tests {

using stimulus::Random;

}  // namespace lookaside::tests
