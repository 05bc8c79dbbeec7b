// SPDX-License-Identifier: Apache-2.0
// Sorts events into one waveform. Initiators run ahead of the simulated time, so events arrive out
// of order; the buffer keeps them until simulated time, told from outside as the horizon, has
// passed them, and writes them sorted by time, equal times in order of emission.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lookaside/observe/signal.h>
#include <lookaside/record/core/fst_writer.h>
#include <lookaside/record/core/wave_events.h>

namespace lookaside::record {

/// The part of simulated time that a file keeps, both ends inclusive, in ps. At `from_ps` (if it is
/// not 0) each signal shows the last value it was given at or before that time.
struct WaveWindow {
  std::uint64_t from_ps = 0;
  std::uint64_t to_ps = ~std::uint64_t{0};
};

/// What models: nothing; it records. Units: ps. Several changes of one signal at one time: a file
/// holds one value a signal and time, so the second change and every event after it move on by 1
/// ps: nothing is lost, and the order of the file is always the order of (time, emission). Repeated
/// equal values are no change. Memory: the events of at most one horizon step plus a fixed part.
/// Errors: an event behind the horizon that is already written cannot be placed any more; it is
/// refused, counted and described (refused(), first_refusal()), and close() reports it.
class WaveBuffer : public observe::SignalSink {
 public:
  /// Without an advance() from outside, `horizon` (may be empty) is asked when the buffer is full
  /// for the time behind which no event can come any more.
  WaveBuffer(const std::string& path, WaveWindow window,
             std::function<std::uint64_t()> horizon = {}, std::size_t capacity = kCapacity);

  observe::SignalId declare(const observe::SignalDescription& description) override;
  void emit(observe::SignalId id, std::uint64_t time_ps, std::uint64_t value) override;
  void emit_text(observe::SignalId id, std::uint64_t time_ps, std::string_view text) override;
  void add_late_source(LateSource source) override { late_.push_back(std::move(source)); }

  /// Promise: no event before `horizon_ps` comes any more. Writes those that are waiting.
  void advance(std::uint64_t horizon_ps);
  /// Writes all that waits, lets the file span up to `end_ps` (or the window's end) and completes
  /// it. Returns "" or, in one line, why the file or a part of it is missing. Later events are
  /// refused.
  std::string close(std::uint64_t end_ps);

  std::uint64_t refused() const { return refused_; }
  const std::string& first_refusal() const { return first_refusal_; }
  std::uint64_t written() const { return written_; }  ///< changes in the file
  std::size_t waiting() const { return events_.size(); }
  /// Full names in order of declaration.
  const std::vector<observe::SignalDescription>& signals() const { return signals_; }

  static constexpr std::size_t kCapacity = 1U << 13U;

 private:
  struct State {
    std::uint64_t value = 0;
    std::uint64_t changed_at = ~std::uint64_t{0};  ///< shown time of the last change
    std::uint64_t given_at = 0;                    ///< before the window: time of the value held
    std::uint64_t mask = 0;                        ///< of the bits a value may have
    bool known = false;
    bool text = false;
  };

  bool is_refused(observe::SignalId id, std::uint64_t time_ps) {
    return time_ps < earliest_ && refuse(id, time_ps);
  }
  bool refuse(observe::SignalId id, std::uint64_t time_ps);
  /// Outside the window; before it, only the last value of each signal matters, and needs no place
  /// in the buffer. (With no window every event has its place in the file.)
  bool is_outside(std::uint64_t time_ps) const {
    return time_ps > window_.to_ps || (window_.from_ps != 0 && time_ps <= window_.from_ps);
  }
  void push(const WaveEvent& event) {
    events_.push_back(event);
    if (events_.size() >= limit_) make_room();
  }
  void make_room();
  std::uint64_t ask_late(std::uint64_t horizon_ps, bool last);
  State* held(observe::SignalId id, std::uint64_t time_ps);
  std::string_view text_of(const WaveEvent& event) const;
  void begin();
  void write(const WaveEvent& event);
  bool is_repeated(const WaveEvent& event);
  void write_value(observe::SignalId id);
  void forget(std::size_t count);

  FstWriter writer_;
  WaveWindow window_;
  std::function<std::uint64_t()> horizon_source_;
  std::vector<LateSource> late_;
  bool asking_ = false;
  std::size_t capacity_;
  std::size_t limit_;
  std::vector<observe::SignalDescription> signals_;
  std::map<std::string, observe::SignalId> names_;
  std::vector<State> states_;
  std::vector<std::string> shown_texts_;  // by SignalId
  std::vector<WaveEvent> events_, scratch_;
  std::string texts_;  // of the waiting events, whose values say where
  std::uint64_t horizon_ = 0;
  std::uint64_t earliest_ = 0;  // horizon_, or the end of time once closed
  std::uint64_t shown_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t refused_ = 0;
  std::string first_refusal_;
  bool closed_ = false;
};

}  // namespace lookaside::record
