// SPDX-License-Identifier: Apache-2.0
// The trace player as a TLM-2.0 initiator.
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/traffic/core/player.h>

namespace lookaside::traffic {

/// The memory clock: edges are numbered, time is in ps.
struct TimeBase {
  std::function<std::uint64_t(std::uint64_t)> time_of;   ///< of an edge
  std::function<std::uint64_t(std::uint64_t)> clock_at;  ///< first edge not before a time
};

enum class Transport : std::uint8_t {
  kApproximate,  ///< nb_transport, four phases: the target queues requests
  kTemporal,     ///< b_transport at local times: the target answers at once with the time it takes
};

/// What a target that answers at once would do to those that it has no room for: the initiator does
/// it, so that latencies under temporal transport mean what they mean under approximate transport.
struct TargetQueue {
  std::uint32_t room = ~std::uint32_t{0};  ///< accesses a channel holds; reads if apart
  std::uint32_t write_room = 0;            ///< of writes; 0: they share the room
  /// Where an access of the trace goes; empty: all to one channel. Who finds no room in a channel
  /// keeps those for the others waiting, too.
  std::function<std::uint32_t(std::uint64_t address)> channel_of;
  std::array<std::uint64_t, 2> answer_clocks{};  ///< [write] from leaving it to the answer
  bool posted_writes = false;  ///< a write is answered when taken, late if it finds no room
};

struct InitiatorConfig {
  PlayerConfig player;
  Transport transport = Transport::kApproximate;
  std::uint64_t base = 0;  ///< address at the socket of the trace's address 0
  TimeBase time;
  std::uint64_t quantum_ps = 10'000'000;  ///< how far temporal play runs ahead of simulated time
  TargetQueue queue;                      ///< under temporal transport
};

/// Models an initiator that does nothing but the requests of a trace (Player), one access a
/// payload, at the edges of the memory clock. Reads are thrown away; writes carry zeros. One
/// method process under approximate transport, one thread under temporal. Approximate: answers of
/// an edge come before requests of that edge; END_REQ that is late holds the next request back
/// (request exclusion), which counts as a refusal; responses are ended at once. Errors: a response
/// that is an error, or a phase that the base protocol does not allow, is an SC_ERROR with message
/// type kMessage. What the source throws ends the play; rethrow() throws it again, because no
/// exception passes through a SystemC process unharmed. The simulation is not stopped at the end:
/// time goes on with what others do.
class Initiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Initiator, 64> socket;
  static constexpr const char* kMessage = "/lookaside/traffic";
  /// Clocks: in so many a memory is refreshed some thousand times, milliseconds of the host's time.
  static constexpr std::uint64_t kSilence = std::uint64_t{1} << 24;

  /// `source` must outlive the module.
  Initiator(const sc_core::sc_module_name& name, Source& source, const InitiatorConfig& config);
  ~Initiator() override;

  /// Called from inside the simulation, every few ten thousand requests and at least once in
  /// kSilence clocks of simulated time.
  void on_progress(std::function<void()> callback) { progress_ = std::move(callback); }
  /// Called from inside the simulation when kSilence clocks have passed without an attempt, and
  /// again after so many more.
  void on_silence(std::function<void()> callback) { silence_ = std::move(callback); }
  /// Ends the play as it stands; from on_progress's callback.
  void stop() { end(); }
  /// Called once, when the last answer has come, the source has thrown, or stop() was called.
  void on_end(std::function<void()> callback) { end_ = std::move(callback); }

  const Player& player() const { return player_; }
  /// Throws what the source threw, if it did.
  void rethrow() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

 private:
  class Pool;
  struct Flight;
  struct Due {
    std::uint64_t clock;
    std::uint64_t id;
    bool write;
    std::uint32_t channel;
    bool operator>(const Due& o) const { return clock > o.clock; }
  };
  struct Answers : std::priority_queue<Due, std::vector<Due>, std::greater<>> {
    const std::vector<Due>& all() const { return c; }
  };

  void play_approximate();
  void play_temporal();
  void access_temporal(std::uint64_t clock, std::uint64_t time_ps);
  std::uint32_t channel_of(std::uint64_t address) const {
    return config_.queue.channel_of ? config_.queue.channel_of(address) : 0;
  }
  std::uint64_t room_from(std::uint64_t clock, const Access& access) const;
  void attempt(std::uint64_t clock);
  void take(const Flight& flight, const sc_core::sc_time& delay);
  void accepted(std::uint64_t clock);
  void answered(std::uint64_t id, std::uint64_t clock);
  void end();
  void wake();
  void schedule();
  void tick(std::uint64_t clock);
  Flight& prepare();
  void check(const tlm::tlm_generic_payload& payload) const;
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  std::uint64_t clock_in(const sc_core::sc_time& delay) const;

  InitiatorConfig config_;
  Player player_;
  std::unique_ptr<Pool> pool_;
  std::vector<unsigned char> read_, written_;
  bool request_open_ = false;
  bool playing_ = false;  // in its own process, which schedules itself afterwards
  bool ended_ = false;
  std::uint64_t turns_ = 0;      // since on_progress's callback was called
  std::uint64_t told_ = 0;       // clock of that
  std::uint64_t attempted_ = 0;  // clock of the last attempt
  Answers answers_;              // known in advance
  struct {                       // a posted write that waits for room
    std::uint64_t clock = kNever;
    Due answer{};
  } taken_;
  sc_core::sc_event due_;
  std::exception_ptr failure_;
  std::function<void()> progress_, silence_, end_;
};

}  // namespace lookaside::traffic
