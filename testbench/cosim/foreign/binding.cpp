// SPDX-License-Identifier: Apache-2.0
#include "binding.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::foreign {
namespace {

unsigned bits_of(std::uint64_t value) {
  unsigned bits = 1;
  while (bits < 64 && value >> bits != 0) ++bits;
  return bits;
}

}  // namespace

bool Encoded::put(const std::string& word) const {
  for (const auto& value : values) {
    if (value.first != word) continue;
    pin.put(value.second);
    return true;
  }
  return false;
}

bool Encoded::shows(const std::string& word) const {
  if (!pin.connected()) return true;
  for (const auto& value : values) {
    if (value.first == word) return pin.get() == value.second;
  }
  return true;
}

std::string Encoded::text() const {
  std::string words;
  for (const auto& value : values) {
    if (value.second == pin.get()) words += (words.empty() ? "" : "/") + value.first;
  }
  return words.empty() ? fmt::format("{:#x}", pin.get()) : words;
}

Binding::Binding(const PortMap& map, Block& block) : map_(map), block_(block) {
  block_.set_clock(connect("clock", map.clock, true, {1, 1}), map.falling_edge);
  if (map.reset) reset_ = connect("reset", *map.reset, true, {1, 1});
  for (const auto& [ref, value] : map.ties) {
    const Pin pin = connect("tie", ref, true, {1, 4096});
    if (bits_of(value) > pin.width()) {
      map.fail(ref.line, fmt::format("tie: {} has {} bits, found the value {:#x}", ref.text(),
                                     pin.width(), value));
    }
  }
  connect_roles();
  check_inputs();
}

std::string Binding::where(const PortRef& ref) const {
  return fmt::format("port '{}' of module '{}'", ref.text(), map_.top.text);
}

const LookasideForeignPort& Binding::find(const std::string& what, const PortRef& ref,
                                          bool input) const {
  const LookasideForeignPort* port = block_.find(ref.port);
  if (port == nullptr) {
    std::vector<std::string> names;
    for (const LookasideForeignPort& p : block_.ports()) names.emplace_back(p.name);
    const std::string near = platform::nearest(ref.port, names);
    map_.fail(ref.line,
              fmt::format("{}: module '{}' has no port '{}'{}", what, map_.top.text, ref.port,
                          near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  if ((port->input != 0) != input) {
    map_.fail(ref.line, fmt::format("{}: {} is an {}, expected an {}", what, where(ref),
                                    input ? "output" : "input", input ? "input" : "output"));
  }
  return *port;
}

void Binding::claim(const std::string& what, const PortRef& ref, const LookasideForeignPort& port,
                    unsigned msb, unsigned lsb) {
  for (unsigned bit = lsb; bit <= msb; ++bit) {
    const auto [it, fresh] = driven_[port.name].emplace(bit, what);
    if (!fresh) {
      map_.fail(ref.line, fmt::format("{}: bit {} of {} is driven by {} already", what, bit,
                                      where(ref), it->second));
    }
  }
}

Pin Binding::connect(const std::string& what, const PortRef& ref, bool input, WidthRange range) {
  const LookasideForeignPort& port = find(what, ref, input);
  const unsigned msb = ref.bits ? ref.bits->first : port.width - 1;
  const unsigned lsb = ref.bits ? ref.bits->second : 0;
  if (msb >= port.width) {
    map_.fail(ref.line,
              fmt::format("{}: {} has bits {} to 0, found bit {}", what,
                          fmt::format("port '{}' of module '{}'", ref.port, map_.top.text),
                          port.width - 1, msb));
  }
  const unsigned width = msb - lsb + 1;
  if (width < range.min || width > range.max) {
    const std::string expected = range.min == range.max
                                     ? fmt::format("{}", range.min)
                                     : fmt::format("{} to {}", range.min, range.max);
    map_.fail(ref.line, fmt::format("{}: {} is {} bit{} wide, expected {}", what, where(ref), width,
                                    width == 1 ? "" : "s", expected));
  }
  if (input) claim(what, ref, port, msb, lsb);
  return {port, msb, lsb, ref.inverted};
}

void Binding::check_values(const std::string& role, const PortRef& ref, const Pin& pin) const {
  for (const auto& [word, value] : map_.values(role)) {
    if (bits_of(value) <= pin.width()) continue;
    // Of the default encoding, only what the map does not replace must fit.
    if (ref.values.empty() && !find_role(map_.kind, role)->input) continue;
    map_.fail(ref.line,
              fmt::format("{}: {} is {} bit{} wide, too narrow for the value {} of '{}'", role,
                          where(ref), pin.width(), pin.width() == 1 ? "" : "s", value, word));
  }
}

void Binding::connect_roles() {
  for (const auto& [role, ref] : map_.ports) {
    const Role& known = *find_role(map_.kind, role);
    const Pin pin = connect(role, ref, known.input, width_of(known.width, map_.shape));
    if (known.width == Width::kValues) check_values(role, ref, pin);
    pins_[role] = pin;
  }
}

void Binding::check_inputs() const {
  for (const LookasideForeignPort& port : block_.ports()) {
    if (port.input == 0 || driven_.count(port.name) != 0) continue;
    map_.fail(map_.top.line,
              fmt::format("top: input '{}' of module '{}' is driven by nothing; give it a "
                          "role, or a value under 'tie: {{{}: 0}}'",
                          port.name, map_.top.text, port.name));
  }
}

Pin Binding::pin(const std::string& role) const {
  const auto found = pins_.find(role);
  return found == pins_.end() ? Pin() : found->second;
}

Encoded Binding::encoded(const std::string& role) const {
  return {pin(role), map_.values(role)};
}

void Binding::reset() {
  for (const auto& [role, pin] : pins_) {
    if (find_role(map_.kind, role)->input) pin.put(0);
  }
  for (const auto& [ref, value] : map_.ties) {
    const LookasideForeignPort& port = *block_.find(ref.port);
    Pin(port, ref.bits ? ref.bits->first : port.width - 1, ref.bits ? ref.bits->second : 0, false)
        .put(value);
  }
  reset_.put(1);
  for (unsigned i = 0; reset_.connected() && i < map_.reset_cycles; ++i) block_.edge();
  reset_.put(0);
  block_.settle();
}

}  // namespace lookaside::foreign
