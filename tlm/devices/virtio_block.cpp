// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include <lookaside/devices/virtio_block.h>

namespace lookaside::devices {
namespace {

constexpr std::uint32_t kBlockDevice = 2;
constexpr std::uint64_t kFeatureSegMax = 1U << 2;
constexpr std::uint64_t kFeatureReadOnly = 1U << 5;
constexpr std::uint64_t kFeatureBlockSize = 1U << 6;
constexpr std::uint64_t kFeatureFlush = 1U << 9;
constexpr std::uint64_t kIdle = kBlockOperationCount;  ///< of the operation signal

/// The configuration space (virtio 1.1, section 5.2.4), as far as it is not zero.
struct Configuration {
  std::uint64_t capacity;
  std::uint32_t size_max;
  std::uint32_t seg_max;
  std::uint32_t geometry;
  std::uint32_t blk_size;
};

VirtioMmio::Transport transport_of(const VirtioBlock::Config& config, const Disk& disk) {
  VirtioMmio::Transport transport;
  transport.legacy = config.legacy;
  transport.device_id = kBlockDevice;
  transport.features = kFeatureSegMax | kFeatureBlockSize | kFeatureFlush |
                       (disk.read_only() ? kFeatureReadOnly : 0);
  transport.queue_size = config.queue_size;
  transport.irq_line = config.irq_line;
  transport.access_ps = config.access_ns * 1000;
  return transport;
}

template <std::size_t kCount, typename Kind>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kCount; ++i) names.emplace_back(name(static_cast<Kind>(i)));
  return names;
}

std::uint64_t now_ps() {
  return absolute_ps(sc_core::SC_ZERO_TIME);
}

}  // namespace

VirtioBlock::VirtioBlock(const sc_core::sc_module_name& name, const Config& config,
                         std::unique_ptr<Disk> disk, observe::SignalSink* sink)
    : VirtioMmio(name, transport_of(config, *disk)),
      bus("bus"),
      config_(config),
      disk_(std::move(disk)),
      master_(bus, protocol::Requester::kDevice, config.index, config.burst_bytes),
      statistics_(basename()),
      requests_(names_of<kBlockOperationCount, BlockOperation>()),
      statuses_({"ok", "io-error", "unsupported"}),
      broken_(names_of<kQueueErrorCount, QueueError>()) {
  declare_statistics();
  declare_signals(sink);
  SC_THREAD(serve);
}

void VirtioBlock::declare_statistics() {
  statistics_.add({"requests", "requests", "Requests completed, by operation."}, requests_);
  statistics_.add({"statuses", "requests", "Requests completed, by status."}, statuses_);
  statistics_.add({"broken_queues", "events",
                   "Times the driver broke the queue so that it needs a reset, by reason; "
                   "none: the header or status byte was missing or unreachable."},
                  broken_);
  statistics_.add({"sectors_read", "sectors", "Sectors read successfully."}, sectors_read_);
  statistics_.add({"sectors_written", "sectors", "Sectors written successfully."},
                  sectors_written_);
  statistics_.add({"bytes_read", "bytes", "Bytes read successfully."}, bytes_read_);
  statistics_.add({"bytes_written", "bytes", "Bytes written successfully."}, bytes_written_);
  statistics_.add({"interrupts", "interrupts", "Interrupts raised for used buffers."}, interrupts_);
  statistics_.add(
      {"request_latency_ns", "ns", "Time from taking a request off the queue to handing it back."},
      latency_ns_);
}

void VirtioBlock::declare_signals(observe::SignalSink* sink) {
  status_signal_ = {sink,
                    {basename(),
                     "status",
                     observe::SignalKind::kBits,
                     8,
                     {},
                     "Status register that the driver and the device share."}};
  std::vector<observe::EnumName> operations;
  for (unsigned i = 0; i < kBlockOperationCount; ++i) {
    operations.push_back({i, devices::name(static_cast<BlockOperation>(i))});
  }
  operations.push_back({kIdle, "idle"});
  operation_signal_ = {sink,
                       {basename(), "operation", observe::SignalKind::kEnum, 3, operations,
                        "Request being served."}};
  sector_signal_ = {sink,
                    {basename(),
                     "sector",
                     observe::SignalKind::kBits,
                     64,
                     {},
                     "First sector of the request being served."}};
}

