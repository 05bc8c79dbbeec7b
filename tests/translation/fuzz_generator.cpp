// SPDX-License-Identifier: Apache-2.0
#include "translation/fuzz_generator.h"

namespace lookaside::tests {
namespace {

using u64 = std::uint64_t;

// The shapes again, in the plainest form that can build a table (A.2).
struct Shape {
  unsigned levels, index_bits, pte_bytes, ppn_bits;
};
Shape shape_of(int satp) {
  if (satp == 32) return {2, 10, 4, 22};
  return {static_cast<unsigned>(satp - 12) / 9, 9, 8, 44};
}

u64 random_ppn(Random& random, unsigned ppn_bits) {
  // Half of the tables and pages lie close together, so that tables map themselves and regions
  // meet.
  return random.chance(50) ? 0x80000 + random.bits(3) : random.bits(ppn_bits);
}

u64 random_va(Random& random, int satp, bool rv32) {
  u64 va = random.chance(30) ? random.bits(14) : random.next();
  if (random.chance(15)) va = ~random.bits(14);
  if (rv32) return va & 0xffffffff;
  if (satp == 0) return random.chance(50) ? va & 0xffffffff : va;
  if (random.chance(6)) return va ^ (u64{1} << (static_cast<unsigned>(satp) - 1 + random.below(5)));
  const unsigned shift = 64 - static_cast<unsigned>(satp);
  return static_cast<u64>(static_cast<std::int64_t>(va << shift) >> shift);
}

// A size and an offset that stay inside a 4 KiB page.
void random_extent(Random& random, Case& c) {
  c.bytes = 1 << random.below(c.rv32 ? 3 : 4);
  if (c.kind == oracle::kFetch) c.bytes = random.chance(50) ? 2 : 4;
  if (c.kind == oracle::kLoadReserved || c.kind == oracle::kStoreConditional ||
      c.kind == oracle::kAmo) {
    c.bytes = c.rv32 || random.chance(50) ? 4 : 8;
  }
  const auto size = static_cast<u64>(c.bytes);
  const bool aligned = c.kind > oracle::kStore || random.chance(60);
  if (aligned) c.va &= ~(size - 1);
  if (c.kind == oracle::kFetch) c.va &= ~u64{1};
  if ((c.va & 0xfff) + size > 0x1000) c.va = (c.va & ~u64{0xfff}) | (0x1000 - size);
}

u64 leaf_flags(Random& random, const Case& c) {
  static constexpr u64 kLegal[] = {0x2, 0x6, 0x8, 0xa, 0xe};  // R, RW, X, RX, RWX
  u64 flags = 1 | (random.chance(40) ? 0xe : kLegal[random.below(5)]);
  const int mode = c.kind == oracle::kFetch ? c.fetch_mode : c.data_mode;
  const bool user = random.chance(25) ? random.chance(50) : mode == 0;
  if (user) flags |= 0x10;
  if (random.chance(20)) flags |= 0x20;
  if (random.chance(75)) flags |= 0x40;
  if (random.chance(70)) flags |= 0x80;
  return flags | random.bits(2) << 8;
}

// Something is wrong with the PTE, in one of the ways of rows 2 to 4.
u64 spoil(Random& random, const Shape& shape, u64 pte) {
  switch (random.below(7)) {
    case 0:
      return pte & ~u64{1};
    case 1:
      return (pte & ~u64{2}) | 4;
    case 2:
      return shape.pte_bytes == 8 ? pte | u64{1} << (54 + random.below(10)) : pte & ~u64{0xe};
    case 3:
      return (pte & ~u64{0xe}) | u64{1} << (random.chance(50) ? 4 : 6 + random.below(2));
    case 4:
      return pte ^ u64 { 1 } << (10 + random.below(shape.levels * shape.index_bits));
    case 5:
      return pte & ~u64{0xde};  // a pointer, wherever it stands
    default:
      return random.next();
  }
}

struct Path {
  std::vector<u64> ptes;  // addresses
  u64 page = 0;           // where the access probably ends
};

Path random_tables(Random& random, Case& c) {
  const Shape shape = shape_of(c.satp);
  Path path;
  c.root = random_ppn(random, shape.ppn_bits) << 12;
  u64 table = c.root;
  const unsigned leaf_level = random.chance(55) ? 0 : random.below(shape.levels);
  for (unsigned level = shape.levels; level-- > 0;) {
    const unsigned shift = 12 + shape.index_bits * level;
    const u64 index = (c.va >> shift) & ((u64{1} << shape.index_bits) - 1);
    const u64 address = table + index * shape.pte_bytes;
    path.ptes.push_back(address);
    const u64 ppn = random_ppn(random, shape.ppn_bits);
    u64 pte = ppn << 10 | 1 | (random.chance(15) ? 0x20U : 0U) | random.bits(2) << 8;
    const bool leaf = level == leaf_level;
    if (leaf) {
      const u64 aligned = ppn >> (shape.index_bits * level) << (shape.index_bits * level);
      pte = aligned << 10 | leaf_flags(random, c);
      path.page = aligned << 12 | (c.va & ((u64{1} << shift) - 1));
    }
    if (random.chance(leaf ? 12 : 3)) pte = spoil(random, shape, pte);
    if (shape.pte_bytes == 4) pte &= 0xffffffff;
    Cell cell{address, pte, random.chance(2), random.chance(5)};
    for (const Cell& other : c.cells) {
      if (other.address == address) cell = other;  // the table maps itself here
    }
    c.cells.push_back(cell);
    if (leaf || (cell.value & 0xe) != 0) break;
    table = (cell.value >> 10 & ((u64{1} << shape.ppn_bits) - 1)) << 12;
  }
  return path;
}

void random_races(Random& random, Case& c) {
  if (!c.hardware_ad || c.cells.empty() || !random.chance(20)) return;
  const Shape shape = shape_of(c.satp);
  u64 value = c.cells.back().value;
  for (unsigned n = 1 + random.below(3); n > 0; --n) {
    if (random.chance(70)) {
      value ^= u64{1} << random.below(10);
    } else if (random.chance(50)) {
      value = spoil(random, shape, value);
    }
    c.races.push_back(value);
  }
}

std::uint8_t random_permissions(Random& random) {
  static constexpr std::uint8_t kUsual[] = {7, 7, 7, 3, 1, 5, 0};
  unsigned cfg = random.chance(85) ? kUsual[random.below(7)] : random.below(8);
  if (random.chance(12)) cfg |= 0x80;
  if (random.chance(3)) cfg |= 0x60;
  return static_cast<std::uint8_t>(cfg);
}

// An entry whose edge, size or body has to do with `target`.
void aim_pmp(Random& random, Case& c, unsigned entry, u64 target) {
  const unsigned mode = 1 + random.below(3);
  u64 addr = target >> 2;
  if (mode == 1) {
    const u64 below = random.chance(30) ? random.bits(2) : random.bits(12);
    if (entry > 0) c.pmp.push_back({PmpWrite::kAddr, entry - 1, addr - below});
    addr += random.chance(30) ? random.bits(2) : random.bits(12);
  } else if (mode == 2) {
    if (random.chance(40)) addr += random.below(3) - u64{1};
  } else {
    const unsigned ones = random.chance(50) ? random.below(3) : random.below(12);
    if (random.chance(20)) addr += u64{1} << ones;
    addr = (addr & ~((u64{2} << ones) - 1)) | ((u64{1} << ones) - 1);
  }
  c.pmp.push_back({PmpWrite::kAddr, entry, addr});
  c.pmp.push_back({PmpWrite::kCfg, entry, random_permissions(random) | u64{mode} << 3});
}

void random_pmp(Random& random, Case& c, const Path& path) {
  static constexpr unsigned kCounts[] = {0, 4, 16, 16};
  c.pmp_entries = kCounts[random.below(4)];
  if (c.pmp_entries == 0) return;
  if (random.chance(65)) {
    // Downwards: a TOR entry writes the address of the entry below it first.
    const unsigned entries = 1 + random.below(3);
    for (unsigned entry = 0; entry < entries; ++entry) {
      const bool page = path.ptes.empty() || random.chance(40);
      const auto which = page ? 0 : random.below(static_cast<unsigned>(path.ptes.size()));
      aim_pmp(random, c, entry, page ? path.page : path.ptes[which]);
    }
  }
  if (random.chance(90)) {
    const unsigned last = c.pmp_entries - 1;
    c.pmp.push_back({PmpWrite::kAddr, last, ~u64{0}});
    c.pmp.push_back({PmpWrite::kCfg, last, 0x1f});
  }
  if (random.chance(15)) {  // late writes, against locks too and beyond the entries there are
    for (unsigned n = 1 + random.below(3); n > 0; --n) {
      const auto what = random.chance(50) ? PmpWrite::kCfg : PmpWrite::kAddr;
      c.pmp.push_back({what, random.below(16), random.next()});
    }
  }
}

int random_mode(Random& random) {
  if (random.chance(4)) return 3;
  return random.chance(50) ? 0 : 1;
}

}  // namespace

Case random_case(Random& random) {
  static constexpr int kSatp[] = {32, 39, 48, 57};
  Case c;
  c.satp = random.chance(5) ? 0 : kSatp[random.below(4)];
  c.rv32 = c.satp == 32 || (c.satp == 0 && random.chance(50));
  c.fetch_mode = random_mode(random);
  c.data_mode = random_mode(random);
  c.sum = random.chance(50);
  c.mxr = random.chance(50);
  c.hardware_ad = random.chance(60);
  c.kind = static_cast<oracle::Kind>(random.below(6));
  c.va = random_va(random, c.satp, c.rv32);
  random_extent(random, c);
  Path path;
  path.page = c.va;
  if (c.satp != 0) path = random_tables(random, c);
  random_races(random, c);
  random_pmp(random, c, path);
  c.hit.kind = static_cast<oracle::Kind>(random.below(6));
  c.hit.mode = random.chance(50) ? 0 : 1;
  c.hit.sum = random.chance(50);
  c.hit.mxr = random.chance(50);
  return c;
}

}  // namespace lookaside::tests
