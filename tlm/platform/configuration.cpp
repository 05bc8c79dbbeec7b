// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/configuration_reader.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/files.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/schema.h>
#include <lookaside/platform/text.h>
#include <lookaside/platform/translate.h>

namespace lookaside::platform {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kPhysicalEnd = std::uint64_t{1} << 56;

/// The keys below a section, "mmu.l1d.entries, mmu.l1d.ways"; empty if there is no such section.
std::string keys_below(const std::string& section) {
  std::vector<std::string> keys;
  for (const std::string& key : schema_keys()) {
    if (key.rfind(section + ".", 0) == 0) keys.push_back(key);
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

/// A name that is near, else what the section has in which the key stands.
std::string hint_for(const std::string& key) {
  if (const std::string keys = keys_below(key); !keys.empty()) {
    return fmt::format("; it is a section, expected one of {}", keys);
  }
  const std::string near = nearest(key, schema_keys());
  if (!near.empty()) return fmt::format("; did you mean '{}'?", near);
  const std::size_t dot = key.rfind('.');
  const std::string keys = dot == std::string::npos ? "" : keys_below(key.substr(0, dot));
  return keys.empty() ? "" : fmt::format("; expected one of {}", keys);
}

[[noreturn]] void unknown_key(const std::string& key, const std::string& origin) {
  throw ConfigurationError(
      fmt::format("{}: unknown key '{}'{} ('lookaside config' lists every key)", origin, key,
                  hint_for(without_hart(key))));
}

/// As a YAML double-quoted scalar, which can hold any bytes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string comment(const observe::Parameter& p, const std::string& indent) {
  std::string lines;
  std::string line = indent + "#";
  std::istringstream words(p.sentence +
                           fmt::format(" [{}; default {}]", expectation(p),
                                       p.default_value.empty() ? "empty" : p.default_value));
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > 100) {
      lines += line + "\n";
      line = indent + "#";
    }
    line += " " + word;
  }
  return lines + line + "\n";
}

}  // namespace

Configuration::Configuration() {
  for (const observe::Parameter& p : schema()) {
    settings_[p.key] = {canonical(p, p.default_value, "default"), ""};
  }
}

void Configuration::load_file(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  load_text(std::string(bytes.begin(), bytes.end()), path);
}

void Configuration::load_text(const std::string& yaml, const std::string& name) {
  for (const Assignment& a : read_assignments(yaml, name)) set(a.key, a.value, a.origin);
}

void Configuration::assign(const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigurationError(
        fmt::format("--set: found '{}', expected key=value, e.g. mmu.l1d.entries=32", assignment));
  }
  set(assignment.substr(0, equals), assignment.substr(equals + 1), "--set");
}

void Configuration::set(const std::string& key, const std::string& value,
                        const std::string& origin) {
  const std::string plain = without_hart(key);
  const observe::Parameter* parameter = find_parameter(plain);
  if (parameter == nullptr) unknown_key(key, origin);
  settings_[plain] = {canonical(*parameter, value, origin), origin};
}

const Configuration::Setting& Configuration::setting(const std::string& key) const {
  const auto found = settings_.find(key);
  if (found == settings_.end()) throw std::logic_error("no such configuration key: " + key);
  return found->second;
}

std::string Configuration::origin(const std::string& key) const {
  const std::string& where = setting(key).origin;
  return where.empty() ? "default" : where;
}

bool Configuration::boolean(const std::string& key) const {
  return parse_bool(setting(key).value).value();
}

std::uint64_t Configuration::integer(const std::string& key) const {
  return parse_size(setting(key).value).value();
}

double Configuration::real(const std::string& key) const {
  return parse_real(setting(key).value).value();
}

const std::string& Configuration::text(const std::string& key) const {
  return setting(key).value;
}

std::vector<Region> Configuration::ram() const {
  std::vector<Region> all{{kRamBase, integer("memory.size")}};
  const std::vector<Region> more = regions_of(text("memory.regions"), origin("memory.regions"));
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

void Configuration::check() const {
  check_ram();
  check_tlbs();
  (void)ddr_config(*this);
}

void Configuration::check_ram() const {
  const std::vector<Region> all = ram();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Region& r = all[i];
    const std::string key = i == 0 ? "memory.size" : "memory.regions";
    const auto fail = [&](const std::string& what) {
      throw ConfigurationError(fmt::format("{}: {}: RAM of {} at {:#x} {}", origin(key), key,
                                           format_size(r.size), r.base, what));
    };
    if (r.size == 0 || r.size % kPage != 0 || r.base % kPage != 0) {
      fail("is no whole number of pages; expected multiples of 4KiB");
    }
    if (r.base >= kPhysicalEnd || r.size > kPhysicalEnd - r.base) {
      fail("ends above the physical address space of 56 bits");
    }
    for (const Window& w : kDeviceWindows) {
      if (r.base <= w.last() && w.base <= r.last()) {
        fail(fmt::format("overlaps the device '{}' at {:#x}..{:#x}", w.name, w.base, w.last()));
      }
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (r.base <= all[j].last() && all[j].base <= r.last()) {
        fail(fmt::format("overlaps the RAM at {:#x}..{:#x}", all[j].base, all[j].last()));
      }
    }
  }
}

void Configuration::check_tlbs() const {
  for (const char* part : {"l1i", "l1d", "l2"}) {
    const std::string prefix = std::string("mmu.") + part;
    const std::string wrong = tlb::validate(tlb_geometry(*this, part));
    if (wrong.empty()) continue;
    std::string where = "default";
    for (const char* key : {".entries", ".ways", ".replacement"}) {
      if (!setting(prefix + key).origin.empty()) where = setting(prefix + key).origin;
    }
    throw ConfigurationError(fmt::format("{}: {}: {}", where, prefix, wrong));
  }
}

std::string Configuration::dump() const {
  std::string out = "# Effective configuration of the Lookaside platform.\n";
  std::vector<std::string> open;
  for (const observe::Parameter& p : schema()) {
    std::vector<std::string> parts;
    std::istringstream key(p.key);
    for (std::string part; std::getline(key, part, '.');) parts.push_back(part);
    std::size_t common = 0;
    while (common < open.size() && common + 1 < parts.size() && open[common] == parts[common]) {
      ++common;
    }
    open.resize(common);
    while (open.size() + 1 < parts.size()) {
      out += std::string(2 * open.size(), ' ') + parts[open.size()] + ":\n";
      open.push_back(parts[open.size()]);
    }
    const std::string indent(2 * open.size(), ' ');
    const std::string& value = setting(p.key).value;
    out += comment(p, indent) + indent + parts.back() + ": " +
           (p.kind == observe::ParameterKind::kText ? quoted(value) : value) + "\n";
  }
  return out;
}

std::map<std::string, std::string> Configuration::values() const {
  std::map<std::string, std::string> all;
  for (const auto& [key, setting] : settings_) all[key] = setting.value;
  return all;
}

}  // namespace lookaside::platform
