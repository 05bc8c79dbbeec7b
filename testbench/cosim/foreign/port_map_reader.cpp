// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <limits>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/files.h>
#include <lookaside/platform/text.h>

#include "cosim/foreign/map_rules.h"
#include "cosim/foreign/port_map.h"
#include "cosim/foreign/yaml_reader.h"

namespace lookaside::foreign {
namespace {

constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned kMaxBit = 65535;

/// A word that Verilog takes for a name; what goes into an option must be one.
bool is_identifier(const std::string& word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) == 0 &&
         std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '$'; });
}

class MapReader {
 public:
  explicit MapReader(const std::string& file) : yaml_(file) { map_.file = file; }

  PortMap read(const YAML::Node& root) {
    // What widths, encodings and page sizes follow from comes first, wherever it stands.
    yaml_.keys(root, "port map", handlers(true));
    yaml_.keys(root, "port map", handlers(false));
    check_map(map_, YamlReader::line(root));
    return std::move(map_);
  }

 private:
  using Node = YAML::Node;

  YamlReader::Handlers handlers(bool shape) {
    const auto first = [shape](YamlReader::Handler h) {
      return shape ? std::move(h) : [](const Node&) {};
    };
    const auto then = [shape](YamlReader::Handler h) {
      return shape ? [](const Node&) {} : std::move(h);
    };
    return {
        {"kind", first([this](const Node& n) { map_.kind = kind(n); })},
        {"format", first([this](const Node& n) { format(n); })},
        {"asid_bits",
         first([this](const Node& n) { map_.shape.asid_bits = small(n, "asid_bits", 0, 32); })},
        {"pa_bits", then([this](const Node& n) {
           map_.shape.pa_bits = small(n, "pa_bits", 32, map_.shape.format->pa_bits);
         })},
        {"top", then([this](const Node& n) {
           map_.top = {identifier(n, "top"), YamlReader::line(n)};
         })},
        {"sources", then([this](const Node& n) { files(n, "sources", map_.sources); })},
        {"include", then([this](const Node& n) { files(n, "include", map_.includes); })},
        {"define", then([this](const Node& n) { pairs(n, "define", map_.defines); })},
        {"parameters", then([this](const Node& n) { pairs(n, "parameters", map_.parameters); })},
        {"verilator", then([this](const Node& n) { options(n); })},
        {"lint", then([this](const Node& n) {
           map_.warnings_refused = yaml_.choice(n, "lint", {"errors", "warnings"}) == 1;
         })},
        {"compare", then([this](const Node& n) {
           map_.compare = yaml_.choice(n, "compare", {"exact", "architectural"}) == 0
                              ? Compare::kExact
                              : Compare::kArchitectural;
         })},
        {"superpage_fence", then([this](const Node& n) {
           map_.pieces = yaml_.choice(n, "superpage_fence", {"page", "piece"}) == 1;
         })},
        {"ad_update", then([this](const Node& n) {
           map_.ad_hardware = yaml_.choice(n, "ad_update", {"fault", "hardware"}) == 1;
         })},
        {"bare", then([this](const Node& n) {
           map_.bare = yaml_.choice(n, "bare", {"supported", "absent"}) == 0;
         })},
        {"pmp_entries", then([this](const Node& n) { pmp(n); })},
        {"geometry", then([this](const Node& n) { geometries(n); })},
        {"clock", then([this](const Node& n) { clock(n); })},
        {"reset", then([this](const Node& n) { reset(n); })},
        {"tie", then([this](const Node& n) { ties(n); })},
        {"latency", then([this](const Node& n) { latency(n); })},
        {"hold", then([this](const Node& n) { holds(n); })},
        {"timeout_cycles", then([this](const Node& n) {
           map_.timeout_cycles = small(n, "timeout_cycles", 1, 1000000);
         })},
        {"ports", then([this](const Node& n) { ports(n); })},
    };
  }

  unsigned small(const Node& n, const std::string& what, unsigned min, unsigned max) const {
    return static_cast<unsigned>(yaml_.number(n, what, min, max));
  }
  BlockKind kind(const Node& n) const {
    return yaml_.choice(n, "kind", {"tlb", "mmu"}) == 0 ? BlockKind::kTlb : BlockKind::kMmu;
  }
  void format(const Node& n) {
    const std::string text = yaml_.word(n, "format");
    map_.shape.format = translation::format_by_name(text);
    if (map_.shape.format == nullptr) {
      yaml_.unknown(n, "format", text, {"sv32", "sv39", "sv48", "sv57"});
    }
    map_.shape.pa_bits = map_.shape.format->pa_bits;
  }
  std::string identifier(const Node& n, const std::string& what) const {
    std::string text = yaml_.word(n, what);
    if (!is_identifier(text)) {
      yaml_.fail(
          n, fmt::format("{}: found '{}', expected a name of letters, digits and _", what, text));
    }
    return text;
  }
  void files(const Node& n, const std::string& what, std::vector<Written>& to) const {
    yaml_.items(n, what, [&](const Node& item) {
      to.push_back({yaml_.word(item, what), YamlReader::line(item)});
    });
  }
  void pairs(const Node& n, const std::string& what,
             std::vector<std::pair<std::string, std::string>>& to) const {
    yaml_.entries(n, what, [&](const Node& key, const Node& value) {
      const std::string text = value.IsNull() ? "" : yaml_.word(value, what);
      to.emplace_back(identifier(key, what), text);
    });
  }
  void options(const Node& n) {
    yaml_.items(n, "verilator", [&](const Node& item) {
      // An option and its argument are two words: "--language 1364-2005".
      std::istringstream words(yaml_.word(item, "verilator"));
      bool first = true;
      for (std::string word; words >> word; first = false) {
        const std::string problem = first || word[0] == '-' ? refused_option(word) : "";
        if (!problem.empty()) yaml_.fail(item, fmt::format("verilator: {}", problem));
        map_.verilator.push_back(word);
      }
    });
  }
  void pmp(const Node& n) {
    map_.pmp_entries = small(n, "pmp_entries", 0, 16);
    if (map_.pmp_entries != 0 && map_.pmp_entries != 4 && map_.pmp_entries != 16) {
      yaml_.fail(n, fmt::format("pmp_entries: found {}, expected 0, 4 or 16", map_.pmp_entries));
    }
  }

