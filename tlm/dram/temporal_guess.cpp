// SPDX-License-Identifier: Apache-2.0
// The temporal model's answers to requests whose turn depends on requests to come: guesses that
// learn from what becomes of them, so that they are right on the whole.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {
namespace {

constexpr int kFraction = 12;  // bits of a guess behind the point
constexpr int kMemory = 5;     // each truth moves a guess by 1/32
constexpr int kGain = 6;  // ... and what the answers of its priority lack, by 1/64 of its error
constexpr std::int64_t kMostTaken = std::int64_t{256} << kFraction;  // from answers that come late

}  // namespace

/// What is guessed of the waits for others before anything was learned: those that wait go first,
/// one column command after the other.
std::vector<std::int64_t> TemporalModel::first_guesses() const {
  constexpr unsigned kKinds = kGuesses / kLoads;
  const double each = organization_.device[Parameter::kCcdL] * double{1U << kFraction};
  std::vector<std::int64_t> guesses;
  for (unsigned steps = 0; steps < kLoads; ++steps) {
    const double load = std::exp2((steps - 0.5) / 2);
    guesses.insert(guesses.end(), kKinds,
                   static_cast<std::int64_t>(std::max(0.0, load - 1) * each));
  }
  return guesses;
}

/// Is the request on its own? If others are on their way, its turn depends on those to come.
bool TemporalModel::alone(std::uint64_t clock) const {
  return queue_.size(0) == 0 && busy_until_ <= clock;
}

Completion TemporalModel::guess(const Transaction& t, const Request& r) {
  Plan plan;
  const unsigned others = queue_.size(r.bank, 0);
  const unsigned write = r.write ? 1 : 0;
  if (idle_limit_ != kNever && others == 0) close_by_timeout(r.bank, r.from);
  const RowSegment& row = history_[r.bank].at(0);
  std::uint64_t least = 1;
  if ((row.closed != kNever || row.row != r.row) && queue_.of_row(r.bank, 0, r.row) < 0) {
    const bool conflict = row.closed == kNever || others > 0;
    plan.row = conflict ? RowState::kConflict : RowState::kMiss;
    least += rules_.column_after_activate[write];
    if (conflict) least += rules_.activate_after_precharge;
  } else if (row.closed == kNever && row.row == r.row) {
    // What has its place already is no guess.
    const std::uint64_t possible = std::max(row.ready, floor_[r.code]);
    if (possible >= r.from) least = possible - (r.from - 1);
  }
  TemporalQueue::Entry& e = queue_.at(enqueue(r, 0));
  // Those of a lower priority do not count: it goes before them.
  const std::uint64_t load =
      classes_differ_ ? as_urgent(r.priority) : queue_.size(0) + queue_.held();
  const auto steps = 64U - static_cast<unsigned>(__builtin_clzll(load * load));  // half octaves
  const unsigned table = classes_differ_ ? r.priority * kGuesses : 0;
  e.guessed = true;
  e.guess = static_cast<std::uint16_t>(
      table +
      ((std::min(steps, kLoads - 1) * 2 + write) * 3 + static_cast<unsigned>(plan.row)) * 4 +
      std::min(others, 3U));
  const std::uint64_t clock = r.from - 1;
  if (now_ > clock) least += now_ - clock;  // a full write queue was made room in, ahead of time
  e.least = static_cast<std::uint32_t>(least);
  e.refresh_mark = refresh_clocks(r.rank, r.from);
  const std::uint64_t end = config_.refresh == RefreshMode::kRank ? rank_[r.rank].refresh_end
                            : row.row == RowSegment::kRefresh     ? row.reopen
                                                                  : 0;
  const std::int64_t learned = (guess_[e.guess] + missed_[r.priority]) >> kFraction;
  const std::int64_t wait = learned + static_cast<std::int64_t>(least) +
                            static_cast<std::int64_t>(end > clock ? end - clock : 0);
  // Whatever was learned: half of those that are as urgent go first, and the rest of a batch of
  // writes.
  std::uint64_t floor = std::max<std::uint64_t>(1, load * rules_.burst / 2);
  if (serving_ == 1 && queue_.size(1) > config_.low_watermark) {
    floor += (queue_.size(1) - config_.low_watermark) * rules_.burst;
  }
  plan.column =
      clock + static_cast<std::uint64_t>(std::max(static_cast<std::int64_t>(floor), wait));
  e.answered = static_cast<std::uint32_t>(plan.column - clock);
  stage(r.bank);
  return answer(t, r, plan);
}

/// From the first that differs on, priorities count. What was learned so far holds for each.
void TemporalModel::see_priority(std::uint8_t priority) {
  if (only_priority_ < 0) only_priority_ = priority;
  if (classes_differ_ || only_priority_ == priority) return;
  classes_differ_ = true;
  queue_.heed_priorities();
  waiting_[static_cast<unsigned>(only_priority_)] = queue_.size(0) + queue_.held();
  const std::vector<std::int64_t> learned = guess_;
  for (unsigned i = 1; i < TemporalQueue::kPriorities; ++i) {
    guess_.insert(guess_.end(), learned.begin(), learned.end());
  }
  for (unsigned bank = 0; bank < history_.size(); ++bank) stage(bank);
}

