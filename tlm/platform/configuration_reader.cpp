// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <lookaside/platform/configuration_reader.h>
#include <lookaside/platform/schema.h>
#include <lookaside/platform/text.h>

namespace lookaside::platform {
namespace {

constexpr unsigned kMaxDepth = 8;  // keys have three parts; a YAML alias may point at itself

const char* kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "nothing";
  return "a value";
}

/// True for "mmu" and "mmu.l1d": the beginning of some key.
bool is_section(const std::string& key) {
  const auto& keys = schema_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& known) {
    return known.compare(0, key.size() + 1, key + ".") == 0;
  });
}

class Flattener {
 public:
  explicit Flattener(std::string name) : name_(std::move(name)) {}

  void visit(const YAML::Node& node, const std::string& prefix, unsigned depth) {
    if (depth > kMaxDepth) fail(node, fmt::format("'{}' is nested too deeply", prefix));
    for (const auto& item : node) {
      if (!item.first.IsScalar()) fail(item.first, "a key must be a plain word");
      const std::string key =
          prefix.empty() ? item.first.Scalar() : prefix + "." + item.first.Scalar();
      value(item.first, item.second, key, depth);
    }
  }

  std::vector<Assignment> take() { return std::move(assignments_); }

  [[noreturn]] void fail(const YAML::Node& node, const std::string& what) const {
    throw ConfigurationError(place(node) + ": " + what);
  }

 private:
  std::string place(const YAML::Node& node) const {
    return fmt::format("{}:{}", name_, node.Mark().line + 1);
  }

  void value(const YAML::Node& at, const YAML::Node& node, const std::string& written,
             unsigned depth) {
    const std::string key = without_hart(written);
    const observe::Parameter* parameter = find_parameter(key);
    const bool section = is_section(key) || key == "hart0";
    if (section && node.IsNull()) return;  // every line below it is commented out
    if (parameter == nullptr && node.IsMap() && (section || node.size() != 0)) {
      return visit(node, written, depth + 1);
    }
    if (!seen_.insert(key).second) fail(at, fmt::format("'{}' is given a second time", key));
    std::string text;
    if (node.IsScalar()) {
      text = node.Scalar();
    } else if (parameter != nullptr && parameter->kind == observe::ParameterKind::kList &&
               node.IsSequence()) {
      text = flow(node);
    } else if (parameter != nullptr) {
      fail(at,
           fmt::format("{}: found {}, expected {}", key, kind_of(node), expectation(*parameter)));
    }
    assignments_.push_back({key, text, place(at)});
  }

  /// A list on one line, so that --set and a file go the same way.
  static std::string flow(const YAML::Node& node) {
    YAML::Emitter out;
    out.SetMapFormat(YAML::Flow);
    out.SetSeqFormat(YAML::Flow);
    out << node;
    return out.c_str();
  }

  std::string name_;
  std::set<std::string> seen_;
  std::vector<Assignment> assignments_;
};

[[noreturn]] void refuse(const observe::Parameter& p, const std::string& found,
                         const std::string& origin) {
  std::string message =
      fmt::format("{}: {}: found '{}', expected {}", origin, p.key, found, expectation(p));
  if (p.kind == observe::ParameterKind::kChoice) {
    const std::string near = nearest(found, p.choices);
    if (!near.empty() && p.choices.size() > 1) message += fmt::format("; did you mean '{}'?", near);
  }
  throw ConfigurationError(message);
}

bool within(const observe::Parameter& p, double value) {
  return value >= p.min && value <= p.max;
}

[[noreturn]] void refuse_regions(const std::string& origin, const std::string& found) {
  throw ConfigurationError(fmt::format("{}: memory.regions: found {}, expected {}", origin, found,
                                       expectation(*find_parameter("memory.regions"))));
}

Region region_of(const YAML::Node& node, const std::string& origin) {
  if (!node.IsMap()) refuse_regions(origin, std::string("an item that is ") + kind_of(node));
  Region region;
  bool base = false;
  bool size = false;
  for (const auto& field : node) {
    const std::string key = field.first.IsScalar() ? field.first.Scalar() : kind_of(field.first);
    const auto number = field.second.IsScalar() ? parse_size(field.second.Scalar()) : std::nullopt;
    if (key != "base" && key != "size") refuse_regions(origin, fmt::format("the key '{}'", key));
    if (!number) refuse_regions(origin, fmt::format("a {} that is no number", key));
    (key == "base" ? region.base : region.size) = *number;
    (key == "base" ? base : size) = true;
  }
  if (!base || !size) refuse_regions(origin, "an item without base and size");
  return region;
}

}  // namespace

std::string without_hart(const std::string& key) {
  static const std::string kPrefix = "hart0.";
  return key.compare(0, kPrefix.size(), kPrefix) == 0 ? key.substr(kPrefix.size()) : key;
}

std::vector<Assignment> read_assignments(const std::string& yaml, const std::string& name) {
  YAML::Node root;
  Flattener flattener(name);
  try {
    root = YAML::Load(yaml);
    if (root.IsNull()) return {};
    if (!root.IsMap())
      flattener.fail(root, "found " + std::string(kind_of(root)) + ", expected 'key: value' lines");
    flattener.visit(root, "", 0);
  } catch (const YAML::Exception& error) {
    throw ConfigurationError(fmt::format("{}:{}: not valid YAML: {}", name,
                                         std::max(error.mark.line, 0) + 1, error.msg));
  }
  return flattener.take();
}

std::string canonical(const observe::Parameter& p, const std::string& value,
                      const std::string& origin) {
  using observe::ParameterKind;
  switch (p.kind) {
    case ParameterKind::kBool:
      if (!parse_bool(value)) refuse(p, value, origin);
      return value;
    case ParameterKind::kInteger:
    case ParameterKind::kSize: {
      const auto number = p.kind == ParameterKind::kSize ? parse_size(value) : parse_integer(value);
      if (!number || !within(p, static_cast<double>(*number))) refuse(p, value, origin);
      return p.kind == ParameterKind::kSize ? format_size(*number) : std::to_string(*number);
    }
    case ParameterKind::kReal: {
      const auto number = parse_real(value);
      if (!number || !within(p, *number)) refuse(p, value, origin);
      return value;
    }
    case ParameterKind::kChoice: {
      // Memories and translation modes have names in capitals that people write in either way.
      const auto meant = std::find_if(
          p.choices.begin(), p.choices.end(),
          [&value](const std::string& choice) { return edit_distance(value, choice) == 0; });
      if (meant == p.choices.end()) refuse(p, value, origin);
      return *meant;
    }
    case ParameterKind::kText:
      return value;
    case ParameterKind::kList: {
      std::string text;
      for (const Region& region : regions_of(value, origin)) {
        text += fmt::format("{}{{base: {:#x}, size: {}}}", text.empty() ? "" : ", ", region.base,
                            format_size(region.size));
      }
      return "[" + text + "]";
    }
  }
  return value;
}

std::vector<Region> regions_of(const std::string& value, const std::string& origin) {
  std::vector<Region> regions;
  try {
    const YAML::Node list = YAML::Load(value);
    if (!list.IsSequence()) refuse_regions(origin, fmt::format("'{}'", value));
    for (const auto& item : list) regions.push_back(region_of(item, origin));
  } catch (const YAML::Exception& error) {
    refuse_regions(origin, fmt::format("'{}' ({})", value, error.msg));
  }
  return regions;
}

}  // namespace lookaside::platform
