// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/bus/router.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/time.h>

namespace lookaside::bus {
namespace {

using protocol::AccessExtension;
using protocol::Requester;

Requester requester_of(const tlm::tlm_generic_payload& payload) {
  const auto* extension = payload.get_extension<AccessExtension>();
  return extension != nullptr ? extension->requester : Requester::kUnknown;
}

std::vector<std::string> requester_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    names.emplace_back(protocol::name(static_cast<Requester>(i)));
  }
  return names;
}

}  // namespace

Router::Router(const sc_core::sc_module_name& name, const RouterConfig& config,
               observe::SignalSink* sink)
    : sc_module(name),
      target_socket("target_socket"),
      initiator_socket_("initiator_socket"),
      latency_(protocol::from_ps(config.latency_ps)),
      sink_(sink),
      statistics_(basename()),
      per_target_({}),
      per_requester_(requester_names()) {
  target_socket.register_b_transport(this, &Router::b_transport);
  target_socket.register_get_direct_mem_ptr(this, &Router::get_direct_mem_ptr);
  target_socket.register_transport_dbg(this, &Router::transport_dbg);
  initiator_socket_.register_invalidate_direct_mem_ptr(this, &Router::invalidate);
}

unsigned Router::attach(const std::string& name, TargetKind kind,
                        tlm::tlm_base_target_socket_b<64>& socket) {
  initiator_socket_.bind(socket);
  targets_.push_back({name, kind});
  return static_cast<unsigned>(targets_.size() - 1);
}

void Router::map(unsigned target, std::uint64_t base, std::uint64_t size,
                 std::uint64_t target_base) {
  if (target >= targets_.size()) {
    throw RouterError("bus: mapping of target " + std::to_string(target) + ", but only " +
                      std::to_string(targets_.size()) + " are attached");
  }
  if (size == 0) throw RouterError("bus: mapping of '" + targets_[target].name + "' is empty");
  map_.add({base, base + size - 1, target, target_base, targets_[target].name});
}

void Router::before_end_of_elaboration() {
  per_target_ = observe::Vector([this] {
    std::vector<std::string> names;
    for (const Target& target : targets_) names.push_back(target.name);
    return names;
  }());
  const std::string uncounted =
      "; plain hart accesses to memory are not counted: they may bypass the bus through a pointer";
  statistics_.add({"transactions", "accesses", "transactions forwarded to each target" + uncounted},
                  per_target_);
  statistics_.add({"requests", "accesses", "transactions forwarded for each requester" + uncounted},
                  per_requester_);
  statistics_.add({"address_errors", "accesses",
                   "transactions that met no target or crossed the border of one"},
                  address_errors_);
}

void Router::end_of_elaboration() {
  std::vector<observe::EnumName> requesters;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    requesters.push_back({i, protocol::name(static_cast<Requester>(i))});
  }
  std::vector<observe::EnumName> targets;
  for (const Target& target : targets_) targets.push_back({targets.size(), target.name});
  targets.push_back({targets.size(), "none"});
  using observe::SignalKind;
  const std::string scope = basename();
  address_signal_ = {
      sink_, {scope, "address", SignalKind::kBits, 64, {}, "physical address of the transaction"}};
  requester_signal_ = {sink_,
                       {scope, "requester", SignalKind::kEnum, 8, std::move(requesters),
                        "who caused the transaction"}};
  target_signal_ = {sink_,
                    {scope, "target", SignalKind::kEnum, 8, std::move(targets),
                     "the target that serves it; none: address error"}};
}

void Router::count(const tlm::tlm_generic_payload& payload, const Mapping& mapping,
                   Requester requester) {
  const bool may_bypass =
      targets_[mapping.target].kind == TargetKind::kMemory &&
      (requester == Requester::kHartFetch || requester == Requester::kHartData) &&
      payload.get_extension<protocol::AtomicExtension>() == nullptr;
  if (may_bypass) return;
  ++per_target_.values[mapping.target];
  ++per_requester_.values[static_cast<unsigned>(requester)];
}

void Router::show(std::uint64_t time_ps, std::uint64_t address, Requester requester,
                  std::uint64_t target) const {
  address_signal_.set(time_ps, address);
  requester_signal_.set(time_ps, static_cast<std::uint64_t>(requester));
  target_signal_.set(time_ps, target);
}

