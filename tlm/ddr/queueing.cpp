// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/ddr/queueing.h>
#include <lookaside/protocol/time.h>

namespace lookaside::ddr {
namespace {

/// The low bits of a burst's id are the ticket of its access; the others make it unique.
constexpr unsigned kTicketBits = 20;
constexpr std::uint64_t kTicketMask = (std::uint64_t{1} << kTicketBits) - 1;

std::uint64_t shortest_answer(const dram::Device& d) {
  return std::min(d.data_end(false), d.data_end(true));
}

}  // namespace

Queueing::Queueing(const sc_core::sc_module_name& name, const ControllerConfig& config,
                   const dram::Mapping& map, Memory& memory, Meters& meters)
    : sc_module(name),
      clock_(config.organization.device.data_rate_mts),
      map_(map),
      memory_(memory),
      meters_(meters),
      priority_(config.priority),
      pipeline_(config.pipeline_clocks),
      shortest_answer_(shortest_answer(config.organization.device)),
      posted_(config.channel.posted_writes) {
  const dram::Organization& o = config.organization;
  channels_.resize(o.channels);
  for (Channel& channel : channels_) {
    channel.core = std::make_unique<dram::Controller>(o, config.channel);
    if (!config.check) continue;
    channel.checker = std::make_unique<dram::Checker>(o.device, o.ranks);
    if (config.channel.refresh == dram::RefreshMode::kNone) channel.checker->set_refresh(0, 0);
    channel.core->attach(channel.checker.get());
  }
  SC_HAS_PROCESS(Queueing);
  SC_METHOD(work);
  sensitive << wake_;
  dont_initialize();
}

std::uint32_t Queueing::open(QueueClient* client) {
  if (!used_) meters_.queues_used();
  used_ = true;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(accesses_.size()));
    accesses_.emplace_back();
  }
  const std::uint32_t ticket = free_.back();
  free_.pop_back();
  accesses_[ticket] = Access{};
  accesses_[ticket].client = client;
  accesses_[ticket].arrival = clock_.clock_at(now_ps());
  return ticket;
}

bool Queueing::enter(QueueClient& client, tlm::tlm_generic_payload& payload,
                     const Request& request) {
  const std::uint32_t ticket = open(&client);
  Access& a = accesses_[ticket];
  a.payload = &payload;
  a.request = request;
  bool accepted = true;
  if (request.span == nullptr) {
    payload.set_response_status(request.status);
    answer(ticket, a.arrival);
  } else {
    // Its data moves when it has found room: by then the host has the line at hand.
    __builtin_prefetch(BackingStore::at(*request.span, payload.get_address()), 1);
    const std::uint32_t index = request.access != nullptr ? request.access->hart : 0;
    a.kind = static_cast<std::uint8_t>(request.requester);
    a.source = &meters_.source(request.requester, index);
    a.bursts = {map_.burst_bytes(), request.offset, request.bytes};
    a.write = payload.is_write();
    a.masked = payload.get_byte_enable_ptr() != nullptr;
    if (request.atomic == nullptr && memory_.modifies(payload, request)) a.half = Half::kFirst;
    accepted = blocked_.empty() && accept(ticket, a.arrival);
    if (!accepted) blocked_.push_back(ticket);
  }
  schedule();
  return accepted;
}

void Queueing::execute(Access& a) {
  a.deed = memory_.execute(*a.payload, a.request, now_ps());
  meters_.access(a.request.requester, a.payload->get_data_length());
  if (a.request.atomic != nullptr) meters_.atomic(a.request.atomic->op);
}

/// Pushes what is left of an access and executes it; false when a queue is full. An atomic, which
/// is one burst, is executed first: only then is known what it does to the DRAM.
bool Queueing::accept(std::uint32_t ticket, std::uint64_t clock) {
  Access& a = accesses_[ticket];
  const bool moves = a.payload == nullptr || a.payload->is_read() || a.payload->is_write();
  if (a.payload != nullptr && (a.request.atomic != nullptr || !moves)) {
    if (moves && !room_for_any(a, clock)) return false;
    execute(a);
    a.write = a.deed.writes && !a.deed.reads;
    if (!a.deed.reads && !a.deed.writes) {
      a.bursts = {};
      answer(ticket, clock);
      return true;
    }
    return push_bursts(ticket, clock);
  }
  if (!push_bursts(ticket, clock)) return false;
  if (a.payload != nullptr) execute(a);
  return true;
}

