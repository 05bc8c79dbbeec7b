// SPDX-License-Identifier: Apache-2.0
#include "dram/naive_compare.h"

#include <algorithm>
#include <sstream>

namespace lookaside::naive {
namespace {

constexpr std::uint64_t kMemory = std::uint64_t{1} << 30;

dram::Trace stride(std::uint64_t bytes, std::size_t length) {
  dram::Trace trace;
  for (std::size_t i = 0; i < length; ++i) trace.push_back({i * bytes % kMemory, false});
  return trace;
}

/// Reads of one stream and reads or writes of another, in turn.
dram::Trace two_streams(std::size_t length, bool second_writes) {
  dram::Trace trace;
  for (std::size_t i = 0; i < length; ++i) {
    const bool second = i % 2 == 1;
    trace.push_back({(second ? kMemory / 2 + 4096 * 5 : 0) + i / 2 * 64, second && second_writes});
  }
  return trace;
}

dram::Trace all_writes(dram::Trace trace) {
  for (dram::Record& r : trace) r.write = true;
  return trace;
}

/// One stream, every other access a write.
dram::Trace alternating(std::size_t length) {
  dram::Trace trace = dram::sequential(length);
  for (std::size_t i = 1; i < length; i += 2) trace[i].write = true;
  return trace;
}

/// Reads and writes of the same few lines: hazards at every turn.
dram::Trace ping_pong(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  dram::Trace trace;
  for (std::size_t i = 0; i < length; ++i) {
    trace.push_back({random() % 8 * (kMemory / 8) + random() % 4 * 64, i % 2 == 1});
  }
  return trace;
}

dram::Op op_of(Kind kind) {
  using dram::Op;
  static constexpr Op kOps[] = {Op::kAct, Op::kPre, Op::kPreAll, Op::kRd,
                                Op::kRda, Op::kWr,  Op::kWra,    Op::kRef};
  return kOps[static_cast<unsigned>(kind)];
}

Command from_model(const dram::Command& c, const Part& part) {
  static constexpr Kind kKinds[] = {Kind::kAct, Kind::kPre, Kind::kPrea, Kind::kRd,
                                    Kind::kRda, Kind::kWr,  Kind::kWra,  Kind::kRef};
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](Kind k) { return op_of(k) == c.op; });
  Command command{c.clock, *kind, {}};
  command.at.rank = c.rank;
  command.at.group = c.bank_group;
  command.at.bank = c.bank % (1U << part.geometry.bank_bits);
  command.at.row = c.row;
  return command;
}

void impose(const Timing& t, dram::Device& device) {
  using P = dram::Parameter;
  const std::pair<P, unsigned> kFigures[] = {
      {P::kCl, t.cl},        {P::kCwl, t.cwl},    {P::kRcd, t.rcd},    {P::kRp, t.rp},
      {P::kRpab, t.rp},      {P::kRas, t.ras},    {P::kRc, t.rc},      {P::kRrdS, t.rrd_s},
      {P::kRrdL, t.rrd_l},   {P::kFaw, t.faw},    {P::kCcdS, t.ccd_s}, {P::kCcdL, t.ccd_l},
      {P::kCcdLWr, t.ccd_l}, {P::kWtrS, t.wtr_s}, {P::kWtrL, t.wtr_l}, {P::kRtp, t.rtp},
      {P::kWr, t.wr},        {P::kRfc, t.rfc},    {P::kRefi, t.refi},  {P::kRtrs, t.rtrs},
      {P::kXs, t.rfc + 12}};
  for (const auto& [parameter, clocks] : kFigures) {
    device[parameter] = static_cast<std::int32_t>(clocks);
  }
  dram::check_device(device, "test");
}

/// The model does not tell columns, nor the row of a precharge.
bool same(const Command& a, const Command& b) {
  if (a.clock != b.clock || a.kind != b.kind || a.at.rank != b.at.rank) return false;
  if (a.kind == Kind::kPrea || a.kind == Kind::kRef) return true;
  if (!a.at.same_bank(b.at)) return false;
  return a.kind == Kind::kPre || a.at.row == b.at.row;
}

std::string text_of(const Command& c) {
  std::ostringstream text;
  text << c.clock << ' ' << name(c.kind) << " rank " << c.at.rank;
  if (c.kind == Kind::kPrea || c.kind == Kind::kRef) return text.str();
  text << " bank " << c.at.group << '.' << c.at.bank;
  if (c.kind != Kind::kPre) text << " row " << c.at.row;
  return text.str();
}

