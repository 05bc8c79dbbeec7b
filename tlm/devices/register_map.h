// SPDX-License-Identifier: Apache-2.0
// Registers are data: one table per device is the truth for the decoder, for the C header that
// firmware includes and for the manual.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::devices {

enum class RegisterMode : std::uint8_t {
  kReadOnly,    ///< writes are ignored
  kWriteOnly,   ///< reads give 0
  kReadWrite,   ///< reads give what was written, as far as the device accepted it
  kWriteClear,  ///< a written 1 clears the bit
};
/// "ro", "wo", "rw", "w1c".
const char* name(RegisterMode access);

/// Bits [low, low + width) of a register.
struct RegisterField {
  unsigned low;
  unsigned width;
  std::string name;  ///< UPPER_SNAKE
  std::string sentence;
};

/// One register of 4 bytes; or a window (any other `bytes`) behind which a device interprets offset
/// and size itself; or, with `sizes`, a register of any width or an array of equal ones.
struct RegisterDescription {
  unsigned id;           ///< the device's own enumerator
  std::uint64_t offset;  ///< from the device's base
  std::uint64_t bytes;
  RegisterMode access;
  std::uint32_t reset;  ///< value after reset; of a window: unused
  std::string name;     ///< UPPER_SNAKE
  std::string sentence;
  std::vector<RegisterField> fields = {};
  unsigned sizes = 0;  ///< permitted sizes of aligned accesses, the sum of some of 1, 2, 4 and 8
  unsigned width = 0;  ///< with `sizes`: bytes of one register of the array; 0: `bytes`

  bool is_window() const { return bytes != 4 || sizes != 0; }
  unsigned element_bytes() const { return width != 0 ? width : static_cast<unsigned>(bytes); }
};

struct RegisterMap {
  std::string device;  ///< "dma"
  std::uint64_t size;  ///< bytes of address space the device occupies
  std::vector<RegisterDescription> registers;

  /// The register that holds all of [offset, offset + bytes), or nullptr. A 4-byte register is
  /// found only by an aligned access of exactly 4 bytes; a window by any access inside it; one with
  /// `sizes` by an aligned access of such a size inside one element.
  const RegisterDescription* find(std::uint64_t offset, std::uint64_t bytes) const;
  /// The register called `name`, or nullptr.
  const RegisterDescription* find(const std::string& name) const;
};

/// C header with one #define per register offset and per field mask and shift, named
/// <PREFIX>_<REGISTER>[_<FIELD>]; fit for C and assembly.
std::string c_header(const RegisterMap& table);
/// The table as aligned text for a manual.
std::string describe(const RegisterMap& table);

}  // namespace lookaside::devices
