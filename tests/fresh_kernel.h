// SPDX-License-Identifier: Apache-2.0
// A second simulation in one process.
#pragma once

#include <systemc>

namespace lookaside::tests {

/// SystemC has one global kernel; replacing its context forgets all modules and time. No module of
/// the old one may be left. The old context is leaked on purpose: deleting it is not supported by
/// SystemC 2.3.4 (see tests/lsan.supp).
inline void start_fresh_kernel() {
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext();
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
}

}  // namespace lookaside::tests
