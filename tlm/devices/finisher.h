// SPDX-License-Identifier: Apache-2.0
// Test finisher: how a guest ends the simulation and says whether it passed.
#pragma once

#include <cstdint>
#include <functional>

#include <lookaside/devices/register_device.h>

namespace lookaside::devices {

enum class Finish : std::uint8_t { kPass, kFail, kReset };

struct FinisherConfig {
  std::uint64_t latency_ps = 10'000;
};

/// Models the "sifive,test1" device of the `virt` machine: one register; the low 16 bits written
/// say 0x5555 pass, 0x3333 fail with the code in bits 31:16, 0x7777 reset; anything else is
/// ignored. Permits writes of 2 and 4 bytes (a 2-byte write carries code 0), reads give zero. Calls
/// back and goes on: what ends is the owner's decision.
class Finisher : public RegisterDevice {
 public:
  static constexpr std::uint64_t kSize = 0x1000;
  /// code: 0 unless failed; time: absolute local time of the write.
  using Callback = std::function<void(Finish finish, std::uint32_t code, std::uint64_t time_ps)>;

  Finisher(const sc_core::sc_module_name& name, const FinisherConfig& config = {},
           observe::SignalSink* sink = nullptr);
  void on_finish(Callback callback) { callback_ = std::move(callback); }

 private:
  std::uint64_t read(const RegisterReference& reference) override;
  void write(const RegisterReference& reference, std::uint64_t value) override;
  std::uint64_t peek(const RegisterReference& reference) const override;

  Callback callback_;
  observe::Signal value_signal_;
};

}  // namespace lookaside::devices
