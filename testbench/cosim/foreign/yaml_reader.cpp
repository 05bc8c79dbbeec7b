// SPDX-License-Identifier: Apache-2.0
#include "yaml_reader.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

namespace lookaside::foreign {
namespace {

const char* kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a section";
  if (node.IsSequence()) return "a list";
  return node.IsNull() ? "nothing" : "a value";
}

}  // namespace

void YamlReader::fail(const YAML::Node& node, const std::string& what) const {
  throw MapError(fmt::format("{}:{}: {}", file_, line(node), what));
}

void YamlReader::unknown(const YAML::Node& node, const std::string& what, const std::string& found,
                         const std::vector<std::string>& known) const {
  const std::string near = platform::nearest(found, known);
  fail(node, fmt::format("{}: found '{}'{}, expected one of {}", what, found,
                         near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                         fmt::join(known, ", ")));
}

void YamlReader::entries(
    const YAML::Node& node, const std::string& what,
    const std::function<void(const YAML::Node&, const YAML::Node&)>& item) const {
  if (!node.IsMap()) {
    fail(node, fmt::format("{}: found {}, expected 'key: value' lines", what, kind_of(node)));
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = word(entry.first, what);
    if (!seen.insert(key).second) {
      fail(entry.first, fmt::format("{}: '{}' is given a second time", what, key));
    }
    item(entry.first, entry.second);
  }
}

void YamlReader::keys(const YAML::Node& node, const std::string& what,
                      const Handlers& handlers) const {
  entries(node, what, [&](const YAML::Node& key, const YAML::Node& value) {
    const auto found = std::find_if(handlers.begin(), handlers.end(),
                                    [&](const auto& h) { return h.first == key.Scalar(); });
    if (found == handlers.end()) {
      std::vector<std::string> known;
      for (const auto& handler : handlers) known.push_back(handler.first);
      unknown(key, what, key.Scalar(), known);
    }
    found->second(value);
  });
}

void YamlReader::items(const YAML::Node& node, const std::string& what, const Handler& item) const {
  if (node.IsScalar()) return item(node);
  if (!node.IsSequence()) {
    fail(node, fmt::format("{}: found {}, expected a list", what, kind_of(node)));
  }
  for (const auto& one : node) item(one);
}

std::string YamlReader::word(const YAML::Node& node, const std::string& what) const {
  if (!node.IsScalar() || node.Scalar().empty()) {
    fail(node, fmt::format("{}: found {}, expected a word", what, kind_of(node)));
  }
  // What goes to other programs, and into messages, is text.
  if (node.Scalar().find_first_of(std::string("\n\r\0", 3)) != std::string::npos) {
    fail(node, fmt::format("{}: found more than one line, expected one", what));
  }
  return node.Scalar();
}

std::uint64_t YamlReader::number(const YAML::Node& node, const std::string& what, std::uint64_t min,
                                 std::uint64_t max) const {
  const std::string text = word(node, what);
  const auto value = platform::parse_integer(text);
  if (!value || *value < min || *value > max) {
    fail(node,
         fmt::format("{}: found '{}', expected an integer from {} to {}", what, text, min, max));
  }
  return *value;
}

std::size_t YamlReader::choice(const YAML::Node& node, const std::string& what,
                               const std::vector<std::string>& choices) const {
  const std::string text = word(node, what);
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found == choices.end()) unknown(node, what, text, choices);
  return static_cast<std::size_t>(found - choices.begin());
}

}  // namespace lookaside::foreign
