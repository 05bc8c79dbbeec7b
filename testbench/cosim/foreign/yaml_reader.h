// SPDX-License-Identifier: Apache-2.0
// YAML nodes as checked values: every message names file, line, what was found and expected.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "cosim/foreign/port_map.h"

namespace lookaside::foreign {

/// Reads the nodes of one file; everything throws MapError.
class YamlReader {
 public:
  explicit YamlReader(std::string file) : file_(std::move(file)) {}

  /// What a key does with its value.
  using Handler = std::function<void(const YAML::Node& value)>;
  using Handlers = std::vector<std::pair<std::string, Handler>>;

  /// Calls the handler of each key; refuses unknown keys (with the nearest one) and repeated ones.
  void keys(const YAML::Node& node, const std::string& what, const Handlers& handlers) const;
  /// Calls `item` for each key and value, whatever the keys are; refuses repeated ones.
  void entries(
      const YAML::Node& node, const std::string& what,
      const std::function<void(const YAML::Node& key, const YAML::Node& value)>& item) const;
  /// Calls `item` for each item of a list; one value counts as a list of one.
  void items(const YAML::Node& node, const std::string& what, const Handler& item) const;

  std::string word(const YAML::Node& node, const std::string& what) const;
  std::uint64_t number(const YAML::Node& node, const std::string& what, std::uint64_t min,
                       std::uint64_t max) const;
  /// Index of the word in `choices`.
  std::size_t choice(const YAML::Node& node, const std::string& what,
                     const std::vector<std::string>& choices) const;

  static int line(const YAML::Node& node) { return node.Mark().line + 1; }
  [[noreturn]] void fail(const YAML::Node& node, const std::string& what) const;
  [[noreturn]] void unknown(const YAML::Node& node, const std::string& what,
                            const std::string& found, const std::vector<std::string>& known) const;

 private:
  std::string file_;
};

}  // namespace lookaside::foreign
