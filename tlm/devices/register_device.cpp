// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <utility>

#include <lookaside/devices/register_device.h>

namespace lookaside::devices {
namespace {

std::uint64_t mask_of(unsigned bytes) {
  return bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
}

RegisterReference reference_to(const RegisterDescription& row, std::uint64_t offset,
                               std::uint64_t bytes, const AccessTime& when) {
  const unsigned width = row.element_bytes();
  return {row.id, offset / width, static_cast<unsigned>(offset % width),
          static_cast<unsigned>(bytes), when.at_ps};
}

}  // namespace

// The base keeps a reference to the table and does not look at it before an access comes.
RegisterDevice::RegisterDevice(const sc_core::sc_module_name& name, RegisterMap table,
                               std::uint64_t latency_ps)
    : RegisterTarget(name, table_, latency_ps), table_(std::move(table)), statistics_(basename()) {
  statistics_.add({"reads", "accesses", "register reads"}, reads_);
  statistics_.add({"writes", "accesses", "register writes"}, writes_);
}

std::uint64_t RegisterDevice::extract(std::uint64_t whole, const RegisterReference& reference) {
  return (whole >> (8 * reference.byte)) & mask_of(reference.bytes);
}

std::uint64_t RegisterDevice::insert(std::uint64_t whole, const RegisterReference& reference,
                                     std::uint64_t value) {
  const std::uint64_t mask = mask_of(reference.bytes) << (8 * reference.byte);
  return (whole & ~mask) | ((value << (8 * reference.byte)) & mask);
}

const RegisterDescription& RegisterDevice::row(unsigned id) const {
  // Tables are written in order of the ids.
  return table_.registers[id];
}

bool RegisterDevice::read_window(unsigned id, std::uint64_t offset, std::uint8_t* data,
                                 std::uint64_t bytes, const AccessTime& when, bool debug) {
  const RegisterReference reference = reference_to(row(id), offset, bytes, when);
  if (!debug) ++reads_.value;
  std::uint64_t value = 0;
  if (row(id).access != RegisterMode::kWriteOnly) value = debug ? peek(reference) : read(reference);
  std::memcpy(data, &value, bytes);
  return true;
}

bool RegisterDevice::write_window(unsigned id, std::uint64_t offset, const std::uint8_t* data,
                                  std::uint64_t bytes, const AccessTime& when) {
  ++writes_.value;
  std::uint64_t value = 0;
  std::memcpy(&value, data, bytes);
  if (row(id).access != RegisterMode::kReadOnly) {
    write(reference_to(row(id), offset, bytes, when), value);
  }
  return true;
}

std::uint32_t RegisterDevice::read_register(unsigned id, const AccessTime& when, bool debug) {
  std::uint32_t value = 0;
  read_window(id, 0, reinterpret_cast<std::uint8_t*>(&value), sizeof value, when, debug);
  return value;
}

void RegisterDevice::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  write_window(id, 0, reinterpret_cast<const std::uint8_t*>(&value), sizeof value, when);
}

}  // namespace lookaside::devices
