// SPDX-License-Identifier: Apache-2.0
// The DDR controller as a TLM-2.0 target: memory, its timing, atomics.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/ddr/command_wave.h>
#include <lookaside/ddr/config.h>
#include <lookaside/ddr/granules.h>
#include <lookaside/ddr/memory.h>
#include <lookaside/ddr/meters.h>
#include <lookaside/ddr/nb_port.h>
#include <lookaside/ddr/queueing.h>
#include <lookaside/ddr/temporal.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::ddr {

/// Models RAM behind the channels of one DDR controller. Three ways in, on one socket:
/// - b_transport under calibrated timing: a plain access of a hart (AccessExtension.requester
///   hart-fetch or hart-data, no AtomicExtension) costs `calibrated_access_ps`; everything else
///   (walkers, DMA, atomics, unknown requesters) asks the temporal model at the caller's local
///   time. Under temporal timing every access asks it. Never waits. Under approximate timing
///   b_transport waits until its access has been through the queues.
/// - nb_transport: the four-phase base protocol, always through the queues (NbPort).
/// - a DMI pointer, always at `calibrated_access_ps`.
/// The bytes are the same for all; each access executes at one moment, when it arrives. The banks
/// are not: the temporal model and the queues each have their own, and do not see each other's
/// traffic. Under approximate timing all accesses but those by pointer share the queues.
///
/// Addresses at the socket are physical; a router maps each of regions() with an offset of its
/// base. What payloads do: see Memory. An atomic that reads and writes takes the DRAM twice and is
/// answered when it has read; a store-conditional that fails takes none. A plain write for which
/// the guard wants whole words (error correction) and which leaves part of one takes the DRAM
/// twice, too, and is answered so: the bursts with such a part are read and written, with byte
/// enables all.
///
/// DMI: whole regions, read and write, except granules that hold a watched range (read only) or a
/// denied one (nothing). While memory is in self-refresh no pointer is lent, and its beginning
/// takes all back; accesses by pointer are not seen, so they do not keep it awake: the next access
/// comes as a transaction. Under temporal and approximate timing responses carry no DMI hint: who
/// follows hints stays in time. A holder of a DMI write pointer writes unseen by reservations: in a
/// system of several harts the pointer may serve stores only of the hart whose reservations matter.
///
/// transport_dbg: no time, no statistics, no callbacks but DataGuard's; a debug write ends
/// overlapping reservations.
///
/// With `check`, every DRAM command is checked; one that breaks a rule is an SC_ERROR with message
/// type kViolationMessage at the end of the simulation, and a statistic.
class Controller : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Controller, 64> socket;
  static constexpr const char* kViolationMessage = "/lookaside/ddr/violation";

  /// Throws what validate() throws, and DdrError.
  Controller(const sc_core::sc_module_name& name, const ControllerConfig& config = {},
             observe::SignalSink* sink = nullptr);
  ~Controller() override;

  /// Calls back after each transaction that writes a byte of [first, last] (inclusive, must lie in
  /// memory, else DdrError). Such writes always arrive as transactions: no write pointer is granted
  /// for these granules, and one granted earlier is revoked.
  void watch(std::uint64_t first, std::uint64_t last, WriteCallback callback);

  /// Sees all data from now on; null: nobody.
  void attach(DataGuard* guard) { memory_.attach(guard); }
  /// From now on every access to these bytes is a transaction: pointers to their granules are
  /// denied, and those lent earlier are taken back. permit_direct() undoes one call.
  void deny_direct(std::uint64_t first, std::uint64_t last);
  void permit_direct(std::uint64_t first, std::uint64_t last);
  /// Refreshes come `rate` times as often as tREFI asks from local time `now_ps` on; 0: never. The
  /// queues, which know no local time, follow at simulated time.
  void set_refresh(unsigned rate, std::uint64_t now_ps);
  /// Each command of each channel, in the order of time of the channel: under calibrated and
  /// temporal timing some time later, from the queues at the latest when an answer is due. Any
  /// number of callbacks; before the simulation starts.
  using CommandCallback = std::function<void(unsigned channel, const dram::Command&)>;
  void on_command(const CommandCallback& callback);

  /// Told when refreshes come `rate` times as often as tREFI asks from a clock on; 0: never. At
  /// once if they never do. Before the simulation starts.
  using RefreshCallback = std::function<void(unsigned rate, std::uint64_t clock)>;
  void on_refresh_rate(RefreshCallback callback);

  /// Told, before the access that ends it is executed, from when to when all of memory was in
  /// self-refresh. One callback.
  using SleepCallback = std::function<void(std::uint64_t from_ps, std::uint64_t to_ps)>;
  void on_sleep(SleepCallback callback) { sleep_callback_ = std::move(callback); }
  /// When all of memory goes into self-refresh unless somebody comes, ps: in the past if it sleeps,
  /// the last ps of time if it never does.
  std::uint64_t asleep_from() const;

  /// Memory as it is configured: sorted, neighbours joined.
  std::vector<Region> regions() const;
  const ControllerConfig& config() const { return config_; }
  const BackingStore& store() const { return memory_.store(); }
  const dram::Mapping& mapping() const { return map_; }
  /// Serves what waits, posted writes above all, though simulated time stands still: at the end of
  /// a run. The time of the last beat of data on any channel, ps.
  std::uint64_t drain_ps();
  /// Counters of all channels up to now.
  Totals totals();
  observe::StatisticGroup& statistics() { return statistics_; }

 private:
  using Payload = tlm::tlm_generic_payload;

  void b_transport(Payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void b_queued(Payload& payload, const Request& request, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& payload);
  void end_of_simulation() override;

  void ask_model(Payload& payload, const Request& request, const Deed& deed,
                 sc_core::sc_time& delay);
  Temporal::Answer modify(const Payload& payload, const Request& request, std::uint64_t now_ps,
                          std::uint64_t horizon_ps);
  void hint(Payload& payload, const Request& request) const;
  bool withheld(const Payload& payload, const Request& request) const;
  void revoke(std::uint64_t first, std::uint64_t last);
  void revoke_all();
  bool asleep() const;
  void wake(std::uint64_t at_ps);
  void used(std::uint64_t until_ps);
  void fall_asleep();
  void commanded(unsigned channel, const dram::Command& command);
  void show(std::uint64_t time_ps, const Payload& payload, const Request& request,
            const dram::Coordinates& at, unsigned activity) const;
  void declare_signals(observe::SignalSink* sink);
  void show_commands(observe::SignalSink* sink);

  ControllerConfig config_;
  Memory memory_;
  dram::Mapping map_;
  sc_core::sc_time calibrated_;
  observe::StatisticGroup statistics_;
  Meters meters_;
  Temporal temporal_;
  Queueing queueing_;
  NbPort nb_port_;
  std::vector<CommandCallback> command_callbacks_;
  RefreshCallback refresh_callback_;
  std::vector<std::unique_ptr<CommandWave>> waves_;  // of each channel, when there is a sink

  Granules denied_;
  bool granted_ = false;
  std::uint64_t sleep_after_ps_;  // 0: never
  std::uint64_t awake_until_ps_ = 0;
  sc_core::sc_event sleep_;
  SleepCallback sleep_callback_;

  observe::Signal address_signal_;
  observe::Signal requester_signal_;
  observe::Signal bank_signal_;
  observe::Signal row_signal_;
  observe::Signal activity_signal_;
};

}  // namespace lookaside::ddr