Outcome summary(const dram::Figures& figures) {
  Outcome o;
  o.gigabytes_per_second = figures.gigabytes_per_second();
  o.mean_ns = figures.mean_ns();
  o.p50 = figures.percentile(0.5);
  o.p99 = figures.percentile(0.99);
  o.latency = figures.latency;
  o.clocks = figures.clocks;
  return o;
}

}  // namespace

std::vector<NamedTrace> traces(std::size_t length, std::uint64_t seed) {
  return {{"sequential", dram::sequential(length)},
          {"uniform", dram::uniform(kMemory, length, seed)},
          {"uniform_writes", all_writes(dram::uniform(kMemory, length, seed + 1))},
          {"hot_pages", dram::hot_pages(length, seed)},
          {"stride_128", stride(128, length)},
          {"stride_4k", stride(4096, length)},
          {"stride_8k", stride(8192, length)},
          {"stride_64k", stride(65536, length)},
          {"stride_1m_64", stride((1U << 20) + 64, length)},
          {"two_streams", two_streams(length, false)},
          {"copy", two_streams(length, true)},
          {"alternating", alternating(length)},
          {"ping_pong", ping_pong(length, seed)},
          {"sequential_writes", all_writes(dram::sequential(length))}};
}

Place locate(const Geometry& geometry, unsigned ranks, const std::string& map,
             std::uint64_t address) {
  std::vector<std::string> fields;
  std::stringstream text(map);
  for (std::string field; std::getline(text, field, ':');) fields.push_back(field);
  unsigned rank_bits = 0;
  while (1U << rank_bits < ranks) ++rank_bits;
  Place at;
  std::uint64_t rest = address / 64;
  const auto take = [&rest](unsigned bits) {
    const auto value = static_cast<unsigned>(rest % (std::uint64_t{1} << bits));
    rest >>= bits;
    return value;
  };
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (*field == "column") at.column = take(geometry.column_bits);
    if (*field == "bank_group") at.group = take(geometry.group_bits);
    if (*field == "bank") at.bank = take(geometry.bank_bits);
    if (*field == "rank") at.rank = take(rank_bits);
    if (*field == "row") at.row = take(geometry.row_bits);
  }
  return at;
}

const std::vector<std::pair<unsigned, std::uint64_t>>& pressures() {
  static const std::vector<std::pair<unsigned, std::uint64_t>> kPressures = {
      {1, 1}, {2, 1}, {4, 1}, {8, 1}, {16, 1}, {32, 1}, {32, 4}, {32, 6}, {32, 10}, {32, 20}};
  return kPressures;
}

std::vector<Load> machines(const std::vector<Part>& parts) {
  std::vector<Load> loads;
  for (const Part& part : parts) {
    for (const char* map : {kPages, kInterleaved}) {
      if (part.geometry.group_bits == 0 && map == kInterleaved) continue;  // it has no groups
      for (const unsigned ranks : {1U, 2U}) {
        for (const auto pages : {dram::PagePolicyKind::kOpen, dram::PagePolicyKind::kClosed}) {
          Load load;
          load.part = part;
          load.map = map;
          load.ranks = ranks;
          load.config.page_policy = pages;
          loads.push_back(load);
        }
      }
    }
  }
  return loads;
}

std::string Load::text() const {
  static constexpr const char* kPolicies[] = {" open", " closed", " adaptive", " timeout"};
  std::ostringstream text;
  text << part.name << ' ' << map << " x" << ranks
       << kPolicies[static_cast<unsigned>(config.page_policy)] << " outstanding " << outstanding
       << " gap " << gap;
  if (!impose_timing) return text.str();
  const Timing& t = part.timing;
  text << " CL " << t.cl << " CWL " << t.cwl << " tRCD " << t.rcd << " tRP " << t.rp << " tRAS "
       << t.ras << " tRC " << t.rc << " tRRD " << t.rrd_s << '/' << t.rrd_l << " tFAW " << t.faw
       << " tCCD " << t.ccd_s << '/' << t.ccd_l << " tWTR " << t.wtr_s << '/' << t.wtr_l << " tRTP "
       << t.rtp << " tWR " << t.wr << " tRFC " << t.rfc << " tREFI " << t.refi << " tRTRS "
       << t.rtrs;
  return text.str();
}

