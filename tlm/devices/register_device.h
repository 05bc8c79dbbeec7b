// SPDX-License-Identifier: Apache-2.0
// What every memory-mapped device shares: registers as data, and the TLM side of reaching them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::devices {

/// A device configured as it cannot be; the message says what was found and what was expected.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class RegisterAccess : std::uint8_t {
  kReadWrite,
  kReadOnly,   ///< writes are ignored
  kWriteOnly,  ///< reads as zero
};

/// One row of a device's register table: a register, or an array of equal ones.
struct Register {
  const char* name;
  std::uint64_t offset;  ///< of the first one, from the base of the device
  unsigned bytes;        ///< width of one
  unsigned sizes;        ///< sum of the permitted access sizes in bytes: 4 | 8 = four or eight
  RegisterAccess access;
  std::uint64_t reset;
  const char* sentence;
  std::uint64_t count = 1;   ///< how many
  std::uint64_t stride = 0;  ///< distance between them
};
using RegisterTable = std::vector<Register>;

/// One access after decoding: naturally aligned, of a permitted size, inside one register.
struct RegisterReference {
  unsigned id = 0;          ///< row of the table
  std::uint64_t index = 0;  ///< which one of an array
  unsigned byte = 0;        ///< first byte of the register that is accessed
  unsigned bytes = 0;
  std::uint64_t time_ps = 0;  ///< absolute local time of the initiator
};

/// Models a device of registers, not more: it decodes by its table, charges a constant latency and
/// counts. Derive, pass a table whose row numbers are an enum of yours, and implement read and
/// write.
///
/// Answers: TLM_ADDRESS_ERROR_RESPONSE to an offset, size or alignment no row permits;
/// TLM_BYTE_ENABLE_ERROR_RESPONSE to byte enables; TLM_BURST_ERROR_RESPONSE to a streaming width
/// below the length. No DMI. Debug reads show registers without side effects; debug writes are
/// refused (0 bytes), as they could not leave the device's state alone.
class RegisterDevice : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RegisterDevice, 64> socket;

  const RegisterTable& registers() const { return table_; }
  observe::StatisticGroup& statistics() { return statistics_; }

 protected:
  RegisterDevice(sc_core::sc_module_name name, RegisterTable table, std::uint64_t latency_ps);

  /// Value of the referenced bytes, in the low bits; side effects happen.
  virtual std::uint64_t read(const RegisterReference& reference) = 0;
  /// `value` carries the referenced bytes in its low bits.
  virtual void write(const RegisterReference& reference, std::uint64_t value) = 0;
  /// As read, without any side effect.
  virtual std::uint64_t peek(const RegisterReference& reference) const = 0;

  /// Bytes [byte, byte + bytes) of `whole`.
  static std::uint64_t extract(std::uint64_t whole, const RegisterReference& reference);
  /// `whole` with these bytes replaced by `value`.
  static std::uint64_t insert(std::uint64_t whole, const RegisterReference& reference,
                              std::uint64_t value);

 private:
  using Payload = tlm::tlm_generic_payload;

  void b_transport(Payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& payload);
  bool decode(std::uint64_t offset, std::uint64_t bytes, RegisterReference& reference) const;
  tlm::tlm_response_status serve(Payload& payload, std::uint64_t time_ps);

  RegisterTable table_;
  sc_core::sc_time latency_;
  observe::StatisticGroup statistics_;
  observe::Scalar reads_;
  observe::Scalar writes_;
  observe::Scalar refused_;
};

}  // namespace lookaside::devices
