// SPDX-License-Identifier: Apache-2.0
#include "block.h"

#include <dlfcn.h>

#include <fmt/format.h>

namespace lookaside::foreign {
namespace {

constexpr unsigned kWordBits = 32;

std::uint64_t mask_of(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

template <typename Stored>
std::uint64_t load(const void* data) {
  return *static_cast<const Stored*>(data);
}

}  // namespace

Pin::Pin(const LookasideForeignPort& port, unsigned msb, unsigned lsb, bool inverted)
    : data_(port.data), bytes_(port.bytes), lsb_(lsb), width_(msb - lsb + 1), inverted_(inverted) {}

// Ports of more than 64 bits are arrays of 32-bit words, the others one integer.
std::uint64_t Pin::word(unsigned index) const {
  switch (bytes_) {
    case 1:
      return load<std::uint8_t>(data_);
    case 2:
      return load<std::uint16_t>(data_);
    case 4:
      return load<std::uint32_t>(data_);
    case 8:
      return load<std::uint64_t>(data_);
    default:
      break;
  }
  const auto* words = static_cast<const std::uint32_t*>(data_);
  return index * sizeof(std::uint32_t) < bytes_ ? words[index] : 0;
}

void Pin::put_word(unsigned index, std::uint64_t value) const {
  switch (bytes_) {
    case 1:
      *static_cast<std::uint8_t*>(data_) = static_cast<std::uint8_t>(value);
      return;
    case 2:
      *static_cast<std::uint16_t*>(data_) = static_cast<std::uint16_t>(value);
      return;
    case 4:
      *static_cast<std::uint32_t*>(data_) = static_cast<std::uint32_t>(value);
      return;
    case 8:
      *static_cast<std::uint64_t*>(data_) = value;
      return;
    default:
      static_cast<std::uint32_t*>(data_)[index] = static_cast<std::uint32_t>(value);
  }
}

std::uint64_t Pin::get(std::uint64_t otherwise) const {
  if (data_ == nullptr) return otherwise;
  std::uint64_t value = 0;
  if (bytes_ <= 8) {
    value = word(0) >> lsb_;
  } else {
    for (unsigned done = 0; done < width_ && done < 64;) {
      const unsigned at = lsb_ + done;
      value |= (word(at / kWordBits) >> (at % kWordBits)) << done;
      done += kWordBits - at % kWordBits;
    }
  }
  return (inverted_ ? ~value : value) & mask_of(width_);
}

bool Pin::bit(unsigned index) const {
  const unsigned at = lsb_ + index;
  const std::uint64_t value =
      bytes_ <= 8 ? word(0) >> at : word(at / kWordBits) >> (at % kWordBits);
  return ((value & 1) != 0) != inverted_;
}

void Pin::put(std::uint64_t value) const {
  if (data_ == nullptr) return;
  value = (inverted_ ? ~value : value) & mask_of(width_);
  if (bytes_ <= 8) {
    const std::uint64_t mask = mask_of(width_) << lsb_;
    put_word(0, (word(0) & ~mask) | (value << lsb_));
    return;
  }
  for (unsigned done = 0; done < width_;) {
    const unsigned at = lsb_ + done;
    const unsigned shift = at % kWordBits;
    const unsigned count = std::min(kWordBits - shift, width_ - done);
    const std::uint64_t mask = mask_of(count) << shift;
    const std::uint64_t part = done < 64 ? value >> done : 0;
    put_word(at / kWordBits, (word(at / kWordBits) & ~mask) | ((part << shift) & mask));
    done += count;
  }
}

Block::Block(const std::string& object) {
  library_ = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw std::runtime_error(fmt::format("{}: {}", object, dlerror()));
  using Entry = const LookasideForeignApi* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library_, "lookaside_foreign_api"));
  api_ = entry == nullptr ? nullptr : entry();
  if (api_ == nullptr || api_->version != kLookasideForeignVersion) {
    dlclose(library_);
    throw std::runtime_error(object + ": not a block of this program; delete it");
  }
  block_ = api_->create();
  if (block_ == nullptr) throw std::runtime_error(object + ": the block cannot be made");
  ports_.resize(api_->ports(block_, nullptr, 0));
  api_->ports(block_, ports_.data(), static_cast<unsigned>(ports_.size()));
}

Block::~Block() {
  if (tracing_) api_->trace_close(block_);
  if (block_ != nullptr) api_->destroy(block_);
  // The library stays: Verilator's runtime registers functions that run at exit.
}

const LookasideForeignPort* Block::find(const std::string& name) const {
  for (const LookasideForeignPort& port : ports_) {
    if (name == port.name) return &port;
  }
  return nullptr;
}

void Block::set_clock(const Pin& clock, bool falling_edge) {
  clock_ = clock;
  falling_edge_ = falling_edge;
  clock_.put(falling_edge ? 1 : 0);
}

void Block::eval() {
  if (api_->eval(block_) != 0) {
    throw BlockStopped(fmt::format("{} (cycle {})", api_->message(block_), cycles_));
  }
}

void Block::settle() {
  eval();
}

void Block::edge() {
  eval();
  if (tracing_) api_->trace_dump(block_, 2 * cycles_);
  clock_.put(falling_edge_ ? 0 : 1);
  eval();
  if (tracing_) api_->trace_dump(block_, 2 * cycles_ + 1);
  clock_.put(falling_edge_ ? 1 : 0);
  ++cycles_;
}

void Block::trace(const std::string& file) {
  if (api_->trace_open(block_, file.c_str()) != 0) {
    throw std::runtime_error(file + ": cannot be written");
  }
  tracing_ = true;
}

}  // namespace lookaside::foreign
