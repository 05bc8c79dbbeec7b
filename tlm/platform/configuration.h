// SPDX-License-Identifier: Apache-2.0
// The configuration of a platform: defaults from the schema, then a YAML file, then --set
// assignments.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <lookaside/observe/parameter.h>

namespace lookaside::platform {

/// What is wrong with a configuration, in one sentence with file and line.
class ConfigurationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A piece of RAM.
struct Region {
  std::uint64_t base = 0;
  std::uint64_t size = 0;

  std::uint64_t last() const { return base + size - 1; }
};

/// Holds a value for every key of the schema, each already checked against its kind and range, and
/// remembers where it came from. Reading a key the schema lacks, or with another type than the
/// schema says, is a programming error and throws std::logic_error. Every ConfigurationError names
/// the place
/// ("soc.yaml:12", "--set"), the key, what was found and what was expected.
class Configuration {
 public:
  /// All defaults.
  Configuration();

  /// Reads a YAML file: nested maps, or dotted keys, or both mixed. FileError if it cannot be read.
  void load_file(const std::string& path);
  /// The same from memory; `name` stands for the file name in messages.
  void load_text(const std::string& yaml, const std::string& name);
  /// "key=value", as after --set.
  void assign(const std::string& assignment);
  /// Sets one key; `origin` says in messages where the value was written.
  void set(const std::string& key, const std::string& value, const std::string& origin);

  /// Checks what no key shows alone: TLB geometries, overlapping regions, page multiples, the DRAM
  /// and its controller.
  void check() const;

  bool boolean(const std::string& key) const;
  std::uint64_t integer(const std::string& key) const;    ///< of kInteger and kSize keys
  double real(const std::string& key) const;              ///< of kReal keys
  const std::string& text(const std::string& key) const;  ///< of kChoice and kText keys
  /// memory.size at the RAM base, then memory.regions in their order.
  std::vector<Region> ram() const;

  /// The effective configuration as YAML that loads back to the same, each key below its sentence.
  std::string dump() const;

  /// Values in their canonical spelling, by key.
  std::map<std::string, std::string> values() const;

  /// Where a key was set, for messages: "soc.yaml:12", "--set", or "default".
  std::string origin(const std::string& key) const;

 private:
  struct Setting {
    std::string value;
    std::string origin;  ///< empty: the default
  };
  const Setting& setting(const std::string& key) const;
  void check_ram() const;
  void check_tlbs() const;

  std::map<std::string, Setting> settings_;
};

}  // namespace lookaside::platform
