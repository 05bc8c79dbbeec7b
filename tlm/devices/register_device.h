// SPDX-License-Identifier: Apache-2.0
// Devices whose registers are not all single words of 4 bytes: bytes, double words, arrays.
#pragma once

#include <cstdint>

#include <lookaside/devices/register_target.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::devices {

/// One access after decoding: of a permitted size, aligned, inside one register.
struct RegisterReference {
  unsigned id = 0;          ///< of the table row
  std::uint64_t index = 0;  ///< which one of an array
  unsigned byte = 0;        ///< first byte of the register that is accessed
  unsigned bytes = 0;
  std::uint64_t time_ps = 0;  ///< absolute local time of the initiator
};

/// A RegisterTarget that owns its table (so that it may depend on the number of harts), counts, and
/// hands its device whole references. Derive and implement read, write and peek.
class RegisterDevice : public RegisterTarget {
 public:
  observe::StatisticGroup& statistics() { return statistics_; }

 protected:
  RegisterDevice(const sc_core::sc_module_name& name, RegisterMap table, std::uint64_t latency_ps);

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
  bool read_window(unsigned id, std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes,
                   const AccessTime& when, bool debug) override;
  bool write_window(unsigned id, std::uint64_t offset, const std::uint8_t* data,
                    std::uint64_t bytes, const AccessTime& when) override;
  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  const RegisterDescription& row(unsigned id) const;

  const RegisterMap table_;
  observe::StatisticGroup statistics_;
  observe::Scalar reads_;
  observe::Scalar writes_;
};

}  // namespace lookaside::devices
