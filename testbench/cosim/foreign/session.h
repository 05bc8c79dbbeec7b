// SPDX-License-Identifier: Apache-2.0
// One run of `lookaside cosim --rtl DIR --map FILE`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cosim/difference.h"
#include "cosim/foreign/bench.h"
#include "cosim/foreign/build.h"

namespace lookaside::foreign {

/// What a bench makes of an operation; see Bench::fitted.
using Fit = std::function<std::optional<cosim::Operation>(const cosim::Operation&)>;

/// Where operations come from.
class Operations {
 public:
  virtual ~Operations() = default;
  /// The next one that fits. Nothing: there are no more.
  virtual std::optional<cosim::Operation> next(const Fit& fit) = 0;
};
/// `count` random ones that fit a map's block, which a seed repeats.
std::unique_ptr<Operations> random_operations(const PortMap& map,
                                              const std::vector<bool>& fence_forms,
                                              std::uint64_t count, std::uint64_t seed);
/// Those of a file.
std::unique_ptr<Operations> listed_operations(std::vector<cosim::Operation> operations);
/// How many operations of a stimulus fit. Throws StimulusError if none does: the run would compare
/// nothing.
std::size_t count_fitting(const PortMap& map, const std::string& object,
                          const cosim::Stimulus& stimulus);

struct SessionResult {
  std::vector<Count> counts;
  std::optional<cosim::Difference> difference;  ///< its history reproduces it, minimised
};

/// Runs the operations on a fresh block until they end or something differs; then minimises.
SessionResult run_session(const PortMap& map, const std::string& object, Operations& operations,
                          const std::string& wave = "");

/// The stimulus of a difference as a file: its settings name format and ASID width.
cosim::Stimulus stimulus_of(const PortMap& map, std::vector<cosim::Operation> operations);
/// Throws StimulusError if a stimulus is not for a block of this shape.
void check_stimulus(const PortMap& map, const cosim::Stimulus& stimulus);

}  // namespace lookaside::foreign
