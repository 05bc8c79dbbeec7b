// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/wave_buffer.h>

namespace lookaside::record {

using observe::SignalDescription;
using observe::SignalId;
using observe::SignalKind;

WaveBuffer::WaveBuffer(const std::string& path, WaveWindow window,
                       std::function<std::uint64_t()> horizon, std::size_t capacity)
    : writer_(path),
      window_(window),
      horizon_source_(std::move(horizon)),
      capacity_(capacity),
      limit_(capacity) {
  if (window_.from_ps > window_.to_ps) {
    throw RecordError(
        fmt::format("{}: the window begins at {} ps and ends at {} ps, expected the "
                    "end not to lie before the begin",
                    path, window_.from_ps, window_.to_ps));
  }
}

SignalId WaveBuffer::declare(const SignalDescription& description) {
  check_description(description);
  const std::string full = description.scope + "." + description.name;
  if (writer_.started()) {
    throw RecordError(
        fmt::format("signal '{}' is declared after the first value was written", full));
  }
  const auto id = static_cast<SignalId>(signals_.size());
  if (!names_.emplace(full, id).second) {
    throw RecordError(fmt::format("signal '{}' is declared twice", full));
  }
  signals_.push_back(description);
  states_.emplace_back();
  return id;
}

void WaveBuffer::emit(SignalId id, std::uint64_t time_ps, std::uint64_t value) {
  if (is_refused(id, time_ps)) return;
  const unsigned width = signals_[id].width;
  push({time_ps, width >= 64 ? value : value & ((std::uint64_t{1} << width) - 1), {}, id});
}

void WaveBuffer::emit_text(SignalId id, std::uint64_t time_ps, std::string_view text) {
  if (is_refused(id, time_ps)) return;
  push({time_ps, 0, std::string(text), id});
}

bool WaveBuffer::is_refused(SignalId id, std::uint64_t time_ps) {
  if (!closed_ && time_ps >= horizon_) return false;
  if (refused_++ == 0) {
    first_refusal_ =
        fmt::format("an event of signal '{}.{}' at {} ps came after the waveform {}",
                    signals_[id].scope, signals_[id].name, time_ps,
                    closed_ ? "was closed" : fmt::format("up to {} ps was written", horizon_));
  }
  return true;
}

void WaveBuffer::push(Event event) {
  if (event.time > window_.to_ps) return;
  // With no window every event has its place in the file; behind a window's start only the last
  // value of each signal matters, and needs no place in the buffer.
  if (window_.from_ps != 0 && event.time <= window_.from_ps) {
    hold(std::move(event));
    return;
  }
  events_.push_back(std::move(event));
  if (events_.size() < limit_ || !horizon_source_ || asking_) return;
  advance(ask_late(horizon_source_(), false));
  limit_ = std::max(capacity_, 2 * events_.size());
}

/// The time before which none of the late sources has anything to say any more, either.
std::uint64_t WaveBuffer::ask_late(std::uint64_t horizon_ps, bool last) {
  asking_ = true;
  for (const LateSource& source : late_) horizon_ps = std::min(horizon_ps, source(last));
  asking_ = false;
  return horizon_ps;
}

void WaveBuffer::hold(Event event) {
  State& state = states_[event.id];
  if (state.known && event.time < state.given_at) return;
  state.given_at = event.time;
  state.known = true;
  state.value = event.value;
  state.text = std::move(event.text);
}

void WaveBuffer::advance(std::uint64_t horizon_ps) {
  if (closed_ || horizon_ps <= horizon_) return;
  horizon_ = horizon_ps;
  // Events are large and mostly in order: their places are sorted, not they.
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(events_.size());
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].time < horizon_ps) order.emplace_back(events_[i].time, i);
  }
  if (order.empty()) return;
  std::sort(order.begin(), order.end());
  begin();
  for (const auto& [time, place] : order) write(events_[place]);
  events_.erase(
      std::remove_if(events_.begin(), events_.end(),
                     [horizon_ps](const Event& event) { return event.time < horizon_ps; }),
      events_.end());
}

void WaveBuffer::begin() {
  if (writer_.started()) return;
  writer_.start(signals_);
  shown_ = window_.from_ps;
  writer_.time(shown_);
  for (SignalId id = 0; id < states_.size(); ++id) {
    if (states_[id].known) write_value(id);
  }
}

void WaveBuffer::write(Event& event) {
  State& state = states_[event.id];
  if (state.known && state.value == event.value && state.text == event.text) return;
  std::uint64_t shown = std::max(event.time, shown_);
  if (state.changed_at == shown) ++shown;
  if (shown != shown_) writer_.time(shown);
  shown_ = shown;
  state.known = true;
  state.value = event.value;
  state.text = std::move(event.text);
  write_value(event.id);
}

void WaveBuffer::write_value(SignalId id) {
  State& state = states_[id];
  if (signals_[id].kind == SignalKind::kText) {
    writer_.set_text(id, state.text);
  } else {
    writer_.set(id, state.value);
  }
  state.changed_at = shown_;
  ++written_;
}

std::string WaveBuffer::close(std::uint64_t end_ps) {
  if (closed_) return {};
  try {
    ask_late(0, true);
    advance(~std::uint64_t{0});
    begin();
    const std::uint64_t end = std::min(end_ps, window_.to_ps);
    if (end > shown_) writer_.time(end);
    closed_ = true;
    writer_.close();
  } catch (const RecordError& error) {
    closed_ = true;
    return error.what();
  }
  if (refused_ == 0) return {};
  return fmt::format("{}: {} event{} missing from the waveform: {}", writer_.path(), refused_,
                     refused_ == 1 ? " is" : "s are", first_refusal_);
}

}  // namespace lookaside::record
