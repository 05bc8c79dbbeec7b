// SPDX-License-Identifier: Apache-2.0
#include "port_map.h"

#include <fmt/format.h>

namespace lookaside::foreign {

std::string PortRef::text() const {
  if (!bits) return port;
  return bits->first == bits->second ? fmt::format("{}[{}]", port, bits->first)
                                     : fmt::format("{}[{}:{}]", port, bits->first, bits->second);
}

const char* name(Compare compare) {
  return compare == Compare::kExact ? "exact" : "architectural";
}

Values PortMap::values(const std::string& role) const {
  const auto found = ports.find(role);
  if (found != ports.end() && !found->second.values.empty()) return found->second.values;
  const Role* known = find_role(kind, role);
  return known == nullptr ? Values{} : default_values(*known, shape);
}

void PortMap::fail(int line, const std::string& what) const {
  throw MapError(fmt::format("{}:{}: {}", file, line, what));
}

}  // namespace lookaside::foreign
