// SPDX-License-Identifier: Apache-2.0
// The memory controller of one channel for callers that want the answer at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <lookaside/dram/bank_history.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/page_policy.h>
#include <lookaside/dram/rank_keeper.h>
#include <lookaside/dram/temporal_queue.h>
#include <lookaside/dram/temporal_rules.h>
#include <lookaside/dram/timeline.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// Serves one request a call, to its end: sans-I/O, deterministic. Clocks of the calls may go back:
/// initiators run ahead of each other by a quantum. What was answered stands; a later call finds
/// its commands a place among those that are committed, on all sides of them: gaps on the command
/// and data bus, in the activate window and between the rows of its bank are used, so a request
/// older than the newest one is served at its own time where its bank lets it, and queued where
/// not.
///
/// Every command obeys every rule of the table, as long as requests are not older than the history
/// that is kept (about 60 000 clocks of the buses, 16 rows of a bank): older ones are answered as
/// misses that nobody gets in the way of, and leave no trace.
class TemporalModel {
 public:
  /// Throws ControllerError.
  TemporalModel(const Organization& organization, const ControllerConfig& config);

  /// `clock`: of the request's arrival; the answer's `finish` is that of its last beat of data.
  Completion serve(const Transaction& transaction, std::uint64_t clock);

  const Counters& counters() const { return counters_; }
  const Organization& organization() const { return organization_; }
  const ControllerConfig& config() const { return config_; }

  /// Does the refreshes that fall due up to `clock`.
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
  struct Stage {
    std::int32_t slot = -1;  // whose column command is next; -1: a row must be opened first
    unsigned code = 0;
    std::uint64_t ready = 0;
    std::uint64_t sequence = 0;
  };

  Plan plan(const Request& r, BankHistory& bank);
  Plan plan_newest(const Request& r, const BankHistory& bank) const;
  Plan plan_older(const Request& r, const BankHistory& bank) const;
  bool plan_between(const Request& r, const BankHistory& bank, unsigned segment, Plan& plan) const;
  void open_and_access(const Request& r, std::uint64_t from, Plan& plan) const;
  std::uint64_t fit_column(const Request& r, std::uint64_t from) const;
  std::uint64_t fit_activate(const Request& r, std::uint64_t from) const;
  std::uint64_t fit_precharge(unsigned rank, std::uint64_t from) const;
  void commit(const Request& r, BankHistory& bank, const Plan& plan, bool wanted = false);
  RowSegment& commit_row(const Request& r, BankHistory& bank, const Plan& plan);
  void close_by_timeout(const Request& r, BankHistory& bank);
  void take_precharge(unsigned bank, std::uint64_t clock);
  void issue(Op op, unsigned bank, std::uint64_t clock, std::uint32_t row = 0);
  void refresh_rank(unsigned rank, std::uint64_t due);
  std::uint64_t refresh_due(const Rank& rank, std::uint64_t from) const;
  void refresh_until(unsigned rank, std::uint64_t from);
  std::uint64_t clock_of_refresh(unsigned rank, std::uint64_t count) const;
  void count(RowState found, bool write);
  bool lazy(const Request& r);
  void advance(std::uint64_t clock);
  bool step(std::uint64_t limit);
  void stage(unsigned bank);
  void open_row(unsigned bank, std::uint64_t clock);
  void access(unsigned bank, std::uint64_t clock);
  Completion wait(const Transaction& t, const Request& r);
  void learn(const TemporalQueue::Entry& e, std::uint64_t column);
  std::uint64_t refresh_clocks(unsigned rank, std::uint64_t clock) const;
  Completion answer(const Transaction& t, const Request& r, const Plan& plan,
                    std::uint8_t evicted) const;

  Organization organization_;
  ControllerConfig config_;
  TemporalRules rules_;
  std::uint32_t banks_;  // of a rank
  std::uint32_t groups_;
  CommandBus bus_;
  ColumnLine columns_;
  std::vector<ActivateLine> activates_;  // of each rank
  std::vector<BitRing> precharges_;      // of each rank, when they must keep a distance
  std::vector<BankHistory> history_;     // of each bank of the channel
  std::vector<Rank> rank_;
  TemporalQueue queue_;
  std::vector<Stage> stages_;             // of each bank
  std::vector<std::uint64_t> active_;     // banks with requests that wait, a bit each
  unsigned no_code_;                      // of what is no column command
  std::vector<std::uint64_t> floor_;      // [code]: no column command before
  static constexpr unsigned kLoads = 16;  // kinds of load
  std::array<std::int64_t, kLoads * 24> guess_{};
  std::uint64_t newest_ = 0;
  std::unique_ptr<PagePolicy> page_policy_;
  std::uint64_t idle_limit_ = kNever;
  bool recording_ = false;
  std::vector<Command> commands_;
  Counters counters_;
};

}  // namespace lookaside::dram
