// SPDX-License-Identifier: Apache-2.0
// The memory controller of one channel for callers that want the answer at once.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <lookaside/dram/bank_history.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/page_policy.h>
#include <lookaside/dram/rank_keeper.h>
#include <lookaside/dram/schedule.h>
#include <lookaside/dram/temporal_queue.h>
#include <lookaside/dram/temporal_rules.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// Serves one request a call, to its end: sans-I/O, deterministic. Clocks of the calls may go back:
/// initiators run ahead of each other by a quantum. What was answered stands.
///
/// A request that is older than the newest one, or that finds no other on its way, gets its
/// commands placed at once, among those that are committed, on all sides of them: gaps on the
/// command and data bus, in the activate window and between the rows of its bank are used, so an
/// older request is served at its own time where its bank lets it, and queued where not.
///
/// A request that finds others on their way is answered with a guess and queued; the queue is
/// served as the controller's scheduler would (row hits first, ready ones before others, the higher
/// priority before the lower, batches of posted writes; past the age cap the oldest alone) as far
/// as time has passed. Guesses learn from what became of earlier ones of the same priority, so that
/// mean latency and bandwidth are right, single answers only roughly: the answer to a request that
/// the cap will help is given before anyone knows, the bound holds for its column command.
///
/// Every command obeys every rule of the table, as long as requests are not older than the history
/// that is kept (about 60 000 clocks of the buses, 16 rows of a bank): older ones are answered as
/// misses that nobody gets in the way of, and leave no trace.
///
/// Not modelled: power-down and self-refresh, whose ends are told as `wake`; once priorities
/// differ, the depth of the queue but for posted writes. Stalls of the command bus are not counted.
class TemporalModel {
 public:
  /// Throws ControllerError.
  TemporalModel(const Organization& organization, const ControllerConfig& config);

  /// `clock`: of the request's arrival; `wake`: clocks from then on until its rank takes commands
  /// again. The answer's `finish` is the clock of its last beat of data.
  Completion serve(const Transaction& transaction, std::uint64_t clock, std::uint32_t wake = 0);

  /// Of what has its place: catch_up() or settle() first.
  const Counters& counters() const { return counters_; }
  const Organization& organization() const { return organization_; }
  const ControllerConfig& config() const { return config_; }

  /// From `clock` on, refreshes come `rate` times as often as tREFI asks; 0: never. If the
  /// configuration knows no refresh, none either.
  void set_refresh(unsigned rate, std::uint64_t clock);
  /// Does what falls due up to `clock`, be it that nobody asked for it. For requests that are not
  /// older, it changes no more than this: of several ranks, idle ones are refreshed before others
  /// take the command bus, not after.
  void catch_up(std::uint64_t clock);
  /// Gives all that was answered its place, at the end of a run: requests that came later would
  /// have found other places. Does what falls due up to `clock`.
  void settle(std::uint64_t clock);
  /// Keeps the commands from now on, for commands().
  void record() { recording_ = true; }
  /// The commands kept so far up to `clock`, in order, and forgets them. Requests older than
  /// `clock` must not come any more.
  std::vector<Command> commands(std::uint64_t clock);

 private:
  struct Rank {
    std::uint64_t next_refresh = kNever;  // when requests must make way for one
    std::uint64_t refreshes = 0;
    std::uint64_t last_column = 0;
    std::uint64_t refresh_end = 0;  // of the last one
    std::uint64_t refresh_from = 0;
    std::uint64_t refresh_total = 0;  // clocks of those before
    static constexpr unsigned kWindows = 16;
    struct Window {  // of a refresh
      std::uint64_t from = 0, end = 0;
      std::uint64_t banks = 0;  // of the rank that it keeps busy, a bit each
    };
    std::array<Window, kWindows> windows{};
  };
  /// Of a bank: its rank, its group there and its own number there.
  struct Place {
    std::uint8_t rank, group, bank;
  };
  /// Where the commands of a request go; nothing is taken yet.
  struct Plan {
    bool valid = false;
    RowState row = RowState::kHit;
    bool own_precharge = false;  // between two rows: it closes its row itself
    unsigned segment = 0;        // counted from the newest of the bank; its row, or the one before
    std::uint64_t precharge = 0, activate = 0, column = 0, close = 0;
  };
  using Request = TemporalRequest;
  /// What a bank does next for the requests that wait.
  struct Stage {
    std::int32_t slot = -1;    // whose column command is next; -1: a row must be opened first
    std::int32_t opener = -1;  // for whom the row was opened, until it was used
    unsigned code = 0;
    std::uint64_t ready = 0;
    std::uint64_t order = 0;  // of what is ready at once, the least goes first
  };
  /// A column command that closes its row, if nobody who comes before it asks for the row.
  struct Closing {
    std::uint64_t column = 0;  // its clock; 0: none
    bool write = false;
  };
  /// First come, first served with posted writes: who has not yet left the queue.
  struct InOrder {
    Request r;
    std::uint64_t leaves = 0;  // clock of its column command
  };
  struct Found {
    std::int32_t slot = -1;
    std::uint64_t column = 0;
    RowState row = RowState::kHit;
  };
  static constexpr std::uint64_t kUnknown = 0;

