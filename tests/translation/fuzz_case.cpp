// SPDX-License-Identifier: Apache-2.0
#include "translation/fuzz_case.h"

#include <fmt/format.h>

#include <lookaside/translation/walk.h>

namespace lookaside::tests {
namespace {

namespace model = lookaside::translation;
using u64 = std::uint64_t;

// What a walk does to memory, step by step.
struct Step {
  char what = ' ';  // 'r' read, 's' swap
  u64 address = 0;
  int bytes = 0;
  u64 expected = 0;
  u64 desired = 0;
  bool operator==(const Step& o) const {
    return what == o.what && address == o.address && bytes == o.bytes && expected == o.expected &&
           desired == o.desired;
  }
};

// One memory behind both interfaces; each side gets its own copy.
class Memory : public model::PteMemory, public oracle::Memory {
 public:
  explicit Memory(const Case& c) : cells(c.cells), races_(c.races) {}

  bool read(u64 pa, unsigned bytes, u64& value) override {
    steps.push_back({'r', pa, static_cast<int>(bytes), 0, 0});
    const Cell* cell = find(pa);
    value = cell == nullptr ? 0 : cell->value;
    if (bytes == 4) value &= 0xffffffff;
    return cell == nullptr || !cell->read_error;
  }
  bool compare_and_swap(u64 pa, unsigned bytes, u64 expected, u64 desired, bool& swapped) override {
    steps.push_back({'s', pa, static_cast<int>(bytes), expected, desired});
    swapped = false;
    Cell* cell = find(pa);
    if (cell == nullptr || cell->swap_error) return false;
    if (next_race_ < races_.size()) {
      const u64 race = races_[next_race_++];
      cell->value = bytes == 4 ? race & 0xffffffff : race;
    }
    swapped = cell->value == expected;
    if (swapped) cell->value = desired;
    return true;
  }
  bool load(u64 address, int bytes, u64* value) override {
    return read(address, static_cast<unsigned>(bytes), *value);
  }
  bool swap(u64 address, int bytes, u64 expected, u64 desired, bool* done) override {
    return compare_and_swap(address, static_cast<unsigned>(bytes), expected, desired, *done);
  }

  std::vector<Cell> cells;
  std::vector<Step> steps;

