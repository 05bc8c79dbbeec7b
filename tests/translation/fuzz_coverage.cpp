// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <fmt/format.h>

#include "translation/fuzz_case.h"

namespace lookaside::tests {
namespace {

// Table A.4, and in which of {Bare, Sv32, Sv39, Sv48, Sv57} a row can be met at all.
struct Row {
  const char* row;
  const char* why;
  const char* modes;  // '+' where it applies
};
constexpr Row kTableRows[Coverage::kRows] = {
    {"0", "not_canonical", "--+++"},
    {"1", "pte_access_refused", "-++++"},
    {"1", "pte_bus_error", "-++++"},
    {"2a", "not_valid", "-++++"},
    {"2b", "write_without_read", "-++++"},
    {"2c", "reserved_bits", "--+++"},  // an Sv32 PTE has no reserved bit
    {"2c", "pointer_bits", "-++++"},
    {"3", "pointer_at_leaf_level", "-++++"},
    {"4", "misaligned_superpage", "-++++"},
    {"5", "supervisor_page", "-++++"},
    {"5", "user_page_fetch", "-++++"},
    {"5", "user_page_without_sum", "-++++"},
    {"7", "no_execute", "-++++"},
    {"7", "no_read", "-++++"},
    {"7", "no_write", "-++++"},
    {"8", "accessed_clear", "-++++"},
    {"8", "dirty_clear", "-++++"},
    {"9", "pte_update_refused", "-++++"},
    {"9", "pte_update_bus_error", "-++++"},
    {"10", "lost compare-and-swap", "-++++"},
    {"11", "pmp_no_match", "+++++"},
    {"11", "pmp_partial_match", "+++++"},
    {"11", "pmp_permission", "+++++"},
    {"", "allowed", "+++++"}};
constexpr unsigned kLostSwap = 19, kAllowed = 23;
constexpr const char* kModeNames[Coverage::kModes] = {"Bare", "Sv32", "Sv39", "Sv48", "Sv57"};

// Table A.5, cell by cell, each cell split by how it can be satisfied or refused.
constexpr const char* kTableCells[Coverage::kCells] = {"U/U=1 fetch by X",
                                                       "U/U=1 fetch refused",
                                                       "U/U=1 load by R",
                                                       "U/U=1 load by MXR",
                                                       "U/U=1 load refused",
                                                       "U/U=1 store by W",
                                                       "U/U=1 store refused",
                                                       "U/U=0 fetch",
                                                       "U/U=0 load",
                                                       "U/U=0 store",
                                                       "S/SUM=0/U=1 fetch",
                                                       "S/SUM=0/U=1 load",
                                                       "S/SUM=0/U=1 store",
                                                       "S/SUM=1/U=1 fetch",
                                                       "S/SUM=1/U=1 load by R",
                                                       "S/SUM=1/U=1 load by MXR",
                                                       "S/SUM=1/U=1 load refused",
                                                       "S/SUM=1/U=1 store by W",
                                                       "S/SUM=1/U=1 store refused",
                                                       "S/U=0 fetch by X",
                                                       "S/U=0 fetch refused",
                                                       "S/U=0 load by R",
                                                       "S/U=0 load by MXR",
                                                       "S/U=0 load refused",
                                                       "S/U=0 store by W",
                                                       "S/U=0 store refused",
                                                       "M fetch",
                                                       "M load",
                                                       "M store"};

unsigned mode_index(int satp) {
  switch (satp) {
    case 0:
      return 0;
    case 32:
      return 1;
    case 39:
      return 2;
    case 48:
      return 3;
    default:
      return 4;
  }
}

}  // namespace

void Coverage::count(const Case& c, const oracle::Answer& answer) {
  const unsigned mode = mode_index(c.satp);
  if (answer.lost_swaps > 0) ++rows_[kLostSwap][mode];
  if (answer.ok) {
    ++rows_[kAllowed][mode];
  } else {
    for (unsigned i = 0; i < kRows; ++i) {
      if (std::strcmp(kTableRows[i].why, answer.why) == 0) ++rows_[i][mode];
    }
  }
  if (*answer.cell == '\0') return;
  for (unsigned i = 0; i < kCells; ++i) {
    if (std::strcmp(kTableCells[i], answer.cell) == 0) ++cells_[i];
  }
}

std::uint64_t Coverage::succeeded() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t n : rows_[kAllowed]) sum += n;
  return sum;
}

std::string Coverage::report() const {
  std::string text = fmt::format("{:<4}{:<24}", "A.4", "rule");
  for (const char* mode : kModeNames) text += fmt::format("{:>10}", mode);
  text += '\n';
  for (unsigned i = 0; i < kRows; ++i) {
    text += fmt::format("{:<4}{:<24}", kTableRows[i].row, kTableRows[i].why);
    for (unsigned m = 0; m < kModes; ++m) {
      text += kTableRows[i].modes[m] == '+' ? fmt::format("{:>10}", rows_[i][m])
                                            : fmt::format("{:>10}", "-");
    }
    text += '\n';
  }
  text += "A.4 row 6 (shadow stack) does not apply: there is no Zicfiss\n\nA.5 cell\n";
  for (unsigned i = 0; i < kCells; ++i) {
    text += fmt::format("    {:<26}{:>10}\n", kTableCells[i], cells_[i]);
  }
  return text;
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kRows; ++i) {
    for (unsigned m = 0; m < kModes; ++m) {
      if (kTableRows[i].modes[m] == '+' && rows_[i][m] == 0) {
        names.push_back(
            fmt::format("row {} {} in {}", kTableRows[i].row, kTableRows[i].why, kModeNames[m]));
      }
    }
  }
  for (unsigned i = 0; i < kCells; ++i) {
    if (cells_[i] == 0) names.push_back(fmt::format("cell {}", kTableCells[i]));
  }
  return names;
}

}  // namespace lookaside::tests
