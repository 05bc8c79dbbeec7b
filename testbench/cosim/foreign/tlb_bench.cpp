// SPDX-License-Identifier: Apache-2.0
#include "tlb_bench.h"

#include <algorithm>

#include <fmt/format.h>

#include "cosim/tlb/port.h"

namespace lookaside::foreign {

using cosim::ComparedField;
using cosim::Operation;
using cosim::OperationKind;
using translation::Translation;

namespace {

constexpr const char* kPermissions[] = {"r", "w", "x", "u", "a", "d"};
constexpr std::uint64_t kPteFlags = 0x3FF;

std::string hex(std::uint64_t value) {
  return fmt::format("{:#x}", value);
}
std::uint64_t ones(unsigned bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}
/// The flags of a leaf with V set; `page` only gives the permissions and G.
std::uint64_t flags_of(const Translation& page) {
  constexpr std::uint64_t kV = 1, kG = 1U << 5;
  return (page.pte | kV | (page.global ? kG : 0)) & kPteFlags;
}

}  // namespace

TlbBench::TlbBench(const PortMap& map, const std::string& object, const std::string& wave)
    : Bench(map, object, wave),
      allowed_({map.shape.asid_bits, map.pieces, map.shape.format->page_shift}),
      lookup_ready_(pin("lookup.ready")),
      response_valid_(pin("response.valid")),
      hit_(pin("response.hit")) {
  if (map.compare == Compare::kExact) model_ = std::make_unique<tlb::Array>(map.geometry.at("tlb"));
}

Translation TlbBench::page_of(const Operation& o) const {
  Translation t;
  t.format = &format();
  t.level = o.level;
  t.page_shift = format().leaf_shift(o.level);
  t.va_base = o.va & ~t.offset_mask();
  t.pa_base = (o.ppn << format().page_shift) & ~t.offset_mask();
  t.global = o.global;
  t.pte = cosim::with_perm(1, o.perm);
  return t;
}

std::optional<Operation> TlbBench::fitted(const Operation& operation) const {
  Operation o = operation;
  const Shape& shape = map().shape;
  o.asid &= static_cast<std::uint32_t>(ones(shape.asid_bits));
  const bool short_va = pin("lookup.va").width() < shape.xlen() &&
                        pin("lookup.vpn").width() < shape.xlen() - format().page_shift;
  if (short_va && !format().canonical(o.va)) return std::nullopt;
  switch (o.kind) {
    case OperationKind::kLookup:
      return o;
    case OperationKind::kDrop:
      if (!pin("lookup.drop").connected()) return std::nullopt;
      return o;
    case OperationKind::kFill: {
      const Encoded level = encoded("fill.level");
      const std::string size = o.level < format().levels ? page_size(format(), o.level) : "";
      const bool known = level.connected()
                             ? std::any_of(level.values.begin(), level.values.end(),
                                           [&](const auto& value) { return value.first == size; })
                             : o.level == 0;
      if (!known || !format().canonical(o.va)) return std::nullopt;
      o.ppn &= ones(shape.pa_bits - format().page_shift);
      o.ppn &= ~ones(format().leaf_shift(o.level) - format().page_shift);
      if (!pin("fill.global").connected() && !pin("fill.pte").connected()) o.global = false;
      return o;
    }
    case OperationKind::kFence:
      o.phase = 0;
      if (!fence_forms()[static_cast<unsigned>(o.form)]) return std::nullopt;
      return o;
    default:
      return std::nullopt;
  }
}

void TlbBench::start(const Operation& o) {
  if (exact() && o.kind != OperationKind::kLookup) drain();
  switch (o.kind) {
    case OperationKind::kLookup:
    case OperationKind::kDrop:
      lookup(o);
      if (exact()) drain();
      break;
    case OperationKind::kFill:
      overlapped_ += under_way_.empty() ? 0 : 1;
      fill(o);
      break;
    case OperationKind::kFence:
      overlapped_ += under_way_.empty() ? 0 : 1;
      ++fences_;
      note(line_of(o));
      fence(o.fence(), [&] {
        allowed_.fence(o.fence());
        if (exact()) model_->invalidate(o.fence());
      });
      allowed_.forget(under_way_.empty() ? allowed_.now() : under_way_.front().begun);
      break;
    default:
      return;
  }
  if (exact()) judge_contents(o);
}

void TlbBench::lookup(const Operation& o) {
  Lookup l{o, 0, allowed_.now(), {}};
  pin("lookup.va").put(o.va);
  pin("lookup.vpn").put(o.va >> format().page_shift);
  pin("lookup.asid").put(o.asid);
  pin("lookup.drop").put(o.kind == OperationKind::kDrop ? 1 : 0);
  pin("lookup.valid").put(1);
  const bool hold = holds("lookup");
  ++lookups_;
  offered_ = l;
  while (offered_) cycle();
  while (hold && !under_way_.empty()) cycle();
  pin("lookup.valid").put(0);
}

void TlbBench::put_fill(const Operation& o) {
  const Translation page = page_of(o);
  const std::uint64_t ppn = page.pa_base >> format().page_shift;
  pin("fill.va").put(o.va);
  pin("fill.vpn").put(o.va >> format().page_shift);
  pin("fill.asid").put(o.asid);
  pin("fill.pa").put(page.pa_base);
  pin("fill.ppn").put(ppn);
  pin("fill.pte").put(flags_of(page) | ppn << 10);
  pin("fill.global").put(o.global ? 1 : 0);
  for (unsigned i = 0; i < std::size(kPermissions); ++i) {
    pin(std::string("fill.") + kPermissions[i]).put(o.perm >> i & 1);
  }
  encoded("fill.level").put(page_size(format(), o.level));
  pin("fill.valid").put(1);
}

void TlbBench::fill(const Operation& o) {
  ++fills_;
  tlb::FillResult expected;
  if (exact()) expected = model_->fill(page_of(o), o.va, o.asid);
  allowed_.fill(page_of(o), o.asid);
  note(line_of(o));
  put_fill(o);
  const Pin ready = pin("fill.ready"), done = pin("fill.done");
  bool taken = false, complete = false;
  for (unsigned edges = 0; !complete;) {
    settle();
    if (!taken) {
      taken = ready.get(1) != 0;
      if (taken && !done.connected()) judge_fill(o, expected);
    }
    if (taken && done.connected() && done.get() != 0) {
      judge_fill(o, expected);
      complete = true;
    }
    cycle();
    if (!taken) continue;
    if (++edges <= map().timeout_cycles) progress();
    if (!holds("fill") || complete) pin("fill.valid").put(0);
    if (!done.connected()) complete = edges >= map().latency.fill;
  }
  pin("fill.valid").put(0);
}

void TlbBench::drain() {
  while (!under_way_.empty() || offered_) cycle();
}

void TlbBench::before_edge() {
  if (offered_ && lookup_ready_.get(1) != 0) {
    offered_->taken = cycles();
    if (exact()) {
      const Operation& o = offered_->operation;
      offered_->model = o.kind == OperationKind::kDrop ? model_->drop(o.va, o.asid)
                                                       : model_->lookup(o.va, o.asid);
    }
    under_way_.push_back(*offered_);
    offered_.reset();
    progress();
  }
  answered();
}

void TlbBench::answered() {
  const bool told = response_valid_.connected();
  if (under_way_.empty()) {
    if (told && response_valid_.get() != 0) {
      differ({{"response.valid", "0", "1"}}, "an answer that no lookup asked for");
    }
    return;
  }
  const std::uint64_t edges = cycles() - under_way_.front().taken;
  if (told ? response_valid_.get() == 0 : edges != map().latency.lookup) return;
  const Lookup lookup = under_way_.front();
  under_way_.pop_front();
  progress();
  hits_ += hit_.get();  // before it is judged: an illegal hit is one too
  if (exact()) {
    judge_exact(lookup);
  } else {
    judge(lookup);
  }
  note(line_of(lookup.operation), hit_.get() != 0 ? "hit" : "miss");
}

// Everything that the ports tell about a hit, as it should be and as it is.
std::vector<ComparedField> TlbBench::fields(const Lookup& lookup,
                                            const Translation& expected) const {
  std::vector<ComparedField> all = {{"hit", "1", fmt::format("{}", hit_.get())}};
  const std::uint64_t va = lookup.operation.va;
  const unsigned shift = format().page_shift;
  const auto number = [&](const char* role, std::uint64_t value, std::uint64_t ignored = 0) {
    const Pin p = pin(role);
    if (!p.connected()) return;
    const std::uint64_t mask = ones(p.width()) & ~ignored;
    all.push_back({role, hex(value & mask), hex(p.get() & mask)});
  };
  // Without the offset of the lookup's address, that of the answer means nothing.
  number("response.pa", expected.physical(va), pin("lookup.va").connected() ? 0 : ones(shift));
  number("response.ppn", expected.physical(va) >> shift);
  number("response.page_ppn", expected.pa_base >> shift);
  const Encoded level = encoded("response.level");
  if (level.connected() && !map().pieces) {
    const std::string size = page_size(format(), expected.level);
    all.push_back({"response.level", size, level.shows(size) ? size : level.text()});
  }
  number("response.pte", flags_of(expected), ~kPteFlags);
  number("response.global", expected.global ? 1 : 0);
  for (unsigned i = 0; i < std::size(kPermissions); ++i) {
    number((std::string("response.") + kPermissions[i]).c_str(),
           cosim::perm_of(expected.pte) >> i & 1);
  }
  return all;
}

void TlbBench::judge(const Lookup& lookup) {
  if (hit_.get() == 0) return;  // always legal
  const auto legal = allowed_.allowed(lookup.operation.va, lookup.operation.asid, lookup.begun);
  std::vector<ComparedField> nearest;
  const auto wrong = [](const std::vector<ComparedField>& f) {
    return std::count_if(f.begin(), f.end(), [](const auto& one) { return one.differs(); });
  };
  for (const Translation& t : legal) {
    std::vector<ComparedField> f = fields(lookup, t);
    if (wrong(f) == 0) return;
    if (nearest.empty() || wrong(f) < wrong(nearest)) nearest = std::move(f);
  }
  if (nearest.empty()) {
    nearest = fields(lookup, {});
    for (ComparedField& field : nearest) field.model = field.name == "hit" ? "0" : field.rtl;
    nearest.resize(std::min<std::size_t>(nearest.size(), 2));
  }
  differ(lookup.operation, nearest,
         legal.empty() ? "illegal hit: since the last fence that covers it, this address was not "
                         "refilled in this address space"
                       : fmt::format("none of the {} translations that it was refilled with since "
                                     "the last covering fence; the nearest is shown",
                                     legal.size()));
}

void TlbBench::judge_exact(const Lookup& lookup) {
  const tlb::LookupResult& expected = lookup.model;
  if (!expected.hit) {
    if (hit_.get() != 0) differ(lookup.operation, {{"hit", "0", "1"}}, "");
    return;
  }
  // A hit has the size of the piece that is held.
  Translation t = expected.translation;
  for (unsigned level = 0; level < format().levels; ++level) {
    if (format().leaf_shift(level) == t.page_shift) t.level = level;
  }
  std::vector<ComparedField> all = fields(lookup, t);
  const Pin set = pin("response.set"), way = pin("response.way");
  if (set.connected() && map().geometry.at("tlb").sets() > 1) {
    all.push_back({"response.set", fmt::format("{}", expected.set), fmt::format("{}", set.get())});
  }
  if (way.connected()) {
    all.push_back({"response.way", fmt::format("{}", expected.way), fmt::format("{}", way.get())});
  }
  if (std::any_of(all.begin(), all.end(), [](const auto& f) { return f.differs(); })) {
    differ(lookup.operation, all, "");
  }
}

void TlbBench::judge_fill(const Operation& o, const tlb::FillResult& expected) {
  if (!exact()) return;
  std::vector<ComparedField> all;
  const auto compare = [&](const char* role, unsigned value) {
    const Pin p = pin(role);
    if (p.connected()) all.push_back({role, fmt::format("{}", value), fmt::format("{}", p.get())});
  };
  compare("fill.stored", expected.stored ? 1 : 0);
  if (expected.stored) {
    compare("fill.evict", expected.evicted ? 1 : 0);
    if (map().geometry.at("tlb").sets() > 1) compare("fill.set", expected.set);
    compare("fill.way", expected.way);
  }
  if (std::any_of(all.begin(), all.end(), [](const auto& f) { return f.differs(); })) {
    differ(o, all, "");
  }
}

void TlbBench::judge_contents(const Operation& o) {
  const Pin valid = pin("entries.valid");
  if (!valid.connected()) return;
  settle();
  const std::vector<tlb::Entry> entries = model_->snapshot();
  std::vector<ComparedField> all;
  for (std::size_t i = 0; i < entries.size() && i < valid.width(); ++i) {
    const bool got = valid.bit(static_cast<unsigned>(i));
    if (got == entries[i].valid) continue;
    const unsigned ways = map().geometry.at("tlb").ways;
    all.push_back({fmt::format("valid of set {} way {}", i / ways, i % ways),
                   entries[i].valid ? "1" : "0", got ? "1" : "0"});
  }
  if (!all.empty()) differ(o, all, "");
}

std::vector<Count> TlbBench::counts() const {
  return {{"operations", performed_},
          {"cycles", cycles()},
          {"lookups", lookups_},
          {"hits", hits_},
          {"refills", fills_},
          {"fences", fences_},
          {"while lookups were under way", overlapped_}};
}

}  // namespace lookaside::foreign
