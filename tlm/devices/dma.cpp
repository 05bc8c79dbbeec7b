// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <lookaside/devices/dma.h>

namespace lookaside::devices {
namespace {

enum Register : unsigned {
  kId,
  kControl,
  kStatus,
  kAck,
  kSourceLow,
  kSourceHigh,
  kDestinationLow,
  kDestinationHigh,
  kLength,
  kListLow,
  kListHigh,
  kErrorLow,
  kErrorHigh,
  kCompletedLow,
  kCompletedHigh,
};

constexpr std::uint32_t kIdentity = 0x414D'444C;  ///< "LDMA"
constexpr std::uint32_t kStart = 1;
constexpr std::uint32_t kIrqEnable = 2;
constexpr std::uint32_t kUseList = 4;
constexpr std::uint32_t kAbort = 8;
constexpr std::uint32_t kBusy = 1;
constexpr std::uint32_t kDone = 2;
constexpr std::uint32_t kFailed = 4;
constexpr unsigned kCodeShift = 4;
constexpr std::uint64_t kMaxBurst = 4096;

/// As it lies in memory.
struct Descriptor {
  std::uint64_t source;
  std::uint64_t destination;
  std::uint32_t length;
  std::uint32_t reserved;
  std::uint64_t next;
};
static_assert(sizeof(Descriptor) == 32);

RegisterMap make_table() {
  constexpr RegisterMode kRo = RegisterMode::kReadOnly;
  constexpr RegisterMode kRw = RegisterMode::kReadWrite;
  return {
      "dma",
      0x1000,
      {{kId, 0x00, 4, kRo, kIdentity, "ID", "The letters \"LDMA\"."},
       {kControl,
        0x04,
        4,
        kRw,
        0,
        "CONTROL",
        "Starts and stops transfers.",
        {{0, 1, "START", "Writing 1 starts a transfer unless one is BUSY; reads 0."},
         {1, 1, "IRQ_ENABLE", "The interrupt follows DONE or ERROR."},
         {2, 1, "USE_LIST", "Copy the list of descriptors at LIST instead of SRC, DST, LENGTH."},
         {3, 1, "ABORT", "Writing 1 stops a BUSY engine after the current chunk; reads 0."}}},
       {kStatus,
        0x08,
        4,
        kRo,
        0,
        "STATUS",
        "State of the last transfer.",
        {{0, 1, "BUSY", "A transfer is under way."},
         {1, 1, "DONE", "A transfer ended well."},
         {2, 1, "ERROR", "A transfer ended early; CODE says why."},
         {4, 4, "CODE", "1 read, 2 write, 3 descriptor, 4 endless list, 5 aborted."}}},
       {kAck, 0x0C, 4, RegisterMode::kWriteClear, 0, "ACK",
        "Clears DONE and ERROR (same bits as in STATUS) and with them the interrupt; reads 0."},
       {kSourceLow, 0x10, 4, kRw, 0, "SRC_LO", "Physical source address, bits 31..0."},
       {kSourceHigh, 0x14, 4, kRw, 0, "SRC_HI", "Bits 63..32."},
       {kDestinationLow, 0x18, 4, kRw, 0, "DST_LO", "Physical destination address, bits 31..0."},
       {kDestinationHigh, 0x1C, 4, kRw, 0, "DST_HI", "Bits 63..32."},
       {kLength, 0x20, 4, kRw, 0, "LENGTH", "Bytes to copy; 0 copies nothing and is DONE."},
       {kListLow, 0x24, 4, kRw, 0, "LIST_LO",
        "Physical address of the first descriptor, 8-aligned."},
       {kListHigh, 0x28, 4, kRw, 0, "LIST_HI", "Bits 63..32."},
       {kErrorLow, 0x2C, 4, kRo, 0, "ERROR_LO", "Address of the chunk that was refused."},
       {kErrorHigh, 0x30, 4, kRo, 0, "ERROR_HI", "Bits 63..32."},
       {kCompletedLow, 0x34, 4, kRo, 0, "COMPLETED_LO", "Bytes written since START."},
       {kCompletedHigh, 0x38, 4, kRo, 0, "COMPLETED_HI", "Bits 63..32."}}};
}

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
void set_low(std::uint64_t& whole, std::uint32_t value) {
  whole = (whole & ~std::uint64_t{0xFFFF'FFFF}) | value;
}
void set_high(std::uint64_t& whole, std::uint32_t value) {
  whole = (whole & 0xFFFF'FFFF) | (std::uint64_t{value} << 32);
}
std::uint64_t now_ps() {
  return absolute_ps(sc_core::SC_ZERO_TIME);
}

std::vector<std::string> error_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kDmaErrorCount; ++i) names.emplace_back(name(static_cast<DmaError>(i)));
  return names;
}

}  // namespace

const char* name(DmaError error) {
  static constexpr const char* kNames[kDmaErrorCount] = {"none",       "read",    "write",
                                                         "descriptor", "endless", "aborted"};
  return kNames[static_cast<unsigned>(error)];
}

const RegisterMap& dma_registers() {
  static const RegisterMap table = make_table();
  return table;
}

Dma::Dma(const sc_core::sc_module_name& name, const Config& config, observe::SignalSink* sink)
    : RegisterTarget(name, dma_registers(), config.access_ns * 1000),
      bus("bus"),
      irq("irq"),
      config_(config),
      master_(bus, protocol::Requester::kDma, config.index, config.burst_bytes),
      statistics_(basename()),
      errors_(error_names()) {
  declare(sink);
  SC_THREAD(run);
}

void Dma::declare(observe::SignalSink* sink) {
  using observe::SignalKind;
  statistics_.add({"transfers", "transfers", "Transfers ended, well or not."}, transfers_);
  statistics_.add({"descriptors", "descriptors", "Descriptors fetched."}, descriptors_);
  statistics_.add({"bytes_copied", "bytes", "Bytes written to their destination."}, bytes_);
  statistics_.add({"interrupts", "interrupts", "Times the line went up."}, interrupts_);
  statistics_.add({"outcomes", "transfers", "Transfers ended, by reason; none: well."}, errors_);
  statistics_.add({"transfer_latency_ns", "ns", "Time from START to DONE or ERROR."}, latency_ns_);
  busy_signal_ = {sink, {basename(), "busy", SignalKind::kBits, 1, {}, "A transfer is under way."}};
  source_signal_ = {sink, {basename(), "source", SignalKind::kBits, 64, {}, "Address being read."}};
  destination_signal_ = {
      sink, {basename(), "destination", SignalKind::kBits, 64, {}, "Address being written."}};
  std::vector<observe::EnumName> errors;
  for (unsigned i = 0; i < kDmaErrorCount; ++i) {
    errors.push_back({i, devices::name(static_cast<DmaError>(i))});
  }
  error_signal_ = {
      sink,
      {basename(), "error", SignalKind::kEnum, 4, errors, "Why the last transfer ended early."}};
}

std::uint32_t Dma::status() const {
  return (busy_ ? kBusy : 0) | (done_ ? kDone : 0) | (failed_ ? kFailed : 0) |
         (failed_ ? static_cast<std::uint32_t>(error_) << kCodeShift : 0);
}

std::uint32_t Dma::read_register(unsigned id, const AccessTime&, bool) {
  switch (id) {
    case kId:
      return kIdentity;
    case kControl:
      return (irq_enable_ ? kIrqEnable : 0) | (use_list_ ? kUseList : 0);
    case kStatus:
      return status();
    case kSourceLow:
      return low(programmed_.source);
    case kSourceHigh:
      return high(programmed_.source);
    case kDestinationLow:
      return low(programmed_.destination);
    case kDestinationHigh:
      return high(programmed_.destination);
    case kLength:
      return low(programmed_.length);
    case kListLow:
      return low(list_);
    case kListHigh:
      return high(list_);
    case kErrorLow:
      return low(error_address_);
    case kErrorHigh:
      return high(error_address_);
    case kCompletedLow:
      return low(completed_);
    case kCompletedHigh:
      return high(completed_);
    default:
      return 0;
  }
}

void Dma::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  if (id == kControl) return write_control(value, when);
  if (id == kAck) {
    if ((value & kDone) != 0) done_ = false;
    if ((value & kFailed) != 0) failed_ = false;
    return update_irq();
  }
  if (busy_) return;
  switch (id) {
    case kSourceLow:
      return set_low(programmed_.source, value);
    case kSourceHigh:
      return set_high(programmed_.source, value);
    case kDestinationLow:
      return set_low(programmed_.destination, value);
    case kDestinationHigh:
      return set_high(programmed_.destination, value);
    case kLength:
      programmed_.length = value;
      return;
    case kListLow:
      return set_low(list_, value);
    case kListHigh:
      return set_high(list_, value);
    default:
      return;
  }
}

void Dma::write_control(std::uint32_t value, const AccessTime& when) {
  irq_enable_ = (value & kIrqEnable) != 0;
  if ((value & kAbort) != 0) abort_ = busy_;
  if (!busy_) use_list_ = (value & kUseList) != 0;
  if (!busy_ && (value & kStart) != 0) {
    busy_ = true;
    done_ = failed_ = abort_ = false;
    error_ = DmaError::kNone;
    completed_ = error_address_ = 0;
    busy_signal_.set(when.at_ps, 1);
    start_.notify(when.delay);
  }
  update_irq();
}

void Dma::update_irq() {
  if (irq.size() > 0) {
    irq->set_interrupt(config_.irq_line, irq_enable_ && (done_ || failed_));
  }
}

void Dma::run() {
  while (true) {
    wait(start_);
    const std::uint64_t started_ps = now_ps();
    const DmaError error = use_list_ ? copy_list() : copy(programmed_);
    finish(error);
    latency_ns_.add((now_ps() - started_ps) / 1000);
  }
}

void Dma::spend(std::uint64_t ns) {
  wait(master_.take_elapsed() + sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS));
}

