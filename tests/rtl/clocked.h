// SPDX-License-Identifier: Apache-2.0
// A Verilated module and its clock.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <verilated.h>
#if LOOKASIDE_RTL_COVERAGE
#include <verilated_cov.h>
#endif

namespace lookaside::tests {

/// Sets a port, whatever its width; bits beyond it are lost.
template <typename Port, typename Value>
void put(Port& port, Value value) {
  port = static_cast<Port>(value);
}

/// What stands on ports that nobody may look at: something else each time.
class Noise {
 public:
  template <typename Port>
  void on(Port& port, unsigned bits) {
    state_ = state_ * 0x5851f42d4c957f2d + 1;
    put(port, state_ >> (64 - bits));
  }

 private:
  std::uint64_t state_ = 1;
};

/// Writes what was covered in the models of a context to LOOKASIDE_COVERAGE_DIR, if the build
/// counts that. To be called while they live.
inline void write_coverage([[maybe_unused]] VerilatedContext& context) {
#if LOOKASIDE_RTL_COVERAGE
  static unsigned files = 0;
  const char* directory = std::getenv("LOOKASIDE_COVERAGE_DIR");
  if (directory == nullptr) return;
  context.coveragep()->write((std::string(directory) + "/" + std::to_string(getpid()) + "-" +
                              std::to_string(files++) + ".dat")
                                 .c_str());
#endif
}

/// Owns a module of type `Model` with ports clk_i and rst_ni. Inputs are set while the clock is
/// low; `settle` makes combinational outputs follow them, `edge` is the rising edge after that.
template <typename Model>
class Clocked {
 public:
  Clocked()
      : context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get())) {}
  ~Clocked() { write_coverage(*context_); }
  Clocked(const Clocked&) = delete;
  Clocked& operator=(const Clocked&) = delete;

  Model* operator->() { return model_.get(); }
  Model& operator*() { return *model_; }

  void reset() {
    model_->rst_ni = 0;
    edge();
    model_->rst_ni = 1;
    settle();
  }
  void settle() { model_->eval(); }
  void edge() {
    settle();
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    ++cycles_;
  }
  unsigned long long cycles() const { return cycles_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;  // Verilated classes are aligned to cache lines
  unsigned long long cycles_ = 0;
};

}  // namespace lookaside::tests
