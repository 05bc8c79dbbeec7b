// SPDX-License-Identifier: Apache-2.0
#include "roles.h"

#include <algorithm>

#include <fmt/format.h>

namespace lookaside::foreign {
namespace {

constexpr bool kIn = true, kOut = false;

const std::vector<Role> kFence = {
    {"fence.valid", kIn, Width::kBit, "a fence is offered"},
    {"fence.ready", kOut, Width::kBit, "it is taken at this edge; absent: always"},
    {"fence.form", kIn, Width::kValues, "all, asid, address, address+asid"},
    {"fence.by_address", kIn, Width::kBit, "an address is given (instead of form)"},
    {"fence.by_asid", kIn, Width::kBit, "an ASID is given (instead of form)"},
    {"fence.va", kIn, Width::kVa, "the address"},
    {"fence.vpn", kIn, Width::kVpn, "its page number"},
    {"fence.asid", kIn, Width::kAsid, "the ASID"},
    {"fence.done", kOut, Width::kBit, "pulse: the fence is complete; absent: after latency.fence"},
    {"fence.busy", kOut, Width::kBit, "the fence is under way; instead of done"},
};

const std::vector<Role> kTlb = {
    {"lookup.valid", kIn, Width::kBit, "a lookup is offered"},
    {"lookup.ready", kOut, Width::kBit, "it is taken at this edge; absent: always"},
    {"lookup.va", kIn, Width::kVa, "the address"},
    {"lookup.vpn", kIn, Width::kVpn, "its page number"},
    {"lookup.asid", kIn, Width::kAsid, "the address space"},
    {"lookup.drop", kIn, Width::kBit, "remove the entry that is hit"},
    {"response.valid", kOut, Width::kBit, "the answer is here; absent: after latency.lookup"},
    {"response.ready", kIn, Width::kBit, "we take it; always 1"},
    {"response.hit", kOut, Width::kBit, "found"},
    {"response.pa", kOut, Width::kPa, "physical address of the lookup's address"},
    {"response.ppn", kOut, Width::kPpn, "page number of the smallest page asked for"},
    {"response.page_ppn", kOut, Width::kPpn, "page number of the page's first smallest page"},
    {"response.level", kOut, Width::kValues, "page size"},
    {"response.pte", kOut, Width::kPte, "the leaf; its PPN is not compared"},
    {"response.global", kOut, Width::kBit, "global"},
    {"response.set", kOut, Width::kNumber, "where it hit (compare: exact)"},
    {"response.way", kOut, Width::kNumber, "where it hit (compare: exact)"},
    {"fill.valid", kIn, Width::kBit, "a refill is offered"},
    {"fill.ready", kOut, Width::kBit, "it is taken at this edge; absent: always"},
    {"fill.va", kIn, Width::kVa, "an address in the page"},
    {"fill.vpn", kIn, Width::kVpn, "its page number"},
    {"fill.asid", kIn, Width::kAsid, "the address space"},
    {"fill.pa", kIn, Width::kPa, "physical address of the page"},
    {"fill.ppn", kIn, Width::kPpn, "page number of the page's first smallest page"},
    {"fill.level", kIn, Width::kValues, "page size"},
    {"fill.pte", kIn, Width::kPte, "the leaf, instead of ppn and permissions"},
    {"fill.global", kIn, Width::kBit, "global"},
    {"fill.done", kOut, Width::kBit, "pulse: the refill is complete; absent: after latency.fill"},
    {"fill.stored", kOut, Width::kBit, "it is stored (compare: exact)"},
    {"fill.evict", kOut, Width::kBit, "a valid entry makes room (compare: exact)"},
    {"fill.set", kOut, Width::kNumber, "where it goes (compare: exact)"},
    {"fill.way", kOut, Width::kNumber, "where it goes (compare: exact)"},
    {"entries.valid", kOut, Width::kNumber, "bit set x ways + way: it holds something (exact)"},
};

const std::vector<Role> kContext = {
    {"context.satp", kIn, Width::kRegister, "satp, instead of mode, asid and root"},
    {"context.mode", kIn, Width::kValues, "bare or a format; satp's values unless told"},
    {"context.root", kIn, Width::kPpn, "page number of the root table"},
    {"context.asid", kIn, Width::kAsid, "the address space"},
    {"context.privilege", kIn, Width::kValues, "user, supervisor, machine; for both ports"},
    {"context.fetch_privilege", kIn, Width::kValues, "of fetches"},
    {"context.data_privilege", kIn, Width::kValues, "of loads and stores, MPRV applied"},
    {"context.fetch_translate", kIn, Width::kBit, "fetches are translated"},
    {"context.data_translate", kIn, Width::kBit, "loads and stores are translated"},
    {"context.sum", kIn, Width::kBit, "mstatus.SUM"},
    {"context.mxr", kIn, Width::kBit, "mstatus.MXR"},
    {"context.ad_update", kIn, Width::kBit, "the walker sets A and D; absent: see ad_update"},
};

// Of the ports "fetch" and "data".
const std::vector<Role> kPort = {
    {".valid", kIn, Width::kBit, "an access is offered"},
    {".ready", kOut, Width::kBit, "it is taken at this edge; absent: always, or see hold"},
    {".va", kIn, Width::kVa, "the address"},
    {".more", kIn, Width::kNumber, "bytes after the first"},
    {".access", kIn, Width::kValues, "fetch, load, store"},
    {".store", kIn, Width::kBit, "a store (instead of access)"},
    {".response_valid", kOut, Width::kBit, "the answer is here"},
    {".response_ready", kIn, Width::kBit, "we take it; always 1"},
    {".pa", kOut, Width::kPa, "physical address"},
    {".ppn", kOut, Width::kPpn, "its page number, instead of pa"},
    {".fault", kOut, Width::kBit, "there is a fault"},
    {".page_fault", kOut, Width::kBit, "there is a page fault (instead of fault)"},
    {".access_fault", kOut, Width::kBit, "there is an access fault (instead of fault)"},
    {".cause", kOut, Width::kValues, "its cause; scause's values unless told"},
    {".rule", kOut, Width::kValues, "the rule that refused; rule_e's values unless told"},
    {".tval", kOut, Width::kVa, "its address"},
};

const std::vector<Role> kMemory = {
    {"memory.valid", kOut, Width::kBit, "a PTE access is asked for"},
    {"memory.ready", kIn, Width::kBit, "it is taken at this edge"},
    {"memory.address", kOut, Width::kPa, "physical address of the PTE"},
    {"memory.cas", kOut, Width::kBit, "compare-and-swap; absent: never"},
    {"memory.expected", kOut, Width::kPte, "swap if memory holds this"},
    {"memory.desired", kOut, Width::kPte, "swap this in"},
    {"memory.write", kOut, Width::kBit, "plain write; absent: never"},
    {"memory.write_data", kOut, Width::kPte, "written"},
    {"memory.response_valid", kIn, Width::kBit, "the answer is here"},
    {"memory.response_ready", kOut, Width::kBit, "the block takes it; absent: always"},
    {"memory.data", kIn, Width::kPte, "the PTE"},
    {"memory.error", kIn, Width::kBit, "bus error"},
    {"memory.swapped", kIn, Width::kBit, "the swap took place"},
    {"pmp.write", kIn, Width::kBit, "write one protection register"},
    {"pmp.index", kIn, Width::kNumber, "which"},
    {"pmp.cfg", kIn, Width::kNumber, "its byte of pmpcfg"},
    {"pmp.address", kIn, Width::kNumber, "its pmpaddr"},
};

// R, W, X, U, A, D of a leaf, one role each.
constexpr const char* kPermissions[][2] = {{"r", "readable"},   {"w", "writable"},
                                           {"x", "executable"}, {"u", "user page"},
                                           {"a", "accessed"},   {"d", "dirty"}};

std::vector<Role> tlb_roles() {
  std::vector<Role> all;
  for (const Role& role : kTlb) {
    all.push_back(role);
    const bool fill = role.name == "fill.global";
    if (!fill && role.name != "response.global") continue;
    for (const auto& permission : kPermissions) {
      all.push_back({(fill ? "fill." : "response.") + std::string(permission[0]), fill, Width::kBit,
                     permission[1]});
    }
  }
  all.insert(all.end(), kFence.begin(), kFence.end());
  return all;
}

std::vector<Role> mmu_roles() {
  std::vector<Role> all = kContext;
  for (const char* port : {"fetch", "data"}) {
    for (Role role : kPort) {
      if (std::string(port) == "fetch" && (role.name == ".access" || role.name == ".store"))
        continue;
      role.name = port + role.name;
      all.push_back(role);
    }
  }
  all.insert(all.end(), kFence.begin(), kFence.end());
  all.insert(all.end(), kMemory.begin(), kMemory.end());
  return all;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Values levels(const Shape& shape) {
  Values values;
  for (unsigned level = 0; level < shape.format->levels; ++level) {
    values.emplace_back(page_size(*shape.format, level), level);
  }
  return values;
}

Values rules() {
  Values values;
  for (unsigned rule = 0; rule < translation::kRuleCount; ++rule) {
    values.emplace_back(name(static_cast<translation::Rule>(rule)), rule);
  }
  return values;
}

}  // namespace

const char* name(BlockKind kind) {
  return kind == BlockKind::kTlb ? "tlb" : "mmu";
}

WidthRange width_of(Width width, const Shape& shape) {
  const translation::Format& f = *shape.format;
  const unsigned xlen = shape.xlen(), shift = f.page_shift;
  switch (width) {
    case Width::kBit:
      return {1, 1};
    case Width::kVpn:
      return {f.va_bits - shift, xlen - shift};
    case Width::kVa:
      return {f.va_bits, xlen};
    case Width::kPpn:
      return {shape.pa_bits - shift, f.pa_bits - shift};
    case Width::kPa:
      return {shape.pa_bits, 64};
    case Width::kAsid:
      return {shape.asid_bits, shape.asid_bits};
    case Width::kPte:
    case Width::kRegister:
      return {xlen, xlen};
    case Width::kValues:
      return {1, 64};
    case Width::kNumber:
      return {1, 4096};
  }
  return {1, 64};
}

const std::vector<Role>& roles(BlockKind kind) {
  static const std::vector<Role> tlb = tlb_roles(), mmu = mmu_roles();
  return kind == BlockKind::kTlb ? tlb : mmu;
}

const Role* find_role(BlockKind kind, const std::string& name) {
  const auto& all = roles(kind);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Role& role) { return role.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string word_of(const translation::Format& format) {
  std::string word(format.name);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

std::string page_size(const translation::Format& format, unsigned level) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  const unsigned shift = format.leaf_shift(level);
  const unsigned unit = std::min(shift / 10, 4U);
  return fmt::format("{}{}", std::uint64_t{1} << (shift - 10 * unit), kUnits[unit]);
}

Values default_values(const Role& role, const Shape& shape) {
  if (role.width != Width::kValues) return {};
  if (ends_with(role.name, ".level")) return levels(shape);
  if (ends_with(role.name, ".rule")) return rules();
  if (ends_with(role.name, "privilege")) return {{"user", 0}, {"supervisor", 1}, {"machine", 3}};
  if (ends_with(role.name, ".access")) return {{"fetch", 0}, {"load", 1}, {"store", 2}};
  if (role.name == "fence.form") {
    return {{"all", 0}, {"asid", 1}, {"address", 2}, {"address+asid", 3}};
  }
  if (role.name == "context.mode") {
    return {{"bare", 0}, {word_of(*shape.format), shape.format->satp_mode}};
  }
  return {{"fetch-access", 1}, {"load-access", 5}, {"store-access", 7},
          {"fetch-page", 12},  {"load-page", 13},  {"store-page", 15}};
}

}  // namespace lookaside::foreign
