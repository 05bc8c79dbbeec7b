// SPDX-License-Identifier: Apache-2.0
// The worked examples: blocks in another style than ours, right and wrong.
#pragma once

#include <string>

#include "cosim/foreign/session.h"

namespace lookaside::foreign {

/// Directory of an example, or of our own RTL.
std::string example(const std::string& name);
std::string our_rtl();
std::string text_of_file(const std::string& path);

/// A map of an example with some lines more, e.g. "define: {FAULT_STALE: 1}".
PortMap example_map(const std::string& name, const std::string& more = "",
                    const std::string& file = "ports.yaml");

/// Builds the map's block, or takes it from the tests' cache.
std::string object_of(const PortMap& map, const std::string& rtl, bool trace = false);

/// Random operations on it.
SessionResult check(const PortMap& map, const std::string& rtl, std::uint64_t operations,
                    std::uint64_t seed);

/// A number of the result's by name; a missing name fails the test.
std::uint64_t count(const SessionResult& result, const std::string& name);

}  // namespace lookaside::foreign
