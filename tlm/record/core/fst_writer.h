// SPDX-License-Identifier: Apache-2.0
// Writes one FST waveform file: scopes from dotted names, numbers with enum tables that the file
// itself carries, strings, one comment (the sentence) a signal. Timescale 1 ps; header date and
// version are fixed, so that the same calls give the same bytes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <lookaside/observe/signal.h>
#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_frame.h>
#include <lookaside/record/core/fst_values.h>

namespace lookaside::record {

/// Throws RecordError if a waveform cannot hold the signal: empty name or one with a character that
/// is neither letter, digit nor '_' (a scope may have dots), width not 1..64, an enum without
/// names, with an empty name, a value twice or one wider than the signal.
void check_description(const observe::SignalDescription& description);

/// Times must not decrease; errors throw RecordError. The file appears under its name at close();
/// destroyed before, it leaves nothing behind.
class FstWriter {
 public:
  /// Checks at once that `path` can be written. `block_bytes`: see FstValues.
  explicit FstWriter(std::string path, std::size_t block_bytes = FstValues::kBlockBytes);
  ~FstWriter();
  FstWriter(const FstWriter&) = delete;
  FstWriter& operator=(const FstWriter&) = delete;

  /// Writes the hierarchy, of one signal at least; signal i of the vector is then known as SignalId
  /// i. Once, before the rest.
  void start(const std::vector<observe::SignalDescription>& signals);
  bool started() const { return file_ != nullptr; }
  /// All values up to the next call belong to this time; the first call comes before all values.
  void time(std::uint64_t time_ps) { values_->time(time_ps); }
  /// Bits above the signal's width are cut off.
  void set(observe::SignalId id, std::uint64_t value) { values_->set(frame_.handles[id], value); }
  /// Control characters become spaces: a waveform shows one line.
  void set_text(observe::SignalId id, std::string_view text);
  /// Completes the file, checks its structure (a full disk is noticed) and gives it its name.
  void close();
  const std::string& path() const { return path_; }

 private:
  void abandon();
  void put(const std::vector<unsigned char>& bytes);
  RecordError incomplete(const RecordError& error) const;

  std::string path_;
  std::size_t block_bytes_;
  std::FILE* file_ = nullptr;
  FstFrame frame_;
  std::unique_ptr<FstValues> values_;
  std::string text_;
};

}  // namespace lookaside::record
