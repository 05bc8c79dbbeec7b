// SPDX-License-Identifier: Apache-2.0
// Where RTL and model do not agree, and the page that tells an engineer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cosim/stimulus.h"

namespace lookaside::cosim {

/// One value on both sides, as text.
struct ComparedField {
  std::string name;
  std::string model;
  std::string rtl;
  bool differs() const { return model != rtl; }
};

/// Something that happened before.
struct PastEvent {
  std::uint64_t time_ps = 0;
  std::string text;     ///< what was asked
  std::string outcome;  ///< what came of it; may be empty
};

struct Difference {
  std::string block;          ///< "hart0.mmu.l1d"
  std::string operation;      ///< as a line of a stimulus
  std::uint64_t number = 0;   ///< which operation of this block it was, from 1
  std::uint64_t time_ps = 0;  ///< simulated
  std::vector<ComparedField> fields;
  std::vector<PastEvent> before;  ///< oldest first
  std::string remark;             ///< e.g. that the RTL did not answer; may be empty
  /// Reproduces the difference from reset; its last operation is the one that differs.
  Stimulus history;

  /// Names of the fields that differ, "ppn, perm".
  std::string what() const;
};

/// Files that belong to a report; empty: there is none, and `..._note` says why.
struct ReportFiles {
  std::string wave;
  std::string save;
  std::string wave_note;
  std::string stimulus;
  std::string stimulus_note;
  std::string replay_command;
  std::string wave_command;
};

/// One line: "hart0.mmu.l1d: ppn differs at 12.3 us".
std::string headline(const Difference& difference);
/// The page.
std::string report(const Difference& difference, const ReportFiles& files);

}  // namespace lookaside::cosim
