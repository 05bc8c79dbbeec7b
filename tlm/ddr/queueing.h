// SPDX-License-Identifier: Apache-2.0
// Approximately timed access: payloads go through the queues of the channels' controllers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include <systemc>

#include <lookaside/ddr/bursts.h>
#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/config.h>
#include <lookaside/ddr/memory.h>
#include <lookaside/ddr/meters.h>
#include <lookaside/dram/controller.h>

namespace lookaside::ddr {

/// Who waits for an access in the queues.
class QueueClient {
 public:
  virtual ~QueueClient() = default;
  /// The access, which had to wait for room, has all the room it needs and has been executed.
  virtual void accepted(tlm::tlm_generic_payload& payload) = 0;
  /// The access is over; called at the time of its last data beat.
  virtual void finished(tlm::tlm_generic_payload& payload) = 0;
};

/// One dram::Controller for each channel, and the payloads in them. Event driven: one method
/// process, woken only when an answer or a place in a queue that somebody waits for can be due; the
/// channels catch up with refreshes of idle time when they are needed next.
///
/// An access of several bursts takes one place for each; its bursts enter in order of address. One
/// that finds no room waits, and all later ones wait behind it. It is executed, its data moved,
/// when its last burst has found room: in the order in which accesses came. One that reads and
/// writes is answered when it has read; the write follows by itself: an atomic, and a plain write
/// whose parts of words the guard wants whole (Memory::modifies), of which the bursts that hold
/// such a part are read first, with byte enables all of them.
class Queueing : public sc_core::sc_module {
 public:
  Queueing(const sc_core::sc_module_name& name, const ControllerConfig& config,
           const dram::Mapping& map, Memory& memory, Meters& meters);

  /// What a channel did: each of its commands, in order of time. Called late, up to the time at
  /// which an answer was due, unless commands are awaited (set_punctual).
  using CommandCallback = std::function<void(unsigned channel, const dram::Command&)>;
  void on_command(CommandCallback callback) { on_command_ = std::move(callback); }
  /// Requests that take a place in a queue.
  using ArrivalCallback = std::function<void(unsigned channel, std::uint64_t clock, bool write)>;
  void on_arrival(ArrivalCallback callback) { on_arrival_ = std::move(callback); }
  /// Tells the commands up to now, except from inside the callback; the clock before which no other
  /// will come.
  std::uint64_t tell();
  /// Commands are executed at their own simulated time, those of idle ranks too. The process then
  /// never ends.
  void set_punctual(bool punctual) { punctual_ = punctual; }

  /// Takes an access now; `request`: what Memory::look() said of it. True: it was accepted at once;
  /// false: accepted() follows, and until then the payload does not change. finished() is called
  /// later, never from inside.
  bool enter(QueueClient& client, tlm::tlm_generic_payload& payload, const Request& request);

  /// Refreshes come `rate` times as often as tREFI asks from now on; 0: never.
  void set_refresh(unsigned rate);
  /// Serves all that waits, though simulated time stands still.
  void drain();
  /// Does what is due up to now.
  void catch_up();
  bool used() const { return used_; }  ///< somebody came
  /// Catches up, then adds what the channels know: nothing, if nobody ever came.
  void add_to(Totals& totals);
  /// The run is over: refreshes that are overdue count as violations.
  void finish();
  /// "" while no command broke a rule.
  std::string first_violation() const;

 private:
  /// Which bursts an access pushes, and how.
  enum class Half : std::uint8_t {
    kAll,     // the access is all reads or all writes
    kFirst,   // it modifies: reads what it must, writes the rest
    kSecond,  // writes what the first half has read
  };
  struct Access {
    QueueClient* client = nullptr;  // null: nobody waits, and the payload may be gone
    tlm::tlm_generic_payload* payload = nullptr;
    Request request;
    Deed deed;
    Meters::Source* source = nullptr;
    Bursts bursts;              // not yet entered
    std::uint64_t arrival = 0;  // clock
    std::uint64_t finish = 0;   // clock of the last answer so far
    std::uint32_t waiting = 0;  // answers to come
    std::uint8_t kind = 0;
    Half half = Half::kAll;
    bool masked = false;  // by byte enables
    bool write = false;   // its bursts are writes
    /// Whether its next burst belongs to those that are read first.
    bool reads_first() const { return bursts.reads_first(masked); }
    void next_burst();
    dram::Transaction burst(const dram::Mapping& map) const;
    bool refused = false;  // a queue was full when it came
  };
  struct Due {
    std::uint64_t clock;
    std::uint64_t order;
    std::uint32_t ticket;
    bool operator>(const Due& o) const {
      return clock != o.clock ? clock > o.clock : order > o.order;
    }
  };
  struct Channel {
    std::unique_ptr<dram::Controller> core;
    std::unique_ptr<dram::Checker> checker;
    std::uint64_t reached = 0;  // clock
    std::uint64_t told = 0;     // clock: all commands before it have been told
    std::uint64_t awaited = 0;  // answers to come
  };

  void work();
  std::uint32_t open(QueueClient* client);
  bool accept(std::uint32_t ticket, std::uint64_t clock);
  bool push_bursts(std::uint32_t ticket, std::uint64_t clock);
  bool room_for_any(const Access& access, std::uint64_t clock);
  void execute(Access& access);
  void push_blocked(std::uint64_t clock);
  void write_back(const Access& access);
  void deliver(std::uint32_t ticket);
  void step(unsigned channel, std::uint64_t clock);
  void take(unsigned channel, const dram::Step& step);
  void answer(std::uint32_t ticket, std::uint64_t clock);
  void schedule();
  std::uint64_t now_ps() const { return sc_core::sc_time_stamp().value(); }

  Clock clock_;
  const dram::Mapping& map_;
  Memory& memory_;
  Meters& meters_;
  std::array<std::uint8_t, protocol::kRequesterCount> priority_;
  std::uint64_t pipeline_;
  std::uint64_t shortest_answer_;  // clocks from a column command to the end of its data
  bool posted_;
  bool punctual_ = false;
  bool used_ = false;
  std::vector<Channel> channels_;
  std::vector<Access> accesses_;  // by ticket
  std::vector<std::uint32_t> free_;
  std::deque<std::uint32_t> blocked_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t order_ = 0;
  std::uint64_t bursts_ = 0;   // entered so far: their ids
  std::uint64_t refused_ = 0;  // accesses that found a queue full
  CommandCallback on_command_;
  ArrivalCallback on_arrival_;
  bool telling_ = false;
  sc_core::sc_event wake_;
};

}  // namespace lookaside::ddr
