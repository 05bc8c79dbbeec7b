// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/ddr/controller.h>
#include <lookaside/protocol/time.h>

namespace lookaside::ddr {
namespace {

/// Above the row states that an access can find.
constexpr unsigned kConstant = 4;

/// A caller of b_transport whose access is in the queues.
struct BlockedCaller : QueueClient {
  sc_core::sc_event over;
  void accepted(tlm::tlm_generic_payload& /*payload*/) override {}
  void finished(tlm::tlm_generic_payload& /*payload*/) override { over.notify(); }
};

const ControllerConfig& checked(const ControllerConfig& config) {
  validate(config);
  return config;
}

std::uint64_t sleep_after(const ControllerConfig& config) {
  return Clock(config.organization.device.data_rate_mts).time_of(config.channel.self_refresh_after);
}

/// With all of the words it begins and ends in: of these, memory is read and written.
Request in_words(Request request) {
  const std::uint64_t before = request.offset % kWordBytes;
  request.offset -= before;
  request.bytes = (request.bytes + before + kWordBytes - 1) / kWordBytes * kWordBytes;
  return request;
}

}  // namespace

Controller::Controller(const sc_core::sc_module_name& name, const ControllerConfig& config,
                       observe::SignalSink* sink)
    : sc_module(name),
      socket("socket"),
      config_(checked(config)),
      memory_(config.regions, config.stores_data),
      map_(config.organization, config.map, config.exclusive_or),
      calibrated_(protocol::from_ps(config.calibrated_access_ps)),
      statistics_(basename()),
      meters_(config, statistics_, [this] { return totals(); }),
      temporal_(config, map_, meters_),
      queueing_("queues", config, map_, memory_, meters_),
      nb_port_("port", memory_, queueing_,
               [this](Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
                 if (sleep_after_ps_ != 0) used(sc_core::sc_time_stamp().value());
                 return socket->nb_transport_bw(payload, phase, delay);
               }),
      sleep_after_ps_(sleep_after(config)) {
  socket.register_b_transport(this, &Controller::b_transport);
  socket.register_nb_transport_fw(this, &Controller::nb_transport_fw);
  socket.register_get_direct_mem_ptr(this, &Controller::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &Controller::transport_dbg);
  SC_HAS_PROCESS(Controller);
  SC_METHOD(fall_asleep);
  sensitive << sleep_;
  dont_initialize();
  declare_signals(sink);
}

Controller::~Controller() = default;

std::vector<Region> Controller::regions() const {
  std::vector<Region> regions;
  for (const auto& span : memory_.store().spans()) {
    regions.push_back({span.first, span.last - span.first + 1});
  }
  return regions;
}

std::uint64_t Controller::drain_ps() {
  queueing_.drain();
  temporal_.settle(sc_core::sc_time_stamp().value());
  return Clock(config_.organization.device.data_rate_mts).time_of(totals().counters.data_end);
}

Totals Controller::totals() {
  Totals totals;
  temporal_.add_to(totals, sc_core::sc_time_stamp().value(), queueing_.used());
  queueing_.add_to(totals);
  return totals;
}

void Controller::on_refresh_rate(RefreshCallback callback) {
  refresh_callback_ = std::move(callback);
  if (config_.channel.refresh == dram::RefreshMode::kNone) refresh_callback_(0, 0);
}

void Controller::set_refresh(unsigned rate, std::uint64_t now_ps) {
  if (config_.channel.refresh == dram::RefreshMode::kNone) return;
  if (refresh_callback_) {
    refresh_callback_(rate, Clock(config_.organization.device.data_rate_mts).clock_at(now_ps));
  }
  temporal_.set_refresh(rate, now_ps);
  queueing_.set_refresh(rate);
}

void Controller::on_command(const CommandCallback& callback) {
  command_callbacks_.push_back(callback);
  if (command_callbacks_.size() > 1) return;
  const auto tell = [this](unsigned channel, const dram::Command& command) {
    commanded(channel, command);
  };
  temporal_.on_command(tell);
  queueing_.on_command(tell);
}

void Controller::commanded(unsigned channel, const dram::Command& command) {
  for (const CommandCallback& callback : command_callbacks_) callback(channel, command);
}

tlm::tlm_sync_enum Controller::nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                               sc_core::sc_time& delay) {
  if (sleep_after_ps_ != 0 && phase == tlm::BEGIN_REQ) wake(protocol::local_ps(delay));
  return nb_port_.forward(payload, phase, delay);
}

