// SPDX-License-Identifier: Apache-2.0
// The table from which the text of a stimulus is read and written: which fields a kind of operation
// has, and how each is spelt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cosim/stimulus.h"

namespace lookaside::cosim {

/// How a value looks in the text.
enum class Spelling : std::uint8_t {
  kHex,      ///< 0x2a; any integer is read
  kDecimal,  ///< 42
  kChoice,   ///< a word of `choices`; the value is its index
  kPerm,     ///< rwxuad, '-' for each bit that is clear
};

struct Field {
  const char* name;
  Spelling spelling;
  std::uint64_t max;  ///< largest value
  bool optional;      ///< 0 when absent, and absent when 0
  std::vector<std::string> choices;
  std::uint64_t (*get)(const Operation&);
  void (*set)(Operation&, std::uint64_t);

  std::string text(const Operation& operation) const;
  /// Empty, or what was expected.
  std::string parse(Operation& operation, const std::string& text) const;
};

/// Fields of a kind, in the order of its line.
const std::vector<Field>& fields(OperationKind kind);
/// False for an operand that the operation's fence form does not have.
bool has_field(const Operation& operation, const Field& field);

}  // namespace lookaside::cosim