 private:
  Cell* find(u64 address) {
    for (Cell& cell : cells) {
      if (cell.address == address) return &cell;
    }
    return nullptr;
  }
  const std::vector<u64>& races_;
  std::size_t next_race_ = 0;
};

constexpr model::Access kAccess[] = {model::Access::kFetch,
                                     model::Access::kLoad,
                                     model::Access::kStore,
                                     model::Access::kLoadReserved,
                                     model::Access::kStoreConditional,
                                     model::Access::kAmo};

model::Privilege privilege(int mode) {
  if (mode == 0) return model::Privilege::kUser;
  return mode == 1 ? model::Privilege::kSupervisor : model::Privilege::kMachine;
}

model::Context context_of(const Case& c) {
  model::Context context;
  if (c.satp == 32) context.format = &model::kSv32;
  if (c.satp == 39) context.format = &model::kSv39;
  if (c.satp == 48) context.format = &model::kSv48;
  if (c.satp == 57) context.format = &model::kSv57;
  context.root = c.root;
  context.fetch_privilege = privilege(c.fetch_mode);
  context.data_privilege = privilege(c.data_mode);
  context.sum = c.sum;
  context.mxr = c.mxr;
  context.ad_update = c.hardware_ad ? model::AdUpdate::kHardware : model::AdUpdate::kFault;
  return context;
}

model::Pmp pmp_of(const Case& c) {
  model::Pmp pmp(c.pmp_entries, c.rv32 ? 34 : 56);
  for (const PmpWrite& w : c.pmp) {
    if (w.what == PmpWrite::kCfg) {
      pmp.write_cfg(w.index, static_cast<std::uint8_t>(w.value));
    } else {
      pmp.write_addr(w.index, w.value);
    }
  }
  return pmp;
}

oracle::Query query_of(const Case& c) {
  oracle::Query q;
  q.satp = c.satp;
  q.root = c.root;
  q.fetch_mode = c.fetch_mode;
  q.data_mode = c.data_mode;
  q.sum = c.sum;
  q.mxr = c.mxr;
  q.hardware_ad = c.hardware_ad;
  q.va = c.va;
  q.bytes = c.bytes;
  q.kind = c.kind;
  q.pmp.count = static_cast<int>(c.pmp_entries);
  q.pmp.rv32 = c.rv32;
  for (const PmpWrite& w : c.pmp) {
    if (w.what == PmpWrite::kCfg) {
      q.pmp.write_cfg(static_cast<int>(w.index), static_cast<std::uint8_t>(w.value));
    } else {
      q.pmp.write_addr(static_cast<int>(w.index), w.value);
    }
  }
  return q;
}

// Collects the first differences between two sides.
struct Differences {
  std::string text;
  void check(const char* what, u64 ours, u64 theirs) {
    if (ours != theirs) text += fmt::format("{}: model {:#x}, oracle {:#x}\n", what, ours, theirs);
  }
  void check(const char* what, const char* ours, const char* theirs) {
    if (std::string_view(ours) != theirs) {
      text += fmt::format("{}: model '{}', oracle '{}'\n", what, ours, theirs);
    }
  }
};

void compare_fault(Differences& d, const Case& c, const model::Fault& fault,
                   const oracle::Answer& answer) {
  d.check("cause", static_cast<u64>(fault.cause), static_cast<u64>(answer.cause));
  d.check("tval", fault.tval, answer.tval);
  d.check("row of A.4", model::table_row(fault.rule), answer.row);
  d.check("rule", model::name(fault.rule), answer.why);
  d.check("level", static_cast<u64>(fault.level), static_cast<u64>(answer.level));
  d.check("PTE address", fault.pte_address, answer.pte_address);
  d.check("PTE", fault.pte, answer.pte);
  d.check("physical address", fault.physical, answer.pa);
  d.check("access", static_cast<u64>(fault.access), static_cast<u64>(c.kind));
  d.check("privilege", static_cast<u64>(fault.privilege),
          static_cast<u64>(c.kind == oracle::kFetch ? c.fetch_mode : c.data_mode));
}

// A TLB entry made of the translation, looked up again in another context (PERM-05, AD-14).
void compare_hit(Differences& d, const Case& c, const model::Translation& translation,
                 const oracle::Answer& answer) {
  model::Context context = context_of(c);
  context.fetch_privilege = context.data_privilege = privilege(c.hit.mode);
  context.sum = c.hit.sum;
  context.mxr = c.hit.mxr;
  const char* cell = "";
  const char* why =
      oracle::permission(answer.pte, c.hit.kind, c.hit.mode, c.hit.sum, c.hit.mxr, &cell);
  const bool store = c.hit.kind == oracle::kStore || c.hit.kind == oracle::kStoreConditional ||
                     c.hit.kind == oracle::kAmo;
  if (*why == '\0') why = store && (answer.pte & 0x80) == 0 ? "dirty_clear" : "none";
  d.check("rule at a later hit", model::name(check_hit(translation, context, kAccess[c.hit.kind])),
          why);
}

void compare_success(Differences& d, const Case& c, const model::Outcome& outcome,
                     const oracle::Answer& answer) {
  d.check("physical address", outcome.pa, answer.pa);
  const model::Translation& t = outcome.translation;
  const bool translated = t.format != nullptr;
  d.check("translated", translated ? 1 : 0, answer.page_bytes != 0 ? 1 : 0);
  if (!translated || answer.page_bytes == 0) return;
  d.check("page size", t.offset_mask() + 1, answer.page_bytes);
  d.check("page, virtual", t.va_base, c.va - c.va % answer.page_bytes);
  d.check("page, physical", t.pa_base, answer.pa - answer.pa % answer.page_bytes);
  d.check("global", t.global ? 1 : 0, answer.global ? 1 : 0);
  d.check("level", t.level, static_cast<u64>(answer.level));
  d.check("PTE address", t.pte_address, answer.pte_address);
  d.check("PTE", t.pte, answer.pte);
  compare_hit(d, c, t, answer);
}

void compare_memory(Differences& d, const Memory& ours, const Memory& theirs) {
  if (!(ours.steps == theirs.steps)) {
    for (const auto& [side, memory] : {std::pair{"model ", &ours}, std::pair{"oracle", &theirs}}) {
      d.text += fmt::format("{} accesses:", side);
      for (const Step& s : memory->steps) d.text += fmt::format(" {}:{:#x}", s.what, s.address);
      d.text += '\n';
    }
  }
  for (std::size_t i = 0; i < ours.cells.size(); ++i) {
    d.check("memory afterwards", ours.cells[i].value, theirs.cells[i].value);
  }
}

}  // namespace

std::string mismatch(const Case& c, Coverage* coverage) {
  const oracle::Query query = query_of(c);
  Memory their_memory(c);
  const oracle::Answer answer = oracle::translate(query, their_memory);
  if (coverage != nullptr) coverage->count(c, answer);

  const model::Pmp pmp = pmp_of(c);
  Memory our_memory(c);
  const model::Outcome outcome = model::translate(
      context_of(c), pmp, c.va, static_cast<unsigned>(c.bytes), kAccess[c.kind], our_memory);

  Differences d;
  for (unsigned i = 0; i < model::Pmp::kEntries; ++i) {
    d.check("pmpcfg", pmp.cfg(i), query.pmp.cfg[i]);
    d.check("pmpaddr", pmp.addr(i), query.pmp.addr[i]);
  }
  d.check("allowed", outcome.ok ? 1 : 0, answer.ok ? 1 : 0);
  if (outcome.ok && answer.ok) compare_success(d, c, outcome, answer);
  if (!outcome.ok && !answer.ok) compare_fault(d, c, outcome.fault, answer);
  compare_memory(d, our_memory, their_memory);
  return d.text;
}

}  // namespace lookaside::tests
