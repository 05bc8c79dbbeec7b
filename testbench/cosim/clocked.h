// SPDX-License-Identifier: Apache-2.0
// A Verilated module and its clock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <verilated.h>

#include "cosim/silent.h"

namespace lookaside::cosim {

/// Sets a port, whatever its width; bits beyond it are lost.
template <typename Port, typename Value>
void put(Port& port, Value value) {
  port = static_cast<Port>(value);
}

/// Owns a module of type `Model` with ports clk_i and rst_ni. Inputs are set while the clock is
/// low; `settle` makes combinational outputs follow them, `rise` is the rising edge after that.
template <typename Model>
class Clocked {
 public:
  Clocked()
      : context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get())) {}

  /// A scope of the model leaves the thread's present context, whichever it belongs to.
  ~Clocked() {
    Verilated::threadContextp(context_.get());
    model_.reset();
  }
  Clocked(const Clocked&) = delete;
  Clocked& operator=(const Clocked&) = delete;

  Model* operator->() { return model_.get(); }
  Model& operator*() { return *model_; }

  void reset() {
    model_->rst_ni = 0;
    settle();
    rise();
    model_->rst_ni = 1;
    settle();
  }
  void settle() { model_->eval(); }
  /// Called in each cycle before its edge, when everything has settled: for waveforms.
  void watch(std::function<void()> cycle) { cycle_ = std::move(cycle); }
  /// After settle(). Outputs are those of the new state; the clock falls with the next settle().
  void rise() {
    if (cycle_) cycle_();
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    ++cycles_;
  }
  /// Edges until `ready`, an output, is set; throws RtlSilent when that takes longer than any
  /// operation can. Settled before and after.
  template <typename Port>
  unsigned wait_for(const Port& ready, const char* what) {
    constexpr unsigned kPatience = 100'000;
    unsigned edges = 0;
    for (; ready == 0; ++edges) {
      if (edges == kPatience) throw RtlSilent(std::string("the RTL never shows ") + what);
      rise();
      settle();
    }
    return edges;
  }
  unsigned long long cycles() const { return cycles_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;  // Verilated classes are aligned to cache lines
  std::function<void()> cycle_;
  unsigned long long cycles_ = 0;
};

}  // namespace lookaside::cosim
