// SPDX-License-Identifier: Apache-2.0
// Reads the hierarchy of an FST: scopes, variables, enum tables, comments. Done here with checked
// bounds, because the library's reader cuts enum tables at 512 characters and runs past the end of
// a damaged hierarchy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/observe/signal.h>
#include <lookaside/record/core/fst_structure.h>

namespace lookaside::record {

/// A signal of a waveform file. Two with the same handle are two names of one thing.
struct WaveSignal {
  std::string name;  ///< full, dotted: "hart0.mmu.va"; without a range such as [31:0]
  observe::SignalKind kind = observe::SignalKind::kBits;
  unsigned width = 1;                    ///< bits; 0 for text
  bool real = false;                     ///< a floating-point number; its values are given as text
  std::vector<observe::EnumName> names;  ///< for kEnum
  std::string sentence;                  ///< the comment in front of it, if any
  std::uint32_t handle = 0;

  /// The enum's name of `value`, or "" if it has none.
  const std::string& name_of(std::uint64_t value) const;
};

/// All signals in file order. Throws RecordError if the hierarchy cannot be unpacked or parsed.
std::vector<WaveSignal> read_hierarchy(const std::string& path, const FstStructure& structure);

}  // namespace lookaside::record