/// Whether a read as well as a write of its first burst would find room.
bool Queueing::room_for_any(const Access& access, std::uint64_t clock) {
  const unsigned channel = map_.locate(access.bursts.offset()).channel;
  step(channel, clock);
  return channels_[channel].core->has_room(false) && channels_[channel].core->has_room(true);
}

/// At once past those that it leaves out: an access whose last burst is answered must be at its
/// end.
void Queueing::Access::next_burst() {
  bursts.next();
  while (half == Half::kSecond && !bursts.done() && !reads_first()) bursts.next();
}

/// Its next burst.
dram::Transaction Queueing::Access::burst(const dram::Mapping& map) const {
  dram::Transaction t;
  t.at = map.locate(bursts.offset());
  t.kind = kind;
  const bool modified = half == Half::kSecond || (half == Half::kFirst && reads_first());
  t.write = half == Half::kSecond || (write && !modified);
  t.mask = modified ? bursts.in_words().mask(t.write, nullptr) : bursts.mask(t.write, payload);
  t.touches = modified ? bursts.in_words().touches() : bursts.touches();
  return t;
}

/// False when a queue is full before the last of them has entered.
bool Queueing::push_bursts(std::uint32_t ticket, std::uint64_t clock) {
  while (!accesses_[ticket].bursts.done()) {
    Access& a = accesses_[ticket];
    dram::Transaction t = a.burst(map_);
    t.id = bursts_ << kTicketBits | ticket;
    t.priority = priority_[a.kind];
    const unsigned channel = t.at.channel;
    Channel& c = channels_[channel];
    step(channel, clock);
    const unsigned queued = on_arrival_ ? c.core->queued(t.write) : 0;
    if (!c.core->push(t, c.reached)) {
      if (!a.refused) ++refused_;
      a.refused = true;
      return false;
    }
    if (on_arrival_ && c.core->queued(t.write) != queued) on_arrival_(channel, c.reached, t.write);
    ++bursts_;
    ++a.waiting;
    ++c.awaited;
    a.next_burst();
    if (posted_) step(channel, clock);
  }
  return true;
}

void Queueing::push_blocked(std::uint64_t clock) {
  while (!blocked_.empty() && accept(blocked_.front(), clock)) {
    const Access& a = accesses_[blocked_.front()];
    blocked_.pop_front();
    if (a.client != nullptr) a.client->accepted(*a.payload);
  }
}

void Queueing::step(unsigned channel, std::uint64_t clock) {
  Channel& c = channels_[channel];
  c.reached = std::max(c.reached, clock);
  take(channel, c.core->step(c.reached));
}

void Queueing::take(unsigned channel, const dram::Step& step) {
  if (on_command_) {
    telling_ = true;
    for (const dram::Command& command : step.commands) {
      on_command_(channel, command);
      channels_[channel].told = command.clock;
    }
    telling_ = false;
  }
  channels_[channel].told = channels_[channel].reached;
  for (const dram::Completion& done : step.completions) {
    const auto ticket = static_cast<std::uint32_t>(done.id & kTicketMask);
    Access& a = accesses_[ticket];
    --channels_[channel].awaited;
    --a.waiting;
    a.finish = std::max(a.finish, done.finish);
    if (a.source != nullptr) {
      const std::uint64_t before = done.arrival - a.arrival + pipeline_;
      meters_.burst(*a.source, done, before, before);
    }
    if (a.waiting == 0 && a.bursts.done()) answer(ticket, a.finish);
  }
}

void Queueing::answer(std::uint32_t ticket, std::uint64_t clock) {
  due_.push({clock + pipeline_, order_++, ticket});
}

void Queueing::drain() {
  for (unsigned channel = 0; channel < channels_.size() && used_; ++channel) {
    const dram::Controller& core = *channels_[channel].core;
    while (core.queued(false) + core.queued(true) > 0) step(channel, core.next_event());
  }
}

