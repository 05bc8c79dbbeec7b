// SPDX-License-Identifier: Apache-2.0
// YAML -> key and value pairs with their places, and one value -> its canonical spelling.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/observe/parameter.h>
#include <lookaside/platform/configuration.h>

namespace lookaside::platform {

/// One key of a YAML file as the user wrote it.
struct Assignment {
  std::string key;     ///< dotted, a leading "hart0." dropped
  std::string value;   ///< a scalar as written; a list as its YAML text
  std::string origin;  ///< "soc.yaml:12"
};

/// Flattens a YAML document. Throws ConfigurationError for YAML that is none, and for keys given
/// twice.
std::vector<Assignment> read_assignments(const std::string& yaml, const std::string& name);

/// Checks `value` against the parameter and returns its canonical spelling. Throws
/// ConfigurationError.
std::string canonical(const observe::Parameter& parameter, const std::string& value,
                      const std::string& origin);

/// The regions that a list value in canonical spelling holds.
std::vector<Region> regions_of(const std::string& value, const std::string& origin);

/// Drops "hart0.": with one hart it means the same as all harts.
std::string without_hart(const std::string& key);

}  // namespace lookaside::platform
