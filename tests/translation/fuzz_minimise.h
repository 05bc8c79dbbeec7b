// SPDX-License-Identifier: Apache-2.0
// A failing case, made as small as it gets and spelt as a test.
#pragma once

#include <functional>
#include <string>

#include "translation/fuzz_case.h"

namespace lookaside::tests {

/// Clears whatever can be cleared (PTE bits, cells, PMP writes and their bits, races, context)
/// while `fails` still holds; `fails(c)` must hold. The result is minimal: no single step applies
/// any more.
Case minimise(Case c, const std::function<bool(const Case&)>& fails);

/// The case as the body of a GoogleTest test that compares model and oracle.
std::string as_test(const Case& c);

}  // namespace lookaside::tests
