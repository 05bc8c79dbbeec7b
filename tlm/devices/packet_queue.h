// SPDX-License-Identifier: Apache-2.0
// Bytes in packets, first in, first out, with a capacity in bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace lookaside::devices {

using Packet = std::vector<std::uint8_t>;

class PacketQueue {
 public:
  explicit PacketQueue(std::uint64_t capacity_bytes) : capacity_(capacity_bytes) {}

  std::uint64_t level() const { return level_; }
  std::uint64_t space() const { return capacity_ - level_; }
  std::size_t packets() const { return packets_.size(); }
  /// Bytes of the first packet that have not been read yet; 0 if there is none.
  std::uint64_t head_bytes() const {
    return packets_.empty() ? 0 : packets_.front().size() - read_;
  }

  /// False, and nothing done, if the packet is empty or there is no room for all of it.
  bool push(Packet packet) {
    if (packet.empty() || packet.size() > space()) return false;
    level_ += packet.size();
    packets_.push_back(std::move(packet));
    return true;
  }
  /// Removes the first packet with what is left of it.
  Packet pop() {
    Packet packet = std::move(packets_.front());
    packets_.pop_front();
    packet.erase(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(read_));
    level_ -= packet.size();
    read_ = 0;
    return packet;
  }
  /// Copies up to `bytes` unread bytes of the first packet, never more than it has.
  std::uint64_t peek(std::uint8_t* data, std::uint64_t bytes) const {
    const std::uint64_t copied = std::min(bytes, head_bytes());
    if (copied != 0) std::copy_n(packets_.front().data() + read_, copied, data);
    return copied;
  }
  /// As peek, and consumes them; a packet read to its end is gone.
  std::uint64_t read(std::uint8_t* data, std::uint64_t bytes) {
    const std::uint64_t copied = peek(data, bytes);
    read_ += copied;
    level_ -= copied;
    if (copied != 0 && head_bytes() == 0) {
      packets_.pop_front();
      read_ = 0;
    }
    return copied;
  }
  void clear() {
    packets_.clear();
    read_ = level_ = 0;
  }

 private:
  const std::uint64_t capacity_;
  std::deque<Packet> packets_;
  std::uint64_t read_ = 0;   ///< bytes already read of the first packet
  std::uint64_t level_ = 0;  ///< unread bytes of all packets
};

}  // namespace lookaside::devices
