// SPDX-License-Identifier: Apache-2.0
#include "mmu_operations.h"

#include <algorithm>
#include <iterator>

namespace lookaside::foreign {

using cosim::Operation;
using translation::AdUpdate;
using translation::Decoded;
using translation::FenceForm;
using translation::Format;
using translation::Privilege;

namespace {

// Bits of an Sv PTE (rule book A.2).
constexpr std::uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kG = 32, kA = 64, kD = 128;
constexpr std::uint64_t kTables = 0x8000'0000, kPages = 0x9000'0000;
constexpr unsigned kTablesPerLevel = 3;

std::uint64_t ones(unsigned bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

}  // namespace

/// Which entries of a table are used. Some pages differ in one index bit, others share their low
/// bits, so that they meet in a set or not as its number of sets has it.
std::vector<unsigned> MmuOperations::indices(unsigned level) const {
  const auto last = static_cast<unsigned>(ones(shape_.format->index_bits[level]));
  if (level == 0) return {0, 1, 3, 4, 12, 28, last};
  return {0, 1, last};
}

MmuOperations::MmuOperations(const MmuOperationsShape& shape, const stimulus::MmuWeights& weights,
                             std::uint64_t seed)
    : shape_(shape), weights_(weights), random_(seed) {
  begin();
}

Operation MmuOperations::next() {
  while (queue_.empty()) generate();
  const Operation o = queue_.front();
  queue_.pop_front();
  return o;
}

std::uint64_t MmuOperations::table(unsigned level) {
  return kTables + (std::uint64_t{level} * kTablesPerLevel + random_.below(kTablesPerLevel)) *
                       (std::uint64_t{1} << shape_.format->page_shift);
}

unsigned MmuOperations::some_index(unsigned level) {
  const std::vector<unsigned> all = indices(level);
  return all[random_.below(static_cast<unsigned>(all.size()))];
}

std::uint64_t MmuOperations::some_va() {
  const Format& f = *shape_.format;
  std::uint64_t va = random_.bits(f.page_shift);
  for (unsigned level = 0; level < f.levels; ++level) {
    va |= std::uint64_t{some_index(level)} << f.leaf_shift(level);
  }
  if (f.sign_extended && (va >> (f.va_bits - 1) & 1) != 0) va |= ~ones(f.va_bits);
  if (f.sign_extended && chance(weights_.noncanonical)) {
    va ^= std::uint64_t{1} << (f.va_bits + random_.below(64 - f.va_bits));
  }
  return va;
}

std::uint64_t MmuOperations::make_leaf(unsigned level) {
  const Format& f = *shape_.format;
  const std::uint64_t page = chance(80) ? kPages + random_.bits(26) : random_.bits(shape_.pa_bits);
  std::uint64_t pte = (page & ~ones(f.leaf_shift(level)) & ones(shape_.pa_bits)) >> f.page_shift
                                                                                        << 10;
  pte |= chance(weights_.readable) ? kR | kX | kA : random_.bits(2) << 1 | random_.bits(3) << 3;
  if (chance(weights_.writable)) pte |= kR | kW | kD;
  if (chance(70)) pte |= kU;
  if (chance(25)) pte &= ~(chance(30) ? kA | kD : kD);
  if (level > 0 && chance(weights_.misaligned)) pte |= std::uint64_t{1} << 10;
  return pte;
}

// What is wrong above the last level is wrong for many addresses, so it is rarer there.
std::uint64_t MmuOperations::make_pte(unsigned level) {
  const Format& f = *shape_.format;
  std::uint64_t pte = kV | (chance(weights_.pointer_global) ? kG : 0);
  if (level > 0 && chance(weights_.pointer)) {
    pte |= table(level - 1) >> f.page_shift << 10;
  } else {
    pte |= make_leaf(level);
  }
  if (!chance(weights_.one_bit_wrong) || (level > 0 && chance(75))) return pte;
  const bool high = f.pte_bytes == 8 && chance(20);
  return pte ^ std::uint64_t{1} << (high ? 54 + random_.below(10) : random_.below(8));
}

/// Addresses of the PTEs that a walk reads now, root first.
std::vector<std::uint64_t> MmuOperations::path(std::uint64_t va) const {
  const Format& f = *shape_.format;
  std::vector<std::uint64_t> addresses;
  std::uint64_t table = context_.root;
  for (unsigned level = f.levels; level-- > 0;) {
    addresses.push_back(table + f.index(va, level) * f.pte_bytes);
    const auto found = memory_.find(addresses.back());
    if (found == memory_.end()) break;
    const Decoded decoded = f.decode(f, found->second.first, level);
    if (decoded.kind != Decoded::Kind::kPointer) break;
    table = decoded.address;
  }
  return addresses;
}

// A PTE of a walk changes after the walk has read it, then comes the fence that belongs to it,
// still in that walk: what it read before must not be filled.
void MmuOperations::race() {
  access();
  const Operation first = queue_.back();
  queue_.pop_back();
  const std::vector<std::uint64_t> read = path(first.va);
  const unsigned which = random_.below(static_cast<unsigned>(read.size()));
  const auto known = memory_.find(read[which]);
  if (known == memory_.end()) return queue_.push_back(first);
  const auto steps = static_cast<unsigned>(read.size());
  const unsigned when = which + 1 + random_.below(steps - which);
  queue_.push_back(some_fence(first.va, 0));  // so that there is a walk
  queue_.push_back(cosim::latency(2 + random_.below(4)));
  queue_.push_back(write(read[which], make_pte(known->second.second), which + 1));
  const bool leaf = which + 1 == steps;
  const bool by_asid = chance(50);
  const FenceForm form = leaf ? (by_asid ? FenceForm::kAddressAsid : FenceForm::kAddress)
                              : (by_asid ? FenceForm::kAsid : FenceForm::kAll);
  queue_.push_back(cosim::fence({form, first.va, context_.asid}, when));
  queue_.push_back(first);
  queue_.push_back(first);
}

/// A PTE to change: of the walk of the last access, or any, and then often one that faults, or all
/// would in the end.
std::uint64_t MmuOperations::some_pte() {
  const Format& f = *shape_.format;
  if (last_.kind == cosim::OperationKind::kAccess && chance(40)) {
    const std::vector<std::uint64_t> read = path(last_.va);
    const std::uint64_t pa = read[random_.below(static_cast<unsigned>(read.size()))];
    if (memory_.count(pa) != 0) return pa;
  }
  for (unsigned tries = 0;; ++tries) {
    auto it = memory_.begin();
    std::advance(it, random_.below(static_cast<unsigned>(memory_.size())));
    const bool bad = f.decode(f, it->second.first, it->second.second).kind == Decoded::Kind::kFault;
    if (bad || tries == 2) return it->first;
  }
}

Operation MmuOperations::write(std::uint64_t pa, std::uint64_t pte, unsigned phase) {
  memory_[pa].first = pte;
  return cosim::write(pa, shape_.format->pte_bytes, pte, phase);
}

void MmuOperations::begin() {
  const Format& f = *shape_.format;
  queue_.push_back(cosim::latency(1));
  if (shape_.pmp_entries > 0) {
    queue_.push_back(cosim::pmp(shape_.pmp_entries - 1, 0x1F, ~std::uint64_t{0} >> 10));
  }
  for (unsigned level = 0; level < f.levels; ++level) {
    for (unsigned t = 0; t < kTablesPerLevel; ++t) {
      const std::uint64_t base = kTables + (std::uint64_t{level} * kTablesPerLevel + t) *
                                               (std::uint64_t{1} << f.page_shift);
      for (const std::uint64_t index : indices(level)) {
        const std::uint64_t pa = base + index * f.pte_bytes;
        memory_[pa] = {0, level};
        queue_.push_back(write(pa, make_pte(level), 0));
      }
    }
  }
  context();
  queue_.push_back(cosim::fence({}));
}

void MmuOperations::context() {
  const Format& f = *shape_.format;
  translation::Context& c = context_;
  const std::uint32_t few[] = {1, 2, static_cast<std::uint32_t>(ones(shape_.asid_bits))};
  c.format = chance(weights_.bare) ? nullptr : shape_.format;
  const unsigned space = chance(45) ? 0 : chance(80) ? 1 : 2;
  c.asid = few[space] & static_cast<std::uint32_t>(ones(shape_.asid_bits));
  // Mostly one root for an address space; a new one may go without a fence.
  const unsigned which = chance(85) ? space : random_.below(kTablesPerLevel);
  c.root = kTables + (std::uint64_t{f.levels - 1} * kTablesPerLevel + which) *
                         (std::uint64_t{1} << f.page_shift);
  const auto privilege = [&] {
    return chance(weights_.machine) ? Privilege::kMachine
           : chance(50)             ? Privilege::kUser
                                    : Privilege::kSupervisor;
  };
  c.fetch_privilege = privilege();
  c.data_privilege = privilege();
  c.sum = chance(weights_.sum);
  c.mxr = chance(weights_.mxr);
  c.ad_update = chance(weights_.hardware_update) ? AdUpdate::kHardware : AdUpdate::kFault;
  queue_.push_back(cosim::context(c));
}

Operation MmuOperations::some_fence(std::uint64_t va, unsigned phase) {
  const auto& w = weights_;
  const unsigned sum = w.fence_all + w.fence_asid + w.fence_address + w.fence_address_asid;
  unsigned pick = random_.below(std::max(sum, 1U));
  FenceForm form = FenceForm::kAddressAsid;
  for (unsigned i = 0; i < 3; ++i) {
    const unsigned weight = i == 0 ? w.fence_all : i == 1 ? w.fence_asid : w.fence_address;
    if (pick < weight) {
      form = static_cast<FenceForm>(i);
      break;
    }
    pick -= weight;
  }
  const std::uint32_t asid = chance(80) ? context_.asid : 1 + random_.below(2);
  return cosim::fence({form, va, asid}, phase);
}

void MmuOperations::fence(unsigned phase) {
  const bool near = last_.kind == cosim::OperationKind::kAccess && chance(60);
  const std::uint64_t other =
      near ? last_.va ^ random_.bits(shape_.format->leaf_shift(random_.below(2))) : some_va();
  queue_.push_back(some_fence(other, phase));
}

void MmuOperations::protection() {
  const unsigned last = shape_.pmp_entries - 1;
  for (unsigned i = 0; i < last; ++i) {
    if (!chance(weights_.pmp_region)) {
      queue_.push_back(cosim::pmp(i, 0, 0));
      continue;
    }
    // A table, a page or a part of one, or anything.
    const std::uint64_t base = chance(40)   ? table(random_.below(shape_.format->levels))
                               : chance(70) ? kPages + random_.bits(26)
                                            : random_.bits(shape_.pa_bits);
    const std::uint64_t size = ones(1 + random_.below(14));
    const auto cfg = static_cast<std::uint8_t>(0x18 | random_.below(8));
    queue_.push_back(cosim::pmp(i, cfg, (base >> 2 & ~(size + 1)) | size));
  }
  queue_.push_back(cosim::fence({}));
}

void MmuOperations::change() {
  const unsigned phase = chance(30) ? 1 + random_.below(shape_.format->levels) : 0;
  const std::uint64_t pa = some_pte();
  const auto [old, level] = memory_.at(pa);
  if (chance(weights_.bus_error)) {
    queue_.push_back(cosim::bus_error(pa));
    queue_.push_back(some_fence(some_va(), 0));
    owed_.push_back(write(pa, old, 0));
    return;
  }
  const std::uint64_t pte =
      chance(level == 0 ? 25 : 10) ? old ^ std::uint64_t{1} << random_.below(8) : make_pte(level);
  queue_.push_back(write(pa, pte, phase));
  const std::uint64_t va = last_.kind == cosim::OperationKind::kAccess ? last_.va : some_va();
  if (chance(50)) {
    queue_.push_back(some_fence(va, 0));
  } else if (chance(50)) {
    owed_.push_back(some_fence(va, 0));
  }
}

void MmuOperations::access() {
  using translation::Access;
  static constexpr Access kKinds[] = {Access::kFetch, Access::kFetch, Access::kLoad,
                                      Access::kLoad,  Access::kStore, Access::kAmo};
  if (last_.kind == cosim::OperationKind::kAccess && chance(weights_.again)) {
    if (chance(weights_.flip)) {
      (chance(50) ? context_.sum : context_.mxr) ^= true;
      queue_.push_back(cosim::context(context_));
    }
    queue_.push_back(last_);
    return;
  }
  const unsigned bytes = 1U << random_.below(4);
  const std::uint64_t va = some_va() & ~std::uint64_t{bytes - 1};
  last_ = cosim::access(kKinds[random_.below(6)], va, bytes);
  queue_.push_back(last_);
}

void MmuOperations::generate() {
  const auto& w = weights_;
  if (!owed_.empty() && chance(15)) {
    queue_.push_back(owed_.back());
    owed_.pop_back();
    return;
  }
  const unsigned pmp = shape_.pmp_entries > 1 ? w.pmp : 0;
  unsigned pick = random_.below(w.access + w.fence + w.context + pmp + w.change + 3);
  const auto is = [&pick](unsigned weight) {
    const bool chosen = pick < weight;
    pick -= chosen ? 0 : weight;
    return chosen;
  };
  if (is(w.access)) return access();
  if (is(w.fence)) return fence(chance(50) ? 1 + random_.below(shape_.format->levels) : 0);
  if (is(w.context)) return context();
  if (is(pmp)) return protection();
  if (is(w.change)) return change();
  if (is(2)) return race();
  queue_.push_back(cosim::latency(1 + random_.below(5)));
}

}  // namespace lookaside::foreign
