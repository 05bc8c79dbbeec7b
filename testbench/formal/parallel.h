// SPDX-License-Identifier: Apache-2.0
// Independent runs of a tool, a few at a time.
#pragma once

#include <cstddef>
#include <functional>

namespace lookaside::formal {

/// Runs tasks 0 .. count - 1 on `jobs` threads. The first exception ends it and is thrown again.
void parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& task);

}  // namespace lookaside::formal
