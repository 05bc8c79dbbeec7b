// SPDX-License-Identifier: Apache-2.0
// The one error type of the room: bad paths, unreadable files, inconsistent declarations. Its text
// is complete for a user: file, what was found, what was expected.
#pragma once

#include <stdexcept>

namespace lookaside::record {

class RecordError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lookaside::record