void TemporalModel::renumber_turns() {
  queue_.renumber_turns();
  for (unsigned bank = 0; bank < history_.size(); ++bank) stage(bank);
}

/// Those that wait to be read, or written where writes are not posted, and that a request of this
/// priority does not go before.
unsigned TemporalModel::as_urgent(unsigned priority) const {
  return std::accumulate(waiting_.begin() + priority, waiting_.end(), 0U);
}

void TemporalModel::learn(const TemporalQueue::Entry& e, std::uint64_t column) {
  const std::uint64_t refresh = refresh_clocks(e.r.rank, column) - e.refresh_mark;
  const auto wait = static_cast<std::int64_t>(column - (e.r.from - 1)) -
                    static_cast<std::int64_t>(e.least + refresh);
  std::int64_t& guess = guess_[e.guess];
  guess += (wait * (std::int64_t{1} << kFraction) - guess) >> kMemory;
  if (!classes_differ_) return;
  // Long waits come in groups, which teach only when all have been answered; so what is learned
  // stays behind the truth, the more the longer a class waits. The sum of errors makes up for it.
  std::int64_t& missed = missed_[e.r.priority];
  const auto error = static_cast<std::int64_t>(column - (e.r.from - 1)) - std::int64_t{e.answered};
  missed += error * (std::int64_t{1} << (kFraction - kGain));
  missed = std::max(missed, -kMostTaken);
}

/// Clocks up to `clock` in which refreshes kept the rank's requests waiting, all of them.
std::uint64_t TemporalModel::refresh_clocks(unsigned rank, std::uint64_t clock) const {
  if (config_.refresh != RefreshMode::kRank) return 0;
  const Rank& r = rank_[rank];
  const std::uint64_t end = std::min(clock, r.refresh_end);
  return r.refresh_total + (end > r.refresh_from ? end - r.refresh_from : 0);
}

// --- Posted writes ------------------------------------------------------------------------------

/// An answer that takes one clock, or as long as the queue is full.
Completion TemporalModel::quick(const Transaction& t, std::uint64_t clock, std::uint64_t finish,
                                Served served) {
  Completion done{t.id, t.write, t.kind, served, RowState::kHit, clock, finish, {}};
  done.split.queue = static_cast<std::uint32_t>(finish - clock);
  return done;
}

Completion TemporalModel::post(const Transaction& t, const Request& r) {
  const std::uint64_t clock = r.from - 1 - r.wake;
  const std::int32_t merged = queue_.same_burst(r, 1);
  if (merged >= 0) {
    queue_.at(merged).r.mask |= r.mask;
    ++counters_.merged;
    return quick(t, clock, clock + 1, Served::kMerged);
  }
  const unsigned room = config_.split_queues ? config_.write_depth : config_.queue_depth;
  std::uint64_t finish = clock + 1;
  while ((config_.split_queues ? queue_.size(1) : queue_.size()) >= room && step(kNever)) {
    finish = std::max(finish, now_ + 1);
  }
  enqueue(r, 1);
  if (serving_ == 1) stage(r.bank);
  return quick(t, clock, finish, Served::kPosted);
}

/// A read while writes are posted, but no other read waits: it is served now.
Completion TemporalModel::read_before_writes(const Transaction& t, const Request& r) {
  const std::int32_t slot = enqueue(r, 0);
  stage(r.bank);
  last_found_.slot = -1;
  while (last_found_.slot != slot) step(kNever);
  Plan plan;
  plan.row = last_found_.row;
  plan.column = last_found_.column;
  busy_until_ = std::max(busy_until_, plan.column);
  return answer(t, r, plan);
}

/// In order of arrival, reads and writes: a write is answered when there is room for it, a read of
/// what waits to be written at once.
Completion TemporalModel::post_in_order(const Transaction& t, const Request& r) {
  const std::uint64_t clock = r.from - 1 - r.wake;
  while (!in_order_.empty() && in_order_.front().leaves <= clock) in_order_.pop_front();
  const auto before = std::find_if(in_order_.rbegin(), in_order_.rend(), [&](const InOrder& o) {
    return o.r.bank == r.bank && o.r.row == r.row && o.r.column == r.column &&
           ((t.write && o.r.write) || ((t.write || o.r.write) && (o.r.mask & r.mask) != 0));
  });
  if (before != in_order_.rend() && before->r.write) {
    if (t.write) {
      before->r.mask |= r.mask;
      ++counters_.merged;
      return quick(t, clock, clock + 1, Served::kMerged);
    }
    if ((r.mask & ~before->r.mask) == 0) {
      ++counters_.forwarded;
      return quick(t, clock, clock + 1, Served::kForwarded);
    }
  }
  std::uint64_t entered = clock;
  if (t.write) {
    std::uint32_t room = config_.split_queues ? config_.write_depth : config_.queue_depth;
    for (auto o = in_order_.rbegin(); o != in_order_.rend() && entered == clock; ++o) {
      if ((!config_.split_queues || o->r.write) && --room == 0) entered = o->leaves;
    }
  }
  const Completion done = serve_in_order(t, r);
  in_order_.push_back({r, done.finish - done.split.bus});
  return t.write ? quick(t, clock, entered + 1, Served::kPosted) : done;
}

}  // namespace lookaside::dram