  PortRef port(const Node& n, const std::string& what) const {
    PortRef ref;
    ref.line = YamlReader::line(n);
    std::string text = yaml_.word(n, what);
    const std::size_t bracket = text.find('[');
    ref.port = text.substr(0, bracket);
    if (bracket != std::string::npos) {
      const std::size_t colon = text.find(':', bracket);
      const bool closed = text.back() == ']';
      const std::string inside = closed ? text.substr(bracket + 1, text.size() - bracket - 2) : "";
      const std::size_t cut = colon == std::string::npos ? inside.size() : colon - bracket - 1;
      const auto msb = platform::parse_integer(inside.substr(0, cut));
      const auto lsb = cut < inside.size() ? platform::parse_integer(inside.substr(cut + 1)) : msb;
      if (!msb || !lsb || *msb < *lsb || *msb > kMaxBit) {
        yaml_.fail(
            n, fmt::format("{}: found '{}', expected a port name, with bits as [MSB:LSB] or [BIT]",
                           what, text));
      }
      ref.bits = {static_cast<unsigned>(*msb), static_cast<unsigned>(*lsb)};
    }
    if (!is_identifier(ref.port)) {
      yaml_.fail(
          n, fmt::format("{}: found '{}', expected a port name, with bits as [MSB:LSB] or [BIT]",
                         what, text));
    }
    return ref;
  }
  bool active_low(const Node& n, const std::string& what) const {
    return yaml_.choice(n, what + ": active", {"high", "low"}) == 1;
  }

  void clock(const Node& n) {
    if (n.IsScalar()) {
      map_.clock = port(n, "clock");
      return;
    }
    yaml_.keys(n, "clock",
               {{"port", [this](const Node& v) { map_.clock = port(v, "clock: port"); }},
                {"edge", [this](const Node& v) {
                   map_.falling_edge = yaml_.choice(v, "clock: edge", {"rising", "falling"}) == 1;
                 }}});
    if (map_.clock.port.empty())
      yaml_.fail(n, "clock: no port, expected e.g. 'clock: {port: clk}'");
  }
  void reset(const Node& n) {
    if (n.IsScalar()) {
      map_.reset = port(n, "reset");
      return;
    }
    bool low = false;
    yaml_.keys(n, "reset",
               {{"port", [this](const Node& v) { map_.reset = port(v, "reset: port"); }},
                {"active", [&](const Node& v) { low = active_low(v, "reset"); }},
                {"cycles", [this](const Node& v) {
                   map_.reset_cycles = small(v, "reset: cycles", 1, 100000);
                 }}});
    if (!map_.reset)
      yaml_.fail(n, "reset: no port, expected e.g. 'reset: {port: rst_n, active: low}'");
    map_.reset->inverted = low;
  }
  void ties(const Node& n) {
    yaml_.entries(n, "tie", [&](const Node& key, const Node& value) {
      map_.ties.emplace_back(port(key, "tie"), yaml_.number(value, "tie", 0, kAny));
    });
  }
  void latency(const Node& n) {
    Latency& l = map_.latency;
    const auto read = [&](const char* key, unsigned& to, unsigned min, unsigned max) {
      return std::make_pair(std::string(key), [&, key, min, max](const Node& v) {
        to = small(v, std::string("latency.") + key, min, max);
        l.lines[key] = YamlReader::line(v);
      });
    };
    yaml_.keys(n, "latency",
               {read("lookup", l.lookup, 0, 1000), read("fill", l.fill, 1, 100000),
                read("fence", l.fence, 1, 100000)});
  }
  void holds(const Node& n) {
    const bool mmu = map_.kind == BlockKind::kMmu;
    const std::vector<std::string> known =
        mmu ? std::vector<std::string>{"fetch", "data", "fence"}
            : std::vector<std::string>{"lookup", "fill", "fence"};
    yaml_.items(n, "hold", [&](const Node& item) {
      map_.holds.push_back(known[yaml_.choice(item, "hold", known)]);
    });
  }

