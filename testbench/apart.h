// SPDX-License-Identifier: Apache-2.0
// No command writes over what it reads, or writes two things to one place.
#pragma once

#include <string>
#include <vector>

namespace lookaside::testbench {

/// Throws platform::FileError if `output` is one of the files `inputs`, by whatever path; names
/// that are empty or of no file are nobody's.
void check_apart(const std::string& output, const std::vector<std::string>& inputs);

/// Throws platform::FileError if two of `outputs` are one place.
void check_distinct(const std::vector<std::string>& outputs);

}  // namespace lookaside::testbench
