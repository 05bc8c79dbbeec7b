// SPDX-License-Identifier: Apache-2.0
// A Verilated block that was loaded, its ports and its clock.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cosim/foreign/foreign_api.h"

namespace lookaside::foreign {

/// The block called $stop, $finish or $fatal, or an assertion of it failed; the text says where.
class BlockStopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bits of a port, read or driven as one number of up to 64 bits, or as bits.
class Pin {
 public:
  Pin() = default;
  Pin(const LookasideForeignPort& port, unsigned msb, unsigned lsb, bool inverted);

  bool connected() const { return data_ != nullptr; }
  unsigned width() const { return width_; }
  /// Drives the low bits of `value`; nothing happens if not connected.
  void put(std::uint64_t value) const;
  /// The value; `otherwise` if not connected.
  std::uint64_t get(std::uint64_t otherwise = 0) const;
  bool bit(unsigned index) const;

 private:
  std::uint64_t word(unsigned index) const;
  void put_word(unsigned index, std::uint64_t value) const;

  void* data_ = nullptr;
  unsigned bytes_ = 0;
  unsigned lsb_ = 0;
  unsigned width_ = 0;
  bool inverted_ = false;
};

/// One instance of the block in a shared object. Symbols of the object are hidden and bound
/// locally: blocks of any names stand beside each other.
class Block {
 public:
  /// Throws std::runtime_error if `object` cannot be loaded.
  explicit Block(const std::string& object);
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block();

  const std::vector<LookasideForeignPort>& ports() const { return ports_; }
  const LookasideForeignPort* find(const std::string& name) const;

  /// The clock; toggled by edge().
  void set_clock(const Pin& clock, bool falling_edge);
  /// Combinational outputs follow the inputs. Throws BlockStopped.
  void settle();
  /// Settles, then the active edge, then the other one.
  void edge();
  std::uint64_t cycles() const { return cycles_; }

  /// Writes a waveform from now on; the block must be built with trace. Throws std::runtime_error.
  void trace(const std::string& file);

 private:
  void eval();

  void* library_ = nullptr;
  const LookasideForeignApi* api_ = nullptr;
  void* block_ = nullptr;
  std::vector<LookasideForeignPort> ports_;
  Pin clock_;
  bool falling_edge_ = false;
  bool tracing_ = false;
  std::uint64_t cycles_ = 0;
};

}  // namespace lookaside::foreign