void Controller::b_transport(Payload& payload, sc_core::sc_time& delay) {
  const Request request = memory_.look(payload);
  if (request.span == nullptr) {
    payload.set_response_status(request.status);
    return;
  }
  if (sleep_after_ps_ != 0) wake(protocol::local_ps(delay));
  if (config_.timing == Timing::kApproximate) return b_queued(payload, request, delay);
  // Only a guard and a waveform want to know the time before the access.
  const std::uint64_t now = memory_.guarded() || activity_signal_ ? protocol::local_ps(delay) : 0;
  Deed deed;
  if (config_.timing == Timing::kCalibrated && request.plain_hart()) {
    deed = memory_.execute(payload, request, now);
    if (activity_signal_) show(now, payload, request, map_.locate(request.offset), kConstant);
    delay += calibrated_;
  } else if (memory_.only_moves(payload, request)) {
    deed = Memory::move_of(payload);
    memory_.prefetch(payload, request);
    ask_model(payload, request, deed, delay);
    memory_.execute(payload, request, now);
  } else {
    deed = memory_.execute(payload, request, now);
    ask_model(payload, request, deed, delay);
  }
  if (sleep_after_ps_ != 0) used(protocol::local_ps(delay));
  if (deed.writes && !memory_.watches().empty()) {
    memory_.announce(payload, request, deed, protocol::local_ps(delay));
  }
  hint(payload, request);
}

void Controller::ask_model(Payload& payload, const Request& request, const Deed& deed,
                           sc_core::sc_time& delay) {
  const std::uint64_t now = protocol::local_ps(delay);
  meters_.access(request.requester, payload.get_data_length());
  if (request.atomic != nullptr) meters_.atomic(request.atomic->op);
  const std::uint64_t simulated = now - delay.value();
  const bool modifies = request.atomic == nullptr && deed.reads && deed.writes;
  const Temporal::Answer answer = modifies
                                      ? modify(payload, request, now, simulated)
                                      : temporal_.serve(payload, request, deed, now, simulated);
  delay += protocol::from_ps(answer.finish_ps - now);
  if (activity_signal_ && (deed.reads || deed.writes)) {
    show(now, payload, request, map_.locate(request.offset), static_cast<unsigned>(answer.row) + 1);
    activity_signal_.set(answer.finish_ps, 0);
  }
}

/// A plain write with parts of words, in stretches of bursts that are read first and that are not.
Temporal::Answer Controller::modify(const Payload& payload, const Request& request,
                                    std::uint64_t now_ps, std::uint64_t horizon_ps) {
  const bool masked = payload.get_byte_enable_ptr() != nullptr;
  Temporal::Answer answer{};
  Request part = request;
  Bursts bursts(map_.burst_bytes(), request.offset, request.bytes);
  while (!bursts.done()) {
    const bool reads = bursts.reads_first(masked);
    do {
      bursts.next();
    } while (!bursts.done() && bursts.reads_first(masked) == reads);
    const std::uint64_t end = std::min(bursts.offset(), request.offset + request.bytes);
    part.bytes = end - part.offset;
    const Temporal::Answer of_part =
        temporal_.serve(payload, masked ? part : in_words(part), {reads, true}, now_ps, horizon_ps);
    if (part.offset == request.offset) answer.row = of_part.row;
    answer.finish_ps = std::max(answer.finish_ps, of_part.finish_ps);
    part.offset = end;
  }
  return answer;
}

void Controller::b_queued(Payload& payload, const Request& request, sc_core::sc_time& delay) {
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  BlockedCaller caller;
  queueing_.enter(caller, payload, request);
  wait(caller.over);
  if (sleep_after_ps_ != 0) used(sc_core::sc_time_stamp().value());
  hint(payload, request);
}

/// H-DMI-18: a hint promises that a request for this address and command would succeed now.
void Controller::hint(Payload& payload, const Request& request) const {
  const bool may = config_.timing == Timing::kCalibrated &&
                   (request.requester == protocol::Requester::kHartFetch ||
                    request.requester == protocol::Requester::kHartData);
  payload.set_dmi_allowed(may && !withheld(payload, request));
}

/// Whether the address lies where no pointer is lent for the command.
bool Controller::withheld(const Payload& payload, const Request& request) const {
  const Granules& watched = memory_.watches().granules();
  if (denied_.empty() && watched.empty()) return false;
  std::uint64_t first = request.span->first;
  std::uint64_t last = request.span->last;
  const std::uint64_t address = payload.get_address();
  return denied_.clip(address, first, last) ||
         (payload.is_write() && watched.clip(address, first, last));
}

unsigned Controller::transport_dbg(Payload& payload) {
  return memory_.debug(payload, sc_core::sc_time_stamp().value());
}

void Controller::end_of_simulation() {
  temporal_.finish(sc_core::sc_time_stamp().value());
  queueing_.finish();
  for (const std::string& violation : {temporal_.first_violation(), queueing_.first_violation()}) {
    if (violation.empty()) continue;
    SC_REPORT_ERROR(kViolationMessage, (std::string(name()) + ": " + violation).c_str());
  }
}

}  // namespace lookaside::ddr
