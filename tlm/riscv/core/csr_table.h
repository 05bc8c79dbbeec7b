// SPDX-License-Identifier: Apache-2.0
// All CSRs as one table. Private to the room.
#pragma once

#include <lookaside/riscv/core/csr_file.h>

namespace lookaside::riscv {

struct CsrTable {
  enum class Only : std::uint8_t { kAny, k32 };
  /// One CSR, or a range of like ones. A row with a field is plain storage: a write changes the
  /// bits of `writable`. Otherwise the functions do it; without a setter writes are ignored, and
  /// without a getter the CSR reads zero.
  struct Row {
    std::uint16_t first;
    std::uint16_t last;
    const char* name;  ///< of the first; the number at its end counts up (a final h stays)
    Only only = Only::kAny;
    std::uint64_t CsrFile::*field = nullptr;
    std::uint64_t writable = 0;
    CsrFile::Getter get = nullptr;
    CsrFile::Setter set = nullptr;
  };
  static const Row kRows[];
  static const unsigned kRowCount;

  /// nullptr if the hart has no CSR of that number.
  static const Row* find(unsigned number);
};

}  // namespace lookaside::riscv
