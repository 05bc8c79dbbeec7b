// SPDX-License-Identifier: Apache-2.0
// Somebody else's RTL as a shared object: Verilated, compiled, kept in a cache.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cosim/foreign/port_map.h"

namespace lookaside::foreign {

struct BuildOptions {
  std::string rtl;     ///< directory of the sources
  std::string cache;   ///< empty: cache_directory()
  bool trace = false;  ///< with waveforms
  /// Told what is being done before something that takes seconds.
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

struct Build {
  std::string object;  ///< path of the shared object
  bool from_cache = false;
};

/// $XDG_CACHE_HOME/lookaside, or ~/.cache/lookaside, or, where neither can be written, a folder of
/// the build this program comes from, or of $TMPDIR. Created.
std::string cache_directory();

/// The shared object of a map's block, built if the cache does not hold it. It is found again by a
/// hash of everything it was made from: tools, options, sources, and every file that Verilator read
/// for them. Throws MapError when a source is missing, the top module is not found or the RTL is
/// refused: the first complaint, with its file and line.
Build build(const PortMap& map, const BuildOptions& options);

}  // namespace lookaside::foreign
