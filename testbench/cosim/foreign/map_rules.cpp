// SPDX-License-Identifier: Apache-2.0
#include "map_rules.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lookaside::foreign {
namespace {

/// Of each line, exactly one group must be mapped whole; alternatives are separated by '|', roles
/// of a group by ' '. A line that begins with "?" may also be absent.
struct Rule {
  const char* alternatives;
};

constexpr Rule kFence[] = {
    {"fence.valid"},
    {"?fence.form|fence.by_address|fence.by_asid|fence.by_address fence.by_asid"},
    {"?fence.va|fence.vpn"},
    {"?fence.done|fence.busy"},
};
constexpr Rule kTlb[] = {
    {"lookup.valid"},
    {"lookup.va|lookup.vpn"},
    {"response.hit"},
    {"response.pa|response.ppn|response.page_ppn"},
    {"fill.valid"},
    {"fill.va|fill.vpn"},
    {"fill.pa|fill.ppn|fill.pte"},
};
constexpr Rule kMmu[] = {
    {"context.satp|context.mode context.root|context.root context.fetch_translate "
     "context.data_translate|context.root"},
    {"?context.privilege|context.fetch_privilege context.data_privilege|context.data_privilege|"
     "context.fetch_privilege"},
    {"memory.valid"},
    {"memory.address"},
    {"memory.response_valid"},
    {"memory.data"},
    {"?memory.cas memory.expected memory.desired memory.swapped|memory.write memory.write_data"},
    {"?pmp.write pmp.index pmp.cfg pmp.address"},
};
constexpr Rule kPort[] = {
    {".valid"},          {".va"},
    {".response_valid"}, {".pa|.ppn"},
    {"?.access|.store"}, {".fault|.page_fault .access_fault|.page_fault|.access_fault"},
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find(at, begin);
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

void check(const PortMap& map, int line, const Rule& rule, const std::string& prefix) {
  std::string text = rule.alternatives;
  const bool optional = text[0] == '?';
  if (optional) text.erase(0, 1);
  std::vector<std::string> mentioned;
  std::vector<std::string> best;
  for (const std::string& group : split(text, '|')) {
    std::vector<std::string> names = split(group, ' ');
    for (std::string& name : names) {
      name = prefix + name;
      if (map.has(name) && std::find(mentioned.begin(), mentioned.end(), name) == mentioned.end()) {
        mentioned.push_back(name);
      }
    }
    const bool whole =
        std::all_of(names.begin(), names.end(), [&](const auto& n) { return map.has(n); });
    if (whole && names.size() > best.size()) best = names;
  }
  if (mentioned.size() == best.size() && (optional || !best.empty())) return;
  if (mentioned.empty()) {
    std::string wanted;
    for (const std::string& group : split(text, '|')) {
      std::string names;
      for (const std::string& name : split(group, ' '))
        names += (names.empty() ? "" : " ") + prefix + name;
      wanted += (wanted.empty() ? "" : " or ") + names;
    }
    map.fail(line, fmt::format("ports: no {}, expected the port that carries it", wanted));
  }
  map.fail(map.ports.at(mentioned.back()).line,
           fmt::format("ports: found {} together, expected {}", fmt::join(mentioned, ", "),
                       best.empty() ? "the rest of the group too" : "one way of saying it"));
}

/// What a fence names must have a port; else forms that need it would never be tried.
void check_operand(const PortMap& map, const std::string& operand, bool there,
                   const std::string& ports) {
  if (there) return;
  const std::string flag = "fence.by_" + operand;
  if (map.has(flag)) {
    map.fail(map.ports.at(flag).line,
             fmt::format("ports: found {} but no {}, expected the port that "
                         "carries the {} too",
                         flag, ports, operand));
  }
  if (!map.has("fence.form")) return;
  for (const auto& [form, value] : map.values("fence.form")) {
    if (form.find(operand) == std::string::npos) continue;
    map.fail(
        map.ports.at("fence.form").line,
        fmt::format("ports: found fence.form with the form '{}' but no {}, expected that port, "
                    "or 'values' without such forms",
                    form, ports));
  }
}

/// A latency where a port tells would be ignored.
void check_latency(const PortMap& map) {
  struct {
    const char* latency;
    const char* told_by;
  } constexpr kTold[] = {{"lookup", "response.valid"},
                         {"fill", "fill.done"},
                         {"fence", "fence.done"},
                         {"fence", "fence.busy"}};
  for (const auto& row : kTold) {
    const auto given = map.latency.lines.find(row.latency);
    if (given == map.latency.lines.end()) continue;
    if (map.kind == BlockKind::kMmu && given->first != "fence") {
      map.fail(given->second, fmt::format("latency: found '{}', expected only 'fence' of an mmu, "
                                          "whose ports tell the rest",
                                          row.latency));
    }
    if (map.has(row.told_by)) {
      map.fail(given->second, fmt::format("latency: found '{}' and the port {}, which tells when, "
                                          "expected one of the two",
                                          row.latency, row.told_by));
    }
  }
}

}  // namespace

std::string refused_option(const std::string& option) {
  if (option[0] != '-') {
    return fmt::format("found '{}', expected an option; source files go into 'sources'", option);
  }
  const std::string bare = option.substr(option.compare(0, 2, "--") == 0 ? 2 : 1);
  for (const char* taken : {"Mdir",        "prefix",     "mod-prefix",
                            "top-module",  "top",        "cc",
                            "sc",          "exe",        "build",
                            "binary",      "o",          "MAKEFLAGS",
                            "CFLAGS",      "LDFLAGS",    "f",
                            "F",           "trace",      "trace-fst",
                            "main",        "lint-only",  "xml-only",
                            "E",           "gdb",        "compiler",
                            "make",        "threads",    "hierarchical",
                            "protect-lib", "lib-create", "pipe-filter",
                            "savable",     "debug",      "xml-output",
                            "getenv",      "version",    "V",
                            "help"}) {
    if (bare == taken || bare.rfind(std::string(taken) + "=", 0) == 0) {
      return fmt::format(
          "found '{}', which 'lookaside cosim' sets itself; expected options such as "
          "-Wno-WIDTH, --language 1364-2005 or -y DIR",
          option);
    }
  }
  return "";
}

void check_map(const PortMap& map, int line) {
  if (map.top.text.empty()) map.fail(line, "no top, expected 'top: MODULE'");
  if (map.sources.empty()) map.fail(line, "no sources, expected 'sources: [FILE.sv, ...]'");
  if (map.clock.port.empty())
    map.fail(line,
             fmt::format("no clock, expected 'clock: PORT', a port of module '{}'", map.top.text));
  if (map.clock.bits && map.clock.bits->first != map.clock.bits->second) {
    map.fail(map.clock.line, fmt::format("clock: found '{}', expected one bit", map.clock.text()));
  }
  for (const Rule& rule : kFence) check(map, line, rule, "");
  check_operand(map, "asid", map.has("fence.asid") || map.shape.asid_bits == 0, "fence.asid");
  check_operand(map, "address", map.has("fence.va") || map.has("fence.vpn"),
                "fence.va or fence.vpn");
  check_latency(map);
  if (map.kind == BlockKind::kTlb) {
    for (const Rule& rule : kTlb) check(map, line, rule, "");
  } else {
    for (const Rule& rule : kMmu) check(map, line, rule, "");
    if (!map.has("fetch.valid") && !map.has("data.valid")) {
      map.fail(line,
               "ports: no fetch.valid or data.valid, expected at least one port for accesses");
    }
    for (const char* port : {"fetch", "data"}) {
      if (!map.has(std::string(port) + ".valid")) continue;
      for (const Rule& rule : kPort) check(map, line, rule, port);
    }
  }
  if (map.compare == Compare::kExact && map.geometry.empty()) {
    map.fail(line,
             "compare: exact needs a geometry, expected e.g. 'geometry: {entries: 16, ways: 4, "
             "policy: plru}'");
  }
}

}  // namespace lookaside::foreign
