// SPDX-License-Identifier: Apache-2.0
// What the DDR controller tells about itself: statistics and signals.
#include <lookaside/ddr/controller.h>

namespace lookaside::ddr {
namespace {

constexpr unsigned kAtomicOps = static_cast<unsigned>(protocol::AtomicOp::kCompareAndSwap) + 1;

std::vector<std::string> requester_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    names.emplace_back(protocol::name(static_cast<protocol::Requester>(i)));
  }
  return names;
}

}  // namespace

void Controller::register_statistics() {
  accesses_ = observe::Vector(requester_names());
  bytes_ = observe::Vector(requester_names());
  outcomes_.assign(dram::kOutcomeCount, observe::Vector(requester_names()));
  atomics_ =
      observe::Vector({"load-reserved", "store-conditional", "swap", "add", "xor", "and", "or",
                       "min", "max", "min-unsigned", "max-unsigned", "compare-and-swap"});
  static_assert(kAtomicOps == 12, "one label for each atomic operation");

  static constexpr const char* kFound[dram::kOutcomeCount] = {
      "found their row open", "found no row open in their bank",
      "found another row open in their bank"};
  static constexpr const char* kPlural[dram::kOutcomeCount] = {"row_hits", "row_misses",
                                                               "row_conflicts"};
  statistics_.add({"accesses", "accesses",
                   "accesses served by the row-buffer model; of a hart these are its atomics"},
                  accesses_);
  statistics_.add({"bytes", "bytes", "data of these accesses"}, bytes_);
  for (unsigned i = 0; i < dram::kOutcomeCount; ++i) {
    statistics_.add({kPlural[i], "bursts", std::string("bursts that ") + kFound[i]}, outcomes_[i]);
  }
  statistics_.add({"refreshes", "commands", "refresh commands up to the newest of these accesses"},
                  rows_.refreshes);
  statistics_.add({"latency_ns", "ns", "from the arrival of such an access to its last data beat"},
                  latency_);
  statistics_.add({"atomics", "accesses", "atomic operations executed, by operation"}, atomics_);
  statistics_.add_absent(
      {"plain_hart_accesses", "accesses", "instruction fetches, loads and stores of the harts"},
      "calibrated timing: they cost a constant and may bypass the controller through a pointer");
}

void Controller::declare_signals(observe::SignalSink* sink) {
  using observe::SignalKind;
  const std::string scope = basename();
  std::vector<observe::EnumName> requesters;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    requesters.push_back({i, protocol::name(static_cast<protocol::Requester>(i))});
  }
  std::vector<observe::EnumName> activities = {{0, "idle"}};
  for (unsigned i = 0; i < dram::kOutcomeCount; ++i) {
    activities.push_back({i + 1, dram::name(static_cast<dram::Outcome>(i))});
  }
  activities.push_back({dram::kOutcomeCount + 1, "constant"});
  address_signal_ = {sink, {scope, "address", SignalKind::kBits, 64, {}, "physical address"}};
  requester_signal_ = {
      sink,
      {scope, "requester", SignalKind::kEnum, 8, std::move(requesters), "who caused the access"}};
  bank_signal_ = {sink, {scope, "bank", SignalKind::kBits, 8, {}, "bank of the address"}};
  row_signal_ = {sink, {scope, "row", SignalKind::kBits, 32, {}, "row of the address"}};
  activity_signal_ = {sink,
                      {scope, "activity", SignalKind::kEnum, 8, std::move(activities),
                       "what the access found in its bank; constant: calibrated timing, the "
                       "banks are not asked"}};
}

}  // namespace lookaside::ddr
