// SPDX-License-Identifier: Apache-2.0
// Descriptors of waveform signals. A block declares its signals once at a sink and emits
// timestamped values; the sink (room `record`) sorts them, because an initiator's local time runs
// ahead of the simulated time. Without a sink an emission costs one test of a pointer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lookaside::observe {

enum class SignalKind {
  kBits,  ///< a number of `width` bits
  kEnum,  ///< a number of `width` bits with names that the waveform file itself carries
  kText,  ///< a string, e.g. a disassembled instruction
};

struct EnumName {
  std::uint64_t value;
  std::string name;
};

/// One signal of the waveform. Its full name is scope + "." + name.
struct SignalDescription {
  std::string scope;  ///< dotted: "hart0.mmu"
  std::string name;   ///< lower_snake
  SignalKind kind = SignalKind::kBits;
  unsigned width = 1;           ///< bits; ignored for text
  std::vector<EnumName> names;  ///< for kEnum
  std::string sentence;         ///< what it shows
};

using SignalId = std::uint32_t;

/// Receives declarations (before the first emission) and events. Times are absolute picoseconds and
/// never lie before the simulated time at which they are emitted, those of late sources excepted.
class SignalSink {
 public:
  virtual ~SignalSink() = default;
  virtual SignalId declare(const SignalDescription& description) = 0;
  virtual void emit(SignalId id, std::uint64_t time_ps, std::uint64_t value) = 0;
  virtual void emit_text(SignalId id, std::uint64_t time_ps, std::string_view text) = 0;

  /// A block that learns late what happened when: it is asked before events are written, emits what
  /// it knows by then and answers with the time before which none of its events will come any more.
  /// `last`: the waveform ends, there is no later chance.
  using LateSource = std::function<std::uint64_t(bool last)>;
  virtual void add_late_source(LateSource /*source*/) {}
};

/// A declared signal, or nothing at all when there is no sink.
class Signal {
 public:
  Signal() = default;
  Signal(SignalSink* sink, const SignalDescription& description)
      : sink_(sink), id_(sink != nullptr ? sink->declare(description) : 0) {}
  explicit operator bool() const { return sink_ != nullptr; }
  void set(std::uint64_t time_ps, std::uint64_t value) const {
    if (sink_ != nullptr) sink_->emit(id_, time_ps, value);
  }
  void set(std::uint64_t time_ps, std::string_view text) const {
    if (sink_ != nullptr) sink_->emit_text(id_, time_ps, text);
  }

 private:
  SignalSink* sink_ = nullptr;
  SignalId id_ = 0;
};

}  // namespace lookaside::observe