void Router::b_transport(int /*initiator*/, tlm::tlm_generic_payload& payload,
                         sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const Requester requester = requester_of(payload);
  // Streaming wraps inside `streaming_width` bytes: only those are touched (H-BE-02).
  const Mapping* mapping =
      map_.find(address, std::min(payload.get_data_length(), payload.get_streaming_width()));
  if (address_signal_) {
    show(protocol::local_ps(delay), address, requester,
         mapping != nullptr ? mapping->target : targets_.size());
  }
  delay += latency_;
  if (mapping == nullptr) {
    ++address_errors_.value;
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  count(payload, *mapping, requester);
  payload.set_address(mapping->to_target(address));
  initiator_socket_[static_cast<int>(mapping->target)]->b_transport(payload, delay);
  payload.set_address(address);
}

bool Router::get_direct_mem_ptr(int /*initiator*/, tlm::tlm_generic_payload& payload,
                                tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const Mapping* mapping = map_.find(address);
  if (mapping == nullptr) {
    const Hole hole = map_.hole(address);
    dmi.allow_none();
    dmi.set_start_address(hole.first);
    dmi.set_end_address(hole.last);
    return false;
  }
  payload.set_address(mapping->to_target(address));
  const bool granted =
      initiator_socket_[static_cast<int>(mapping->target)]->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);

  // Clip the target's answer to the window, then translate it back (H-DMI-01).
  const std::uint64_t window_last = mapping->to_target(mapping->last);
  const std::uint64_t first =
      std::max<std::uint64_t>(dmi.get_start_address(), mapping->target_base);
  const std::uint64_t last = std::min<std::uint64_t>(dmi.get_end_address(), window_last);
  if (granted) dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (first - dmi.get_start_address()));
  dmi.set_start_address(first - mapping->target_base + mapping->first);
  dmi.set_end_address(last - mapping->target_base + mapping->first);
  dmi.set_read_latency(dmi.get_read_latency() + latency_);
  dmi.set_write_latency(dmi.get_write_latency() + latency_);
  return granted;
}

unsigned Router::debug_part(tlm::tlm_generic_payload& payload, const Mapping& mapping,
                            std::uint64_t done, unsigned bytes) {
  // The length of the caller's payload is not ours to change (H-GP-06).
  tlm::tlm_generic_payload part;
  part.set_command(payload.get_command());
  part.set_address(mapping.to_target(payload.get_address() + done));
  part.set_data_ptr(payload.get_data_ptr() + done);
  part.set_data_length(bytes);
  part.set_streaming_width(bytes);
  auto* access = payload.get_extension<AccessExtension>();
  part.set_extension(access);
  const unsigned moved = initiator_socket_[static_cast<int>(mapping.target)]->transport_dbg(part);
  part.clear_extension(access);
  return std::min(moved, bytes);
}

unsigned Router::transport_dbg(int /*initiator*/, tlm::tlm_generic_payload& payload) {
  const unsigned length = payload.get_data_length();
  unsigned done = 0;
  while (done < length) {
    const std::uint64_t address = payload.get_address() + done;
    if (address < payload.get_address()) break;
    const Mapping* mapping = map_.find(address);
    if (mapping == nullptr) break;
    const auto bytes = static_cast<unsigned>(
        std::min<std::uint64_t>(length - done - 1, mapping->last - address) + 1);
    const unsigned moved = debug_part(payload, *mapping, done, bytes);
    done += moved;
    if (moved < bytes) break;
  }
  return done;
}

void Router::invalidate(int target, sc_dt::uint64 first, sc_dt::uint64 last) {
  for (const Mapping& mapping : map_.mappings()) {
    if (mapping.target != static_cast<unsigned>(target)) continue;
    const std::uint64_t window_last = mapping.to_target(mapping.last);
    if (last < mapping.target_base || first > window_last) continue;
    const std::uint64_t from = std::max<std::uint64_t>(first, mapping.target_base);
    const std::uint64_t to = std::min<std::uint64_t>(last, window_last);
    for (unsigned i = 0; i < target_socket.size(); ++i) {
      target_socket[static_cast<int>(i)]->invalidate_direct_mem_ptr(
          from - mapping.target_base + mapping.first, to - mapping.target_base + mapping.first);
    }
  }
}

}  // namespace lookaside::bus
