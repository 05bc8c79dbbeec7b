// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <fmt/format.h>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/fifo.h>

namespace lookaside::devices {
namespace {

enum Register : unsigned {
  kId,
  kControl,
  kIrqStatus,
  kIrqEnable,
  kAck,
  kTxSpace,
  kTxWritten,
  kTxCommit,
  kTxThreshold,
  kRxPackets,
  kRxLevel,
  kRxLength,
  kRxDrop,
  kRxThreshold,
  kTxData,
  kRxData,
};

constexpr std::uint32_t kIdentity = 0x4649'4B4C;  ///< "LKIF"
constexpr std::uint32_t kLoopback = 1;
constexpr std::uint32_t kTxReset = 2;
constexpr std::uint32_t kRxReset = 4;

constexpr std::uint32_t kTxReady = 1;
constexpr std::uint32_t kRxReady = 2;
constexpr unsigned kFirstSticky = 4;
constexpr std::uint32_t kTxOverflow = 1U << 4;
constexpr std::uint32_t kTxError = 1U << 5;
constexpr std::uint32_t kRxUnderflow = 1U << 6;
constexpr std::uint32_t kRxDropped = 1U << 7;
constexpr std::uint32_t kAllIrqs =
    kTxReady | kRxReady | kTxOverflow | kTxError | kRxUnderflow | kRxDropped;
constexpr std::uint64_t kMaxCapacity = 1ULL << 20;

std::vector<RegisterField> irq_fields() {
  return {{0, 1, "TX_READY", "TX_SPACE is at least TX_THRESHOLD."},
          {1, 1, "RX_READY", "RX_PACKETS is at least RX_THRESHOLD."},
          {4, 1, "TX_OVERFLOW", "A store found too little space and was dropped."},
          {5, 1, "TX_ERROR", "A commit named 0 bytes or more than were written."},
          {6, 1, "RX_UNDERFLOW", "A load found no packet and got zeros."},
          {7, 1, "RX_DROPPED", "A packet arrived that did not fit."}};
}

RegisterMap make_table() {
  constexpr RegisterMode kRo = RegisterMode::kReadOnly;
  constexpr RegisterMode kWo = RegisterMode::kWriteOnly;
  constexpr RegisterMode kRw = RegisterMode::kReadWrite;
  return {
      "fifo",
      0x1000,
      {{kId, 0x00, 4, kRo, kIdentity, "ID", "The letters \"LKIF\"."},
       {kControl,
        0x04,
        4,
        kRw,
        0,
        "CONTROL",
        "What the device does.",
        {{0, 1, "LOOPBACK", "Sent packets are received again."},
         {1, 1, "TX_RESET", "Writing 1 drops everything not yet sent; reads 0."},
         {2, 1, "RX_RESET", "Writing 1 drops everything received; reads 0."}}},
       {kIrqStatus, 0x08, 4, kRo, kTxReady, "IRQ_STATUS",
        "Levels (TX_READY, RX_READY) and sticky errors.", irq_fields()},
       {kIrqEnable, 0x0C, 4, kRw, 0, "IRQ_ENABLE", "Bits of IRQ_STATUS that raise the interrupt.",
        irq_fields()},
       {kAck, 0x10, 4, RegisterMode::kWriteClear, 0, "ACK",
        "Clears the sticky bits of IRQ_STATUS that are written as 1; reads 0."},
       {kTxSpace, 0x14, 4, kRo, 4096, "TX_SPACE", "Bytes that can be stored now."},
       {kTxWritten, 0x18, 4, kRo, 0, "TX_WRITTEN", "Bytes of the packet being written."},
       {kTxCommit, 0x1C, 4, kWo, 0, "TX_COMMIT",
        "Sends the first so many bytes of the packet being written, drops the rest."},
       {kTxThreshold, 0x20, 4, kRw, 4096, "TX_THRESHOLD", "Bytes of space that set TX_READY."},
       {kRxPackets, 0x24, 4, kRo, 0, "RX_PACKETS", "Packets received and not read to their end."},
       {kRxLevel, 0x28, 4, kRo, 0, "RX_LEVEL", "Unread bytes of all received packets."},
       {kRxLength, 0x2C, 4, kRo, 0, "RX_LENGTH", "Unread bytes of the first one; 0: no packet."},
       {kRxDrop, 0x30, 4, kWo, 0, "RX_DROP", "Any value drops the rest of the first packet."},
       {kRxThreshold, 0x34, 4, kRw, 1, "RX_THRESHOLD", "Packets that set RX_READY; 0 means 1."},
       {kTxData, 0x400, 0x400, kWo, 0, "TX_DATA", "Stores of any size append bytes."},
       {kRxData, 0x800, 0x400, kRo, 0, "RX_DATA", "Loads of any size take bytes."}}};
}

}  // namespace

const RegisterMap& fifo_registers() {
  static const RegisterMap table = make_table();
  return table;
}

Fifo::Fifo(const sc_core::sc_module_name& name, const Config& config, observe::SignalSink* sink)
    : RegisterTarget(name, fifo_registers(), config.access_ns * 1000),
      irq("irq"),
      config_(config),
      tx_(config.capacity_bytes),
      rx_(config.capacity_bytes),
      tx_threshold_(static_cast<std::uint32_t>(config.capacity_bytes)),
      statistics_(basename()),
      errors_({"tx-overflow", "tx-error", "rx-underflow", "rx-dropped"}) {
  if (config.capacity_bytes == 0 || config.capacity_bytes > kMaxCapacity) {
    throw DeviceSetupError(fmt::format("{}: capacity_bytes is {}, but must be 1 to {}", basename(),
                                       config.capacity_bytes, kMaxCapacity));
  }
  declare(sink);
  SC_METHOD(deliver);
  sensitive << arrival_;
  dont_initialize();
}

void Fifo::declare(observe::SignalSink* sink) {
  using observe::SignalKind;
  statistics_.add({"packets_sent", "packets", "Packets that left the transmit FIFO."},
                  packets_sent_);
  statistics_.add({"packets_received", "packets", "Packets that entered the receive FIFO."},
                  packets_received_);
  statistics_.add({"bytes_sent", "bytes", "Bytes of the packets sent."}, bytes_sent_);
  statistics_.add({"bytes_received", "bytes", "Bytes of the packets received."}, bytes_received_);
  statistics_.add({"errors", "events", "Errors, by the sticky bit they set."}, errors_);
  tx_level_signal_ = {sink,
                      {basename(),
                       "tx_level",
                       SignalKind::kBits,
                       32,
                       {},
                       "Bytes in the transmit FIFO, the packet being written included."}};
  rx_level_signal_ = {
      sink, {basename(), "rx_level", SignalKind::kBits, 32, {}, "Bytes in the receive FIFO."}};
  status_signal_ = {sink,
                    {basename(), "irq_status", SignalKind::kBits, 8, {}, "Register IRQ_STATUS."}};
}

std::uint32_t Fifo::irq_status() const {
  const std::uint32_t wanted = rx_threshold_ == 0 ? 1 : rx_threshold_;
  return sticky_ | (tx_space() >= tx_threshold_ ? kTxReady : 0) |
         (rx_.packets() >= wanted ? kRxReady : 0);
}

void Fifo::update(std::uint64_t at_ps) {
  tx_level_signal_.set(at_ps, tx_.level() + writing_.size());
  rx_level_signal_.set(at_ps, rx_.level());
  status_signal_.set(at_ps, irq_status());
  if (irq.size() > 0) irq->set_interrupt(config_.irq_line, (irq_status() & irq_enable_) != 0);
}

void Fifo::flag(std::uint32_t sticky, const AccessTime& when) {
  sticky_ |= sticky;
  for (std::size_t i = 0; i < errors_.values.size(); ++i) {
    errors_.values[i] += (sticky >> (kFirstSticky + i)) & 1;
  }
  update(when.at_ps);
}

std::uint32_t Fifo::read_register(unsigned id, const AccessTime&, bool) {
  switch (id) {
    case kId:
      return kIdentity;
    case kControl:
      return loopback_ ? kLoopback : 0;
    case kIrqStatus:
      return irq_status();
    case kIrqEnable:
      return irq_enable_;
    case kTxSpace:
      return static_cast<std::uint32_t>(tx_space());
    case kTxWritten:
      return static_cast<std::uint32_t>(writing_.size());
    case kTxThreshold:
      return tx_threshold_;
    case kRxPackets:
      return static_cast<std::uint32_t>(rx_.packets());
    case kRxLevel:
      return static_cast<std::uint32_t>(rx_.level());
    case kRxLength:
      return static_cast<std::uint32_t>(rx_.head_bytes());
    case kRxThreshold:
      return rx_threshold_;
    default:
      return 0;
  }
}

void Fifo::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  switch (id) {
    case kControl:
      write_control(value, when);
      break;
    case kIrqEnable:
      irq_enable_ = value & kAllIrqs;
      break;
    case kAck:
      sticky_ &= ~value;
      break;
    case kTxCommit:
      commit(value, when);
      break;
    case kTxThreshold:
      tx_threshold_ = value;
      break;
    case kRxDrop:
      if (rx_.packets() != 0) rx_.pop();
      break;
    case kRxThreshold:
      rx_threshold_ = value;
      break;
    default:
      return;
  }
  update(when.at_ps);
}

