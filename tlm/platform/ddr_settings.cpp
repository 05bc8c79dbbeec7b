// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <lookaside/ddr/clock.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/files.h>
#include <lookaside/platform/text.h>
#include <lookaside/platform/translate.h>

namespace lookaside::platform {
namespace {

/// Runs `make` and tells which key is to blame for what it throws: the first of `keys` that was
/// set, else the first.
template <typename Error, typename Make>
auto blaming(const Configuration& c, std::initializer_list<const char*> keys, Make make) {
  try {
    return make();
  } catch (const Error& error) {
    const char* key = *keys.begin();
    for (const char* candidate : keys) {
      if (c.origin(candidate) == "default") continue;
      key = candidate;
      break;
    }
    throw ConfigurationError(fmt::format("{}: {}: {}", c.origin(key), key, error.what()));
  }
}

std::uint32_t number(const Configuration& c, const std::string& key) {
  return static_cast<std::uint32_t>(c.integer(key));
}

/// Reading a preset takes milliseconds, and a run asks for its device several times.
dram::Device builtin(const dram::BuiltinPreset& preset, const dram::Choice& choice) {
  static std::map<std::string, dram::Device> known;
  const std::string key =
      fmt::format("{} {} {} {}", preset.file, choice.density_gb, choice.width, choice.bin);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known[key] = dram::load_device(preset.text, std::string(preset.file), choice);
}

dram::Device device(const Configuration& c) {
  const dram::Choice choice{number(c, "ddr.density_gb"), number(c, "ddr.width_bits"),
                            c.text("ddr.speed_bin")};
  const std::string& file = c.text("ddr.preset_file");
  return blaming<dram::PresetError>(
      c, {"ddr.density_gb", "ddr.width_bits", "ddr.speed_bin", "ddr.preset_file", "ddr.preset"},
      [&] {
        if (!file.empty()) {
          const std::vector<std::uint8_t> bytes = read_file(file);
          return dram::load_device(std::string(bytes.begin(), bytes.end()), file, choice);
        }
        for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
          if (preset_key(preset) == c.text("ddr.preset")) return builtin(preset, choice);
        }
        throw std::logic_error("ddr.preset has a choice without meaning");
      });
}

std::uint32_t usual_bus_bits(dram::Standard standard) {
  switch (standard) {
    case dram::Standard::kDdr5:
      return 32;
    case dram::Standard::kLpddr4:
      return 16;
    default:
      return 64;
  }
}

dram::Organization organization(const Configuration& c) {
  dram::Organization o;
  o.device = device(c);
  o.channels = number(c, "ddr.channels");
  o.ranks = number(c, "ddr.ranks");
  o.bus_bits = number(c, "ddr.bus_bits");
  if (o.bus_bits == 0) o.bus_bits = usual_bus_bits(o.device.standard);
  return o;
}

std::vector<std::string> exclusive_ors(const std::string& text) {
  std::vector<std::string> terms;
  std::istringstream stream(text);
  for (std::string term; std::getline(stream, term, ',');) {
    if (term.find_first_not_of(' ') != std::string::npos) terms.push_back(term);
  }
  return terms;
}

template <typename Value, std::size_t kRows>
Value chosen(const std::string& text,
             const std::array<std::pair<std::string_view, Value>, kRows>& rows) {
  for (const auto& [name, value] : rows) {
    if (text == name) return value;
  }
  throw std::logic_error("a choice of ddr.* without meaning: " + text);
}

/// The age cap that keeps ddr.longest_wait_ns, which is not 0. The schedulers without a cap could
/// not keep it, or keep a bound that nobody can choose.
std::uint32_t age_cap(const Configuration& c, const dram::ControllerConfig& config,
                      const dram::Device& device) {
  const std::uint64_t bound_ns = c.integer("ddr.longest_wait_ns");
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw ConfigurationError(fmt::format("{}: ddr.longest_wait_ns: found {}, expected {}",
                                         c.origin("ddr.longest_wait_ns"), found, expected));
  };
  if (config.scheduling != dram::Scheduling::kFrFcfsCapped) {
    refuse(fmt::format("{} ns with ddr.scheduler {}", bound_ns, c.text("ddr.scheduler")),
           "ddr.scheduler fr-fcfs-capped");
  }
  const ddr::Clock clock(device.data_rate_mts);
  const std::uint64_t smallest = dram::smallest_wait(config, device);
  const std::uint64_t bound = clock.last_until(bound_ns * 1000);
  if (bound < smallest) {
    refuse(fmt::format("{} ns", bound_ns),
           fmt::format("at least {} ns, the smallest bound that this queue can keep",
                       (clock.time_of(smallest) + 999) / 1000));
  }
  return blaming<dram::ControllerError>(c, {"ddr.longest_wait_ns"},
                                        [&] { return dram::age_cap_for(bound, config, device); });
}

