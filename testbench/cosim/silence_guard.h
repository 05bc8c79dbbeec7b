// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "cosim/silent.h"

namespace lookaside::cosim {

/// Makes calls of a block that may be silent. From the first silence on, of which `listener` is
/// told what() once, no call is made; without a listener RtlSilent is passed on.
class SilenceGuard {
 public:
  using Listener = std::function<void(const std::string&)>;
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  /// False: nothing came of it.
  template <typename Call>
  bool make(Call call) {
    if (silent_) return false;
    try {
      call();
      return true;
    } catch (const RtlSilent& silence) {
      if (!listener_) throw;
      silent_ = true;
      listener_(silence.what());
      return false;
    }
  }

 private:
  Listener listener_;
  bool silent_ = false;
};

}  // namespace lookaside::cosim
