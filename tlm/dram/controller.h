// SPDX-License-Identifier: Apache-2.0
// The memory controller of one channel: takes requests, issues DRAM commands, says when data moves.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <lookaside/dram/channel_state.h>
#include <lookaside/dram/checker.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/page_policy.h>
#include <lookaside/dram/queue.h>
#include <lookaside/dram/rank_keeper.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// Sans-I/O and event driven: it acts only at the clocks that next_event() names. Deterministic.
/// A request pushed at clock t is seen by the scheduler at t + 1; an unloaded read of a closed bank
/// is answered 1 + tRCD + CL + BL/2 clocks after its push. Data moves in such an order that every
/// read gets what the writes pushed before it wrote.
class Controller {
 public:
  /// Throws ControllerError.
  Controller(const Organization& organization, const ControllerConfig& config);

  /// Takes a request, or refuses it because its queue is full: try again at a later clock. Clocks
  /// of pushes and steps must not go back. Steps that are due come first.
  bool push(const Transaction& transaction, std::uint64_t clock);
  /// Would push accept it? (A merge or forward may be accepted even when this says no.)
  bool has_room(bool write) const;

  /// When something can happen next, unless a push comes first; kNever.
  std::uint64_t next_event() const { return wake_; }
  /// Does all that is due up to `clock`. The answer is valid until the next step.
  const Step& step(std::uint64_t clock);

  /// Refreshes come `rate` times as often as tREFI asks from now on; 0: never. If the configuration
  /// knows no refresh, none either.
  void set_refresh(unsigned rate, std::uint64_t clock);

  /// Checks every command as it is issued from now on.
  void attach(Checker* checker) { checker_ = checker; }

  const Counters& counters() const { return counters_; }
  const ChannelState& state() const { return state_; }
  /// Clocks of a rank in each kind of standby, up to `clock`.
  std::array<std::uint64_t, kStandbyCount> standby(unsigned rank, std::uint64_t clock);
  unsigned queued(bool write) const { return queue_.size(write); }
  const Organization& organization() const { return organization_; }
  const ControllerConfig& config() const { return config_; }

  /// Decides at every clock, not only when something can have changed: the same commands, slower.
  void decide_at_every_clock() { at_every_clock_ = true; }

 private:
  /// What banks wait to do.
  static constexpr Op kKinds[] = {Op::kRd, Op::kWr, Op::kAct, Op::kPre};
  static constexpr unsigned kKindCount = 4;
  static constexpr unsigned kNone = kKindCount;
  struct Candidate {  // what a bank would do next
    unsigned kind = kNone;
    std::int32_t slot = -1;
    std::uint64_t ready = 0;  // by the bank's own rules
    std::uint64_t key = 0;    // the greatest of those that may go goes first
  };
  /// The banks of a rank that wait for one kind of command, a bit each: those whose own rules
  /// permit it, which wait for rank, bank group and bus together, and those that are not so far.
  struct Line {
    std::uint64_t ripe = 0;
    std::uint64_t unripe = 0;
    std::uint64_t next = kNever;  // none of the unripe ones becomes ripe before
  };
  struct Bank {
    std::int32_t opener = -1;  // whose row was just opened, until it has been used
    std::uint64_t opener_sequence = 0;
    std::uint8_t opened_by = 0;  // kind
    std::uint64_t last_use = 0;
    std::uint8_t rank = 0;
    std::uint8_t in_rank = 0;
    std::uint8_t group = 0;
  };
  struct Choice {
    bool any = false;
    Op op = Op::kAct;
    unsigned rank = 0;
    std::uint32_t bank = 0;  // of the rank
    std::int32_t slot = -1;
    std::uint64_t key = 0;  // the greater goes first
  };

  void advance(std::uint64_t clock);
  bool maintain(std::uint64_t clock, Choice& choice);
  void close_idle_rows(std::uint64_t clock, Choice& choice);
  void arbitrate(std::uint64_t clock, Choice& choice);
  void arbitrate_banks(std::uint64_t clock, Choice& choice);
  bool any_candidate() const;
  bool arbitrate_exclusive(std::uint64_t clock, Choice& choice);
  Stall stall_of_oldest(std::uint64_t clock) const;
  void choose_class();
  void serve_class(unsigned group);
  void look_again(std::uint64_t clock);
  std::int32_t select(std::uint32_t bank);
  Op op_for(const Entry& e) const;
  void issue(const Choice& choice, std::uint64_t clock);
  void issue_column(const Choice& choice, std::uint64_t clock, Command& command);
  void complete(const Entry& e, std::uint64_t clock, Completion& done);
  bool row_wanted(std::uint32_t bank, std::uint32_t row, std::int32_t besides) const;
  bool push_posted(const Transaction& t, std::uint32_t bank, std::uint64_t clock);
  void enqueue(const Transaction& t, std::uint32_t bank, std::uint64_t clock);
  void dirty_rank(unsigned rank);
  void invalidate(std::uint32_t bank);
  void ripen(unsigned rank, unsigned kind, std::uint64_t clock);
  void offer(unsigned rank, unsigned kind, std::uint64_t clock, Choice& choice);

  Organization organization_;
  ControllerConfig config_;
  Device device_;
  std::uint32_t banks_;  // of a rank
  ChannelState state_;
  RequestQueue queue_;
  std::unique_ptr<PagePolicy> page_policy_;
  std::vector<RankKeeper> keepers_;
  std::vector<Bank> bank_;
  std::vector<Candidate> candidates_;
  using Lines = std::array<Line, kKindCount>;
  std::vector<Lines> lines_;           // of each rank
  std::vector<std::uint64_t> stale_;   // of each rank: banks to look at again
  std::vector<std::uint64_t> groups_;  // banks of each bank group
  std::vector<unsigned> waiting_;      // requests of each rank
  unsigned serving_ = 0;               // class: 0 reads (or all), 1 writes
  bool batch_by_idleness_ = false;
  bool last_column_write_ = false;
  std::uint64_t last_column_ = 0;
  std::uint64_t wake_ = 0;
  bool at_every_clock_ = false;
  std::uint64_t stalled_since_ = kNever;
  Stall stall_ = Stall::kBus;
  Counters counters_;
  Checker* checker_ = nullptr;
  Step current_, pending_;
};

}  // namespace lookaside::dram