void Fifo::write_control(std::uint32_t value, const AccessTime&) {
  loopback_ = (value & kLoopback) != 0;
  if ((value & kTxReset) != 0) {
    tx_.clear();
    writing_.clear();
    arrival_.cancel();
    link_busy_ = false;
  }
  if ((value & kRxReset) != 0) rx_.clear();
}

bool Fifo::write_window(unsigned id, std::uint64_t, const std::uint8_t* data, std::uint64_t bytes,
                        const AccessTime& when) {
  if (id != kTxData) return true;  // RX_DATA is read-only
  if (bytes > tx_space()) {
    flag(kTxOverflow, when);
    return true;
  }
  writing_.insert(writing_.end(), data, data + bytes);
  update(when.at_ps);
  return true;
}

bool Fifo::read_window(unsigned id, std::uint64_t, std::uint8_t* data, std::uint64_t bytes,
                       const AccessTime& when, bool debug) {
  std::memset(data, 0, bytes);
  if (id != kRxData) return true;  // TX_DATA is write-only
  if (debug) {
    rx_.peek(data, bytes);
    return true;
  }
  if (rx_.read(data, bytes) == 0) flag(kRxUnderflow, when);
  update(when.at_ps);
  return true;
}

void Fifo::commit(std::uint32_t bytes, const AccessTime& when) {
  Packet packet;
  packet.swap(writing_);
  if (bytes == 0 || bytes > packet.size()) return flag(kTxError, when);
  packet.resize(bytes);
  tx_.push(std::move(packet));  // fits: its bytes were reserved as they were stored
  if (!link_busy_) start_link(when.delay);
}

void Fifo::start_link(const sc_core::sc_time& delay) {
  link_busy_ = true;
  const std::uint64_t ns = config_.packet_ns + config_.byte_ns * tx_.head_bytes();
  arrival_.notify(delay + sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS));
}

void Fifo::deliver() {
  Packet packet = tx_.pop();
  const AccessTime now{sc_core::SC_ZERO_TIME, absolute_ps(sc_core::SC_ZERO_TIME)};
  ++packets_sent_.value;
  bytes_sent_.value += packet.size();
  if (loopback_) {
    const std::uint64_t bytes = packet.size();
    const bool received = rx_.push(std::move(packet));
    if (!received) flag(kRxDropped, now);
    packets_received_.value += received ? 1 : 0;
    bytes_received_.value += received ? bytes : 0;
  }
  link_busy_ = false;
  if (tx_.packets() != 0) start_link(sc_core::SC_ZERO_TIME);
  update(now.at_ps);
}

}  // namespace lookaside::devices
