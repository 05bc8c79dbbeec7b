// SPDX-License-Identifier: Apache-2.0
// 16550 UART.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include <lookaside/devices/register_device.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

struct UartConfig {
  unsigned irq_line = 10;
  std::uint64_t latency_ps = 10'000;
  std::uint64_t poll_interval_ps = 1'000'000'000;  ///< how often input is looked for; at least 1
};

/// Models a 16550 with both FIFOs and an infinitely fast line: a byte written to THR has left when
/// the write returns, so THRE and TEMT are always set; baud rate and framing are stored and change
/// nothing. Characters in the receive FIFO below the trigger level time out at once. Registers at
/// one byte each, 1-byte accesses only; row numbers and rules follow the PC16550D data sheet.
///
/// Output is collected and handed to the sink at a newline, when 4096 bytes have come together,
/// when the guest waits for input, and at the end: a guest may fill it for ever. Input is pulled,
/// one byte a call (-1: none now), never more than the FIFO holds: when the guest reads RBR, LSR or
/// IIR, and every `poll_interval_ps` by a process while received-data interrupts are enabled. The
/// interrupt is a level, set and cleared inside the register access that causes it.
class Uart : public RegisterDevice {
 public:
  static constexpr std::uint64_t kSize = 0x100;
  using Output = std::function<void(std::string_view bytes)>;
  using Input = std::function<int()>;

  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

  Uart(const sc_core::sc_module_name& name, const UartConfig& config = {},
       observe::SignalSink* sink = nullptr);
  ~Uart() override;

  void set_output(Output output) { output_ = std::move(output); }
  void set_input(Input input) { input_ = std::move(input); }
  /// Hands collected output to the sink now.
  void flush();

 private:
  enum RegisterId : unsigned { kData, kIer, kIirFcr, kLcr, kMcr, kLsr, kMsr, kScr };
  struct Received {
    std::uint8_t value;
    std::uint8_t errors;  // LSR bits that become visible when the character is at the top
  };

  SC_HAS_PROCESS(Uart);
  void end_of_simulation() override { flush(); }
  std::uint64_t read(const RegisterReference& reference) override;
  void write(const RegisterReference& reference, std::uint64_t value) override;
  std::uint64_t peek(const RegisterReference& reference) const override;
  std::uint8_t read_data();
  std::uint8_t read_iir();
  std::uint8_t read_lsr();
  std::uint8_t read_msr();
  void write_data(std::uint8_t value, std::uint64_t time_ps);
  void write_ier(std::uint8_t value);
  void write_fcr(std::uint8_t value);
  void write_lcr(std::uint8_t value);
  void write_mcr(std::uint8_t value);
  std::uint8_t iir() const;
  std::uint8_t lsr() const;
  std::uint8_t modem_inputs() const;
  void modem_changed(std::uint8_t before);
  bool loopback() const;
  bool divisor_access() const;
  std::size_t capacity() const;
  void receive(std::uint8_t value, std::uint8_t errors);
  void expose_errors();
  void pull();
  void poll();
  void update(std::uint64_t time_ps);

  std::uint64_t poll_interval_ps_;
  unsigned irq_line_;
  Output output_;
  Input input_;
  std::string pending_output_;
  sc_core::sc_event poll_wanted_;

  std::deque<Received> received_;
  std::uint8_t ier_ = 0;
  std::uint8_t fcr_ = 0;
  std::uint8_t lcr_ = 0;
  std::uint8_t mcr_ = 0;
  std::uint8_t scratch_ = 0;
  std::uint16_t divisor_ = 0;
  std::uint8_t errors_ = 0;        // sticky LSR bits 1 to 4
  std::uint8_t modem_deltas_ = 0;  // MSR bits 0 to 3
  bool transmit_interrupt_ = false;
  bool level_ = false;
  std::uint64_t shown_ps_ = 0;
  bool looked_ = false;  // LSR was read since the last byte was transmitted

  observe::Scalar transmitted_;
  observe::Scalar received_count_;
  observe::Scalar overruns_;
  observe::Signal transmit_signal_;
  observe::Signal receive_signal_;
  observe::Signal irq_signal_;
};

}  // namespace lookaside::devices
