// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <lookaside/devices/ddr_registers.h>

namespace lookaside::devices {
namespace {

enum Register : unsigned {
  kId,
  kControl,
  kMode,
  kRefresh,
  kPatrolPeriod,
  kIrqStatus,
  kIrqEnable,
  kAck,
  kInjectAddressLo,
  kInjectAddressHi,
  kInjectDataLo,
  kInjectDataHi,
  kInjectCheck,
  kInject,
  kLogCount,
  kLogAddressLo,
  kLogAddressHi,
  kLogCause,
  kLogPop,
  kCorrected,
  kUncorrectable,
  kScrubbed,
  kDecayed,
  kSnapshot,
  kFirstCounter,  ///< low and high word of each protocol::DdrCounter in turn
};

constexpr std::uint32_t kIdentity = 0x4444'4B4C;  ///< "LKDD"
constexpr std::uint32_t kEccEnable = 1;
constexpr std::uint32_t kDemandScrub = 2;
constexpr std::uint32_t kPatrol = 4;

constexpr std::uint32_t kIrqCorrected = 1;
constexpr std::uint32_t kIrqUncorrectable = 2;
constexpr std::uint32_t kIrqLogOverflow = 4;
constexpr std::uint32_t kIrqInjectFailed = 8;
constexpr std::uint32_t kAllIrqs =
    kIrqCorrected | kIrqUncorrectable | kIrqLogOverflow | kIrqInjectFailed;
constexpr std::uint64_t kPsInUs = 1'000'000;
constexpr std::uint32_t kPatrolPeriodUs = protocol::kDdrPatrolPeriodPs / kPsInUs;

constexpr RegisterMode kRo = RegisterMode::kReadOnly;
constexpr RegisterMode kWo = RegisterMode::kWriteOnly;
constexpr RegisterMode kRw = RegisterMode::kReadWrite;

struct CounterText {
  const char* name;
  const char* sentence;
};
/// In the order of protocol::DdrCounter.
constexpr CounterText kCounters[] = {
    {"ACTIVATES", "ACT commands."},
    {"PRECHARGES", "PRE and PREA commands, and columns that precharge by themselves."},
    {"READS", "RD and RDA commands."},
    {"WRITES", "WR and WRA commands."},
    {"REFRESHES", "REF commands, of ranks or banks."},
    {"ROW_HITS", "Requests that found their row open."},
    {"ROW_MISSES", "Requests that found their bank closed."},
    {"ROW_CONFLICTS", "Requests that found another row open."},
    {"STALL_REFRESH", "Clocks in which the oldest request waited for a refresh."},
    {"STALL_POWER", "... for the end of power-down or self-refresh."},
    {"STALL_BANK", "... for its bank: tRCD, tRP, tRAS, tWR and the like."},
    {"STALL_ACTIVATE_WINDOW", "... for tRRD or tFAW."},
    {"STALL_TURNAROUND", "... for the data bus to change direction."},
    {"STALL_BUS", "... for tCCD or the command bus."},
    {"DATA_CLOCKS", "Clocks in which a data bus was in use."},
    {"CLOCKS", "Memory clocks that have passed, of all channels."},
};
static_assert(sizeof(kCounters) / sizeof(kCounters[0]) == protocol::kDdrCounterCount);

std::vector<RegisterField> irq_fields() {
  return {{0, 1, "CORRECTED", "A single-bit error was found and corrected."},
          {1, 1, "UNCORRECTABLE",
           "An error of more bits was found; a read of it is answered with an error."},
          {2, 1, "LOG_OVERFLOW", "An error found the log full and was only counted."},
          {3, 1, "INJECT_FAILED", "An injection named an address without memory."}};
}

RegisterDescription word(unsigned id, std::uint64_t offset, RegisterMode mode, std::uint32_t reset,
                         const char* name, const char* sentence,
                         std::vector<RegisterField> fields = {}) {
  return {id, offset, 4, mode, reset, name, sentence, std::move(fields)};
}

std::vector<RegisterDescription> control_rows() {
  return {
      word(kId, 0x00, kRo, kIdentity, "ID", "The letters \"LKDD\"."),
      word(kControl, 0x04, kRw, 0, "CONTROL", "What is done about wrong bits.",
           {{0, 1, "ECC", "SECDED corrects and detects (reset value: key ddr.ecc)."},
            {1, 1, "DEMAND_SCRUB", "What a read corrects is also repaired in memory."},
            {2, 1, "PATROL", "A scrubber goes round all memory in PATROL_PERIOD."}}),
      word(kMode, 0x08, kRo, 0, "MODE", "How the controller is built.",
           {{0, 2, "TIMING", "0 calibrated, 1 temporal, 2 approximate."},
            {8, 8, "CHANNELS", "Channels."},
            {16, 8, "RANKS", "Ranks of each channel."}}),
      word(kRefresh, 0x0C, kRw, 1, "REFRESH",
           "Refreshes as often as tREFI asks (1), 2 or 4 times as often, or never (0): cells then "
           "hold as "
           "long as accesses, the patrol or self-refresh come by in time."),
      word(kPatrolPeriod, 0x10, kRw, kPatrolPeriodUs, "PATROL_PERIOD",
           "Time of one round of the patrol scrubber, us."),
      word(kIrqStatus, 0x14, kRo, 0, "IRQ_STATUS", "Sticky bits.", irq_fields()),
      word(kIrqEnable, 0x18, kRw, 0, "IRQ_ENABLE", "Bits of IRQ_STATUS that raise the interrupt.",
           irq_fields()),
      word(kAck, 0x1C, RegisterMode::kWriteClear, 0, "ACK",
           "Clears the bits of IRQ_STATUS that are written as 1; reads 0."),
  };
}

std::vector<RegisterDescription> error_rows() {
  return {
      word(kInjectAddressLo, 0x20, kRw, 0, "INJECT_ADDRESS_LO",
           "Physical address in the word of 8 bytes to be spoilt, bits 31:0."),
      word(kInjectAddressHi, 0x24, kRw, 0, "INJECT_ADDRESS_HI", "Bits 63:32."),
      word(kInjectDataLo, 0x28, kRw, 0, "INJECT_DATA_LO", "Data bits to flip, 31:0."),
      word(kInjectDataHi, 0x2C, kRw, 0, "INJECT_DATA_HI", "Data bits to flip, 63:32."),
      word(kInjectCheck, 0x30, kRw, 0, "INJECT_CHECK", "Check bits to flip, 7:0."),
      word(kInject, 0x34, kWo, 0, "INJECT", "Any value flips the bits now."),
      word(kLogCount, 0x40, kRo, 0, "LOG_COUNT", "Errors in the log, at most 16."),
      word(kLogAddressLo, 0x44, kRo, 0, "LOG_ADDRESS_LO",
           "Physical address of the word of the oldest error, bits 31:0; 0: the log is empty."),
      word(kLogAddressHi, 0x48, kRo, 0, "LOG_ADDRESS_HI", "Bits 63:32."),
      word(kLogCause, 0x4C, kRo, 0, "LOG_CAUSE", "What was found; 0: the log is empty.",
           {{0, 1, "CORRECTED", "One bit, corrected."},
            {1, 1, "UNCORRECTABLE", "More bits."},
            {4, 2, "FINDER", "0 a read, 1 a write of part of the word, 2 the patrol scrubber."},
            {8, 8, "SYNDROME", "Of the code."},
            {16, 7, "BIT", "The corrected bit: 0 to 63 of data, 64 to 71 of check bits."}}),
      word(kLogPop, 0x50, kWo, 0, "LOG_POP", "Any value takes the oldest error off the log."),
      word(kCorrected, 0x54, kRo, 0, "CORRECTED_COUNT",
           "Single-bit errors found and corrected so far: by reads, writes of parts of words, "
           "patrol."),
      word(
          kUncorrectable, 0x58, kRo, 0, "UNCORRECTABLE_COUNT",
          "Errors of more bits found so far, by the same three; a read is answered with an error."),
      word(kScrubbed, 0x5C, kRo, 0, "SCRUBBED_COUNT",
           "Words repaired in memory so far: by demand scrubbing, writes of parts of words, "
           "patrol."),
      word(kDecayed, 0x60, kRo, 0, "DECAYED_COUNT",
           "Bits found lost for want of refresh so far: by accesses, by the patrol, when refresh "
           "comes back."),
      word(kSnapshot, 0x7C, kWo, 0, "SNAPSHOT",
           "Any value takes all counters below over for reading."),
  };
}

RegisterMap make_table() {
  RegisterMap map{"ddr", 0x1000, control_rows()};
  for (RegisterDescription& row : error_rows()) map.registers.push_back(std::move(row));
  for (unsigned i = 0; i < protocol::kDdrCounterCount; ++i) {
    const CounterText& text = kCounters[i];
    const std::uint64_t offset = 0x80 + 8 * i;
    map.registers.push_back(word(kFirstCounter + 2 * i, offset, kRo, 0,
                                 (text.name + std::string("_LO")).c_str(), text.sentence));
    map.registers.push_back(word(kFirstCounter + 2 * i + 1, offset + 4, kRo, 0,
                                 (text.name + std::string("_HI")).c_str(), "Bits 63:32."));
  }
  return map;
}

constexpr std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
constexpr std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
void set_low(std::uint64_t& target, std::uint32_t value) {
  target = (target & ~std::uint64_t{0xffff'ffff}) | value;
}
void set_high(std::uint64_t& target, std::uint32_t value) {
  target = low(target) | std::uint64_t{value} << 32;
}

}  // namespace

const RegisterMap& ddr_registers() {
  static const RegisterMap table = make_table();
  return table;
}

DdrRegisters::DdrRegisters(const sc_core::sc_module_name& name, const Config& config)
    : RegisterTarget(name, ddr_registers(), config.access_ns * 1000),
      control("control"),
      irq("irq"),
      config_(config),
      patrol_period_us_(kPatrolPeriodUs) {}

void DdrRegisters::end_of_elaboration() {
  control->on_error([this](const protocol::DdrError& error) { found(error); });
}

void DdrRegisters::update() {
  if (irq.size() > 0) irq->set_interrupt(config_.irq_line, (irq_status_ & irq_enable_) != 0);
}

void DdrRegisters::found(const protocol::DdrError& error) {
  irq_status_ |= error.corrected ? kIrqCorrected : kIrqUncorrectable;
  if (log_.size() < kLogDepth) {
    log_.push_back(error);
  } else {
    irq_status_ |= kIrqLogOverflow;
  }
  update();
}

std::uint32_t DdrRegisters::mode() const {
  const protocol::DdrMode mode = control->mode();
  return mode.timing | mode.channels << 8 | mode.ranks << 16;
}

std::uint32_t DdrRegisters::read_log(unsigned id) const {
  if (log_.empty()) return 0;
  const protocol::DdrError& error = log_.front();
  if (id == kLogAddressLo) return low(error.address);
  if (id == kLogAddressHi) return high(error.address);
  return (error.corrected ? 1U : 2U) | error.finder << 4 | std::uint32_t{error.syndrome} << 8 |
         std::uint32_t{error.bit} << 16;
}

std::uint32_t DdrRegisters::read_register(unsigned id, const AccessTime&, bool) {
  if (id >= kFirstCounter) {
    const std::uint64_t value = snapshot_[(id - kFirstCounter) / 2];
    return (id - kFirstCounter) % 2 == 0 ? low(value) : high(value);
  }
  switch (id) {
    case kId:
      return kIdentity;
    case kControl: {
      const protocol::DdrProtectionMode mode = control->protection();
      return (mode.ecc ? kEccEnable : 0) | (mode.demand_scrub ? kDemandScrub : 0) |
             (mode.patrol ? kPatrol : 0);
    }
    case kMode:
      return mode();
    case kRefresh:
      return control->refresh_rate();
    case kPatrolPeriod:
      return patrol_period_us_;
    case kIrqStatus:
      return irq_status_;
    case kIrqEnable:
      return irq_enable_;
    case kInjectAddressLo:
      return low(inject_address_);
    case kInjectAddressHi:
      return high(inject_address_);
    case kInjectDataLo:
      return low(inject_data_);
    case kInjectDataHi:
      return high(inject_data_);
    case kInjectCheck:
      return inject_check_;
    case kLogCount:
      return static_cast<std::uint32_t>(log_.size());
    case kLogAddressLo:
    case kLogAddressHi:
    case kLogCause:
      return read_log(id);
    case kCorrected:
      return low(control->error_counts().corrected);
    case kUncorrectable:
      return low(control->error_counts().uncorrectable);
    case kScrubbed:
      return low(control->error_counts().scrubbed);
    case kDecayed:
      return low(control->error_counts().decayed);
    default:
      return 0;
  }
}

void DdrRegisters::write_control(std::uint32_t value, const AccessTime& when) {
  control->set_protection(
      {(value & kEccEnable) != 0, (value & kDemandScrub) != 0, (value & kPatrol) != 0}, when.at_ps);
}

void DdrRegisters::inject() {
  if (!control->inject(inject_address_, inject_data_, inject_check_)) {
    irq_status_ |= kIrqInjectFailed;
  }
}

void DdrRegisters::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  switch (id) {
    case kControl:
      return write_control(value, when);
    case kRefresh:
      if (value == 0 || value == 1 || value == 2 || value == 4) {
        control->set_refresh_rate(value, when.at_ps);
      }
      return;
    case kPatrolPeriod:
      if (value == 0) return;
      patrol_period_us_ = value;
      return control->set_patrol_period(value * kPsInUs, when.at_ps);
    case kIrqEnable:
      irq_enable_ = value & kAllIrqs;
      break;
    case kAck:
      irq_status_ &= ~value;
      break;
    case kInjectAddressLo:
      return set_low(inject_address_, value);
    case kInjectAddressHi:
      return set_high(inject_address_, value);
    case kInjectDataLo:
      return set_low(inject_data_, value);
    case kInjectDataHi:
      return set_high(inject_data_, value);
    case kInjectCheck:
      inject_check_ = static_cast<std::uint8_t>(value);
      return;
    case kInject:
      inject();
      break;
    case kLogPop:
      if (!log_.empty()) log_.pop_front();
      return;
    case kSnapshot:
      snapshot_ = control->counters();
      return;
    default:
      return;
  }
  update();
}

}  // namespace lookaside::devices