  void plan(const Request& r, BankHistory& bank, Plan& plan);
  void plan_newest(const Request& r, const BankHistory& bank, Plan& plan);
  Plan plan_older(const Request& r, const BankHistory& bank);
  bool plan_between(const Request& r, const BankHistory& bank, unsigned segment, Plan& plan);
  void open_and_access(const Request& r, std::uint64_t from, Plan& plan);
  void commit(const Request& r, BankHistory& bank, const Plan& plan, std::int32_t slot = -1);
  RowSegment& commit_row(const Request& r, BankHistory& bank, const Plan& plan);
  void decide_closing(unsigned bank, std::int32_t besides);
  void come_to_closing(const Request& r, std::uint64_t clock, std::int32_t as);
  void decide_closings(unsigned first, unsigned banks, std::uint64_t clock);
  void close_by_timeout(unsigned bank, std::uint64_t from);
  void close(unsigned bank, std::uint64_t clock);
  void take_precharge(unsigned bank, std::uint64_t clock) {
    issue(Op::kPre, bank, clock);
    schedule_.take_precharge(clock, places_[bank].rank);
  }
  void issue(Op op, unsigned bank, std::uint64_t clock, std::uint32_t row = 0) {
    ++counters_.commands[static_cast<unsigned>(op)];
    if (!recording_) return;
    const Place& at = places_[bank];
    commands_in_order_ =
        commands_in_order_ && (commands_.empty() || commands_.back().clock <= clock);
    // Field by field: a whole command copied from the stack would wait for its bytes to be stored.
    Command& c = commands_.emplace_back();
    c.clock = clock;
    c.op = op;
    c.rank = at.rank;
    c.bank_group = at.group;
    c.bank = at.bank;
    c.row = row;
  }
  void refresh(unsigned rank, std::uint64_t due);
  std::uint64_t refresh_rank(unsigned rank, std::uint64_t due);
  std::uint64_t refresh_banks(unsigned rank, std::uint64_t due, const Coverage& banks);
  std::uint64_t refresh_due(const Rank& rank, std::uint64_t from) const;
  void refresh_until(unsigned rank, std::uint64_t from);
  void refresh_all_until(std::uint64_t from);
  std::uint64_t clock_of_refresh(unsigned rank, std::uint64_t count) const;
  std::uint64_t refresh_interval() const;
  void count(const Request& r, RowState found, std::uint8_t opener, std::uint64_t column);
  std::vector<std::int64_t> first_guesses() const;
  bool alone(std::uint64_t clock) const;
  void advance(std::uint64_t clock);
  bool step(std::uint64_t limit);
  void find_next();
  bool overdue(std::uint64_t clock);
  bool serve_oldest(std::uint64_t limit);
  void choose_class();
  unsigned activate_code(unsigned rank, unsigned group) const {
    return no_code_ + 1 + rank * groups_ + group;
  }
  std::int32_t next_of(unsigned bank) const {
    return classes_differ_ ? queue_.least_turn(bank, serving_) : queue_.first(bank, serving_);
  }
  void stage(unsigned bank);
  void stage_most_urgent(unsigned bank);
  bool may_open(std::int32_t slot, std::uint64_t clock);
  bool open_row(std::int32_t slot, std::uint64_t clock);
  void access(std::int32_t slot, std::uint64_t clock);
  Completion serve_newest(const Transaction& t, const Request& r);
  Completion serve_in_order(const Transaction& t, const Request& r);
  Completion post_in_order(const Transaction& t, const Request& r);
  Completion serve_alone(const Transaction& t, const Request& r);
  Completion serve_now(const Transaction& t, const Request& r);
  std::int32_t enqueue(const Request& r, unsigned group) {
    if (r.priority != only_priority_) see_priority(r.priority);
    if (classes_differ_ && group == 0) ++waiting_[r.priority];
    // An urgent one must not stand behind those that guesses were too short for.
    if (group == 0 && !classes_differ_ && full()) return queue_.hold(r);
    if (queue_.turns_used_up()) renumber_turns();
    return queue_.add(r, group);
  }
  /// Is there no room for what is not a posted write?
  bool full() const { return (config_.split_queues ? queue_.size(0) : queue_.size()) >= room_; }
  void admit(std::uint64_t clock);
  void see_priority(std::uint8_t priority);
  void renumber_turns();
  unsigned as_urgent(unsigned priority) const;
  Completion guess(const Transaction& t, const Request& r);
  Completion post(const Transaction& t, const Request& r);
  Completion read_before_writes(const Transaction& t, const Request& r);
  static Completion quick(const Transaction& t, std::uint64_t clock, std::uint64_t finish,
                          Served served);
  void learn(const TemporalQueue::Entry& e, std::uint64_t column);
  std::uint64_t refresh_clocks(unsigned rank, std::uint64_t clock) const;
  std::uint64_t refresh_between(unsigned bank, std::uint64_t from, std::uint64_t to) const;
  Completion answer(const Transaction& t, const Request& r, const Plan& plan) const;

