// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/uart.h>
#include <lookaside/protocol/time.h>

namespace lookaside::devices {
namespace {

constexpr std::size_t kFifoDepth = 16;
constexpr std::size_t kOutputChunk = 4096;

// IER
constexpr std::uint8_t kReceiveEnable = 1;
constexpr std::uint8_t kTransmitEnable = 2;
constexpr std::uint8_t kLineStatusEnable = 4;
constexpr std::uint8_t kModemEnable = 8;
// IIR
constexpr std::uint8_t kNoInterrupt = 0x01;
constexpr std::uint8_t kModemInterrupt = 0x00;
constexpr std::uint8_t kTransmitInterrupt = 0x02;
constexpr std::uint8_t kDataInterrupt = 0x04;
constexpr std::uint8_t kLineStatusInterrupt = 0x06;
constexpr std::uint8_t kTimeoutInterrupt = 0x0C;
constexpr std::uint8_t kFifosEnabled = 0xC0;
// FCR
constexpr std::uint8_t kFifoEnable = 1;
constexpr std::uint8_t kClearReceive = 2;
// LCR
constexpr std::uint8_t kBreak = 0x40;
constexpr std::uint8_t kDivisorAccess = 0x80;
// MCR
constexpr std::uint8_t kMcrMask = 0x1F;
constexpr std::uint8_t kLoopback = 0x10;
// LSR
constexpr std::uint8_t kDataReady = 0x01;
constexpr std::uint8_t kOverrun = 0x02;
constexpr std::uint8_t kBreakReceived = 0x10;
constexpr std::uint8_t kTransmitterEmpty = 0x60;
constexpr std::uint8_t kErrorInFifo = 0x80;
// MSR
constexpr std::uint8_t kRingIndicator = 0x40;
constexpr std::uint8_t kModemConnected = 0xB0;  // DCD, DSR and CTS of the peer

RegisterMap table() {
  constexpr auto kBoth = RegisterMode::kReadWrite;
  constexpr auto kRead = RegisterMode::kReadOnly;
  const auto row = [](unsigned id, RegisterMode mode, std::uint8_t reset, const char* name,
                      const char* sentence) {
    return RegisterDescription{id, id, 1, mode, reset, name, sentence, {}, 1};
  };
  return {"uart",
          Uart::kSize,
          {row(0, kBoth, 0, "RBR_THR_DLL",
               "received byte on read, byte to transmit on write; divisor low byte while LCR bit 7 "
               "is set"),
           row(1, kBoth, 0, "IER_DLM",
               "interrupt enables: 0 received data, 1 transmitter empty, 2 line status, 3 modem "
               "status; divisor high byte while LCR bit 7 is set"),
           row(2, kBoth, kNoInterrupt, "IIR_FCR",
               "highest pending interrupt on read, FIFO control on write"),
           row(3, kBoth, 0, "LCR", "line control; bit 7 shows the divisor"),
           row(4, kBoth, 0, "MCR", "modem control; bit 4 is loopback"),
           row(5, kRead, kTransmitterEmpty, "LSR", "line status"),
           row(6, kRead, kModemConnected, "MSR", "modem status"),
           row(7, kBoth, 0, "SCR", "scratch, no function")}};
}

}  // namespace

Uart::Uart(const sc_core::sc_module_name& name, const UartConfig& config, observe::SignalSink* sink)
    : RegisterDevice(name, table(), config.latency_ps),
      irq("irq"),
      poll_interval_ps_(config.poll_interval_ps),
      irq_line_(config.irq_line) {
  if (poll_interval_ps_ == 0)
    throw DeviceSetupError("uart: poll interval of 0 ps, expected at least 1");
  SC_METHOD(poll);
  sensitive << poll_wanted_;
  dont_initialize();
  statistics().add({"transmitted", "bytes", "bytes written by the guest, loopback excluded"},
                   transmitted_);
  statistics().add({"received", "bytes", "bytes that entered the receive FIFO"}, received_count_);
  statistics().add({"overruns", "bytes", "bytes lost because the receive FIFO was full"},
                   overruns_);
  using observe::SignalKind;
  transmit_signal_ = {sink, {basename(), "tx", SignalKind::kBits, 8, {}, "byte transmitted"}};
  receive_signal_ = {sink, {basename(), "rx", SignalKind::kBits, 8, {}, "byte read from RBR"}};
  irq_signal_ = {sink, {basename(), "irq", SignalKind::kBits, 1, {}, "interrupt line"}};
}

Uart::~Uart() {
  flush();
}

void Uart::flush() {
  if (output_ && !pending_output_.empty()) output_(pending_output_);
  pending_output_.clear();
}

bool Uart::loopback() const {
  return (mcr_ & kLoopback) != 0;
}
bool Uart::divisor_access() const {
  return (lcr_ & kDivisorAccess) != 0;
}
std::size_t Uart::capacity() const {
  return (fcr_ & kFifoEnable) != 0 ? kFifoDepth : 1;
}

// ---- register accesses

std::uint64_t Uart::read(const RegisterReference& reference) {
  if (reference.id == kData || reference.id == kIirFcr || reference.id == kLsr) {
    pull();
  }
  std::uint64_t value = 0;
  switch (reference.id) {
    case kData:
      value = divisor_access() ? divisor_ & 0xFFU : read_data();
      if (!divisor_access()) receive_signal_.set(reference.time_ps, value);
      break;
    case kIirFcr:
      value = read_iir();
      break;
    case kLsr:
      value = read_lsr();
      break;
    case kMsr:
      value = read_msr();
      break;
    default:
      value = peek(reference);
  }
  update(reference.time_ps);
  return value;
}

std::uint64_t Uart::peek(const RegisterReference& reference) const {
  switch (reference.id) {
    case kData:
      if (divisor_access()) return divisor_ & 0xFFU;
      return received_.empty() ? 0 : received_.front().value;
    case kIer:
      return divisor_access() ? divisor_ >> 8 : ier_;
    case kIirFcr:
      return iir();
    case kLcr:
      return lcr_;
    case kMcr:
      return mcr_;
    case kLsr:
      return lsr();
    case kMsr:
      return modem_inputs() | modem_deltas_;
    default:
      return scratch_;
  }
}

void Uart::write(const RegisterReference& reference, std::uint64_t value) {
  const auto byte = static_cast<std::uint8_t>(value);
  switch (reference.id) {
    case kData:
      if (divisor_access()) {
        divisor_ = static_cast<std::uint16_t>((divisor_ & 0xFF00U) | byte);
      } else {
        write_data(byte, reference.time_ps);
      }
      break;
    case kIer:
      if (divisor_access()) {
        divisor_ = static_cast<std::uint16_t>((divisor_ & 0x00FFU) | (byte << 8));
      } else {
        write_ier(byte);
      }
      break;
    case kIirFcr:
      write_fcr(byte);
      break;
    case kLcr:
      write_lcr(byte);
      break;
    case kMcr:
      write_mcr(byte);
      break;
    case kScr:
      scratch_ = byte;
      break;
    default:
      break;
  }
  update(reference.time_ps);
}

std::uint8_t Uart::read_data() {
  if (received_.empty()) return 0;
  const std::uint8_t value = received_.front().value;
  received_.pop_front();
  expose_errors();
  pull();
  return value;
}

std::uint8_t Uart::read_iir() {
  const std::uint8_t value = iir();
  // Reading IIR clears the transmitter interrupt only if that is what it showed.
  if ((value & 0x0F) == kTransmitInterrupt) transmit_interrupt_ = false;
  return value;
}

std::uint8_t Uart::read_lsr() {
  const std::uint8_t value = lsr();
  errors_ = 0;
  // Printing code looks once before each byte; two looks in a row wait for input: show the prompt.
  if (looked_) flush();
  looked_ = true;
  return value;
}

std::uint8_t Uart::read_msr() {
  const auto value = static_cast<std::uint8_t>(modem_inputs() | modem_deltas_);
  modem_deltas_ = 0;
  return value;
}

void Uart::write_data(std::uint8_t value, std::uint64_t time_ps) {
  if (loopback()) {
    receive(value, 0);
  } else {
    ++transmitted_.value;
    looked_ = false;
    transmit_signal_.set(time_ps, value);
    pending_output_.push_back(static_cast<char>(value));
    if (value == '\n' || pending_output_.size() >= kOutputChunk) flush();
  }
  // The write clears the interrupt, the byte's departure raises it again.
  transmit_interrupt_ = true;
}

void Uart::write_ier(std::uint8_t value) {
  const std::uint8_t enabled = value & static_cast<std::uint8_t>(~ier_);
  ier_ = value & 0x0F;
  // Enabling it while the transmitter is empty raises the interrupt at once.
  if ((enabled & kTransmitEnable) != 0) transmit_interrupt_ = true;
  if ((ier_ & kReceiveEnable) != 0 && input_) poll_wanted_.notify(sc_core::SC_ZERO_TIME);
}

void Uart::write_fcr(std::uint8_t value) {
  const bool toggled = ((value ^ fcr_) & kFifoEnable) != 0;
  // Without the enable bit the other bits are not programmed.
  const bool enabled = (value & kFifoEnable) != 0;
  if (toggled || (enabled && (value & kClearReceive) != 0)) received_.clear();
  fcr_ = enabled ? value & 0xC9 : 0;
}

void Uart::write_lcr(std::uint8_t value) {
  const bool began = (value & static_cast<std::uint8_t>(~lcr_) & kBreak) != 0;
  lcr_ = value;
  if (began && loopback()) receive(0, kBreakReceived);
}

void Uart::write_mcr(std::uint8_t value) {
  const std::uint8_t before = modem_inputs();
  mcr_ = value & kMcrMask;
  modem_changed(before);
}

// ---- status

std::uint8_t Uart::iir() const {
  static constexpr std::array<std::size_t, 4> kTriggers = {1, 4, 8, 14};
  const bool fifos = (fcr_ & kFifoEnable) != 0;
  const std::uint8_t high = fifos ? kFifosEnabled : 0;
  const auto with = [high](std::uint8_t id) { return static_cast<std::uint8_t>(high | id); };
  if ((ier_ & kLineStatusEnable) != 0 && errors_ != 0) return with(kLineStatusInterrupt);
  if ((ier_ & kReceiveEnable) != 0 && !received_.empty()) {
    const std::size_t trigger = fifos ? kTriggers[fcr_ >> 6] : 1;
    return with(received_.size() >= trigger ? kDataInterrupt : kTimeoutInterrupt);
  }
  if ((ier_ & kTransmitEnable) != 0 && transmit_interrupt_) return with(kTransmitInterrupt);
  if ((ier_ & kModemEnable) != 0 && modem_deltas_ != 0) return with(kModemInterrupt);
  return with(kNoInterrupt);
}

std::uint8_t Uart::lsr() const {
  std::uint8_t value = kTransmitterEmpty | errors_;
  if (!received_.empty()) value |= kDataReady;
  if ((fcr_ & kFifoEnable) != 0) {
    bool error = (errors_ & kBreakReceived) != 0;
    for (const Received& r : received_) error |= r.errors != 0;
    if (error) value |= kErrorInFifo;
  }
  return value;
}

std::uint8_t Uart::modem_inputs() const {
  if (!loopback()) return kModemConnected;
  // Loopback wires DTR to DSR, RTS to CTS, OUT1 to RI and OUT2 to DCD.
  return static_cast<std::uint8_t>(((mcr_ & 1) << 5) | ((mcr_ & 2) << 3) | ((mcr_ & 4) << 4) |
                                   ((mcr_ & 8) << 4));
}

void Uart::modem_changed(std::uint8_t before) {
  const std::uint8_t now = modem_inputs();
  std::uint8_t changed = (now ^ before) & kModemConnected;
  // The ring indicator counts when it ends.
  changed = static_cast<std::uint8_t>(changed | (before & ~now & kRingIndicator));
  modem_deltas_ = static_cast<std::uint8_t>(modem_deltas_ | changed >> 4);
}

// ---- receiving

void Uart::receive(std::uint8_t value, std::uint8_t errors) {
  if (received_.size() >= capacity()) {
    errors_ |= kOverrun;
    ++overruns_.value;
    // With FIFOs the new character is lost, without them it replaces the old one.
    if ((fcr_ & kFifoEnable) != 0) return;
    received_.clear();
  }
  ++received_count_.value;
  received_.push_back({value, errors});
  if (received_.size() == 1) expose_errors();
}

void Uart::expose_errors() {
  if (received_.empty()) return;
  errors_ |= received_.front().errors;
  received_.front().errors = 0;
}

void Uart::pull() {
  if (!input_ || loopback()) return;
  while (received_.size() < capacity()) {
    const int next = input_();
    if (next < 0) return;
    receive(static_cast<std::uint8_t>(next), 0);
  }
}

void Uart::poll() {
  if ((ier_ & kReceiveEnable) == 0 || !input_) return;
  flush();
  pull();
  update(protocol::local_ps(sc_core::SC_ZERO_TIME));
  poll_wanted_.notify(protocol::from_ps(poll_interval_ps_));
}

void Uart::update(std::uint64_t time_ps) {
  const bool level = (iir() & kNoInterrupt) == 0;
  if (level == level_) return;
  level_ = level;
  // The poll process runs at simulated time, the guest ahead of it: the wave keeps the order.
  shown_ps_ = std::max(shown_ps_, time_ps);
  irq_signal_.set(shown_ps_, level ? 1 : 0);
  if (irq.size() > 0) irq->set_interrupt(irq_line_, level);
}

}  // namespace lookaside::devices