Policy policy_of_model(const dram::ControllerConfig& config) {
  Policy policy;
  policy.closed_page = config.page_policy == dram::PagePolicyKind::kClosed;
  policy.keep_wanted_rows = true;
  policy.rows_in_order = true;
  policy.activates_first = true;
  policy.queue_depth = config.queue_depth;
  policy.postpone = config.postpone;
  policy.pull_in = config.pull_in;
  if (config.page_policy == dram::PagePolicyKind::kTimeout) {
    policy.row_timeout = config.page_timeout;
  }
  switch (config.scheduling) {
    case dram::Scheduling::kFcfs:
      policy.age_cap = 1;  // a request is seen a clock after its arrival
      break;
    case dram::Scheduling::kFrFcfs:
      policy.age_cap = 0;
      break;
    case dram::Scheduling::kFrFcfsCapped:
      policy.age_cap = config.age_cap;
      break;
  }
  return policy;
}

Outcome play_model(const Load& load, const dram::Trace& trace) {
  dram::Organization organization{dram::builtin_device(load.part.name), 1, load.ranks, 64};
  if (load.impose_timing) impose(load.part.timing, organization.device);
  const dram::Mapping map(organization, load.map);
  dram::Controller controller(organization, load.config);
  std::vector<Command> commands;
  const dram::Figures figures =
      dram::play(controller, map, trace, load.outstanding, load.gap, [&](const dram::Step& step) {
        for (const dram::Command& c : step.commands) commands.push_back(from_model(c, load.part));
      });
  Outcome o = summary(figures);
  o.hits = controller.counters().rows[0];
  o.misses = controller.counters().rows[1];
  o.conflicts = controller.counters().rows[2];
  o.commands = std::move(commands);
  return o;
}

Outcome play_naive(const Load& load, const dram::Trace& trace, const Policy& policy) {
  std::vector<Request> requests;
  for (const dram::Record& r : trace) {
    requests.push_back({locate(load.part.geometry, load.ranks, load.map, r.address), r.write});
  }
  Controller controller(load.part, load.ranks, policy);
  Answers answers = controller.play(requests, load.outstanding, load.gap);
  dram::Figures figures;  // only to reckon with
  figures.clocks = answers.clocks;
  figures.latency = std::move(answers.latency);
  figures.bytes = trace.size() * 64;
  figures.clock_ns = load.part.clock_ns;
  Outcome o = summary(figures);
  o.hits = answers.hits;
  o.misses = answers.misses;
  o.conflicts = answers.conflicts;
  o.commands = std::move(answers.commands);
  return o;
}

std::string compare(const Load& load, const NamedTrace& trace) {
  const Outcome model = play_model(load, trace.trace);
  const Outcome naive = play_naive(load, trace.trace, policy_of_model(load.config));
  const std::string where = trace.name + ", " + load.text() + ": ";
  const std::string difference = first_difference(model.commands, naive.commands);
  if (!difference.empty()) return where + difference;
  // The same commands at the same clocks: what is left is who got which of them.
  for (std::size_t i = 0; i < model.latency.size(); ++i) {
    if (model.latency[i] == naive.latency[i]) continue;
    return where + "latency of request " + std::to_string(i) + ": " +
           std::to_string(model.latency[i]) + " (model), " + std::to_string(naive.latency[i]);
  }
  if (model.clocks != naive.clocks) return where + "clocks";
  if (model.hits != naive.hits || model.misses != naive.misses ||
      model.conflicts != naive.conflicts) {
    return where + "hits, misses, conflicts";
  }
  return "";
}

std::string first_difference(const std::vector<Command>& model, const std::vector<Command>& naive) {
  const std::size_t both = std::min(model.size(), naive.size());
  std::size_t at = 0;
  while (at < both && same(model[at], naive[at])) ++at;
  if (at == model.size() && at == naive.size()) return "";
  std::ostringstream text;
  text << "command " << at << " of " << model.size() << " (model), " << naive.size() << " (naive)";
  const std::size_t from = at < 12 ? 0 : at - 12;
  for (std::size_t i = from; i < at + 6; ++i) {
    text << (i == at ? "\n> " : "\n  ") << (i < model.size() ? text_of(model[i]) : "-");
    if (i >= at) text << "   |   " << (i < naive.size() ? text_of(naive[i]) : "-");
  }
  return text.str();
}

double deviation(double model, double naive) {
  return (model - naive) / naive * 100;
}

}  // namespace lookaside::naive