DmaError Dma::copy(const Copy& job) {
  spend(config_.setup_ns);
  std::array<std::uint8_t, kMaxBurst> chunk;
  const std::uint64_t burst = config_.burst_bytes;
  for (std::uint64_t done = 0; done < job.length;) {
    if (abort_) return DmaError::kAborted;
    const std::uint64_t from = job.source + done;
    const std::uint64_t to = job.destination + done;
    const std::uint64_t bytes =
        std::min({job.length - done, burst - from % burst, burst - to % burst});
    source_signal_.set(now_ps(), from);
    destination_signal_.set(now_ps(), to);
    const bool read = master_.read(from, chunk.data(), bytes);
    const bool written = read && master_.write(to, chunk.data(), bytes);
    spend(0);
    if (!written) return read ? DmaError::kWrite : DmaError::kRead;
    done += bytes;
    completed_ += bytes;
    bytes_.value += bytes;
  }
  return DmaError::kNone;
}

bool Dma::fetch_descriptor(std::uint64_t address, Copy& job, std::uint64_t& next) {
  Descriptor d{};
  if (address % 8 != 0 || !master_.read(address, &d, sizeof d)) {
    error_address_ = address;
    return false;
  }
  job = {d.source, d.destination, d.length};
  next = d.next;
  ++descriptors_.value;
  return true;
}

DmaError Dma::copy_list() {
  std::uint64_t address = list_;
  for (std::uint32_t taken = 0; address != 0; ++taken) {
    if (taken == config_.max_descriptors) return DmaError::kEndless;
    Copy job;
    const std::uint64_t at = address;
    if (!fetch_descriptor(at, job, address)) return DmaError::kDescriptor;
    const DmaError error = copy(job);
    if (error != DmaError::kNone) return error;
  }
  return DmaError::kNone;
}

void Dma::finish(DmaError error) {
  spend(0);
  if (error == DmaError::kRead || error == DmaError::kWrite) {
    error_address_ = master_.error_address();
  }
  error_ = error;
  busy_ = false;
  done_ = error == DmaError::kNone;
  failed_ = !done_;
  ++transfers_.value;
  ++errors_.values[static_cast<unsigned>(error)];
  if (irq_enable_) ++interrupts_.value;
  busy_signal_.set(now_ps(), 0);
  error_signal_.set(now_ps(), static_cast<std::uint64_t>(error));
  update_irq();
}

}  // namespace lookaside::devices