  Organization organization_;
  ControllerConfig config_;
  TemporalRules rules_;
  std::uint32_t banks_;  // of a rank
  std::uint32_t groups_;
  Schedule schedule_;
  std::vector<Place> places_;         // of each bank of the channel
  std::vector<BankHistory> history_;  // of each bank of the channel
  std::vector<Rank> rank_;
  std::uint64_t refresh_parts_;  // commands that make up one refresh of a rank
  std::uint64_t refresh_rate_ = 1;
  std::uint64_t refresh_origin_ = 0;  // clock from which refreshes are counted
  TemporalQueue queue_;
  std::uint32_t room_;             // for requests that are not posted writes
  std::vector<Stage> stages_;      // of each bank
  std::vector<Closing> closings_;  // of each bank
  std::deque<InOrder> in_order_;
  std::vector<std::uint64_t> active_;  // banks with requests that wait, a bit each
  unsigned no_code_;                   // of what is no column command and no activate
  std::vector<std::uint64_t> floor_;   // [code]: no such command before
  unsigned serving_ = 0;               // class
  bool batch_by_idleness_ = false;
  std::uint64_t now_ = 0;                // clock of the last step
  std::uint64_t next_clock_ = kUnknown;  // of the next, kNever: none
  unsigned next_bank_ = 0;
  std::int32_t oldest_ = -1;    // the last known
  std::uint64_t cap_;           // age at which it has the channel for itself
  std::uint64_t overdue_from_;  // nobody reaches that age before
  Found last_found_;
  static constexpr unsigned kLoads = 34;  // half octaves up to the deepest queue
  static constexpr unsigned kGuesses = kLoads * 24;
  std::vector<std::int64_t> guess_;  // a table for each priority once they differ
  std::array<std::int64_t, TemporalQueue::kPriorities> missed_{};  // by what answers fall short
  bool classes_differ_ = false;                                    // there were several priorities
  int only_priority_ = -1;  // of the first request that had to queue
  std::array<unsigned, TemporalQueue::kPriorities> waiting_{};  // of class 0; once they differ
  std::uint64_t newest_ = 0;                                    // clock of a request
  std::uint64_t refreshed_ = 0;   // refreshes of all ranks stand up to here
  std::uint64_t busy_until_ = 0;  // newest column command, of requests in order of time
  std::unique_ptr<PagePolicy> page_policy_;
  std::uint64_t idle_limit_ = kNever;
  bool direct_;  // a request that finds no other is served at once
  std::uint64_t ready_after_activate_;
  bool always_open_ = true;
  bool recording_ = false;
  bool commands_in_order_ = true;
  std::vector<Command> commands_;
  Counters counters_;
};

}  // namespace lookaside::dram
