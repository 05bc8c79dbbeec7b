// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include <lookaside/protocol/time.h>
#include <lookaside/traffic/module/initiator.h>

namespace lookaside::traffic {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

/// A payload and the access it carries.
struct Initiator::Flight : tlm_generic_payload {
  explicit Flight(tlm::tlm_mm_interface* pool) : tlm_generic_payload(pool) {}
  std::uint64_t id = 0;
};

/// Payloads come back here when the last holder has let go.
class Initiator::Pool : public tlm::tlm_mm_interface {
 public:
  Flight& take() {
    if (free_.empty()) {
      all_.push_back(std::make_unique<Flight>(this));
      free_.push_back(all_.back().get());
    }
    Flight& flight = *free_.back();
    free_.pop_back();
    flight.acquire();
    return flight;
  }
  void free(tlm_generic_payload* payload) override {
    payload->reset();
    free_.push_back(static_cast<Flight*>(payload));
  }

 private:
  std::vector<std::unique_ptr<Flight>> all_;
  std::vector<Flight*> free_;
};

Initiator::Initiator(const sc_core::sc_module_name& name, Source& source,
                     const InitiatorConfig& config)
    : sc_module(name),
      socket("socket"),
      config_(config),
      player_(source, config.player),
      pool_(std::make_unique<Pool>()),
      read_(config.player.burst_bytes),
      written_(config.player.burst_bytes) {
  socket.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
  SC_HAS_PROCESS(Initiator);
  if (config.transport == Transport::kApproximate) {
    SC_METHOD(play_approximate);
    sensitive << due_;
  } else {
    SC_THREAD(play_temporal);
  }
}

Initiator::~Initiator() = default;

std::uint64_t Initiator::clock_in(const sc_time& delay) const {
  return config_.time.clock_at(protocol::local_ps(delay));
}

Initiator::Flight& Initiator::prepare() {
  const Access& access = player_.access();
  Flight& flight = pool_->take();
  flight.id = access.id;
  flight.set_command(access.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  flight.set_address(config_.base + access.address);
  flight.set_data_ptr(access.write ? written_.data() : read_.data());
  flight.set_data_length(access.bytes);
  flight.set_streaming_width(access.bytes);
  flight.set_byte_enable_ptr(nullptr);
  flight.set_dmi_allowed(false);
  flight.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  return flight;
}

void Initiator::check(const tlm_generic_payload& payload) const {
  if (payload.is_response_ok()) return;
  char place[64];
  std::snprintf(place, sizeof place, "0x%llx: ", payload.get_address());
  SC_REPORT_ERROR(kMessage,
                  (std::string(name()) + ": found a response of " + payload.get_response_string() +
                   " to an access at " + place + "expected TLM_OK_RESPONSE")
                      .c_str());
}

/// The player takes the next request of the trace: the place where a bad one is found.
void Initiator::accepted(std::uint64_t clock) {
  try {
    player_.accepted(clock);
  } catch (...) {
    failure_ = std::current_exception();
    end();
  }
}

void Initiator::answered(std::uint64_t id, std::uint64_t clock) {
  if (failure_ != nullptr) return;
  player_.answered(id, clock);
  if (player_.done()) end();
}

void Initiator::end() {
  if (ended_) return;
  ended_ = true;
  if (end_) end_();
}

/// A trace may have few requests and much time between them, or the other way round.
void Initiator::tick(std::uint64_t clock) {
  constexpr std::uint64_t kTurns = 1U << 15;
  if (++turns_ < kTurns && clock < told_ + kSilence) return;
  turns_ = 0;
  told_ = clock;
  if (clock >= attempted_ + kSilence && silence_) silence_();
  if (progress_) progress_();
}

/// The next attempt, when its time has come.
void Initiator::play_approximate() {
  const std::uint64_t clock = clock_in(sc_core::SC_ZERO_TIME);
  if (player_.done()) end();  // an empty trace
  if (!ended_) tick(clock);
  for (; !answers_.empty() && answers_.top().clock <= clock; answers_.pop()) {
    answered(answers_.top().id, answers_.top().clock);
  }
  if (ended_) return;
  playing_ = true;
  if (!request_open_ && player_.next_attempt() <= clock) attempt(clock);
  playing_ = false;
  schedule();
}

void Initiator::attempt(std::uint64_t clock) {
  attempted_ = clock;
  Flight& flight = prepare();
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_time delay = sc_core::SC_ZERO_TIME;
  const tlm::tlm_sync_enum sync = socket->nb_transport_fw(flight, phase, delay);
  if (sync == tlm::TLM_ACCEPTED) {
    request_open_ = true;
    player_.refused(clock, kNever);
    return;
  }
  accepted(clock);
  if (sync != tlm::TLM_COMPLETED && phase != tlm::BEGIN_RESP) return;
  take(flight, delay);
  if (sync == tlm::TLM_UPDATED) {
    phase = tlm::END_RESP;
    (void)socket->nb_transport_fw(flight, phase, delay);
  }
  flight.release();
}

/// A response that comes after a delay, or now.
void Initiator::take(const Flight& flight, const sc_time& delay) {
  check(flight);
  if (delay == sc_core::SC_ZERO_TIME) {
    answered(flight.id, clock_in(delay));
  } else {
    answers_.push({clock_in(delay), flight.id, flight.is_write(), 0});
  }
  wake();
}

void Initiator::wake() {
  if (!playing_) due_.notify();
}

tlm::tlm_sync_enum Initiator::nb_transport_bw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_time& delay) {
  auto& flight = static_cast<Flight&>(payload);
  const std::uint64_t clock = clock_in(delay);
  if (phase != tlm::END_REQ && phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  // BEGIN_RESP without END_REQ ends the request as well.
  if (request_open_ && player_.access().id == flight.id) {
    request_open_ = false;
    accepted(clock);
  }
  if (phase == tlm::END_REQ) {
    wake();
    return tlm::TLM_ACCEPTED;
  }
  take(flight, delay);
  flight.release();
  return tlm::TLM_COMPLETED;
}

void Initiator::schedule() {
  std::uint64_t next = request_open_ ? kNever : player_.next_attempt();
  if (!answers_.empty()) next = std::min(next, answers_.top().clock);
  if (ended_ || next == kNever) return;
  next = std::min(next, told_ + kSilence);
  const std::uint64_t time = config_.time.time_of(next);
  const std::uint64_t now = protocol::to_ps(sc_core::sc_time_stamp());
  due_.notify(protocol::from_ps(time > now ? time - now : 0));
}

/// The clock from which the target's queue has room for an access, as far as is known.
std::uint64_t Initiator::room_from(std::uint64_t clock, const Access& access) const {
  const TargetQueue& queue = config_.queue;
  const bool write = access.write;
  const bool apart = queue.write_room != 0;
  const std::uint32_t room = apart && write ? queue.write_room : queue.room;
  if (answers_.size() < room || (write && queue.posted_writes)) return clock;
  const std::uint32_t channel = channel_of(access.address);
  std::uint32_t held = 0;
  std::uint64_t earliest = kNever;
  for (const Due& due : answers_.all()) {
    if (due.channel != channel) continue;
    if ((apart && due.write != write) || (due.write && queue.posted_writes)) continue;
    const std::uint64_t leaves = due.clock - queue.answer_clocks[due.write ? 1 : 0];
    if (leaves <= clock) continue;
    ++held;
    earliest = std::min(earliest, leaves);
  }
  return held < room ? clock : earliest;
}

/// One access that the target has room for; its answer is known afterwards.
void Initiator::access_temporal(std::uint64_t clock, std::uint64_t time_ps) {
  const std::uint64_t now = protocol::to_ps(sc_core::sc_time_stamp());
  sc_time local = protocol::from_ps(time_ps > now ? time_ps - now : 0);
  tick(clock);
  attempted_ = clock;
  Flight& flight = prepare();
  socket->b_transport(flight, local);
  check(flight);
  const Due answer{clock_in(local), flight.id, flight.is_write(),
                   channel_of(player_.access().address)};
  flight.release();
  // A posted write is answered in the clock after it was taken.
  if (answer.write && config_.queue.posted_writes && answer.clock > clock + 1) {
    taken_ = {answer.clock - 1, answer};
    player_.refused(clock, kNever);
    return;
  }
  accepted(clock);
  answers_.push(answer);
}

/// All of it at local times: answers are known when they are asked for.
void Initiator::play_temporal() {
  while (!player_.done() && failure_ == nullptr && !ended_) {
    const std::uint64_t next = std::min(player_.next_attempt(), taken_.clock);
    if (!answers_.empty() && answers_.top().clock <= next) {
      answered(answers_.top().id, answers_.top().clock);
      answers_.pop();
      continue;
    }
    if (taken_.clock != kNever) {
      accepted(taken_.clock);
      answers_.push(taken_.answer);
      taken_.clock = kNever;
      continue;
    }
    const std::uint64_t again = room_from(next, player_.access());
    if (again > next) {
      player_.refused(next, again);
      continue;
    }
    const std::uint64_t now = protocol::to_ps(sc_core::sc_time_stamp());
    const std::uint64_t time = config_.time.time_of(next);
    if (time > now + config_.quantum_ps) {
      const std::uint64_t soon = clock_in(sc_core::SC_ZERO_TIME) + kSilence;
      wait(protocol::from_ps(std::min(time, config_.time.time_of(soon)) - now));
      tick(clock_in(sc_core::SC_ZERO_TIME));
      continue;
    }
    access_temporal(next, time);
  }
  end();
}

}  // namespace lookaside::traffic
