// SPDX-License-Identifier: Apache-2.0
// A Verilated module and its clock.
#pragma once

#include <memory>
#include <verilated.h>

namespace lookaside::tests {

/// Sets a port, whatever its width; bits beyond it are lost.
template <typename Port, typename Value>
void put(Port& port, Value value) {
  port = static_cast<Port>(value);
}

/// Owns a module of type `Model` with ports clk_i and rst_ni. Inputs are set while the clock is
/// low; `settle` makes combinational outputs follow them, `edge` is the rising edge after that.
template <typename Model>
class Clocked {
 public:
  Clocked() : context_(std::make_unique<VerilatedContext>()), model_(context_.get()) {}

  Model* operator->() { return &model_; }
  Model& operator*() { return model_; }

  void reset() {
    model_.rst_ni = 0;
    edge();
    model_.rst_ni = 1;
    settle();
  }
  void settle() { model_.eval(); }
  void edge() {
    settle();
    model_.clk_i = 1;
    model_.eval();
    model_.clk_i = 0;
    ++cycles_;
  }
  unsigned long long cycles() const { return cycles_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  Model model_;
  unsigned long long cycles_ = 0;
};

}  // namespace lookaside::tests
