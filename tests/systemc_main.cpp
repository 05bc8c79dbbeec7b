// SPDX-License-Identifier: Apache-2.0
// SystemC's library brings main() and calls sc_main: run the tests from there.
#include <gmock/gmock.h>
#include <systemc>

int sc_main(int argc, char** argv) {
  sc_core::sc_report_handler::set_actions("/IEEE_Std_1666/deprecated", sc_core::SC_DO_NOTHING);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
