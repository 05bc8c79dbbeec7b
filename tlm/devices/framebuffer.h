// SPDX-License-Identifier: Apache-2.0
// A framebuffer: video memory and the registers that say what picture lies in it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <systemc>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/devices/image.h>
#include <lookaside/devices/register_target.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

const RegisterMap& framebuffer_registers();

/// Models: a frame of WIDTH x HEIGHT pixels at BASE_OFFSET in VRAM, rows STRIDE bytes apart, shown
/// FRAME_HZ times a second of simulated time while ENABLE is set. Units: bytes; picoseconds inside.
/// Shape: registers at `socket`; VRAM at `vram`, which takes any access inside it and grants DMI to
/// all of it with the same latency. Host memory for VRAM is taken page by page as it is touched.
/// Processes: one method, asleep unless ENABLE and VSYNC_IRQ_ENABLE are on; the frame counter is
/// computed from the time of the access.
/// Errors: a picture that does not lie inside VRAM clears STATUS.VALID and is never read; accesses
/// outside VRAM get TLM_ADDRESS_ERROR_RESPONSE, atomics TLM_COMMAND_ERROR_RESPONSE.
class Framebuffer : public RegisterTarget {
 public:
  struct Config {
    std::uint64_t vram_bytes = 32ULL << 20;
    unsigned irq_line = 14;
    std::uint64_t access_ns = 10;       ///< one register access
    std::uint64_t vram_access_ns = 50;  ///< one VRAM access, whatever its size, and by DMI
    std::uint32_t frame_hz = 60;
  };

  tlm_utils::simple_target_socket<Framebuffer, 64> vram;
  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

  Framebuffer(const sc_core::sc_module_name& name, const Config& config,
              observe::SignalSink* sink = nullptr);
  observe::StatisticGroup& statistics() { return statistics_; }

  /// The picture the registers describe; its error message if they describe none.
  std::string picture(Image& image) const;
  /// Saves the picture; returns an empty string or a message.
  std::string write_png(const std::string& path) const;

  SC_HAS_PROCESS(Framebuffer);

 private:
  struct Mode {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t stride = 0;
    std::uint32_t format = 0;
    std::uint32_t base = 0;
  };
  struct Free {
    void operator()(std::uint8_t* p) const { std::free(p); }
  };

  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  void write_control(std::uint32_t value, const AccessTime& when);
  std::string mode_error() const;
  std::uint64_t frames_at(std::uint64_t time_ps) const;
  void vsync();
  void schedule_vsync();
  void update_irq();

  void vram_b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned vram_transport_dbg(tlm::tlm_generic_payload& payload);
  bool vram_direct(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void move(tlm::tlm_generic_payload& payload, std::uint64_t bytes);
  void declare(observe::SignalSink* sink);

  const Config config_;
  const std::unique_ptr<std::uint8_t[], Free> memory_;
  const std::uint64_t period_ps_;
  Mode mode_;
  bool enable_ = false;
  bool vsync_enable_ = false;
  bool vsync_pending_ = false;
  std::uint64_t enabled_at_ps_ = 0;
  std::uint64_t frames_before_ = 0;  ///< shown until the last time ENABLE was cleared
  sc_core::sc_event vsync_event_;

  observe::StatisticGroup statistics_;
  observe::Scalar mode_changes_;
  observe::Scalar interrupts_;
  observe::Signal enable_signal_;
  observe::Signal mode_signal_;
};

}  // namespace lookaside::devices
