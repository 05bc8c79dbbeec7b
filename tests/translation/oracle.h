// SPDX-License-Identifier: Apache-2.0
// A naive second opinion on RISC-V address translation, for tests only. It is written straight from
// the rule book, bit by bit and byte by byte, shares no line and no type with the model, and
// includes nothing of it: oracle_test holds that.
#pragma once

#include <cstdint>

namespace oracle {

enum Kind { kFetch, kLoad, kStore, kLoadReserved, kStoreConditional, kAmo };

/// PMP as the CSRs hold it (A.13).
struct Pmp {
  int count = 0;      ///< 0, 4 or 16 entries
  bool rv32 = false;  ///< pmpaddr has 32 bits instead of 54
  std::uint8_t cfg[16] = {};
  std::uint64_t addr[16] = {};

  void write_cfg(int i, std::uint8_t value);
  void write_addr(int i, std::uint64_t value);
  /// Number of the entry that matches one byte first, -1 if none does (PMP-09).
  int decider(std::uint64_t byte) const;
  /// "" if allowed, else why not. `mode`: 0 U, 1 S, 3 M.
  const char* refuses(std::uint64_t pa, int bytes, Kind kind, int mode) const;
};

struct Query {
  int satp = 0;  ///< VA bits of the mode: 0 (Bare), 32, 39, 48 or 57
  std::uint64_t root = 0;
  int fetch_mode = 3;  ///< effective privilege: 0 U, 1 S, 3 M
  int data_mode = 3;
  bool sum = false;
  bool mxr = false;
  bool hardware_ad = false;
  Pmp pmp;
  std::uint64_t va = 0;
  int bytes = 1;
  Kind kind = kLoad;
};

/// The memory the walk runs on; false = bus error.
struct Memory {
  virtual ~Memory() = default;
  virtual bool load(std::uint64_t address, int bytes, std::uint64_t* value) = 0;
  virtual bool swap(std::uint64_t address, int bytes, std::uint64_t expected, std::uint64_t desired,
                    bool* done) = 0;
};

struct Answer {
  bool ok = false;
  std::uint64_t pa = 0;
  // a fault
  int cause = 0;
  std::uint64_t tval = 0;
  const char* row = "";  ///< of table A.4
  const char* why = "";
  int level = -1;
  std::uint64_t pte_address = 0;
  std::uint64_t pte = 0;  ///< also of a success: the leaf after an A/D update
  // a success with translation
  std::uint64_t page_bytes = 0;
  bool global = false;
  // what was met on the way, for the coverage report
  int lost_swaps = 0;
  const char* cell = "";  ///< cell of table A.5 that was last applied, "" if none was reached
};

Answer translate(const Query& query, Memory& memory);

/// Table A.5 for a leaf: "" if allowed, else why not; `cell` names the cell, e.g. "U/U=1 load by
/// MXR".
const char* permission(std::uint64_t pte, Kind kind, int mode, bool sum, bool mxr,
                       const char** cell);

}  // namespace oracle
