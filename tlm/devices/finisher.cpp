// SPDX-License-Identifier: Apache-2.0
#include <lookaside/devices/finisher.h>

namespace lookaside::devices {

Finisher::Finisher(const sc_core::sc_module_name& name, const FinisherConfig& config,
                   observe::SignalSink* sink)
    : RegisterDevice(name,
                     {"finisher",
                      kSize,
                      {{0,
                        0,
                        4,
                        RegisterMode::kWriteOnly,
                        0,
                        "FINISH",
                        "0x5555 pass, 0x3333 | code << 16 fail, 0x7777 reset",
                        {},
                        2 | 4}}},
                     config.latency_ps) {
  value_signal_ = {sink,
                   {basename(), "value", observe::SignalKind::kBits, 32, {}, "last value written"}};
}

std::uint64_t Finisher::read(const RegisterReference& reference) {
  return peek(reference);
}

std::uint64_t Finisher::peek(const RegisterReference& /*reference*/) const {
  return 0;
}

void Finisher::write(const RegisterReference& reference, std::uint64_t value) {
  value_signal_.set(reference.time_ps, value);
  if (reference.byte != 0 || !callback_) return;
  switch (value & 0xFFFF) {
    case 0x5555:
      callback_(Finish::kPass, 0, reference.time_ps);
      break;
    case 0x3333:
      callback_(Finish::kFail, static_cast<std::uint32_t>(value >> 16), reference.time_ps);
      break;
    case 0x7777:
      callback_(Finish::kReset, 0, reference.time_ps);
      break;
    default:
      break;
  }
}

}  // namespace lookaside::devices
