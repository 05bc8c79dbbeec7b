// SPDX-License-Identifier: Apache-2.0
// Traces that nobody has to store: the same specification gives the same requests everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

enum class Pattern : std::uint8_t {
  kSequential,  ///< lines one after another
  kRandom,      ///< lines, uniformly drawn from the range
  kChase,       ///< ... each dependent on the answer to the one before
  /// 16 hot pages of 4 KiB in the range: per request one of them, replaced with probability 1/32,
  /// then the next line of that page with probability 1/2, else a random line of it.
  kMix,
};

/// What to generate.
struct Generation {
  Pattern pattern = Pattern::kSequential;
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
  std::uint64_t range = std::uint64_t{1} << 30;  ///< bytes that addresses are drawn from
  std::uint64_t base = 0;                        ///< added to every address
  std::uint32_t size = kLineBytes;               ///< bytes of a request, aligned to them
  std::uint32_t delay = 0;  ///< clocks after the request before; of a chase, after its answer
  double writes = 0;        ///< probability that a request is a write
};

/// "random:200000" or "random:200000,range=256MiB,seed=7". A range that the text does not say ends
/// with a memory of `memory_bytes`; 0: its size is not known. Throws TraceError: what was found and
/// what was expected.
Generation parse_generation(const std::string& text, std::uint64_t memory_bytes = 0);
/// Patterns and keys of that text, a line each, for people.
std::string generation_help();

/// The requests. Throws TraceError when the range holds no request.
std::unique_ptr<Source> generate(const Generation& generation);

}  // namespace lookaside::traffic
