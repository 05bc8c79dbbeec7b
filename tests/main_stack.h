// SPDX-License-Identifier: Apache-2.0
// SystemC 2.3.4 tells AddressSanitizer when it changes to the stack of a thread, but not the bounds
// of the main stack when it comes back: what throws there afterwards would be reported falsely.
#pragma once

#ifdef __SANITIZE_ADDRESS__
#include <cstddef>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace lookaside::tests {

/// To be called on the main stack after sc_start(), before something is thrown there. Without
/// AddressSanitizer it does nothing.
inline void tell_main_stack() {
#ifdef __SANITIZE_ADDRESS__
  pthread_attr_t attributes;
  void* bottom = nullptr;
  std::size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &bottom, &bytes);
  pthread_attr_destroy(&attributes);
  __sanitizer_start_switch_fiber(nullptr, bottom, bytes);
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

}  // namespace lookaside::tests
