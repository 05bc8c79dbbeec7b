// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/episode.h>
#include <lookaside/record/core/error.h>

namespace lookaside::record {
namespace {

enum Column { kAccess, kVa, kPa, kOutcome, kLevel, kPteAddress, kPte, kCause, kText, kColumns };
constexpr std::array<const char*, kColumns> kNames = {"access",  "va",          "pa",
                                                      "outcome", "walk_level",  "pte_address",
                                                      "pte",     "fault_cause", "fault_text"};

using Snapshot = std::array<WaveChange, kColumns>;
using Visit = std::function<bool(const Translation&)>;

/// Thrown through the reader when the visitor has seen enough.
struct Enough {};

/// Follows the values in force and cuts them into translations. All changes of one time are taken
/// in before they are looked at, since a file gives them in no particular order.
class Follower {
 public:
  Follower(const WaveReader& dump, const Visit& visit) : dump_(dump), visit_(visit) {}

  void take(Column column, const WaveChange& change) {
    if (change.time_ps != time_) settle();
    time_ = change.time_ps;
    now_[column] = change;
  }
  void finish() {
    settle();
    close();
  }

 private:
  bool changed(Column c) const { return now_[c].value != before_[c].value; }
  std::string named(Column c) const { return dump_.shown(now_[c]); }

  void settle() {
    const std::string outcome = named(kOutcome);
    const bool other = changed(kVa) || changed(kAccess);
    if (outcome == "idle" || other || (changed(kOutcome) && starts(outcome))) close();
    if (outcome != "idle" && !open_ && (other || starts(outcome))) {
      current_ = {};
      current_.begin_ps = time_;
      current_.access = named(kAccess);
      current_.va = now_[kVa].value;
      open_ = true;
    }
    if (open_) follow(outcome);
    before_ = now_;
  }
  static bool starts(const std::string& outcome) {
    return outcome == "l1_hit" || outcome == "l1_miss" || outcome == "bypass";
  }
  void follow(const std::string& outcome) {
    current_.end_ps = time_;
    current_.missed_l1 = current_.missed_l1 || outcome == "l1_miss";
    current_.missed = current_.missed || outcome == "l2_miss" || outcome == "walk";
    if (changed(kPa)) current_.pa = now_[kPa].value;
    if (outcome == "walk" && named(kLevel) != "none" && (changed(kLevel) || changed(kPteAddress))) {
      current_.reads.push_back({time_, named(kLevel), now_[kPteAddress].value, 0});
    }
    if (outcome == "walk" && !current_.reads.empty()) current_.reads.back().pte = now_[kPte].value;
    if (outcome == "fault") {
      current_.fault_cause = named(kCause);
      current_.fault_text = now_[kText].text;
    }
    if (!changed(kOutcome)) return;
    if (outcome == "l1_hit" || outcome == "l2_hit") current_.end = Translation::End::kHit;
    if (outcome == "refill") {
      current_.end = Translation::End::kRefill;
      current_.refill_ps = time_;
    }
    if (outcome == "fault") {
      current_.end = Translation::End::kFault;
      current_.fault_ps = time_;
    }
  }
  void close() {
    if (!open_) return;
    open_ = false;
    current_.end_ps = time_;
    if (!visit_(current_)) throw Enough{};
  }

  const WaveReader& dump_;
  const Visit& visit_;
  Snapshot now_{};
  Snapshot before_{};
  std::uint64_t time_ = 0;
  bool open_ = false;
  Translation current_;
};

void widen(Episode& episode) {
  const std::uint64_t begin = episode.translations.front().begin_ps;
  const std::uint64_t end = episode.translations.back().end_ps;
  const std::uint64_t margin = (end - begin) / 30 + 1;
  episode.from_ps = begin > margin ? begin - margin : 0;
  // The sentence that explains a fault stands to the right of it and is long.
  const bool fault = episode.translations.back().end == Translation::End::kFault;
  const std::uint64_t room = (end - begin) * (episode.translations.size() == 1 ? 15 : 4) / 10;
  episode.to_ps = end + (fault ? room : margin);
}

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

void add_markers(Episode& episode) {
  const auto mark = [&episode](std::uint64_t time, std::string label) {
    episode.markers.push_back({time, std::move(label)});
  };
  for (const Translation& t : episode.translations) {
    if (t.missed) mark(t.begin_ps, "TLB miss");
    if (t.end == Translation::End::kRefill) mark(t.refill_ps, "refill");
    if (t.end == Translation::End::kHit) mark(t.begin_ps, "hit");
    if (t.end == Translation::End::kFault) mark(t.fault_ps, words(t.fault_cause));
  }
}

/// Looks for a query's episode in translations that come one by one.
class Search {
 public:
  explicit Search(const EpisodeQuery& query) : query_(query) {}

