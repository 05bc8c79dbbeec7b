// SPDX-License-Identifier: Apache-2.0
// Reads GTKWave save files, to prove before a picture is made that they show what they promise:
// GTKWave drops a signal that the dump lacks without a word.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/record/core/fst_reader.h>

namespace lookaside::record {

/// One row of the save file that shows a signal.
struct SavedSignal {
  std::string name;   ///< without the range
  std::string range;  ///< "[63:0]" or ""
  std::string alias;
  std::string filter;       ///< program that rewrites the values, where it really lies; "" for none
  std::uint64_t flags = 0;  ///< how the value is shown; the constants below
  unsigned line = 0;
};

/// Display flags of GTKWave that a row of ours may carry.
enum SavedFlag : std::uint64_t {
  kShowHex = 0x2,
  kShowDecimal = 0x4,
  kShowBinary = 0x8,
  kRightJustify = 0x20,
  kProcessFilter = 0x4000,
  kShowAnalogStep = 0x8000,
  kShowEnum = 0x1'0000'0000,
};

/// The signals of the save file, in order. Throws RecordError, with file and line, for a file that
/// cannot be read, flags that are no number, or groups that do not close.
std::vector<SavedSignal> read_save_file(const std::string& path);

/// What is wrong with `save` for this dump, one line each; empty if all is well: a signal that does
/// not exist (with the nearest that does), a range that is not the signal's, an enum that is not
/// shown by its names, a flag for names on a signal that has none, a filter that
/// cannot be run.
std::vector<std::string> check_save_file(const std::string& path, const WaveReader& dump);

}  // namespace lookaside::record
