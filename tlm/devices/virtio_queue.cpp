// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/devices/virtio_queue.h>

namespace lookaside::devices {
namespace {

constexpr std::uint16_t kFlagNext = 1;
constexpr std::uint16_t kFlagWrite = 2;
constexpr std::uint16_t kFlagIndirect = 4;
constexpr std::uint16_t kNoInterrupt = 1;  ///< in the flags of the available ring
constexpr std::uint64_t kDescriptorBytes = 16;
constexpr std::uint64_t kUsedElementBytes = 8;
constexpr std::uint64_t kRingHeaderBytes = 4;  ///< flags and index

/// As it lies in memory, little-endian like every host we run on.
struct Descriptor {
  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t flags;
  std::uint16_t next;
};
static_assert(sizeof(Descriptor) == kDescriptorBytes);

struct UsedElement {
  std::uint32_t id;
  std::uint32_t length;
};

void append(QueueChain& chain, const Descriptor& d) {
  const bool writable = (d.flags & kFlagWrite) != 0;
  (writable ? chain.writable : chain.readable).push_back({d.address, d.length});
  (writable ? chain.writable_bytes : chain.readable_bytes) += d.length;
}

}  // namespace

const char* name(QueueError error) {
  static constexpr const char* kNames[kQueueErrorCount] = {"none", "bus",       "index",
                                                           "loop", "direction", "indirect"};
  return kNames[static_cast<unsigned>(error)];
}

void VirtQueue::start(const QueueLayout& layout, bool indirect) {
  layout_ = layout;
  indirect_ = indirect;
  next_available_ = 0;
  next_used_ = 0;
  error_ = QueueError::kNone;
}

bool VirtQueue::fail(QueueError error) {
  error_ = error;
  return false;
}

VirtQueue::Pop VirtQueue::pop(Memory& memory, QueueChain& chain) {
  std::uint16_t index = 0;
  if (!memory.read(layout_.driver + 2, &index, sizeof index)) {
    fail(QueueError::kBus);
    return Pop::kBroken;
  }
  const auto waiting = static_cast<std::uint16_t>(index - next_available_);
  if (waiting == 0) return Pop::kEmpty;
  if (waiting > layout_.size) {
    fail(QueueError::kIndex);
    return Pop::kBroken;
  }
  const std::uint64_t slot = next_available_ % layout_.size;
  ++next_available_;
  chain = QueueChain{};
  if (!memory.read(layout_.driver + kRingHeaderBytes + 2 * slot, &chain.head, sizeof chain.head)) {
    fail(QueueError::kBus);
    return Pop::kBroken;
  }
  return walk(memory, chain) ? Pop::kChain : Pop::kBroken;
}

bool VirtQueue::walk(Memory& memory, QueueChain& chain) {
  std::uint64_t table = layout_.table;
  std::uint64_t entries = layout_.size;
  std::uint64_t index = chain.head;
  bool inside_indirect = false;
  // A legal chain has at most `size` buffers, plus the descriptor that points to an indirect table.
  for (unsigned taken = 0; taken < layout_.size + (inside_indirect ? 1U : 0U); ++taken) {
    if (index >= entries) return fail(QueueError::kIndex);
    Descriptor d{};
    if (!memory.read(table + index * kDescriptorBytes, &d, sizeof d)) return fail(QueueError::kBus);
    if ((d.flags & kFlagIndirect) != 0) {
      const bool odd = d.length == 0 || d.length % kDescriptorBytes != 0;
      if (!indirect_ || inside_indirect || odd || (d.flags & kFlagNext) != 0) {
        return fail(QueueError::kIndirect);
      }
      inside_indirect = true;
      table = d.address;
      entries = d.length / kDescriptorBytes;
      index = 0;
      continue;
    }
    if ((d.flags & kFlagWrite) == 0 && !chain.writable.empty()) return fail(QueueError::kDirection);
    append(chain, d);
    if ((d.flags & kFlagNext) == 0) return true;
    index = d.next;
  }
  return fail(QueueError::kLoop);
}

bool VirtQueue::push(Memory& memory, std::uint16_t head, std::uint32_t written) {
  // State moves first: a hostile used ring may lie on the device's own reset register.
  const QueueLayout layout = layout_;
  if (layout.size == 0) return false;
  const std::uint64_t slot = next_used_ % layout.size;
  const std::uint16_t index = ++next_used_;
  const UsedElement element{head, written};
  const std::uint64_t where = layout.device + kRingHeaderBytes + slot * kUsedElementBytes;
  return memory.write(where, &element, sizeof element) &&
         memory.write(layout.device + 2, &index, sizeof index);
}

bool VirtQueue::wants_interrupt(Memory& memory) const {
  std::uint16_t flags = 0;
  return !memory.read(layout_.driver, &flags, sizeof flags) || (flags & kNoInterrupt) == 0;
}

template <typename Move>
bool BufferCursor::advance(std::uint64_t bytes, Move move) {
  while (bytes > 0) {
    if (index_ == buffers_.size()) return false;
    const QueueBuffer& buffer = buffers_[index_];
    const std::uint64_t length = std::min<std::uint64_t>(bytes, buffer.length - offset_);
    if (length > 0 && !move(buffer.address + offset_, length)) return false;
    bytes -= length;
    offset_ += length;
    if (offset_ == buffer.length) {
      ++index_;
      offset_ = 0;
    }
  }
  return true;
}

bool BufferCursor::read(Memory& memory, void* data, std::uint64_t bytes) {
  auto* to = static_cast<std::uint8_t*>(data);
  return advance(bytes, [&](std::uint64_t address, std::uint64_t length) {
    const bool done = memory.read(address, to, length);
    to += length;
    return done;
  });
}

bool BufferCursor::write(Memory& memory, const void* data, std::uint64_t bytes) {
  const auto* from = static_cast<const std::uint8_t*>(data);
  return advance(bytes, [&](std::uint64_t address, std::uint64_t length) {
    const bool done = memory.write(address, from, length);
    from += length;
    return done;
  });
}

bool BufferCursor::skip(std::uint64_t bytes) {
  return advance(bytes, [](std::uint64_t, std::uint64_t) { return true; });
}

}  // namespace lookaside::devices
