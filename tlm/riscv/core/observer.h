// SPDX-License-Identifier: Apache-2.0
// Who watches a hart, instruction by instruction: waveform and commit log. Without an observer the
// hart runs code that records nothing.
#pragma once

#include <array>
#include <cstdint>

#include <lookaside/riscv/core/op.h>
#include <lookaside/riscv/core/trap.h>

namespace lookaside::riscv {

/// Everything one retired instruction did.
struct Commit {
  struct Memory {
    bool store = false;
    unsigned bytes = 0;
    std::uint64_t va = 0;
    std::uint64_t value = 0;  ///< stored, for stores
  };

  std::uint64_t time_ps = 0;  ///< local time at which the instruction started
  std::uint64_t pc = 0;
  const Instruction* instruction = nullptr;
  translation::Privilege privilege = translation::Privilege::kMachine;
  std::uint64_t retired = 0;  ///< instructions retired, this one included
  bool writes_register = false;
  std::uint64_t register_value = 0;  ///< of instruction->rd
  std::array<Memory, 2> memory;      ///< an AMO has two: the load, then the store
  unsigned memory_count = 0;
  int csr = -1;  ///< number of the CSR written, -1 if none
  std::uint64_t csr_value = 0;

  void add_memory(bool store, unsigned bytes, std::uint64_t va, std::uint64_t value) {
    memory[memory_count++] = {store, bytes, va, value};
  }
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void retired(const Commit& commit) = 0;
  virtual void trapped(const Trap& trap) = 0;
};

}  // namespace lookaside::riscv
