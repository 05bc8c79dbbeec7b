// SPDX-License-Identifier: Apache-2.0
// The waveform recorder of a simulation.
#pragma once

#include <string>

#include <systemc>

#include <lookaside/observe/signal.h>
#include <lookaside/record/core/wave_buffer.h>

namespace lookaside::record {

/// What it models: nothing; it owns the sink that the platform's blocks declare and emit their
/// signals at, and writes them sorted as simulated time passes them. Units: ps. Processes: none.
/// Simulated time is read when the buffer is full, so that a recorded run schedules exactly the
/// events of an unrecorded one. Errors: the constructor throws RecordError if the file cannot be
/// written or the window is empty or the time resolution is coarser than 1 ps; everything later is
/// what close() returns.
class Recorder : public sc_core::sc_module {
 public:
  struct Config {
    std::string path;   ///< the FST to write; appears when the recorder is closed
    WaveWindow window;  ///< default: everything
  };

  Recorder(const sc_core::sc_module_name& name, const Config& config);

  observe::SignalSink* sink() { return &buffer_; }
  /// Completes the file, up to the present simulated time. Returns "" or one line: the file could
  /// not be written, or events are missing from it because they came too late. Once; later calls
  /// return the same.
  std::string close();
  /// Events that came behind the time already written: a defect of the block that emitted them.
  std::uint64_t refused() const { return buffer_.refused(); }
  const WaveBuffer& buffer() const { return buffer_; }

 private:
  void end_of_simulation() override;
  static std::uint64_t now_ps();

  WaveBuffer buffer_;
  std::string result_;
  bool closed_ = false;
};

}  // namespace lookaside::record
