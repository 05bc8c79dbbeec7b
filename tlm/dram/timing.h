// SPDX-License-Identifier: Apache-2.0
// Timing and geometry of a DRAM channel, as data.
#pragma once

#include <cstdint>

namespace lookaside::dram {

/// JEDEC timing parameters in clocks of the command clock, and the geometry of one rank.
struct Timing {
  std::uint32_t data_rate_mts;  ///< mega-transfers a second; the clock runs at half of it

  std::uint32_t cl;     ///< read command to first data (tCL)
  std::uint32_t cwl;    ///< write command to first data (tCWL)
  std::uint32_t rcd;    ///< activate to column command (tRCD)
  std::uint32_t rp;     ///< precharge to activate or refresh (tRP)
  std::uint32_t ras;    ///< activate to precharge, same bank (tRAS)
  std::uint32_t rrd_s;  ///< activate to activate, other bank group (tRRD_S)
  std::uint32_t rrd_l;  ///< activate to activate, same bank group (tRRD_L)
  std::uint32_t faw;    ///< window that holds at most four activates (tFAW)
  std::uint32_t ccd_s;  ///< column to column command, other bank group (tCCD_S)
  std::uint32_t ccd_l;  ///< column to column command, same bank group (tCCD_L)
  std::uint32_t wtr_s;  ///< end of write data to read command, other bank group (tWTR_S)
  std::uint32_t wtr_l;  ///< end of write data to read command, same bank group (tWTR_L)
  std::uint32_t rtp;    ///< read command to precharge (tRTP)
  std::uint32_t wr;     ///< end of write data to precharge (tWR)
  std::uint32_t rfc;    ///< all-bank refresh to activate (tRFC)
  std::uint32_t refi;   ///< average refresh interval (tREFI)

  std::uint32_t burst_length;     ///< beats of one column command
  std::uint32_t bus_bytes;        ///< width of the data bus
  std::uint32_t bank_groups;      ///< power of two
  std::uint32_t banks_per_group;  ///< power of two
  std::uint32_t columns;          ///< columns of a row, each bus_bytes wide; power of two

  constexpr std::uint32_t burst_clocks() const { return burst_length / 2; }
  constexpr std::uint32_t burst_bytes() const { return burst_length * bus_bytes; }
  constexpr std::uint32_t banks() const { return bank_groups * banks_per_group; }
};

/// DDR4-2400T (17-17-17), 8 Gb x8 devices, one rank on a 64-bit channel. Clock 1200 MHz (tCK
/// 0.8333 ns); clocks are the JEDEC rules max(n clocks, t ns) rounded as JEDEC does: 7.5 ns is 9
/// clocks.
inline constexpr Timing kDdr4_2400 = {
    2400,                        // data_rate_mts
    17,   12, 17,  17,   39,     // cl, cwl, rcd, rp, ras (32 ns)
    4,    6,  26,                // rrd_s (3.3 ns), rrd_l (4.9 ns), faw (21 ns, 1 KiB page)
    4,    6,                     // ccd_s, ccd_l (5 ns)
    3,    9,                     // wtr_s (2.5 ns), wtr_l (7.5 ns)
    9,    18, 420, 9360,         // rtp (7.5 ns), wr (15 ns), rfc (350 ns), refi (7.8 us)
    8,    8,  4,   4,    1024};  // burst, bus, bank groups x banks, columns

}  // namespace lookaside::dram
