// SPDX-License-Identifier: Apache-2.0
// Traces from files: text or binary, plain or compressed by gzip; the content says which.
#pragma once

#include <memory>
#include <string>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

/// Opens a trace and tells its form by its first bytes; "-" is standard input. Throws TraceError.
std::unique_ptr<Source> open_trace(const std::string& path);

}  // namespace lookaside::traffic
