// SPDX-License-Identifier: Apache-2.0
// One request to a virtio block device (virtio 1.1, section 5.2.6), without transport and time.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/devices/disk.h>
#include <lookaside/devices/memory.h>
#include <lookaside/devices/virtio_queue.h>

namespace lookaside::devices {

enum class BlockOperation : std::uint8_t { kRead = 0, kWrite, kFlush, kGetId, kUnknown };
inline constexpr unsigned kBlockOperationCount = 5;
/// "read", "write", "flush", "get-id", "unknown".
const char* name(BlockOperation operation);

/// The status byte at the end of a request.
enum class BlockStatus : std::uint8_t { kOk = 0, kIoError = 1, kUnsupported = 2 };

struct BlockRequest {
  BlockOperation operation = BlockOperation::kUnknown;
  std::uint64_t sector = 0;
  std::uint64_t data_bytes = 0;  ///< of a read or write; 0 for the others
};

struct BlockOutcome {
  BlockStatus status = BlockStatus::kOk;
  std::uint32_t written = 0;  ///< bytes filled from the start of the writable part
  bool returned = true;       ///< false: not even the status byte could be written
};

/// Reads the request header. False if the chain has no room for header or status byte, or the
/// header lies where there is no memory: nothing can be answered then.
bool parse_block_request(Memory& memory, const QueueChain& chain, BlockRequest& request);

/// Performs a parsed request and writes its status byte. A range outside the disk, a length that is
/// not whole sectors, a write to a read-only disk, a data buffer outside memory and a failing host
/// file all give kIoError. `serial`: answer to GET_ID, cut to 20 bytes.
BlockOutcome execute_block_request(Memory& memory, Disk& disk, const std::string& serial,
                                   const QueueChain& chain, const BlockRequest& request);

/// True if the disk could serve the request at all.
bool is_in_range(const Disk& disk, const BlockRequest& request);

}  // namespace lookaside::devices
