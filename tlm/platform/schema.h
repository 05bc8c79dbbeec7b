// SPDX-License-Identifier: Apache-2.0
// The one table of everything that can be configured: name, default, range, unit and sentence. From
// it come validation, --set, `lookaside config` and the manual.
#pragma once

#include <string>
#include <vector>

#include <lookaside/observe/parameter.h>

namespace lookaside::platform {

/// Every parameter, in the order in which `lookaside config` prints them; keys that share a dotted
/// prefix stand together.
const std::vector<observe::Parameter>& schema();

/// The parameter of that key, nullptr if there is none.
const observe::Parameter* find_parameter(const std::string& key);

/// All keys, for "did you mean".
const std::vector<std::string>& schema_keys();

/// What a value of this parameter must look like, for messages and comments: "an integer from 1 to
/// 1024 (entries)", "one of hardware, trap".
std::string expectation(const observe::Parameter& parameter);

}  // namespace lookaside::platform