void Queueing::catch_up() {
  if (!used_) return;
  const std::uint64_t clock = clock_.last_until(now_ps());
  for (unsigned channel = 0; channel < channels_.size(); ++channel) {
    if (channels_[channel].core->next_event() <= clock) step(channel, clock);
  }
  if (!blocked_.empty()) push_blocked(clock_.clock_at(now_ps()));
}

std::uint64_t Queueing::tell() {
  const std::uint64_t clock = clock_.last_until(now_ps());
  std::uint64_t told = clock;
  for (unsigned channel = 0; channel < channels_.size() && used_; ++channel) {
    // While somebody waits for room no step is late, and an accepted one must be told in its time.
    if (!telling_ && blocked_.empty()) step(channel, clock);
    told = std::min(told, channels_[channel].told);
  }
  return told;
}

void Queueing::work() {
  catch_up();
  const std::uint64_t clock = clock_.last_until(now_ps());
  while (!due_.empty() && due_.top().clock <= clock) {
    const std::uint32_t ticket = due_.top().ticket;
    due_.pop();
    deliver(ticket);
  }
  schedule();
}

void Queueing::deliver(std::uint32_t ticket) {
  const Access done = accesses_[ticket];
  free_.push_back(ticket);
  if (done.client == nullptr) return;
  const bool read_first =
      done.request.atomic != nullptr ? done.deed.reads : done.half == Half::kFirst;
  if (read_first && done.deed.writes) write_back(done);
  if (done.request.span != nullptr) {
    memory_.announce(*done.payload, done.request, done.deed, now_ps());
  }
  done.client->finished(*done.payload);
}

/// The second half of an access that reads and writes. Nobody waits for it.
void Queueing::write_back(const Access& access) {
  const std::uint32_t ticket = open(nullptr);
  Access& a = accesses_[ticket];
  a.kind = access.kind;
  a.source = access.source;
  a.bursts = {map_.burst_bytes(), access.request.offset, access.request.bytes};
  a.write = true;
  if (access.half == Half::kFirst) {
    a.half = Half::kSecond;
    a.masked = access.masked;
    if (!a.reads_first()) a.next_burst();
  }
  if (!blocked_.empty() || !accept(ticket, a.arrival)) blocked_.push_back(ticket);
}

void Queueing::schedule() {
  std::uint64_t next = due_.empty() ? dram::kNever : due_.top().clock;
  for (const Channel& c : channels_) {
    const std::uint64_t event = c.core->next_event();
    if (event == dram::kNever) continue;
    if (punctual_ || !blocked_.empty()) {
      next = std::min(next, event);
    } else if (c.awaited > 0) {
      next = std::min(next, event + shortest_answer_);
    }
  }
  if (next == dram::kNever) return;
  const std::uint64_t time = clock_.time_of(next);
  wake_.notify(protocol::from_ps(time > now_ps() ? time - now_ps() : 0));
}

void Queueing::add_to(Totals& totals) {
  if (!used_) return;
  catch_up();
  totals.counters.refused += refused_;
  for (Channel& c : channels_) {
    // A clock that has been stepped to, not one a push has seen: they never go back.
    const std::uint64_t clock = std::max(c.reached, clock_.last_until(now_ps()));
    dram::StandbyClocks standby;
    for (unsigned rank = 0; rank < c.core->organization().ranks; ++rank) {
      standby.push_back(c.core->standby(rank, clock));
    }
    totals.add(c.core->organization(), c.core->counters(), standby, clock);
    if (c.checker != nullptr) totals.violations += c.checker->violation_count();
  }
}

void Queueing::set_refresh(unsigned rate) {
  catch_up();
  for (Channel& c : channels_) {
    c.core->set_refresh(rate, std::max(c.reached, clock_.last_until(now_ps())));
  }
  if (used_) schedule();
}

void Queueing::finish() {
  if (!used_) return;
  catch_up();
  for (Channel& c : channels_) {
    if (c.checker != nullptr) c.checker->finish(clock_.last_until(now_ps()));
  }
}

std::string Queueing::first_violation() const {
  for (const Channel& c : channels_) {
    if (c.checker != nullptr && c.checker->violation_count() != 0) return c.checker->first();
  }
  return "";
}

}  // namespace lookaside::ddr
