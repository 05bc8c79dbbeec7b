// SPDX-License-Identifier: Apache-2.0
// What stands in an FST file around the values: header, widths and hierarchy, as bytes in memory.
// GTKWave's library (fstapi) maps temporary files for them, and a disk that is full then ends the
// program with SIGBUS.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/observe/signal.h>

namespace lookaside::record {

/// Offsets in the header of what is known only when the values have been written; eight bytes each,
/// the highest first.
inline constexpr long kFstFirstTime = 9;
inline constexpr long kFstLastTime = 17;
inline constexpr long kFstValueBlocks = 65;

struct FstFrame {
  std::vector<unsigned char> head;     ///< header block, before the values
  std::vector<unsigned char> tail;     ///< blocks of widths and hierarchy, after them
  std::vector<std::uint32_t> handles;  ///< place of each signal among the values, from 0
};

/// Scopes in order of first appearance, a scope's own signals before its children. The signals are
/// ones that check_description() accepts, one at least. Throws RecordError when zlib or LZ4 fails.
FstFrame fst_frame(const std::vector<observe::SignalDescription>& signals);

}  // namespace lookaside::record
