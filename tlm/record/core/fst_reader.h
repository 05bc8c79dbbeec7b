// SPDX-License-Identifier: Apache-2.0
// Reads an FST waveform: which signals it holds, and their value changes. For tests, for
// `lookaside waves`, and to check that every name of a save file exists.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lookaside/record/core/fst_hierarchy.h>

namespace lookaside::record {

struct WaveChange {
  std::uint64_t time_ps = 0;
  std::uint32_t signal = 0;  ///< index into WaveReader::signals()
  bool known = true;         ///< false: some bit is x or z, or the number has more than 64 bits
  std::uint64_t value = 0;   ///< for bits and enums, if known
  std::string text;          ///< for text and reals; for unknown bits their digits
};

/// Errors: the constructor and the reading functions throw RecordError with one message for a file
/// that is missing, no FST, cut off or damaged; damage never crashes the caller, because the values
/// are decoded in a process of their own (fork). Times are given in ps whatever the file's
/// timescale.
class WaveReader {
 public:
  explicit WaveReader(std::string path);

  const std::string& path() const { return path_; }
  const std::vector<WaveSignal>& signals() const { return signals_; }
  /// Index of the signal with this full name.
  std::optional<std::uint32_t> find(std::string_view name) const;
  /// The existing name most like `name`, or "" when none is near: for messages.
  std::string nearest(std::string_view name) const;
  std::uint64_t start_ps() const { return start_ps_; }
  std::uint64_t end_ps() const { return end_ps_; }

  using Visit = std::function<void(const WaveChange&)>;
  /// Calls `visit` for the changes of the selected signals (indices; empty: all) from the file's
  /// start up to and including `to_ps`, in order of time; equal times in no particular order.
  void for_each(const std::vector<std::uint32_t>& selection, const Visit& visit,
                std::uint64_t to_ps = ~std::uint64_t{0}) const;
  /// The same, collected; equal times sorted by signal.
  std::vector<WaveChange> changes(const std::vector<std::uint32_t>& selection = {},
                                  std::uint64_t to_ps = ~std::uint64_t{0}) const;

  /// A value as a reader would see it: enum name, text, or hexadecimal digits.
  std::string shown(const WaveChange& change) const;

 private:
  std::uint64_t to_ps(std::uint64_t units) const;

  std::string path_;
  FstStructure structure_;
  std::vector<WaveSignal> signals_;
  std::vector<std::vector<std::uint32_t>> by_handle_;  ///< signals of each handle
  std::uint64_t start_ps_ = 0;
  std::uint64_t end_ps_ = 0;
};

}  // namespace lookaside::record
