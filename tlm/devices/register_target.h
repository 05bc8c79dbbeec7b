// SPDX-License-Identifier: Apache-2.0
// The part every register-mapped device shares: decoding of a payload against the register table,
// with the same answers to malformed accesses everywhere.
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/devices/register_map.h>

namespace lookaside::devices {

/// When an access takes place: `delay` counts from sc_time_stamp(), `at_ps` is absolute.
struct AccessTime {
  sc_core::sc_time delay;
  std::uint64_t at_ps = 0;
};

/// sc_time_stamp() + delay in picoseconds (the kernel's default resolution).
std::uint64_t absolute_ps(const sc_core::sc_time& delay);

/// A TLM-2.0 target made of registers. Payload addresses are offsets from the device's base.
///
/// Answers: no such offset, or a size or alignment the register does not have:
/// TLM_ADDRESS_ERROR_RESPONSE; byte enables: TLM_BYTE_ENABLE_ERROR_RESPONSE; streaming width below
/// the length: TLM_BURST_ERROR_RESPONSE; an atomic operation: TLM_COMMAND_ERROR_RESPONSE with
/// nothing done, and never acknowledged. Reads of write-only registers give 0; writes to read-only
/// ones are ignored. b_transport adds one constant to the delay and never waits. No DMI.
/// transport_dbg reads what a load would read, without its side effects, and refuses to write.
class RegisterTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RegisterTarget, 64> socket;

  const RegisterMap& register_map() const { return table_; }

 protected:
  /// `table` must outlive the device. `access_ps`: time one access takes.
  RegisterTarget(const sc_core::sc_module_name& name, const RegisterMap& table,
                 std::uint64_t access_ps);

  /// Value of register `id`; `debug` asks for it without any side effect.
  virtual std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) = 0;
  virtual void write_register(unsigned id, std::uint32_t value, const AccessTime& when) = 0;
  /// Accesses to a window; false refuses (address error). The default refuses all.
  virtual bool read_window(unsigned id, std::uint64_t offset, std::uint8_t* data,
                           std::uint64_t bytes, const AccessTime& when, bool debug);
  virtual bool write_window(unsigned id, std::uint64_t offset, const std::uint8_t* data,
                            std::uint64_t bytes, const AccessTime& when);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  bool read(const RegisterDescription& r, tlm::tlm_generic_payload& payload, const AccessTime& when,
            bool debug);
  bool write(const RegisterDescription& r, const tlm::tlm_generic_payload& payload,
             const AccessTime& when);

  const RegisterMap& table_;
  const sc_core::sc_time access_time_;
};

/// What no device and no VRAM can do, whatever the address: the error to answer, or
/// TLM_OK_RESPONSE.
tlm::tlm_response_status refuse_malformed(const tlm::tlm_generic_payload& payload);

}  // namespace lookaside::devices
