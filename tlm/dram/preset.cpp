// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>

#include <yaml-cpp/yaml.h>

#include <lookaside/dram/preset.h>
#include <lookaside/dram/spelling.h>

namespace lookaside::dram {
namespace {

using Keys = std::vector<std::string>;

/// What the file is called and which device is wanted, while one is being read.
struct Reader {
  const std::string& file;
  Device device;
  std::string bin;

  [[noreturn]] void fail(const YAML::Node& at, const std::string& what) const {
    const int line = at.Mark().line;
    throw PresetError(file + ":" + std::to_string(line < 0 ? 1 : line + 1) + ": " + what);
  }
  [[noreturn]] void unknown(const YAML::Node& at, const std::string& key, const Keys& keys,
                            const std::string& what) const {
    fail(at, "unknown key '" + key + "' in " + what + suggestion(key, keys));
  }
  /// The parser keeps one of two equal keys, and nobody could tell which.
  [[noreturn]] void twice(const YAML::Node& at, const std::string& key,
                          const std::string& what) const {
    fail(at, "'" + key + "' stands twice in " + what);
  }
  void known(const YAML::Node& map, const Keys& keys, const std::string& what) const {
    if (!map.IsMap()) fail(map, what + " must be a map of keys and values");
    Keys seen;
    for (const auto& entry : map) {
      const auto key = entry.first.as<std::string>();
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        unknown(entry.first, key, keys, what);
      }
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) twice(entry.first, key, what);
      seen.push_back(key);
    }
  }
  YAML::Node need(const YAML::Node& map, const std::string& key) const {
    const YAML::Node value = map[key];
    if (!value) fail(map, "'" + key + "' is missing");
    return value;
  }
  template <typename T>
  T value(const YAML::Node& node, const std::string& key, const char* expected) const {
    try {
      return node.as<T>();
    } catch (const YAML::Exception&) {
      fail(node, "'" + key + "' must be " + expected);
    }
  }
  std::uint32_t whole(const YAML::Node& map, const std::string& key) const {
    const YAML::Node node = need(map, key);
    const auto number = value<std::int64_t>(node, key, "a whole number");
    if (number < 0 || number > 0x7FFFFFFF) fail(node, "'" + key + "' must be from 0 to 2^31-1");
    return static_cast<std::uint32_t>(number);
  }
  double number(const YAML::Node& map, const std::string& key) const {
    const YAML::Node node = need(map, key);
    const auto figure = value<double>(node, key, "a number");
    if (!(figure >= 0 && figure <= 1e6)) fail(node, "'" + key + "' must be from 0 to 1000000");
    return figure;
  }

  void header(const YAML::Node& root);
  void geometry(const YAML::Node& root, const Choice& choice);
  void timing(const YAML::Node& root);
  void energy(const YAML::Node& root);
  bool fits(const YAML::Node& entry) const;
  std::int32_t clocks_of(const YAML::Node& rule, Parameter parameter, const YAML::Node& timing,
                         unsigned depth);
  std::int32_t derive(Parameter parameter, const YAML::Node& timing, unsigned depth);
};

const Keys kHeaderKeys = {
    "name", "standard", "data_rate_mts", "burst_length", "default",
    "bins", "geometry", "timing",        "energy",       "max_postponed_refreshes"};
const Keys kGeometryKeys = {"density_gb",      "width", "bank_groups",
                            "banks_per_group", "rows",  "columns"};
const Keys kRuleKeys = {"nCK", "ns", "of", "disputed", "bin", "density_gb", "width", "page_bytes"};
const Keys kEnergyKeys = {"density_gb", "width", "rail",  "volts", "IDD0", "IDD2N", "IDD2P",
                          "IDD3N",      "IDD3P", "IDD4R", "IDD4W", "IDD5", "IDD6",  "disputed"};

/// Refreshes that a standard lets be owed, at most: DDR5 has 4, all others 8.
constexpr std::uint32_t kMostPostponed = 8;

/// Parameters that a standard may lack.
bool optional(Parameter p) {
  switch (p) {
    case Parameter::kRfcSb:
    case Parameter::kRrefd:
    case Parameter::kXsDll:
    case Parameter::kActPden:
    case Parameter::kPrPden:
    case Parameter::kRefPden:
      return true;
    default:
      return false;
  }
}

Keys parameter_names() {
  Keys names;
  for (unsigned i = 0; i < kParameterCount; ++i) {
    const auto p = static_cast<Parameter>(i);
    if (p != Parameter::kBurst) names.emplace_back(name(p));
  }
  return names;
}

