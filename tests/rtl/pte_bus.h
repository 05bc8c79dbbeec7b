// SPDX-License-Identifier: Apache-2.0
// The memory port of a walker, cycle by cycle: takes requests, answers later, and checks that the
// walker keeps to the rules of the port.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <gmock/gmock.h>

#include "rtl/clocked.h"

namespace lookaside::tests {

/// One PTE access as it was made.
struct PteAccess {
  bool cas = false;
  std::uint64_t address = 0;
  std::uint64_t expected = 0, desired = 0;  ///< of a compare-and-swap
  bool error = false;
  bool swapped = false;
  std::uint64_t data = 0;  ///< of a read
};

/// For a model with the ports mem_req_* and mem_rsp_*. Call `drive` with the clock low, after which
/// outputs may be looked at, and `clocked` before the rising edge.
class PteBus {
 public:
  /// Fills in the answer; called in the cycle in which the request is taken.
  std::function<void(PteAccess&)> perform;
  unsigned latency = 1;  ///< edges from the one that takes a request to the one of its answer, >= 1
  bool stall = false;    ///< does not take a request in this cycle

  std::vector<PteAccess> accesses;  ///< all that were taken
  bool busy() const { return left_ != 0; }
  bool held() const { return held_; }  ///< a request was shown and not yet taken

  template <typename Model>
  void drive(Model& m) {
    m.mem_req_ready_i = !stall;
    const bool answer = left_ == 1;
    m.mem_rsp_valid_i = answer;
    // What is not part of an answer is noise.
    const PteAccess a = answer ? accesses.back() : PteAccess{};
    m.mem_rsp_error_i = answer ? a.error : noise_ & 1;
    m.mem_rsp_swapped_i = answer && a.cas ? a.swapped : noise_ >> 1 & 1;
    const std::uint64_t data = answer && !a.cas && !a.error ? a.data : noise_;
    put(m.mem_rsp_data_i, data);
    noise_ = noise_ * 0x5851f42d4c957f2d + 1;
    m.eval();
  }

  template <typename Model>
  void clocked(Model& m) {
    if (left_ != 0) --left_;
    const bool valid = m.mem_req_valid_o != 0;
    if (held_) {
      ASSERT_TRUE(valid) << "a request was withdrawn";
      ASSERT_EQ(m.mem_req_addr_o, shown_.address) << "a request changed";
      ASSERT_EQ(m.mem_req_cas_o != 0, shown_.cas) << "a request changed";
    }
    held_ = valid && stall;
    if (!valid) return;
    shown_ = {};
    shown_.cas = m.mem_req_cas_o != 0;
    shown_.address = m.mem_req_addr_o;
    if (shown_.cas) {
      shown_.expected = m.mem_req_expected_o;
      shown_.desired = m.mem_req_desired_o;
    }
    if (stall) return;
    ASSERT_EQ(left_, 0U) << "a second request before the answer to the first";
    accesses.push_back(shown_);
    perform(accesses.back());
    left_ = latency;
  }

 private:
  unsigned left_ = 0;
  bool held_ = false;
  PteAccess shown_;
  std::uint64_t noise_ = 1;
};

}  // namespace lookaside::tests
