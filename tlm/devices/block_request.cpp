// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include <lookaside/devices/block_request.h>

namespace lookaside::devices {
namespace {

constexpr std::uint64_t kHeaderBytes = 16;
constexpr std::uint64_t kStatusBytes = 1;
constexpr std::uint64_t kIdBytes = 20;
constexpr std::uint64_t kPieceSectors = 8;

struct Header {
  std::uint32_t type;
  std::uint32_t reserved;
  std::uint64_t sector;
};
static_assert(sizeof(Header) == kHeaderBytes);

BlockOperation operation_of(std::uint32_t type) {
  switch (type) {
    case 0:
      return BlockOperation::kRead;
    case 1:
      return BlockOperation::kWrite;
    case 4:
      return BlockOperation::kFlush;
    case 8:
      return BlockOperation::kGetId;
    default:
      return BlockOperation::kUnknown;
  }
}

/// Moves the sectors piece by piece, so that a bad buffer ends it early; returns the bytes moved.
std::uint64_t move_sectors(Memory& memory, Disk& disk, BufferCursor cursor,
                           const BlockRequest& request) {
  std::array<std::uint8_t, kPieceSectors * kSectorBytes> piece;
  std::uint64_t done = 0;
  while (done < request.data_bytes) {
    const std::uint64_t bytes = std::min<std::uint64_t>(piece.size(), request.data_bytes - done);
    const std::uint64_t first = request.sector + done / kSectorBytes;
    const std::uint64_t count = bytes / kSectorBytes;
    const bool moved =
        request.operation == BlockOperation::kRead
            ? disk.read(first, count, piece.data()) && cursor.write(memory, piece.data(), bytes)
            : cursor.read(memory, piece.data(), bytes) && disk.write(first, count, piece.data());
    if (!moved) break;
    done += bytes;
  }
  return done;
}

BlockStatus transfer(Memory& memory, Disk& disk, const QueueChain& chain,
                     const BlockRequest& request, std::uint64_t& filled) {
  const bool reads = request.operation == BlockOperation::kRead;
  if (!is_in_range(disk, request) || (!reads && disk.read_only())) return BlockStatus::kIoError;
  BufferCursor cursor(reads ? chain.writable : chain.readable);
  if (!reads && !cursor.skip(kHeaderBytes)) return BlockStatus::kIoError;
  const std::uint64_t done = move_sectors(memory, disk, cursor, request);
  if (reads) filled = done;
  return done == request.data_bytes ? BlockStatus::kOk : BlockStatus::kIoError;
}

BlockStatus give_id(Memory& memory, const std::string& serial, const QueueChain& chain,
                    std::uint64_t& filled) {
  std::array<char, kIdBytes> id{};
  serial.copy(id.data(), id.size());
  const std::uint64_t bytes =
      std::min<std::uint64_t>(id.size(), chain.writable_bytes - kStatusBytes);
  if (!BufferCursor(chain.writable).write(memory, id.data(), bytes)) return BlockStatus::kIoError;
  filled = bytes;
  return BlockStatus::kOk;
}

}  // namespace

const char* name(BlockOperation operation) {
  static constexpr const char* kNames[kBlockOperationCount] = {"read", "write", "flush", "get-id",
                                                               "unknown"};
  return kNames[static_cast<unsigned>(operation)];
}

bool parse_block_request(Memory& memory, const QueueChain& chain, BlockRequest& request) {
  if (chain.readable_bytes < kHeaderBytes || chain.writable_bytes < kStatusBytes) return false;
  Header header{};
  if (!BufferCursor(chain.readable).read(memory, &header, sizeof header)) return false;
  request = BlockRequest{operation_of(header.type), header.sector, 0};
  if (request.operation == BlockOperation::kRead) {
    request.data_bytes = chain.writable_bytes - kStatusBytes;
  } else if (request.operation == BlockOperation::kWrite) {
    request.data_bytes = chain.readable_bytes - kHeaderBytes;
  }
  return true;
}

bool is_in_range(const Disk& disk, const BlockRequest& request) {
  const std::uint64_t count = request.data_bytes / kSectorBytes;
  return request.data_bytes % kSectorBytes == 0 && request.sector <= disk.sectors() &&
         count <= disk.sectors() - request.sector;
}

BlockOutcome execute_block_request(Memory& memory, Disk& disk, const std::string& serial,
                                   const QueueChain& chain, const BlockRequest& request) {
  BlockOutcome outcome;
  std::uint64_t filled = 0;
  switch (request.operation) {
    case BlockOperation::kRead:
    case BlockOperation::kWrite:
      outcome.status = transfer(memory, disk, chain, request, filled);
      break;
    case BlockOperation::kFlush:
      outcome.status = disk.flush() ? BlockStatus::kOk : BlockStatus::kIoError;
      break;
    case BlockOperation::kGetId:
      outcome.status = give_id(memory, serial, chain, filled);
      break;
    case BlockOperation::kUnknown:
      outcome.status = BlockStatus::kUnsupported;
      break;
  }
  BufferCursor end(chain.writable);
  const auto status = static_cast<std::uint8_t>(outcome.status);
  outcome.returned =
      end.skip(chain.writable_bytes - kStatusBytes) && end.write(memory, &status, sizeof status);
  // The length counts from the start without a gap; the status byte is the last one.
  if (filled == chain.writable_bytes - kStatusBytes) filled += kStatusBytes;
  outcome.written = static_cast<std::uint32_t>(std::min<std::uint64_t>(filled, UINT32_MAX));
  return outcome;
}

}  // namespace lookaside::devices