void Reader::header(const YAML::Node& root) {
  known(root, kHeaderKeys, "the preset");
  device.name = value<std::string>(need(root, "name"), "name", "a text");
  Keys standards;
  for (unsigned i = 0; i < kStandardCount; ++i) {
    standards.emplace_back(dram::name(static_cast<Standard>(i)));
  }
  const YAML::Node node = need(root, "standard");
  const auto standard = value<std::string>(node, "standard", "a text");
  const auto found =
      std::find_if(standards.begin(), standards.end(),
                   [&](const std::string& known) { return same_name(known, standard); });
  if (found == standards.end()) {
    fail(node, "unknown standard '" + standard + "'" + suggestion(standard, standards));
  }
  device.standard = static_cast<Standard>(found - standards.begin());
  device.data_rate_mts = whole(root, "data_rate_mts");
  device.burst_length = whole(root, "burst_length");
  device.max_postponed = whole(root, "max_postponed_refreshes");
  if (device.max_postponed > kMostPostponed) {
    fail(root["max_postponed_refreshes"],
         "'max_postponed_refreshes' is " + std::to_string(device.max_postponed) +
             "; no standard permits more than " + std::to_string(kMostPostponed));
  }
  if (device.data_rate_mts == 0) fail(root["data_rate_mts"], "'data_rate_mts' must not be 0");
  device[Parameter::kBurst] = static_cast<std::int32_t>(device.burst_length / 2);
}

void Reader::geometry(const YAML::Node& root, const Choice& choice) {
  const YAML::Node defaults = need(root, "default");
  known(defaults, {"density_gb", "width", "bin"}, "default");
  device.density_gb = choice.density_gb != 0 ? choice.density_gb : whole(defaults, "density_gb");
  device.width = choice.width != 0 ? choice.width : whole(defaults, "width");
  bin =
      !choice.bin.empty() ? choice.bin : value<std::string>(need(defaults, "bin"), "bin", "a text");
  const auto bins = value<Keys>(need(root, "bins"), "bins", "a list of texts");
  const auto meant = std::find_if(bins.begin(), bins.end(),
                                  [this](const std::string& b) { return same_name(b, bin); });
  if (meant == bins.end()) fail(root["bins"], "no speed bin '" + bin + "'" + suggestion(bin, bins));
  bin = *meant;  // in its own case
  const YAML::Node list = need(root, "geometry");
  if (!list.IsSequence()) fail(list, "'geometry' must be a list");
  bool found = false;
  for (const YAML::Node& entry : list) {
    known(entry, kGeometryKeys, "geometry");
    if (whole(entry, "density_gb") != device.density_gb || whole(entry, "width") != device.width) {
      continue;
    }
    found = true;
    device.bank_groups = whole(entry, "bank_groups");
    device.banks_per_group = whole(entry, "banks_per_group");
    device.rows = whole(entry, "rows");
    device.columns = whole(entry, "columns");
  }
  const std::string size =
      std::to_string(device.density_gb) + "Gb x" + std::to_string(device.width);
  if (!found) fail(list, "no geometry for " + size);
  device.name += " " + size + " " + bin;
}

bool Reader::fits(const YAML::Node& entry) const {
  if (entry["bin"] && !same_name(entry["bin"].as<std::string>(), bin)) return false;
  const std::pair<const char*, std::uint32_t> selectors[] = {{"density_gb", device.density_gb},
                                                             {"width", device.width},
                                                             {"page_bytes", device.page_bytes()}};
  return std::all_of(std::begin(selectors), std::end(selectors), [&](const auto& s) {
    return !entry[s.first] || whole(entry, s.first) == s.second;
  });
}