  void geometries(const Node& n) {
    if (map_.kind == BlockKind::kTlb) {
      map_.geometry["tlb"] = geometry(n, "geometry");
      return;
    }
    YamlReader::Handlers each;
    for (const char* tlb : {"l1i", "l1d", "l2"}) {
      each.emplace_back(tlb, [this, tlb](const Node& v) {
        map_.geometry[tlb] = geometry(v, std::string("geometry.") + tlb);
      });
    }
    yaml_.keys(n, "geometry", each);
  }
  tlb::Geometry geometry(const Node& n, const std::string& what) const {
    tlb::Geometry g;
    const translation::Format& format = *map_.shape.format;
    for (unsigned level = 0; level < format.levels; ++level)
      g.page_shifts.push_back(format.leaf_shift(level));
    g.asid_bits = map_.shape.asid_bits;
    g.ways = 0;
    const std::vector<std::string> policies = {"plru", "lru", "fifo"};
    yaml_.keys(
        n, what,
        {{"entries", [&](const Node& v) { g.entries = small(v, what + ".entries", 1, 65536); }},
         {"ways", [&](const Node& v) { g.ways = small(v, what + ".ways", 1, 65536); }},
         {"policy",
          [&](const Node& v) {
            g.replacement =
                static_cast<tlb::Replacement>(yaml_.choice(v, what + ".policy", policies));
          }},
         {"page_sizes", [&](const Node& v) { page_sizes(v, what + ".page_sizes", g); }}});
    if (g.ways == 0) g.ways = g.entries;
    const std::string problem = tlb::validate(g);
    if (!problem.empty()) yaml_.fail(n, fmt::format("{}: {}", what, problem));
    return g;
  }
  void page_sizes(const Node& n, const std::string& what, tlb::Geometry& g) const {
    const translation::Format& format = *map_.shape.format;
    std::vector<std::string> known;
    for (unsigned level = 0; level < format.levels; ++level)
      known.push_back(page_size(format, level));
    g.page_shifts.clear();
    yaml_.items(n, what, [&](const Node& v) {
      g.page_shifts.push_back(
          format.leaf_shift(static_cast<unsigned>(yaml_.choice(v, what, known))));
    });
    std::sort(g.page_shifts.begin(), g.page_shifts.end());
  }

  void ports(const Node& n) {
    yaml_.entries(n, "ports", [&](const Node& key, const Node& value) {
      const std::string& role = key.Scalar();
      const Role* known = find_role(map_.kind, role);
      if (known == nullptr) {
        std::vector<std::string> names;
        for (const Role& r : roles(map_.kind)) names.push_back(r.name);
        const std::string near = platform::nearest(role, names);
        yaml_.fail(key,
                   fmt::format("ports: found '{}', which is no role of a {}{}; 'lookaside cosim "
                               "--roles' lists them",
                               role, name(map_.kind),
                               near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
      }
      map_.ports[role] = mapped(value, *known);
      map_.ports[role].line = YamlReader::line(key);
    });
  }
  PortRef mapped(const Node& n, const Role& role) const {
    if (n.IsScalar()) return port(n, role.name);
    PortRef ref;
    bool low = false;
    Values values;
    yaml_.keys(n, role.name,
               {{"port", [&](const Node& v) { ref = port(v, role.name + ": port"); }},
                {"active", [&](const Node& v) { low = active_low(v, role.name); }},
                {"values", [&](const Node& v) { values = encoding(v, role); }}});
    if (ref.port.empty())
      yaml_.fail(n, fmt::format("{}: no port, expected e.g. '{{port: name[7:0]}}'", role.name));
    ref.inverted = low;
    ref.values = std::move(values);
    return ref;
  }
  Values encoding(const Node& n, const Role& role) const {
    const Values known = default_values(role, map_.shape);
    if (known.empty())
      yaml_.fail(n,
                 fmt::format("{}: values: this role carries a number, expected none", role.name));
    std::vector<std::string> words;
    for (const auto& value : known) words.push_back(value.first);
    Values values;
    yaml_.entries(n, role.name + ": values", [&](const Node& key, const Node& value) {
      (void)yaml_.choice(key, role.name + ": values", words);
      values.emplace_back(key.Scalar(), yaml_.number(value, role.name + ": values", 0, kAny));
    });
    return values;
  }

  YamlReader yaml_;
  PortMap map_;
};

}  // namespace

PortMap parse_port_map(const std::string& text, const std::string& name) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap())
      throw MapError(fmt::format("{}:1: found no 'key: value' lines, expected a port map", name));
    return MapReader(name).read(root);
  } catch (const YAML::Exception& error) {
    throw MapError(fmt::format("{}:{}: not valid YAML: {}", name, std::max(error.mark.line, 0) + 1,
                               error.msg));
  }
}

void set_compare(PortMap& map, Compare compare) {
  map.compare = compare;
  check_map(map, 1);
}

PortMap read_port_map(const std::string& path) {
  const std::vector<std::uint8_t> bytes = platform::read_file(path);
  return parse_port_map(std::string(bytes.begin(), bytes.end()), path);
}

}  // namespace lookaside::foreign
