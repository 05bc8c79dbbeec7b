// SPDX-License-Identifier: Apache-2.0
// What the benches of TLBs and MMUs share: clock, record of what happened, the difference.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cosim/difference.h"
#include "cosim/foreign/binding.h"
#include "cosim/stimulus.h"

namespace lookaside::foreign {

/// Something counted in a run, for the summary and --json.
struct Count {
  std::string name;
  std::uint64_t value = 0;
};

/// A block on a bench: operations go in, every answer is checked, the first difference ends it.
class Bench {
 public:
  /// `map` must outlive the bench. The block is reset.
  Bench(const PortMap& map, const std::string& object, const std::string& wave);
  virtual ~Bench() = default;

  /// As the block can take it: operands cut to what its ports can express. Nothing if it cannot do
  /// such an operation at all.
  virtual std::optional<cosim::Operation> fitted(const cosim::Operation& operation) const = 0;
  /// Performs it, as far as it need not wait; returns false once there is a difference.
  bool perform(const cosim::Operation& operation);
  /// Waits for everything under way.
  bool finish();
  /// Without the history, which whoever owns the operations adds.
  const std::optional<cosim::Difference>& difference() const { return difference_; }

  std::uint64_t cycles() const { return block_.cycles(); }
  /// Operations performed, answers compared, hits and so on.
  virtual std::vector<Count> counts() const = 0;
  /// Fence forms that the ports can express.
  std::vector<bool> fence_forms() const;

 protected:
  virtual void start(const cosim::Operation& operation) = 0;
  virtual void drain() = 0;
  /// Outputs are settled, the edge comes next.
  virtual void before_edge() = 0;

  /// One clock cycle; throws Silent after the map's timeout without progress().
  void cycle();
  void progress() { quiet_ = 0; }
  void settle() { block_.settle(); }
  Pin pin(const std::string& role) const { return binding_.pin(role); }
  Encoded encoded(const std::string& role) const { return binding_.encoded(role); }
  const PortMap& map() const { return map_; }
  const Binding& binding() const { return binding_; }
  const translation::Format& format() const { return *map_.shape.format; }
  bool holds(const std::string& port) const;

  /// Offers the fence and waits until it is complete. `begin` is called when it is offered.
  template <typename Begin>
  void fence(const translation::Fence& fence, Begin begin) {
    begin();
    fence_(fence);
  }

  void note(const std::string& event, const std::string& outcome = "");
  /// Ends the run. `operation`: the one whose answer differs.
  [[noreturn]] void differ(const cosim::Operation& operation,
                           std::vector<cosim::ComparedField> fields, const std::string& remark);
  /// The same for something that no operation asked for; names the operation going on.
  [[noreturn]] void differ(std::vector<cosim::ComparedField> fields, const std::string& remark) {
    differ(current_, std::move(fields), remark);
  }
  std::uint64_t performed_ = 0;

 private:
  struct Ended {};
  template <typename Do>
  bool guarded(Do what);
  void fence_(const translation::Fence& fence);
  bool put_fence(const translation::Fence& fence);

  const PortMap& map_;
  Block block_;
  Binding binding_;
  std::optional<cosim::Difference> difference_;
  std::deque<cosim::PastEvent> events_;
  cosim::Operation current_;
  unsigned quiet_ = 0;
  Pin fence_ready_, fence_done_;
  bool ready_seen_ = false, done_seen_ = false;  ///< of the fence, before the last edge
};

/// A bench of the map's kind.
std::unique_ptr<Bench> make_bench(const PortMap& map, const std::string& object,
                                  const std::string& wave = "");

}  // namespace lookaside::foreign
