// SPDX-License-Identifier: Apache-2.0
// The memory port of somebody else's walker, and the page tables behind it.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "cosim/foreign/allowed_set.h"
#include "cosim/foreign/binding.h"

namespace lookaside::foreign {

/// One PTE access that the block made.
struct PteAccess {
  std::uint64_t address = 0;
  bool cas = false;    ///< compare-and-swap
  bool write = false;  ///< plain write
  std::uint64_t expected = 0;
  std::uint64_t desired = 0;
  bool error = false;  ///< answered with a bus error
  bool swapped = false;
  std::uint64_t data = 0;
};
/// "read 0x80001008 -> 0x200004cf".
std::string text(const PteAccess& access);

/// Takes requests, answers them in their order after the latency, and holds some back for a while.
/// Memory is that of the allowed set, so that every value has its time; an access takes effect when
/// it is taken.
class PtePort {
 public:
  PtePort(const Binding& binding, AllowedSet& memory);

  /// Clock edges from a request taken to its answer; at least 1.
  void set_latency(unsigned edges) { latency_ = edges; }
  /// Before outputs settle: drives the answer that is due.
  void drive();
  /// After they have settled, before the edge: takes what is asked. True, with the access, if there
  /// was one.
  bool take(PteAccess& access);
  /// At the edge.
  void clocked();
  /// An access waits for its answer.
  bool busy() const { return !pending_.empty(); }
  std::uint64_t taken() const { return taken_; }

 private:
  struct Pending {
    PteAccess access;
    unsigned edges = 0;  ///< until the answer
  };
  void perform(PteAccess& access);

  AllowedSet& memory_;
  unsigned pte_bytes_;
  Pin valid_, ready_, address_, cas_, expected_, desired_, write_, write_data_;
  Pin response_valid_, response_ready_, data_, error_, swapped_;
  std::deque<Pending> pending_;
  unsigned latency_ = 1;
  unsigned stall_ = 0;
  bool answering_ = false;
  std::uint64_t taken_ = 0;
};

}  // namespace lookaside::foreign
