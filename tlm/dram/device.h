// SPDX-License-Identifier: Apache-2.0
// One DRAM device as data: geometry, timing parameters in clocks, supply currents.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::dram {

enum class Standard : std::uint8_t { kDdr3 = 0, kDdr4, kDdr5, kLpddr4 };
inline constexpr unsigned kStandardCount = 4;
/// "DDR3", "DDR4", "DDR5", "LPDDR4".
const char* name(Standard standard);

/// Timing parameters, named as JEDEC names them; n... counts clocks and is ours where JEDEC writes
/// the figure into a formula. Command streams hold them in this order, so new ones go to the end.
enum class Parameter : std::uint8_t {
  kCl = 0,  ///< read command to first data
  kCwl,     ///< write command to first data
  kBurst,   ///< burst length / 2, derived
  kRcd,
  kRp,
  kRpab,  ///< precharge of all banks to the next activate
  kRas,
  kRc,
  kRrdS,
  kRrdL,
  kFaw,
  kCcdS,
  kCcdL,
  kCcdLWr,
  kWtrS,
  kWtrL,
  kRtp,
  kWr,
  kRfc,
  kRfcSb,  ///< refresh of one bank (LPDDR4) or of one bank in each group (DDR5); 0: has none
  kRrefd,  ///< such a refresh to the activate of another bank
  kRefi,   ///< average refresh interval: a maximum, so rounded down
  kXp,
  kXs,
  kCke,      ///< power-down entry to exit
  kCkesr,    ///< self-refresh entry to exit
  kPpd,      ///< precharge to precharge
  kRtrs,     ///< gap between the bursts of two ranks
  kRtw,      ///< gap between read data and write data: preambles
  kDqsck,    ///< read strobe delay
  kDqss,     ///< write strobe delay
  kCmdAct,   ///< clocks an activate occupies the command bus
  kCmdCol,   ///< ... a read or write
  kCmd,      ///< ... any other command
  kXsDll,    ///< self-refresh exit to what needs a locked DLL; 0: nothing does
  kActPden,  ///< activate to power-down entry
  kPrPden,   ///< precharge ...
  kRefPden,  ///< refresh ...
};
inline constexpr unsigned kParameterCount = static_cast<unsigned>(Parameter::kRefPden) + 1;
/// "CL", "tRCD", "nRTW", ...: as presets and documentation write it.
const char* name(Parameter parameter);

/// Currents of one supply rail of one device, milliamperes.
struct Rail {
  std::string name;  ///< "VDD", "VPP", "VDDQ"
  double volts = 0;
  double idd0 = 0, idd2n = 0, idd2p = 0, idd3n = 0, idd3p = 0;
  double idd4r = 0, idd4w = 0, idd5 = 0, idd6 = 0;
};

/// A device of one density, width and speed bin.
struct Device {
  std::string name;  ///< "DDR4-2400 8Gb x8 T"
  Standard standard = Standard::kDdr4;
  std::uint32_t data_rate_mts = 0;  ///< the clock runs at half of it
  std::uint32_t density_gb = 0;
  std::uint32_t width = 0;  ///< data pins
  std::uint32_t bank_groups = 1;
  std::uint32_t banks_per_group = 1;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t burst_length = 8;
  std::uint32_t max_postponed = 8;  ///< refreshes that may be postponed or pulled in
  std::array<std::int32_t, kParameterCount> clocks{};
  std::vector<Rail> rails;            ///< empty: no energy figures
  std::vector<std::string> disputes;  ///< "tRTP: ...", figures on which sources differ

  std::int32_t operator[](Parameter p) const { return clocks[static_cast<unsigned>(p)]; }
  std::int32_t& operator[](Parameter p) { return clocks[static_cast<unsigned>(p)]; }
  std::uint32_t banks() const { return bank_groups * banks_per_group; }
  std::uint32_t page_bytes() const { return columns * width / 8; }
  bool has_bank_refresh() const { return (*this)[Parameter::kRfcSb] != 0; }
  /// Clocks from a column command to the first beat of its data.
  std::uint32_t data_begin(bool write) const {
    const Device& d = *this;
    return static_cast<std::uint32_t>(write ? d[Parameter::kCwl] + d[Parameter::kDqss]
                                            : d[Parameter::kCl] + d[Parameter::kDqsck]);
  }
  /// ... to the end of its last beat.
  std::uint32_t data_end(bool write) const {
    return data_begin(write) + static_cast<std::uint32_t>((*this)[Parameter::kBurst]);
  }
  /// Clocks from a column command that closes its row to that precharge, tRAS permitting.
  std::uint32_t closes_after(bool write) const {
    const Device& d = *this;
    return write ? data_end(true) + static_cast<std::uint32_t>(d[Parameter::kWr])
                 : static_cast<std::uint32_t>(d[Parameter::kRtp]);
  }
};

}  // namespace lookaside::dram
