// SPDX-License-Identifier: Apache-2.0
#include "translation/oracle.h"

#include <cstring>

namespace oracle {
namespace {

using u64 = std::uint64_t;

int bit(u64 value, int n) {
  return static_cast<int>((value >> n) & 1);
}

u64 bits(u64 value, int high, int low) {
  u64 result = 0;
  for (int n = high; n >= low; --n) result = result * 2 + static_cast<u64>(bit(value, n));
  return result;
}

bool stores(Kind kind) {
  return kind == kStore || kind == kStoreConditional || kind == kAmo;
}

int page_fault_of(Kind kind) {
  return kind == kFetch ? 12 : stores(kind) ? 15 : 13;
}
int access_fault_of(Kind kind) {
  return kind == kFetch ? 1 : stores(kind) ? 7 : 5;
}

// The bit ranges of table A.2, level 0 first.
struct Field {
  int high, low;
};
struct Shape {
  int levels;
  int pte_bytes;
  Field vpn[5];
  Field ppn[5];  // the highest level's field takes what is left
};
const Shape kShape32 = {2, 4, {{21, 12}, {31, 22}}, {{19, 10}, {31, 20}}};
const Shape kShape39 = {3, 8, {{20, 12}, {29, 21}, {38, 30}}, {{18, 10}, {27, 19}, {53, 28}}};
const Shape kShape48 = {
    4, 8, {{20, 12}, {29, 21}, {38, 30}, {47, 39}}, {{18, 10}, {27, 19}, {36, 28}, {53, 37}}};
const Shape kShape57 = {5,
                        8,
                        {{20, 12}, {29, 21}, {38, 30}, {47, 39}, {56, 48}},
                        {{18, 10}, {27, 19}, {36, 28}, {45, 37}, {53, 46}}};

const Shape& shape_of(int satp) {
  if (satp == 32) return kShape32;
  if (satp == 39) return kShape39;
  if (satp == 48) return kShape48;
  return kShape57;
}

Answer& fault(Answer& answer, int cause, const char* row, const char* why) {
  answer.cause = cause;
  answer.row = row;
  answer.why = why;
  return answer;
}

// Rows 2 and 3, and row 4: what a PTE read at `level` is refused for, "" if nothing.
const char* malformed(const Shape& shape, u64 pte, int level, const char** row) {
  const int v = bit(pte, 0), r = bit(pte, 1), w = bit(pte, 2), x = bit(pte, 3);
  const int u = bit(pte, 4), a = bit(pte, 6), d = bit(pte, 7);
  if (v == 0) return *row = "2a", "not_valid";
  if (r == 0 && w == 1) return *row = "2b", "write_without_read";
  if (shape.pte_bytes == 8 && bits(pte, 63, 54) != 0) return *row = "2c", "reserved_bits";
  if (r == 0 && w == 0 && x == 0) {
    if (a == 1 || d == 1 || u == 1) return *row = "2c", "pointer_bits";
    if (level == 0) return *row = "3", "pointer_at_leaf_level";
    return "";
  }
  for (int below = 0; below < level; ++below) {
    if (bits(pte, shape.ppn[below].high, shape.ppn[below].low) != 0) {
      return *row = "4", "misaligned_superpage";
    }
  }
  return "";
}

}  // namespace

void Pmp::write_cfg(int i, std::uint8_t value) {
  if (i >= count) return;
  if (bit(cfg[i], 7) == 1) return;
  int r = bit(value, 0), w = bit(value, 1);
  if (r == 0 && w == 1) w = 0;
  cfg[i] = static_cast<std::uint8_t>(r + 2 * w + 4 * bit(value, 2) + 8 * bit(value, 3) +
                                     16 * bit(value, 4) + 128 * bit(value, 7));
}

void Pmp::write_addr(int i, u64 value) {
  if (i >= count) return;
  if (bit(cfg[i], 7) == 1) return;
  if (i != count - 1 && bit(cfg[i + 1], 7) == 1 && bits(cfg[i + 1], 4, 3) == 1) return;
  addr[i] = rv32 ? bits(value, 31, 0) : bits(value, 53, 0);
}

int Pmp::decider(u64 byte) const {
  for (int i = 0; i < count; ++i) {
    const int mode = 2 * bit(cfg[i], 4) + bit(cfg[i], 3);
    if (mode == 1) {
      const u64 base = i == 0 ? 0 : addr[i - 1] * 4;
      if (base <= byte && byte < addr[i] * 4) return i;
    } else if (mode == 2) {
      if (addr[i] == byte / 4) return i;
    } else if (mode == 3) {
      int ones = 0;
      while (bit(addr[i], ones) == 1) ++ones;
      const u64 size = u64{1} << (ones + 3);
      const u64 base = addr[i] / (size / 4) * size;
      if (base <= byte && byte - base < size) return i;
    }
  }
  return -1;
}

const char* Pmp::refuses(u64 pa, int bytes, Kind kind, int mode) const {
  if (count == 0) return "";
  int lowest = 99;
  bool all = true;
  for (int k = 0; k < bytes; ++k) {
    const int entry = decider(pa + static_cast<u64>(k));
    if (entry != -1 && entry < lowest) lowest = entry;
  }
  if (lowest == 99) return mode == 3 ? "" : "pmp_no_match";
  for (int k = 0; k < bytes; ++k) {
    // A byte of the deciding entry is decided by no other: a lower entry would be the decider.
    if (decider(pa + static_cast<u64>(k)) != lowest) all = false;
  }
  if (!all) return "pmp_partial_match";
  if (mode == 3 && bit(cfg[lowest], 7) == 0) return "";
  const int needs = kind == kFetch ? 2 : stores(kind) ? 1 : 0;
  return bit(cfg[lowest], needs) == 1 ? "" : "pmp_permission";
}

const char* permission(u64 pte, Kind kind, int mode, bool sum, bool mxr, const char** cell) {
  const int r = bit(pte, 1), w = bit(pte, 2), x = bit(pte, 3), u = bit(pte, 4);
  if (mode == 0 && u == 0) {
    *cell = kind == kFetch ? "U/U=0 fetch" : stores(kind) ? "U/U=0 store" : "U/U=0 load";
    return "supervisor_page";
  }
  if (mode == 1 && u == 1 && kind == kFetch) {
    *cell = sum ? "S/SUM=1/U=1 fetch" : "S/SUM=0/U=1 fetch";
    return "user_page_fetch";
  }
  if (mode == 1 && u == 1 && !sum) {
    *cell = stores(kind) ? "S/SUM=0/U=1 store" : "S/SUM=0/U=1 load";
    return "user_page_without_sum";
  }
  // Three rows of the table remain, with the same three cells; only their names differ.
  static const char* const kNames[3][7] = {
      {"U/U=1 fetch by X", "U/U=1 fetch refused", "U/U=1 load by R", "U/U=1 load by MXR",
       "U/U=1 load refused", "U/U=1 store by W", "U/U=1 store refused"},
      {"", "", "S/SUM=1/U=1 load by R", "S/SUM=1/U=1 load by MXR", "S/SUM=1/U=1 load refused",
       "S/SUM=1/U=1 store by W", "S/SUM=1/U=1 store refused"},
      {"S/U=0 fetch by X", "S/U=0 fetch refused", "S/U=0 load by R", "S/U=0 load by MXR",
       "S/U=0 load refused", "S/U=0 store by W", "S/U=0 store refused"}};
  const char* const* names = kNames[mode == 0 ? 0 : u == 1 ? 1 : 2];
  if (kind == kFetch) {
    *cell = names[x == 1 ? 0 : 1];
    return x == 1 ? "" : "no_execute";
  }
  if (stores(kind)) {
    *cell = names[w == 1 ? 5 : 6];
    return w == 1 ? "" : "no_write";
  }
  const bool by_mxr = r == 0 && x == 1 && mxr;
  *cell = names[r == 1 ? 2 : by_mxr ? 3 : 4];
  return r == 1 || by_mxr ? "" : "no_read";
}

namespace {

// The walk from the root to a permitted leaf. True when `answer` holds a translation.
bool walk(const Query& query, int mode, Memory& memory, Answer& answer) {
  const Shape& shape = shape_of(query.satp);
  const int page_fault = page_fault_of(query.kind), access_fault = access_fault_of(query.kind);
  if (query.satp != 32) {
    for (int n = query.satp; n < 64; ++n) {
      if (bit(query.va, n) != bit(query.va, query.satp - 1)) {
        fault(answer, page_fault, "0", "not_canonical");
        return false;
      }
    }
  }
  u64 table = query.root;
  int level = shape.levels - 1;
  bool pointer_global = false;
  while (true) {
    answer.level = level;
    answer.pte = 0;
    answer.pte_address = table + bits(query.va, shape.vpn[level].high, shape.vpn[level].low) *
                                     static_cast<u64>(shape.pte_bytes);
    // Row 1.
    if (*query.pmp.refuses(answer.pte_address, shape.pte_bytes, kLoad, 1) != '\0') {
      fault(answer, access_fault, "1", "pte_access_refused");
      return false;
    }
    u64 pte = 0;
    if (!memory.load(answer.pte_address, shape.pte_bytes, &pte)) {
      fault(answer, access_fault, "1", "pte_bus_error");
      return false;
    }
    answer.pte = pte;
    // Rows 2 to 4.
    const char* row = "";
    const char* why = malformed(shape, pte, level, &row);
    if (*why != '\0') {
      fault(answer, page_fault, row, why);
      return false;
    }
    if (bits(pte, 3, 1) == 0) {
      if (bit(pte, 5) == 1) pointer_global = true;
      table = bits(pte, shape.pte_bytes == 4 ? 31 : 53, 10) * 4096;
      level = level - 1;
      continue;
    }
    // Rows 5 and 7; row 6 (shadow stacks) is not there without Zicfiss.
    why = permission(pte, query.kind, mode, query.sum, query.mxr, &answer.cell);
    if (*why != '\0') {
      const bool by_user_bit = std::strncmp(why, "no_", 3) != 0;
      fault(answer, page_fault, by_user_bit ? "5" : "7", why);
      return false;
    }
    // Rows 8 to 10.
    const bool a_missing = bit(pte, 6) == 0;
    const bool d_missing = stores(query.kind) && bit(pte, 7) == 0;
    if (a_missing || d_missing) {
      if (!query.hardware_ad) {
        fault(answer, page_fault, "8", a_missing ? "accessed_clear" : "dirty_clear");
        return false;
      }
      if (*query.pmp.refuses(answer.pte_address, shape.pte_bytes, kStore, 1) != '\0') {
        fault(answer, access_fault, "9", "pte_update_refused");
        return false;
      }
      u64 updated = pte;
      if (a_missing) updated += 64;
      if (d_missing) updated += 128;
      bool done = false;
      if (!memory.swap(answer.pte_address, shape.pte_bytes, pte, updated, &done)) {
        fault(answer, access_fault, "9", "pte_update_bus_error");
        return false;
      }
      if (!done) {
        answer.lost_swaps = answer.lost_swaps + 1;
        continue;  // the same table and the same level again
      }
      answer.pte = updated;
    }
    // High PPN fields from the PTE, low ones and the offset from the VA.
    u64 pa = bits(query.va, 11, 0);
    u64 page_bytes = 4096;
    for (int n = 0; n < shape.levels; ++n) {
      const u64 field = n < level ? bits(query.va, shape.vpn[n].high, shape.vpn[n].low)
                                  : bits(pte, shape.ppn[n].high, shape.ppn[n].low);
      pa += field << (shape.ppn[n].low + 2);  // PPN field at PTE bit k sits at PA bit k + 2
      if (n < level) page_bytes = page_bytes << (shape.vpn[n].high - shape.vpn[n].low + 1);
    }
    answer.pa = pa;
    answer.page_bytes = page_bytes;
    answer.global = pointer_global || bit(pte, 5) == 1;
    return true;
  }
}

}  // namespace

Answer translate(const Query& query, Memory& memory) {
  Answer answer;
  answer.tval = query.va;
  const int mode = query.kind == kFetch ? query.fetch_mode : query.data_mode;
  if (query.satp == 0 || mode == 3) {
    answer.pa = query.va;
    answer.cell = query.satp == 0        ? ""
                  : query.kind == kFetch ? "M fetch"
                  : stores(query.kind)   ? "M store"
                                         : "M load";
  } else if (!walk(query, mode, memory, answer)) {
    return answer;
  }
  const char* why = query.pmp.refuses(answer.pa, query.bytes, query.kind, mode);
  if (*why != '\0') return fault(answer, access_fault_of(query.kind), "11", why);
  answer.ok = true;
  return answer;
}

}  // namespace oracle
