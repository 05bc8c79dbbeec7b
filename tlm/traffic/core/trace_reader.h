// SPDX-License-Identifier: Apache-2.0
// Traces from files: text or binary, plain or compressed by gzip; the content says which.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

/// Opens a trace and tells its form by its first bytes; "-" is standard input. While nothing
/// comes, `stop` is asked now and then whether to end the trace there. Throws TraceError.
std::unique_ptr<Source> open_trace(const std::string& path, std::function<bool()> stop = {});

}  // namespace lookaside::traffic
