// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace lookaside::cosim {

/// RTL that does not answer within any time an operation can take; says which signal never came.
class RtlSilent : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lookaside::cosim
