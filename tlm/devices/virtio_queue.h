// SPDX-License-Identifier: Apache-2.0
// The device's side of a split virtqueue (virtio 1.1, section 2.6). No SystemC: memory is an
// interface. Everything it reads comes from the guest and is believed only after a check.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/devices/memory.h>

namespace lookaside::devices {

/// Where the three parts of the queue lie in physical memory.
struct QueueLayout {
  std::uint16_t size = 0;    ///< descriptors, a power of two; 0: the queue is not set up
  std::uint64_t table = 0;   ///< descriptor table
  std::uint64_t driver = 0;  ///< available ring
  std::uint64_t device = 0;  ///< used ring
};

struct QueueBuffer {
  std::uint64_t address;
  std::uint32_t length;
};

/// One request of the driver: its buffers in order, those the device reads before those it writes.
struct QueueChain {
  std::uint16_t head = 0;
  std::vector<QueueBuffer> readable;
  std::vector<QueueBuffer> writable;
  std::uint64_t readable_bytes = 0;
  std::uint64_t writable_bytes = 0;
};

/// Why a queue cannot be used any more until the device is reset.
enum class QueueError : std::uint8_t {
  kNone = 0,
  kBus,        ///< a ring or a descriptor lies where there is no memory
  kIndex,      ///< the available index ran ahead of the queue, or a head or next is out of range
  kLoop,       ///< a chain longer than the queue
  kDirection,  ///< a readable buffer after a writable one
  kIndirect,   ///< an indirect table not negotiated, nested, chained on or of odd size
};
inline constexpr unsigned kQueueErrorCount = 6;
/// "none", "bus", "index", "loop", "direction", "indirect".
const char* name(QueueError error);

class VirtQueue {
 public:
  /// Starts afresh with empty rings; `indirect`: VIRTIO_F_INDIRECT_DESC was negotiated.
  void start(const QueueLayout& layout, bool indirect);
  void stop() { start(QueueLayout{}, false); }
  bool ready() const { return layout_.size != 0; }

  enum class Pop { kEmpty, kChain, kBroken };
  /// Takes the next available chain; kBroken: see error(). Reads at most 2 * size + 2 descriptors.
  Pop pop(Memory& memory, QueueChain& chain);
  /// Returns a chain to the driver, `written` bytes of its writable part being filled.
  bool push(Memory& memory, std::uint16_t head, std::uint32_t written);
  /// Whether the driver wants an interrupt for what was pushed.
  bool wants_interrupt(Memory& memory) const;
  QueueError error() const { return error_; }

 private:
  bool walk(Memory& memory, QueueChain& chain);
  bool fail(QueueError error);

  QueueLayout layout_;
  bool indirect_ = false;
  std::uint16_t next_available_ = 0;
  std::uint16_t next_used_ = 0;
  QueueError error_ = QueueError::kNone;
};

/// Reads or writes the bytes of a list of buffers in order.
class BufferCursor {
 public:
  explicit BufferCursor(const std::vector<QueueBuffer>& buffers) : buffers_(buffers) {}
  bool read(Memory& memory, void* data, std::uint64_t bytes);
  bool write(Memory& memory, const void* data, std::uint64_t bytes);
  /// False if the buffers end before.
  bool skip(std::uint64_t bytes);

 private:
  template <typename Move>
  bool advance(std::uint64_t bytes, Move move);

  const std::vector<QueueBuffer>& buffers_;
  std::size_t index_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace lookaside::devices
