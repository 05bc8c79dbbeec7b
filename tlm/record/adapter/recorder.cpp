// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <lookaside/record/adapter/recorder.h>
#include <lookaside/record/core/error.h>

namespace lookaside::record {

Recorder::Recorder(const sc_core::sc_module_name& name, const Config& config)
    : sc_core::sc_module(name), buffer_(config.path, config.window, &Recorder::now_ps) {
  if (sc_core::sc_time(1, sc_core::SC_PS).value() == 0) {
    throw RecordError(
        fmt::format("{}: a waveform needs a time resolution of 1 ps or finer, found {}",
                    config.path, sc_core::sc_get_time_resolution().to_string()));
  }
}

std::uint64_t Recorder::now_ps() {
  const std::uint64_t units = sc_core::sc_time(1, sc_core::SC_PS).value();
  return sc_core::sc_time_stamp().value() / units;
}

std::string Recorder::close() {
  if (!closed_) result_ = buffer_.close(now_ps());
  closed_ = true;
  return result_;
}

void Recorder::end_of_simulation() {
  (void)close();
}

}  // namespace lookaside::record
