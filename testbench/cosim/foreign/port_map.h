// SPDX-License-Identifier: Apache-2.0
// The port map: a YAML file that says how somebody else's block is built and what its ports mean.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lookaside/tlb/interface.h>

#include "cosim/foreign/roles.h"

namespace lookaside::foreign {

/// A map, or RTL, that cannot be used: one sentence that begins with "file:line: ".
class MapError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something written in the map, and its line.
struct Written {
  std::string text;
  int line = 0;
};

/// A port of the block, or some bits of it.
struct PortRef {
  std::string port;
  std::optional<std::pair<unsigned, unsigned>> bits;  ///< msb, lsb of the flattened port
  bool inverted = false;                              ///< active: low
  Values values;                                      ///< encoding given with the port
  int line = 0;

  /// "req_i[38:12]".
  std::string text() const;
};

enum class Compare : std::uint8_t {
  kExact,          ///< same hit, way, victim, PTE accesses as the model with the given geometry
  kArchitectural,  ///< any answer that the allowed set holds
};
/// "exact", "architectural".
const char* name(Compare compare);

/// Clock edges from the one that takes an operation to the one at which its end can be taken, where
/// no port tells; 0 for a lookup that answers in the cycle in which it is offered.
struct Latency {
  unsigned lookup = 1;
  unsigned fill = 1;
  unsigned fence = 1;
  std::map<std::string, int> lines;  ///< of those that the map gives
};

struct PortMap {
  std::string file;
  BlockKind kind = BlockKind::kTlb;

  // How it is built. Relative paths are relative to --rtl.
  Written top;
  std::vector<Written> sources;
  std::vector<Written> includes;
  std::vector<std::pair<std::string, std::string>> defines;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::string> verilator;
  bool warnings_refused = false;  ///< lint: warnings

  // What it is.
  Shape shape;
  Compare compare = Compare::kArchitectural;
  bool pieces = false;       ///< superpage_fence: piece
  bool ad_hardware = false;  ///< ad_update: hardware, where no port says it
  bool bare = true;          ///< it can do without translation; bare: absent
  unsigned pmp_entries = 0;
  std::map<std::string, tlb::Geometry> geometry;  ///< by TLB: "tlb", or "l1i", "l1d", "l2"

  // How it is driven.
  PortRef clock;
  bool falling_edge = false;
  std::optional<PortRef> reset;  ///< `inverted`: active low
  unsigned reset_cycles = 2;
  std::vector<std::pair<PortRef, std::uint64_t>> ties;
  Latency latency;
  std::vector<std::string> holds;  ///< ports whose request stays until the answer
  unsigned timeout_cycles = 2000;
  std::map<std::string, PortRef> ports;  ///< by role

  bool has(const std::string& role) const { return ports.count(role) != 0; }
  /// The encoding of a role: the map's, or the default one.
  Values values(const std::string& role) const;
  [[noreturn]] void fail(int line, const std::string& what) const;
};

/// Reads and checks everything that can be checked without the RTL; throws MapError, or
/// platform::FileError when the file cannot be read.
PortMap read_port_map(const std::string& path);
/// The same from text; `name` stands for the file in messages.
PortMap parse_port_map(const std::string& text, const std::string& name);
/// Takes the place of the map's `compare`; throws MapError if the map lacks what that needs.
void set_compare(PortMap& map, Compare compare);

}  // namespace lookaside::foreign
