// SPDX-License-Identifier: Apache-2.0
// How a run ended.
#pragma once

#include <cstdint>
#include <string>

namespace lookaside::platform {

struct Outcome {
  enum class Kind : std::uint8_t {
    kPassed,  ///< the guest said so: finisher, or 1 in tohost
    kFailed,  ///< the guest said so, with a code
    kLimit,   ///< a limit ended the run
  };
  Kind kind = Kind::kLimit;
  std::uint64_t code = 0;  ///< of a failure
  std::string reason;      ///< one sentence

  /// "passed", "failed", "limit".
  const char* name() const {
    return kind == Kind::kPassed ? "passed" : kind == Kind::kFailed ? "failed" : "limit";
  }
};

}  // namespace lookaside::platform
