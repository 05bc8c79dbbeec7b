// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/device.h>

namespace lookaside::dram {

const char* name(Standard standard) {
  static constexpr const char* kNames[kStandardCount] = {"DDR3", "DDR4", "DDR5", "LPDDR4"};
  return kNames[static_cast<unsigned>(standard)];
}

const char* name(Parameter parameter) {
  static constexpr const char* kNames[kParameterCount] = {
      "CL",       "CWL",    "BL/2",   "tRCD",     "tRP",     "tRPab",     "tRAS",   "tRC",
      "tRRD_S",   "tRRD_L", "tFAW",   "tCCD_S",   "tCCD_L",  "tCCD_L_WR", "tWTR_S", "tWTR_L",
      "tRTP",     "tWR",    "tRFC",   "tRFCsb",   "tRREFD",  "tREFI",     "tXP",    "tXS",
      "tCKE",     "tCKESR", "tPPD",   "tRTRS",    "nRTW",    "nDQSCK",    "nDQSS",  "nCMD_ACT",
      "nCMD_COL", "nCMD",   "tXSDLL", "tACTPDEN", "tPRPDEN", "tREFPDEN"};
  return kNames[static_cast<unsigned>(parameter)];
}

}  // namespace lookaside::dram
