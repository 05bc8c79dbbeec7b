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

namespace {

/// The value of a text: where it begins, above its length.
constexpr unsigned kTextBits = 24;
constexpr std::uint64_t kLongestText = (std::uint64_t{1} << kTextBits) - 1;

}  // namespace

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
  states_.back().text = description.kind == SignalKind::kText;
  states_.back().mask =
      description.width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << description.width) - 1;
  shown_texts_.emplace_back();
  return id;
}

void WaveBuffer::emit(SignalId id, std::uint64_t time_ps, std::uint64_t value) {
  if (is_refused(id, time_ps)) return;
  value &= states_[id].mask;
  if (!is_outside(time_ps)) return push({time_ps, value, id});
  if (State* state = held(id, time_ps); state != nullptr) state->value = value;
}

void WaveBuffer::emit_text(SignalId id, std::uint64_t time_ps, std::string_view text) {
  if (is_refused(id, time_ps)) return;
  if (is_outside(time_ps)) {
    if (held(id, time_ps) != nullptr) shown_texts_[id] = text;
    return;
  }
  const std::uint64_t place = std::uint64_t{texts_.size()} << kTextBits;
  text = text.substr(0, kLongestText);
  texts_ += text;
  push({time_ps, place | text.size(), id});
}

std::string_view WaveBuffer::text_of(const WaveEvent& event) const {
  return std::string_view(texts_).substr(event.value >> kTextBits, event.value & kLongestText);
}

bool WaveBuffer::refuse(SignalId id, std::uint64_t time_ps) {
  if (refused_++ == 0) {
    first_refusal_ =
        fmt::format("an event of signal '{}.{}' at {} ps came after the waveform {}",
                    signals_[id].scope, signals_[id].name, time_ps,
                    closed_ ? "was closed" : fmt::format("up to {} ps was written", horizon_));
  }
  return true;
}

void WaveBuffer::make_room() {
  if (!horizon_source_ || asking_) return;
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

/// Where the value of a time outside the window is to be held; null: nowhere.
WaveBuffer::State* WaveBuffer::held(SignalId id, std::uint64_t time_ps) {
  State& state = states_[id];
  if (time_ps > window_.to_ps || (state.known && time_ps < state.given_at)) return nullptr;
  state.given_at = time_ps;
  state.known = true;
  return &state;
}

void WaveBuffer::advance(std::uint64_t horizon_ps) {
  if (closed_ || horizon_ps <= horizon_) return;
  horizon_ = earliest_ = horizon_ps;
  sort_events(events_, scratch_);
  const auto end = std::lower_bound(
      events_.begin(), events_.end(), horizon_ps,
      [](const WaveEvent& event, std::uint64_t time) { return event.time < time; });
  if (end == events_.begin()) return;
  begin();
  for (auto event = events_.begin(); event != end; ++event) write(*event);
  forget(static_cast<std::size_t>(end - events_.begin()));
}

/// The first so many events, and the texts that no other event needs.
void WaveBuffer::forget(std::size_t count) {
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  std::string texts;
  for (WaveEvent& event : events_) {
    if (!states_[event.id].text) continue;
    const std::string_view text = text_of(event);
    event.value = std::uint64_t{texts.size()} << kTextBits | text.size();
    texts += text;
  }
  texts_ = std::move(texts);
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

bool WaveBuffer::is_repeated(const WaveEvent& event) {
  State& state = states_[event.id];
  if (!state.text) {
    const bool same = state.known && state.value == event.value;
    state.value = event.value;
    return same;
  }
  const std::string_view text = text_of(event);
  if (state.known && shown_texts_[event.id] == text) return true;
  shown_texts_[event.id] = text;
  return false;
}

void WaveBuffer::write(const WaveEvent& event) {
  if (is_repeated(event)) return;
  State& state = states_[event.id];
  std::uint64_t shown = std::max(event.time, shown_);
  if (state.changed_at == shown) ++shown;
  if (shown != shown_) writer_.time(shown);
  shown_ = shown;
  state.known = true;
  write_value(event.id);
}

void WaveBuffer::write_value(SignalId id) {
  State& state = states_[id];
  if (state.text) {
    writer_.set_text(id, shown_texts_[id]);
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
    earliest_ = ~std::uint64_t{0};
    writer_.close();
  } catch (const RecordError& error) {
    closed_ = true;
    earliest_ = ~std::uint64_t{0};
    return error.what();
  }
  if (refused_ == 0) return {};
  return fmt::format("{}: {} event{} missing from the waveform: {}", writer_.path(), refused_,
                     refused_ == 1 ? " is" : "s are", first_refusal_);
}

}  // namespace lookaside::record
