// SPDX-License-Identifier: Apache-2.0
// One case of the comparison between model and oracle, as plain data that a test can spell out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "translation/oracle.h"

namespace lookaside::tests {

/// What the memory holds at one PTE's address, and how the bus behaves there. Everything else reads
/// 0.
struct Cell {
  std::uint64_t address = 0;
  std::uint64_t value = 0;
  bool read_error = false;
  bool swap_error = false;
};

/// One CSR write that sets PMP up; both sides apply the same sequence.
struct PmpWrite {
  enum What : std::uint8_t { kCfg, kAddr };
  What what = kCfg;
  unsigned index = 0;
  std::uint64_t value = 0;
};

/// A later access to the page that was found, as a TLB hit sees it.
struct Hit {
  oracle::Kind kind = oracle::kLoad;
  int mode = 1;
  bool sum = false;
  bool mxr = false;
};

struct Case {
  int satp = 0;       ///< VA bits; 0 = Bare
  bool rv32 = false;  ///< width of pmpaddr
  std::uint64_t root = 0;
  int fetch_mode = 1;  ///< 0 U, 1 S, 3 M
  int data_mode = 1;
  bool sum = false;
  bool mxr = false;
  bool hardware_ad = false;
  std::uint64_t va = 0;
  int bytes = 1;
  oracle::Kind kind = oracle::kLoad;
  unsigned pmp_entries = 0;
  std::vector<PmpWrite> pmp;
  std::vector<Cell> cells;
  /// races[n] replaces the PTE just before the n-th compare-and-swap looks at it.
  std::vector<std::uint64_t> races;
  Hit hit;
};

/// How often each row of A.4 and each cell of A.5 was met, as the oracle saw it.
class Coverage {
 public:
  void count(const Case& c, const oracle::Answer& answer);
  /// Two tables for a person.
  std::string report() const;
  /// Names of rows and cells that apply but were never met.
  std::vector<std::string> missing() const;
  std::uint64_t succeeded() const;

  static constexpr unsigned kRows = 24, kModes = 5, kCells = 29;

 private:
  std::array<std::array<std::uint64_t, kModes>, kRows> rows_{};
  std::array<std::uint64_t, kCells> cells_{};
};

/// "" if model and oracle agree on everything, else what they disagree on, side by side.
std::string mismatch(const Case& c, Coverage* coverage = nullptr);

}  // namespace lookaside::tests
