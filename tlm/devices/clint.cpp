// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <lookaside/devices/clint.h>
#include <lookaside/devices/device_setup_error.h>

namespace lookaside::devices {
namespace {

constexpr unsigned kSoftwareInterruptLine = 3;
constexpr std::uint64_t kPsPerSecond = 1'000'000'000'000;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

RegisterMap table(unsigned harts) {
  constexpr auto kMode = RegisterMode::kReadWrite;
  const std::uint64_t n = harts;
  return {"clint",
          Clint::kSize,
          {{Clint::kMsip,
            0x0,
            4 * n,
            kMode,
            0,
            "MSIP",
            "bit 0: machine software interrupt of the hart",
            {},
            4,
            4},
           {Clint::kMtimecmp,
            0x4000,
            8 * n,
            kMode,
            0,
            "MTIMECMP",
            "machine timer interrupt of the hart is pending while MTIME is at least this",
            {},
            4 | 8,
            8},
           {Clint::kMtime, 0xBFF8, 8, kMode, 0, "MTIME", "ticks of the time base", {}, 4 | 8, 8}}};
}

}  // namespace

Clint::Clint(const sc_core::sc_module_name& name, const ClintConfig& config,
             observe::SignalSink* sink)
    : RegisterDevice(name, table(config.harts), config.latency_ps),
      harts("harts"),
      time_source("time_source"),
      timebase_hz_(config.timebase_hz),
      msip_(config.harts, false),
      mtimecmp_(config.harts, kNever) {
  if (timebase_hz_ == 0 || timebase_hz_ > kPsPerSecond) {
    throw DeviceSetupError("clint: timebase of " + std::to_string(timebase_hz_) +
                           " Hz, expected 1 to 10^12");
  }
  time_source.bind(*this);
  msip_signal_ = {sink,
                  {basename(),
                   "msip",
                   observe::SignalKind::kBits,
                   config.harts,
                   {},
                   "software interrupts, one bit for each hart"}};
}

std::uint64_t Clint::ticks_at(std::uint64_t time_ps) const {
  const Wide elapsed = Wide{time_ps} * timebase_hz_ / kPsPerSecond;
  return static_cast<std::uint64_t>(elapsed + offset_);
}

std::uint64_t Clint::time_of(std::uint64_t ticks) const {
  const Wide needed = Wide{ticks} - offset_;
  if (needed <= 0) return 0;
  // Only 2^64 ps are representable: with at most 10^12 ticks a second, more ticks than that are
  // never.
  if (needed > Wide{kNever}) return kNever;
  const Wide time = (needed * kPsPerSecond + timebase_hz_ - 1) / timebase_hz_;
  return time > Wide{kNever} ? kNever : static_cast<std::uint64_t>(time);
}

std::uint64_t Clint::read(const RegisterReference& reference) {
  return peek(reference);
}

std::uint64_t Clint::peek(const RegisterReference& reference) const {
  switch (reference.id) {
    case kMsip:
      return msip_[reference.index] ? 1 : 0;
    case kMtimecmp:
      return extract(mtimecmp_[reference.index], reference);
    default:
      return extract(ticks_at(reference.time_ps), reference);
  }
}

void Clint::write(const RegisterReference& reference, std::uint64_t value) {
  const auto hart = static_cast<unsigned>(reference.index);
  switch (reference.id) {
    case kMsip: {
      msip_[hart] = (value & 1) != 0;
      std::uint64_t all = 0;
      for (unsigned i = 0; i < msip_.size() && i < 64; ++i) {
        all |= std::uint64_t{msip_[i] ? 1U : 0U} << i;
      }
      msip_signal_.set(reference.time_ps, all);
      if (static_cast<int>(hart) < harts.size()) {
        harts[static_cast<int>(hart)]->set_interrupt(kSoftwareInterruptLine, msip_[hart]);
      }
      break;
    }
    case kMtimecmp:
      mtimecmp_[hart] = insert(mtimecmp_[hart], reference, value);
      break;
    default: {
      const std::uint64_t now = ticks_at(reference.time_ps);
      offset_ += Wide{insert(now, reference, value)} - Wide{now};
      break;
    }
  }
}

}  // namespace lookaside::devices