dram::ControllerConfig channel(const Configuration& c, const dram::Organization& o) {
  using namespace dram;
  ControllerConfig config;
  config.split_queues = c.text("ddr.queue") == "split";
  config.queue_depth = number(c, "ddr.queue_depth");
  config.write_depth = number(c, "ddr.write_queue_depth");
  config.posted_writes = c.text("ddr.write_policy") == "posted";
  config.high_watermark = number(c, "ddr.write_high_watermark");
  config.low_watermark = number(c, "ddr.write_low_watermark");
  config.scheduling = chosen<Scheduling, 3>(c.text("ddr.scheduler"),
                                            {{{"fcfs", Scheduling::kFcfs},
                                              {"fr-fcfs", Scheduling::kFrFcfs},
                                              {"fr-fcfs-capped", Scheduling::kFrFcfsCapped}}});
  config.age_cap = number(c, "ddr.age_cap_clocks");
  config.page_policy = chosen<PagePolicyKind, 4>(c.text("ddr.page_policy"),
                                                 {{{"open", PagePolicyKind::kOpen},
                                                   {"closed", PagePolicyKind::kClosed},
                                                   {"adaptive", PagePolicyKind::kAdaptive},
                                                   {"timeout", PagePolicyKind::kTimeout}}});
  config.page_timeout = number(c, "ddr.page_timeout_clocks");
  config.refresh = chosen<RefreshMode, 3>(
      c.text("ddr.refresh"),
      {{{"rank", RefreshMode::kRank}, {"bank", RefreshMode::kBank}, {"none", RefreshMode::kNone}}});
  config.postpone = number(c, "ddr.postponed_refreshes");
  config.pull_in = number(c, "ddr.early_refreshes");
  config.power_down_after = number(c, "ddr.power_down_clocks");
  config.self_refresh_after = number(c, "ddr.self_refresh_clocks");
  blaming<ControllerError>(
      c,
      {"ddr.write_high_watermark", "ddr.write_low_watermark", "ddr.postponed_refreshes",
       "ddr.early_refreshes", "ddr.refresh", "ddr.write_policy", "ddr.queue_depth"},
      [&] { check_config(config, o); });
  if (c.integer("ddr.longest_wait_ns") != 0) config.age_cap = age_cap(c, config, o.device);
  return config;
}

std::array<std::uint8_t, protocol::kRequesterCount> priorities(const Configuration& c) {
  static constexpr const char* kKeys[protocol::kRequesterCount] = {
      "unknown", "instruction", "data", "walk", "dma", "device"};
  std::array<std::uint8_t, protocol::kRequesterCount> all{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = static_cast<std::uint8_t>(c.integer(std::string("ddr.qos.") + kKeys[i]));
  }
  return all;
}

}  // namespace

std::string preset_key(const dram::BuiltinPreset& preset) {
  return std::string(preset.file.substr(0, preset.file.rfind('.')));
}

ddr::ControllerConfig bare_ddr_config(const Configuration& c) {
  const dram::Organization o = organization(c);
  const bool temporal = c.text("platform.timing") == "temporal";
  ddr::ControllerConfig config{{{0, o.bytes()}},
                               picoseconds(c, "ddr.calibrated_access_ns"),
                               temporal ? ddr::Timing::kTemporal : ddr::Timing::kCalibrated,
                               o};
  config.map = c.text("ddr.map");
  config.exclusive_or = exclusive_ors(c.text("ddr.map_xor"));
  config.channel = channel(c, o);
  config.pipeline_clocks = number(c, "ddr.controller_clocks");
  config.priority = priorities(c);
  config.check = c.boolean("ddr.check");
  blaming<dram::MappingError>(c, {"ddr.map", "ddr.map_xor", "ddr.bus_bits"},
                              [&] { ddr::validate(config); });
  return config;
}

ddr::ControllerConfig ddr_config(const Configuration& c) {
  ddr::ControllerConfig config = bare_ddr_config(c);
  config.regions.clear();
  std::uint64_t bytes = 0;
  for (const Region& region : c.ram()) {
    config.regions.push_back({region.base, region.size});
    bytes += region.size;
  }
  const dram::Organization& o = config.organization;
  if (bytes > o.bytes()) {
    const char* key = c.origin("memory.regions") == "default" ? "memory.size" : "memory.regions";
    throw ConfigurationError(fmt::format(
        "{}: {}: found {} of RAM in all, expected at most the {} of the DRAM: {} channel(s) of {} "
        "rank(s) of {} devices {} (ddr.channels, ddr.ranks, ddr.density_gb, ddr.preset)",
        c.origin(key), key, format_size(bytes), format_size(o.bytes()), o.channels, o.ranks,
        o.devices_per_rank(), o.device.name));
  }
  return config;
}

ddr::ControlConfig ddr_control_config(const Configuration& c) {
  ddr::ControlConfig config;
  config.ecc = c.boolean("ddr.ecc");
  config.seed = c.integer("ddr.retention_seed");
  return config;
}

}  // namespace lookaside::platform
