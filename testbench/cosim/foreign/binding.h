// SPDX-License-Identifier: Apache-2.0
// A port map applied to a block: each role becomes a pin.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "cosim/foreign/block.h"
#include "cosim/foreign/port_map.h"

namespace lookaside::foreign {

/// The pin of a role with its encoding.
struct Encoded {
  Pin pin;
  Values values;

  bool connected() const { return pin.connected(); }
  /// Drives the value of a word of ours; false if the encoding has none.
  bool put(const std::string& word) const;
  /// True if the pin shows the value of `word`; unconnected pins and words without a value agree.
  bool shows(const std::string& word) const;
  /// The words that the pin's value stands for, or the number.
  std::string text() const;
};

class Binding {
 public:
  /// Throws MapError for the first port that is not there, of the other direction, too narrow or
  /// too wide for its role, bits beyond it, two roles that drive the same bits, and inputs that
  /// nobody drives.
  Binding(const PortMap& map, Block& block);

  const PortMap& map() const { return map_; }
  /// The pin of a role; not connected if the map does not have it.
  Pin pin(const std::string& role) const;
  Encoded encoded(const std::string& role) const;

  /// Drives the ties, inactive inputs, and the reset for its cycles.
  void reset();

 private:
  const LookasideForeignPort& find(const std::string& what, const PortRef& ref, bool input) const;
  Pin connect(const std::string& what, const PortRef& ref, bool input, WidthRange range);
  void claim(const std::string& what, const PortRef& ref, const LookasideForeignPort& port,
             unsigned msb, unsigned lsb);
  void connect_roles();
  void check_inputs() const;
  void check_values(const std::string& role, const PortRef& ref, const Pin& pin) const;
  std::string where(const PortRef& ref) const;

  const PortMap& map_;
  Block& block_;
  std::map<std::string, Pin> pins_;
  std::map<std::string, std::map<unsigned, std::string>> driven_;  ///< by port and bit: by whom
  Pin reset_;
};

}  // namespace lookaside::foreign