void VirtioBlock::notified(const AccessTime& when) {
  notified_.notify(when.delay);
}

void VirtioBlock::status_changed(std::uint32_t status, const AccessTime& when) {
  status_signal_.set(when.at_ps, status);
}

std::uint8_t VirtioBlock::config_byte(std::uint64_t offset) const {
  const Configuration configuration{disk_->sectors(), 0, config_.segments, 0, kSectorBytes};
  std::uint8_t bytes[sizeof configuration];
  std::memcpy(bytes, &configuration, sizeof configuration);
  return offset < sizeof bytes ? bytes[offset] : std::uint8_t{0};
}

void VirtioBlock::serve() {
  while (true) {
    wait(notified_);
    while (serving() && serve_one()) {
    }
    operation_signal_.set(now_ps(), kIdle);
  }
}

// True: look for another request. Whatever waits may find the device reset afterwards (epoch).
bool VirtioBlock::serve_one() {
  const std::uint64_t started_ps = now_ps();
  const std::uint64_t begun_in = epoch();
  QueueChain chain;
  const VirtQueue::Pop popped = queue().pop(master_, chain);
  if (popped == VirtQueue::Pop::kEmpty) {
    master_.take_elapsed();  // polling an idle queue must not delay the next notification
    return false;
  }
  BlockRequest request;
  if (popped == VirtQueue::Pop::kBroken || !parse_block_request(master_, chain, request)) {
    break_queue(queue().error());
    return false;
  }
  operation_signal_.set(now_ps(), static_cast<std::uint64_t>(request.operation));
  sector_signal_.set(now_ps(), request.sector);
  const std::uint64_t sectors =
      is_in_range(*disk_, request) ? request.data_bytes / kSectorBytes : 0;
  const std::uint64_t service_ns = config_.request_ns + config_.sector_ns * sectors;
  // At least one nanosecond: a queue that refills itself must not stop the simulated time.
  const std::uint64_t service_ps = std::max<std::uint64_t>(service_ns, 1) * 1000;
  wait(master_.take_elapsed() + sc_core::sc_time(static_cast<double>(service_ps), sc_core::SC_PS));
  if (epoch() != begun_in) return true;
  const BlockOutcome outcome =
      execute_block_request(master_, *disk_, config_.serial, chain, request);
  wait(master_.take_elapsed());
  if (epoch() != begun_in) return true;
  if (!outcome.returned || !queue().push(master_, chain.head, outcome.written)) {
    break_queue(QueueError::kBus);
    return false;
  }
  const bool interrupt = queue().wants_interrupt(master_);
  wait(master_.take_elapsed());
  count(request, outcome, started_ps);
  if (epoch() != begun_in || !interrupt) return true;
  ++interrupts_.value;
  raise(kVirtioUsedRing);
  return true;
}

void VirtioBlock::break_queue(QueueError error) {
  master_.take_elapsed();
  ++broken_.values[static_cast<unsigned>(error)];
  need_reset();
}

void VirtioBlock::count(const BlockRequest& request, const BlockOutcome& outcome,
                        std::uint64_t started_ps) {
  ++requests_.values[static_cast<unsigned>(request.operation)];
  ++statuses_.values[static_cast<unsigned>(outcome.status)];
  latency_ns_.add((now_ps() - started_ps) / 1000);
  if (outcome.status != BlockStatus::kOk) return;
  const bool reads = request.operation == BlockOperation::kRead;
  (reads ? bytes_read_ : bytes_written_).value += request.data_bytes;
  (reads ? sectors_read_ : sectors_written_).value += request.data_bytes / kSectorBytes;
}

}  // namespace lookaside::devices
