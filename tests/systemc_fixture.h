// SPDX-License-Identifier: Apache-2.0
// A fresh SystemC kernel for each test in one process.
#pragma once

#include <gtest/gtest.h>
#include <systemc>
#include <tlm>

#include "fresh_kernel.h"

namespace lookaside::tests {

/// Derive fixtures from it and create modules inside the test body or the derived constructor. A
/// report of severity warning or above that a test does not expect fails the test.
class SystemCTest : public ::testing::Test {
 protected:
  SystemCTest() {
    warnings_before_ = count();
    tlm::tlm_global_quantum::instance().set(sc_core::SC_ZERO_TIME);
  }
  ~SystemCTest() override {
    tlm::tlm_global_quantum::instance().set(sc_core::SC_ZERO_TIME);
    start_fresh_kernel();
  }
  void TearDown() override {
    EXPECT_EQ(count() - warnings_before_, expected_reports_) << "unexpected SystemC reports";
  }
  /// Number of warnings and errors the test means to cause.
  void expect_reports(int reports) { expected_reports_ = reports; }

 private:
  static int count() {
    return sc_core::sc_report_handler::get_count(sc_core::SC_WARNING) +
           sc_core::sc_report_handler::get_count(sc_core::SC_ERROR);
  }
  int warnings_before_ = 0;
  int expected_reports_ = 0;
};

}  // namespace lookaside::tests