std::int32_t Reader::clocks_of(const YAML::Node& rule, Parameter parameter,
                               const YAML::Node& timing, unsigned depth) {
  const std::string key = name(parameter);
  if (rule["disputed"]) {
    const std::string note = key + ": " + rule["disputed"].as<std::string>();
    auto& notes = device.disputes;
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
  if (!rule["nCK"] && !rule["ns"] && !rule["of"]) {
    fail(rule, key + " must have 'nCK', 'ns' or 'of'");
  }
  const std::int32_t count = rule["nCK"] ? value<std::int32_t>(rule["nCK"], "nCK", "clocks") : 0;
  std::int32_t time = 0;
  if (rule["ns"]) {
    const auto ps = static_cast<std::uint64_t>(std::llround(number(rule, "ns") * 1000));
    time = parameter == Parameter::kRefi ? clocks_at_most(ps, device.data_rate_mts)
                                         : clocks_at_least(ps, device.data_rate_mts);
  }
  if (!rule["of"]) return std::max(count, time);
  std::int32_t sum = count + time;
  const Keys names = parameter_names();
  for (const std::string& other : value<Keys>(rule["of"], "of", "a list of parameters")) {
    const auto found = std::find(names.begin(), names.end(), other);
    if (found == names.end()) {
      fail(rule["of"], "unknown parameter '" + other + "'" + suggestion(other, names));
    }
    for (unsigned i = 0; i < kParameterCount; ++i) {
      const auto p = static_cast<Parameter>(i);
      if (other == name(p)) sum += derive(p, timing, depth + 1);
    }
  }
  return sum;
}

std::int32_t Reader::derive(Parameter parameter, const YAML::Node& timing, unsigned depth) {
  const std::string key = name(parameter);
  const YAML::Node node = timing[key];
  if (!node) {
    if (optional(parameter)) return 0;
    fail(timing, "'" + key + "' is missing in timing");
  }
  if (depth > 4) fail(node, "'" + key + "' refers to itself through 'of'");
  if (!node.IsSequence()) {
    known(node, kRuleKeys, key);
    if (!fits(node)) fail(node, "no rule of '" + key + "' fits " + device.name);
    return clocks_of(node, parameter, timing, depth);
  }
  for (const YAML::Node& rule : node) known(rule, kRuleKeys, key);
  for (const YAML::Node& rule : node) {
    if (fits(rule)) return clocks_of(rule, parameter, timing, depth);
  }
  fail(node, "no rule of '" + key + "' fits " + device.name);
}

void Reader::timing(const YAML::Node& root) {
  const YAML::Node node = need(root, "timing");
  known(node, parameter_names(), "timing");
  for (unsigned i = 0; i < kParameterCount; ++i) {
    const auto p = static_cast<Parameter>(i);
    if (p == Parameter::kBurst) continue;
    device[p] = derive(p, node, 0);
    if (device[p] < 0 || device[p] > 1'000'000) {
      fail(node[name(p)], std::string(name(p)) + " is " + std::to_string(device[p]) +
                              " clocks; expected 0 to 1000000");
    }
  }
}

void Reader::energy(const YAML::Node& root) {
  const YAML::Node list = root["energy"];
  if (!list) return;
  if (!list.IsSequence()) fail(list, "'energy' must be a list");
  for (const YAML::Node& entry : list) {
    known(entry, kEnergyKeys, "energy");
    if (!fits(entry)) continue;
    Rail rail;
    rail.name = value<std::string>(need(entry, "rail"), "rail", "a text");
    const std::pair<const char*, double*> figures[] = {
        {"volts", &rail.volts}, {"IDD0", &rail.idd0},   {"IDD2N", &rail.idd2n},
        {"IDD2P", &rail.idd2p}, {"IDD3N", &rail.idd3n}, {"IDD3P", &rail.idd3p},
        {"IDD4R", &rail.idd4r}, {"IDD4W", &rail.idd4w}, {"IDD5", &rail.idd5},
        {"IDD6", &rail.idd6}};
    for (const auto& [key, figure] : figures) *figure = number(entry, key);
    // What a refresh takes is counted on top of the standby current.
    if (rail.idd5 < rail.idd2n) {
      fail(entry["IDD5"], "IDD5 of " + rail.name + " is " + entry["IDD5"].as<std::string>() +
                              " mA, IDD2N " + entry["IDD2N"].as<std::string>() +
                              "; expected IDD5 >= IDD2N");
    }
    if (entry["disputed"]) {
      device.disputes.push_back(rail.name + ": " + entry["disputed"].as<std::string>());
    }
    device.rails.push_back(rail);
  }
}

YAML::Node parse(std::string_view text, const std::string& file) {
  try {
    return YAML::Load(std::string(text));
  } catch (const YAML::Exception& e) {
    throw PresetError(file + ":" + std::to_string(e.mark.line + 1) + ": not YAML: " + e.msg);
  }
}

}  // namespace

Device load_device(std::string_view text, const std::string& file, const Choice& choice) {
  const YAML::Node root = parse(text, file);
  Reader reader{file, {}, {}};
  reader.header(root);
  reader.geometry(root, choice);
  reader.timing(root);
  reader.energy(root);
  check_device(reader.device, file);
  return reader.device;
}

Device builtin_device(std::string_view preset, const Choice& choice) {
  Keys names;
  for (const BuiltinPreset& builtin : builtin_presets()) {
    if (builtin.name == preset) return load_device(builtin.text, std::string(builtin.file), choice);
    names.emplace_back(builtin.name);
  }
  throw PresetError("no DRAM preset '" + std::string(preset) + "'" +
                    suggestion(std::string(preset), names));
}

std::vector<Choice> choices(std::string_view text, const std::string& file) {
  const YAML::Node root = parse(text, file);
  const Reader reader{file, {}, {}};
  std::vector<Choice> all;
  for (const YAML::Node& entry : reader.need(root, "geometry")) {
    for (const YAML::Node& bin : reader.need(root, "bins")) {
      all.push_back(
          {reader.whole(entry, "density_gb"), reader.whole(entry, "width"), bin.as<std::string>()});
    }
  }
  return all;
}

}  // namespace lookaside::dram
