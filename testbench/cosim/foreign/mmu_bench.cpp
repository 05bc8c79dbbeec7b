// SPDX-License-Identifier: Apache-2.0
#include "mmu_bench.h"

#include <algorithm>

#include <fmt/format.h>

namespace lookaside::foreign {

using cosim::Operation;
using cosim::OperationKind;
using translation::AdUpdate;
using translation::Cause;
using translation::Context;
using translation::Pmp;
using translation::Privilege;

namespace {

std::uint64_t ones(unsigned bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}
const char* word(Privilege privilege) {
  return privilege == Privilege::kUser         ? "user"
         : privilege == Privilege::kSupervisor ? "supervisor"
                                               : "machine";
}
const char* word(translation::Access access) {
  if (access == translation::Access::kFetch) return "fetch";
  return is_store(access) ? "store" : "load";
}
const char* word(Cause cause) {
  switch (cause) {
    case Cause::kFetchAccess:
      return "fetch-access";
    case Cause::kLoadAccess:
      return "load-access";
    case Cause::kStoreAccess:
      return "store-access";
    case Cause::kFetchPage:
      return "fetch-page";
    case Cause::kLoadPage:
      return "load-page";
    default:
      return "store-page";
  }
}
bool is_page_fault(Cause cause) {
  return cause == Cause::kFetchPage || cause == Cause::kLoadPage || cause == Cause::kStorePage;
}
bool has_word(const Encoded& encoded, const std::string& word) {
  return std::any_of(encoded.values.begin(), encoded.values.end(),
                     [&](const auto& value) { return value.first == word; });
}

}  // namespace

MmuBench::MmuBench(const PortMap& map, const std::string& object, const std::string& wave)
    : Bench(map, object, wave),
      allowed_({map.shape.format, map.shape.asid_bits, map.pieces}),
      memory_(binding(), allowed_),
      ports_{port("fetch"), port("data")} {
  if (map.compare == Compare::kExact) model_ = std::make_unique<MmuModel>(map);
  pmps_.emplace_back(map.pmp_entries, map.shape.format->pa_bits);
  drain();
}

MmuBench::Port MmuBench::port(const std::string& name) const {
  Port p;
  p.name = name;
  p.valid = pin(name + ".valid");
  p.ready = pin(name + ".ready");
  p.va = pin(name + ".va");
  p.more = pin(name + ".more");
  p.store = pin(name + ".store");
  p.kind = encoded(name + ".access");
  p.response_valid = pin(name + ".response_valid");
  p.pa = pin(name + ".pa");
  p.ppn = pin(name + ".ppn");
  p.fault = pin(name + ".fault");
  p.page_fault = pin(name + ".page_fault");
  p.access_fault = pin(name + ".access_fault");
  p.tval = pin(name + ".tval");
  p.cause = encoded(name + ".cause");
  p.rule = encoded(name + ".rule");
  p.hold = holds(name);
  return p;
}

MmuBench::Port& MmuBench::port_of(const Operation& o) {
  return ports_[o.access == translation::Access::kFetch ? 0 : 1];
}

std::optional<Operation> MmuBench::fitted(const Operation& operation) const {
  Operation o = operation;
  const Shape& shape = map().shape;
  switch (o.kind) {
    case OperationKind::kAccess: {
      const Port& p = ports_[o.access == translation::Access::kFetch ? 0 : 1];
      if (!p.valid.connected()) return std::nullopt;
      if (p.va.width() < shape.xlen() && !format().canonical(o.va)) return std::nullopt;
      if (!p.more.connected()) o.bytes = 1;
      if (!p.kind.connected() && !p.store.connected() && is_store(o.access)) {
        o.access = translation::Access::kLoad;
      }
      return o;
    }
    case OperationKind::kFence:
      if (model_) o.phase = 0;  // what a fence does to a walk is the block's business
      if (!fence_forms()[static_cast<unsigned>(o.form)]) return std::nullopt;
      if (pin("fence.va").width() < shape.xlen() && !format().canonical(o.va)) return std::nullopt;
      o.asid &= static_cast<std::uint32_t>(ones(shape.asid_bits));
      return o;
    case OperationKind::kContext: {
      Context& c = o.context;
      const bool way =
          pin("context.satp").connected() ||
          (pin("context.mode").connected() && has_word(encoded("context.mode"), "bare")) ||
          pin("context.fetch_translate").connected();
      if (c.format == nullptr && !(way && map().bare)) return std::nullopt;
      if (c.format != nullptr && c.format != map().shape.format) return std::nullopt;
      c.asid &= static_cast<std::uint32_t>(ones(shape.asid_bits));
      // Without ports for privileges everything is U-mode: of the modes that translate, the one
      // whose rules need no SUM.
      const bool one = pin("context.privilege").connected();
      const auto fit = [&](Privilege& privilege, const char* role) {
        const bool there = one || pin(role).connected();
        if (!there || !has_word(encoded(one ? "context.privilege" : role), word(privilege))) {
          privilege = Privilege::kUser;
        }
      };
      if (one) c.fetch_privilege = c.data_privilege;
      fit(c.fetch_privilege, "context.fetch_privilege");
      fit(c.data_privilege, "context.data_privilege");
      c.sum = c.sum && pin("context.sum").connected();
      c.mxr = c.mxr && pin("context.mxr").connected();
      if (!pin("context.ad_update").connected()) {
        c.ad_update = map().ad_hardware ? AdUpdate::kHardware : AdUpdate::kFault;
      }
      return o;
    }
    case OperationKind::kPmp:
      if (!pin("pmp.write").connected() || o.index >= map().pmp_entries) return std::nullopt;
      return o;
    case OperationKind::kBusError:
      if (!pin("memory.error").connected()) return std::nullopt;
      return o;
    case OperationKind::kWrite:
    case OperationKind::kLatency:
      return o;
    default:
      return std::nullopt;
  }
}

bool MmuBench::quiet() const {
  return std::all_of(ports_.begin(), ports_.end(),
                     [](const Port& p) { return !p.offered && p.under_way.empty(); });
}

AllowedSet::Time MmuBench::oldest() const {
  AllowedSet::Time time = allowed_.now();
  for (const Port& p : ports_) {
    if (p.offered) time = std::min(time, p.offered->begun);
    for (const Access& a : p.under_way) time = std::min(time, a.begun);
  }
  return time;
}

void MmuBench::drain() {
  while (!quiet()) cycle();
}

void MmuBench::start(const Operation& o) {
  switch (o.kind) {
    case OperationKind::kAccess:
      access(o);
      return;
    case OperationKind::kFence:
    case OperationKind::kWrite:
      if (o.phase > 0) {
        phased_.push_back(o);
        return;
      }
      drain();
      if (o.kind == OperationKind::kFence) {
        fence_now(o);
      } else {
        allowed_.write(o.pa, o.value);
        note(line_of(o));
      }
      return;
    case OperationKind::kContext:
      drain();
      set_context(o.context);
      note(line_of(o));
      return;
    case OperationKind::kPmp:
      drain();
      set_pmp(o);
      return;
    case OperationKind::kBusError:
      drain();
      allowed_.write_error(o.pa);
      note(line_of(o));
      return;
    case OperationKind::kLatency:
      drain();
      memory_.set_latency(std::max(o.index, 1U));
      return;
    default:
      return;
  }
}

void MmuBench::set_context(const Context& c) {
  context_ = c;
  const Shape& shape = map().shape;
  const std::uint64_t root = c.root >> format().page_shift;
  const std::uint64_t mode = c.format == nullptr ? 0 : c.format->satp_mode;
  if (c.format != nullptr) allowed_.set_root(c.asid, c.root);
  if (model_) model_->set_context(c);
  // satp: MODE, ASID, PPN (rule book A.1).
  const std::uint64_t satp = shape.xlen() == 32 ? mode << 31 | std::uint64_t{c.asid} << 22 | root
                                                : mode << 60 | std::uint64_t{c.asid} << 44 | root;
  pin("context.satp").put(satp);
  encoded("context.mode").put(c.format == nullptr ? "bare" : word_of(*c.format));
  pin("context.root").put(root);
  pin("context.asid").put(c.asid);
  encoded("context.privilege").put(word(c.data_privilege));
  encoded("context.fetch_privilege").put(word(c.fetch_privilege));
  encoded("context.data_privilege").put(word(c.data_privilege));
  pin("context.fetch_translate").put(c.translates(translation::Access::kFetch) ? 1 : 0);
  pin("context.data_translate").put(c.translates(translation::Access::kLoad) ? 1 : 0);
  pin("context.sum").put(c.sum ? 1 : 0);
  pin("context.mxr").put(c.mxr ? 1 : 0);
  pin("context.ad_update").put(c.ad_update == AdUpdate::kHardware ? 1 : 0);
}

void MmuBench::set_pmp(const Operation& o) {
  Pmp pmp = pmps_.back();
  pmp.write_addr(o.index, o.value);
  pmp.write_cfg(o.index, o.cfg);
  pmps_.push_back(pmp);
  if (model_) model_->set_pmp(pmp);
  pin("pmp.index").put(o.index);
  pin("pmp.cfg").put(pmp.cfg(o.index));
  pin("pmp.address").put(pmp.addr(o.index));
  pin("pmp.write").put(1);
  progress();
  cycle();
  pin("pmp.write").put(0);
  note(line_of(o));
}

void MmuBench::fence_now(const Operation& o) {
  ++fences_;
  mid_walk_ += quiet() ? 0 : 1;
  note(line_of(o));
  fence(o.fence(), [&] {
    allowed_.fence(o.fence());
    if (model_) model_->fence(o.fence());
  });
  // A change of protection is seen after a fence of everything (SFN-18).
  if (o.form == translation::FenceForm::kAll && quiet()) {
    pmps_.erase(pmps_.begin(), pmps_.end() - 1);
  }
  allowed_.forget(oldest());
}

void MmuBench::offer(Port& p) {
  const Operation& o = p.offered->operation;
  p.va.put(o.va);
  p.more.put(std::max<unsigned>(o.bytes, 1) - 1U);
  p.kind.put(word(o.access));
  p.store.put(is_store(o.access) ? 1 : 0);
  p.valid.put(1);
}

void MmuBench::access(const Operation& o) {
  Port& p = port_of(o);
  if (!phased_.empty() || model_) drain();
  made_.clear();
  while (p.offered) cycle();
  p.offered = Access{o, context_, allowed_.now(), memory_.taken()};
  offer(p);
  ++accesses_;
  if (phased_.empty()) {
    if (model_) drain();
    return;
  }
  const std::uint64_t before = memory_.taken();
  while (!quiet()) {
    phases(memory_.taken() - before, false);
    if (quiet()) break;
    cycle();
  }
  phases(0, true);
}

void MmuBench::phases(std::uint64_t pte_accesses, bool all) {
  for (std::size_t i = 0; i < phased_.size();) {
    if (!all && (phased_[i].phase > pte_accesses || !memory_.busy())) {
      ++i;
      continue;
    }
    const Operation o = phased_[i];
    phased_.erase(phased_.begin() + static_cast<std::ptrdiff_t>(i));
    if (o.kind == OperationKind::kFence) {
      fence_now(o);
    } else {
      allowed_.write(o.pa, o.value);
      note(line_of(o));
    }
  }
}

void MmuBench::before_edge() {
  memory_.drive();
  for (Port& p : ports_) {
    if (p.offered) continue;
    p.valid.put(0);
    // Operands of no request: noise.
    noise_ = noise_ * 0x5851f42d4c957f2d + 1;
    p.va.put(noise_ >> 8);
    p.more.put(noise_ >> 20);
    p.store.put(noise_ >> 40);
  }
  settle();
  for (Port& p : ports_) taken(p);
  PteAccess access;
  if (memory_.take(access)) {
    progress();
    note("  PTE " + text(access));
    if (model_) made_.push_back(access);
    judge_pte(access);
  }
  for (Port& p : ports_) answered(p);
  memory_.clocked();
}

void MmuBench::taken(Port& p) {
  if (!p.offered) return;
  const bool now = p.hold ? p.response_valid.get() != 0 : p.ready.get(1) != 0;
  if (!now) return;
  p.under_way.push_back(*p.offered);
  p.offered.reset();
  progress();
}

void MmuBench::answered(Port& p) {
  if (!p.response_valid.connected() || p.response_valid.get() == 0) return;
  if (p.under_way.empty()) {
    differ({{p.name + ".response_valid", "0", "1"}}, "an answer that no access asked for");
  }
  const Access access = p.under_way.front();
  p.under_way.pop_front();
  progress();
  faults_ += faulted(p) ? 1 : 0;  // before it is judged: an illegal one is one too
  if (model_) {
    judge_exact(p, access);
  } else {
    judge(p, access);
  }
  without_walk_ += access.pte_accesses == memory_.taken() ? 1 : 0;
  note(line_of(access.operation), got(p));
}

std::vector<Answer> MmuBench::legal(const Access& a) const {
  const Request request{a.operation.va, std::max<unsigned>(a.operation.bytes, 1),
                        a.operation.access};
  std::vector<Answer> all;
  for (const Pmp& pmp : pmps_) {
    for (const Answer& answer : allowed_.allowed(a.context, pmp, request, a.begun)) {
      if (std::find(all.begin(), all.end(), answer) == all.end()) all.push_back(answer);
    }
  }
  return all;
}

bool MmuBench::shows(const Port& p, const Answer& answer) const {
  const auto bit = [](const Pin& pin, bool value) {
    return !pin.connected() || (pin.get() != 0) == value;
  };
  const bool page = answer.fault && is_page_fault(answer.cause);
  if (!bit(p.fault, answer.fault) || !bit(p.page_fault, page) ||
      !bit(p.access_fault, answer.fault && !page)) {
    return false;
  }
  const auto number = [](const Pin& pin, std::uint64_t value) {
    return !pin.connected() || pin.get() == (value & ones(pin.width()));
  };
  if (!answer.fault) {
    return number(p.pa, answer.pa) && number(p.ppn, answer.pa >> format().page_shift);
  }
  return p.cause.shows(word(answer.cause)) && number(p.tval, answer.tval);
}

bool MmuBench::faulted(const Port& p) {
  return p.fault.get() != 0 || p.page_fault.get() != 0 || p.access_fault.get() != 0;
}

std::string MmuBench::got(const Port& p) const {
  if (!faulted(p)) {
    return p.pa.connected() ? fmt::format("pa {:#x}", p.pa.get())
                            : fmt::format("ppn {:#x}", p.ppn.get());
  }
  std::string words = p.cause.connected()         ? p.cause.text() + " fault"
                      : p.page_fault.get() != 0   ? "page fault"
                      : p.access_fault.get() != 0 ? "access fault"
                                                  : "fault";
  if (p.tval.connected()) words += fmt::format(", tval {:#x}", p.tval.get());
  return words;
}

void MmuBench::judge(const Port& p, const Access& a) {
  const std::vector<Answer> answers = legal(a);
  choices_ += answers.size() > 1 ? 1 : 0;
  for (const Answer& answer : answers) {
    if (shows(p, answer)) return;
  }
  std::string expected;
  for (const Answer& answer : answers) expected += (expected.empty() ? "" : " | ") + text(answer);
  differ(a.operation, {{p.name + " answer", expected.empty() ? "none is legal" : expected, got(p)}},
         answers.empty()
             ? "no answer is legal before A, or D, is set in memory"
             : "illegal answer: no PTE values in memory since the last covering fence yield it");
}

void MmuBench::judge_exact(const Port& p, const Access& a) {
  const Request request{a.operation.va, std::max<unsigned>(a.operation.bytes, 1),
                        a.operation.access};
  std::vector<cosim::ComparedField> fields;
  const Answer expected = model_->translate(request, made_, fields);
  if (fields.empty()) {
    const std::string rule = name(expected.rule);
    if (!shows(p, expected) || (expected.fault && !p.rule.shows(rule))) {
      const std::string shown = expected.fault && p.rule.connected()
                                    ? fmt::format("{} ({})", got(p), p.rule.text())
                                    : got(p);
      fields.push_back({p.name + " answer", text(expected), shown});
    }
  }
  if (!fields.empty()) differ(a.operation, fields, "");
}

// A walker reads page tables, and writes nothing but A and D, into the value that it has read.
void MmuBench::judge_pte(const PteAccess& a) {
  const unsigned bytes = format().pte_bytes;
  if (a.address % bytes != 0 || !allowed_.is_table(a.address)) {
    differ({{"memory.address", "a PTE of some page table", fmt::format("{:#x}", a.address)}},
           "a PTE access outside of every page table");
  }
  if (!a.cas && !a.write) {
    ++pte_reads_;
    return;
  }
  ++updates_;
  const auto updated = [&](std::uint64_t pte) {
    const bool store = std::any_of(ports_.begin(), ports_.end(), [](const Port& p) {
      return (p.offered && is_store(p.offered->operation.access)) ||
             std::any_of(p.under_way.begin(), p.under_way.end(),
                         [](const Access& u) { return is_store(u.operation.access); });
    });
    return a.desired == format().with_accessed_dirty(pte, translation::Access::kLoad) ||
           (store && a.desired == format().with_accessed_dirty(pte, translation::Access::kStore));
  };
  const char* rule = context_.ad_update == AdUpdate::kFault
                         ? "A and D are not updated by hardware here (AD-01)"
                     : !updated(a.cas ? a.expected : a.data)
                         ? "an update sets A, for a store also D, and nothing else (AD-02, AD-06)"
                         : nullptr;
  if (rule != nullptr) differ({{"PTE update", "as the rule says", text(a)}}, rule);
}

std::vector<Count> MmuBench::counts() const {
  return {{"operations", performed_}, {"cycles", cycles()},
          {"answers", accesses_},     {"without a PTE access", without_walk_},
          {"faults", faults_},        {"with more than one legal answer", choices_},
          {"PTE reads", pte_reads_},  {"PTE updates", updates_},
          {"fences", fences_},        {"in the middle of a walk", mid_walk_}};
}

}  // namespace lookaside::foreign