  /// False when the episode is found and no better one can come.
  bool take(const Translation& t) {
    if (t.begin_ps < query_.from_ps || t.end_ps > query_.to_ps) return t.begin_ps <= query_.to_ps;
    const bool wanted = !query_.va || *query_.va == t.va;
    if (query_.kind == EpisodeKind::kFault) {
      if (!wanted || t.end != Translation::End::kFault || t.reads.empty()) return true;
      best_ = {t};
      return false;
    }
    if (t.end == Translation::End::kRefill && wanted) refills_[{t.access, t.va}] = t;
    if (t.end == Translation::End::kHit && !hit(t)) return false;
    if (t.end == Translation::End::kFault && !t.reads.empty() && !pair_.empty()) fault(t);
    return true;
  }
  std::optional<Episode> result() const {
    if (best_.empty()) return std::nullopt;
    Episode episode;
    episode.translations = best_;
    widen(episode);
    add_markers(episode);
    return episode;
  }

 private:
  bool hit(const Translation& t) {
    const auto refill = refills_.find({t.access, t.va});
    if (refill == refills_.end()) return true;
    if (query_.kind == EpisodeKind::kRefill) {
      best_ = {refill->second, t};
      return false;
    }
    // The latest refill that has its hit gives the shortest way to the next fault.
    if (pair_.empty() || refill->second.begin_ps > pair_.front().begin_ps)
      pair_ = {refill->second, t};
    refills_.erase(refill);
    return true;
  }
  void fault(const Translation& t) {
    const std::uint64_t length = t.end_ps - pair_.front().begin_ps;
    if (!best_.empty() && length >= best_.back().end_ps - best_.front().begin_ps) return;
    best_ = pair_;
    best_.push_back(t);
  }

  const EpisodeQuery& query_;
  std::map<std::pair<std::string, std::uint64_t>, Translation> refills_;
  std::vector<Translation> pair_;
  std::vector<Translation> best_;
};

}  // namespace

void for_each_translation(const WaveReader& dump, const std::string& scope, const Visit& visit) {
  std::vector<std::uint32_t> selection;
  std::map<std::uint32_t, Column> columns;
  for (unsigned c = 0; c < kColumns; ++c) {
    const std::string name = scope + "." + kNames[c];
    const auto index = dump.find(name);
    if (!index) {
      throw RecordError(fmt::format("{}: has no signal '{}', so no translation can be followed",
                                    dump.path(), name));
    }
    selection.push_back(*index);
    columns[*index] = static_cast<Column>(c);
  }
  Follower follower(dump, visit);
  try {
    dump.for_each(selection, [&](const WaveChange& change) {
      follower.take(columns.at(change.signal), change);
    });
    follower.finish();
  } catch (const Enough&) {
    return;
  }
}

std::optional<Episode> find_episode(const WaveReader& dump, const EpisodeQuery& query) {
  Search search(query);
  for_each_translation(dump, query.scope,
                       [&search](const Translation& t) { return search.take(t); });
  return search.result();
}

std::string describe(const Episode& episode) {
  std::string text;
  const auto line = [&text](std::uint64_t time, const std::string& what) {
    fmt::format_to(std::back_inserter(text), "{:>14} ps  {}\n", time, what);
  };
  for (const Translation& t : episode.translations) {
    line(t.begin_ps,
         fmt::format("{} at {:#x}: {}", t.access, t.va, t.missed ? "TLB miss" : "TLB hit"));
    for (const WalkRead& read : t.reads) {
      line(read.time_ps, fmt::format("  walk {}: the PTE at {:#x} is {:#x}", read.level,
                                     read.pte_address, read.pte));
    }
    if (t.end == Translation::End::kRefill) line(t.refill_ps, "  refill");
    if (t.end == Translation::End::kFault) {
      line(t.fault_ps, fmt::format("  {}: {}", t.fault_cause, t.fault_text));
    } else if (t.pa != 0) {
      line(t.end_ps, fmt::format("  done, physical address {:#x}", t.pa));
    }
  }
  return text;
}

}  // namespace lookaside::record
