// SPDX-License-Identifier: Apache-2.0
// What a target may not change in a payload. For the checker's own files only.
#pragma once

#include <vector>

#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/checker.h>

namespace lookaside::protocol {

inline std::vector<unsigned char> copy(const unsigned char* data, unsigned length) {
  if (data == nullptr) return {};
  return {data, data + length};
}

inline std::vector<const tlm::tlm_extension_base*> extensions_of(
    const tlm::tlm_generic_payload& p) {
  std::vector<const tlm::tlm_extension_base*> result;
  for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) result.push_back(p.get_extension(i));
  return result;
}

/// What a target may not change, as it was when the payload came in.
struct Checker::Attributes {
  explicit Attributes(const Payload& p)
      : command(p.get_command()),
        address(p.get_address()),
        data(p.get_data_ptr()),
        length(p.get_data_length()),
        enables(p.get_byte_enable_ptr()),
        enable_length(p.get_byte_enable_length()),
        width(p.get_streaming_width()),
        managed(p.has_mm()),
        extensions(extensions_of(p)),
        enable_bytes(copy(enables, enable_length)) {
    // The data array of an atomic returns the old value of memory (AtomicExtension).
    const bool keeps_data = p.is_write() && p.get_extension<AtomicExtension>() == nullptr;
    if (keeps_data) written = copy(data, length);
  }
  tlm::tlm_command command;
  sc_dt::uint64 address;
  const unsigned char* data;
  unsigned length;
  const unsigned char* enables;
  unsigned enable_length;
  unsigned width;
  bool managed;
  std::vector<const tlm::tlm_extension_base*> extensions;
  std::vector<unsigned char> enable_bytes;
  std::vector<unsigned char> written;
};

}  // namespace lookaside::protocol
