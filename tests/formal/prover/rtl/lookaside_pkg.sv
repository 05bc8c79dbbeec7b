// SPDX-License-Identifier: Apache-2.0
package lookaside_pkg;
  localparam int unsigned Top = 5;
endpackage
