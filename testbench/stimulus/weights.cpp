// SPDX-License-Identifier: Apache-2.0
#include "stimulus/weights.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <lookaside/platform/text.h>

namespace lookaside::stimulus {

namespace {

constexpr unsigned kMax = 1000;

/// Calls `f` with name and member of every weight.
template <typename W, typename F>
void each(W& w, F f) {
  auto& t = w.tlb;
  f("tlb.lookup", t.lookup);
  f("tlb.fill", t.fill);
  f("tlb.drop", t.drop);
  f("tlb.fence", t.fence);
  f("tlb.fence_all", t.fence_all);
  f("tlb.fence_asid", t.fence_asid);
  f("tlb.fence_address", t.fence_address);
  f("tlb.fence_address_asid", t.fence_address_asid);
  f("tlb.superpage", t.superpage);
  f("tlb.global", t.global);
  f("tlb.recent", t.recent);
  f("tlb.near", t.near);
  f("tlb.same_set", t.same_set);
  f("tlb.run", t.run);
  f("tlb.wide_asid", t.wide_asid);
  f("tlb.wide_index", t.wide_index);
  f("tlb.noncanonical", t.noncanonical);
  auto& m = w.mmu;
  f("mmu.access", m.access);
  f("mmu.fence", m.fence);
  f("mmu.context", m.context);
  f("mmu.pmp", m.pmp);
  f("mmu.change", m.change);
  f("mmu.fence_all", m.fence_all);
  f("mmu.fence_asid", m.fence_asid);
  f("mmu.fence_address", m.fence_address);
  f("mmu.fence_address_asid", m.fence_address_asid);
  f("mmu.again", m.again);
  f("mmu.flip", m.flip);
  f("mmu.pointer", m.pointer);
  f("mmu.pointer_global", m.pointer_global);
  f("mmu.readable", m.readable);
  f("mmu.accessed", m.accessed);
  f("mmu.writable", m.writable);
  f("mmu.one_bit_wrong", m.one_bit_wrong);
  f("mmu.misaligned", m.misaligned);
  f("mmu.hardware_update", m.hardware_update);
  f("mmu.sum", m.sum);
  f("mmu.mxr", m.mxr);
  f("mmu.bare", m.bare);
  f("mmu.machine", m.machine);
  f("mmu.pmp_closed", m.pmp_closed);
  f("mmu.pmp_aimed", m.pmp_aimed);
  f("mmu.pmp_region", m.pmp_region);
  f("mmu.fence_in_walk", m.fence_in_walk);
  f("mmu.bus_error", m.bus_error);
  f("mmu.lost_swap", m.lost_swap);
  f("mmu.noncanonical", m.noncanonical);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const WeightDescription& d : describe({})) names.push_back(d.name);
  return names;
}

}  // namespace

std::vector<WeightDescription> describe(const Weights& weights) {
  std::vector<WeightDescription> all;
  each(weights, [&](const char* name, const unsigned& value) { all.push_back({name, value}); });
  return all;
}

void Weights::set(std::string_view name, std::string_view value) {
  const auto number = platform::parse_integer(value);
  bool found = false;
  each(*this, [&](const char* known, unsigned& weight) {
    if (name != known) return;
    found = true;
    if (number && *number <= kMax) weight = static_cast<unsigned>(*number);
  });
  if (!found) {
    const std::string near = platform::nearest(name, names());
    throw WeightError(fmt::format("found weight '{}'{}, expected one like 'tlb.fill'", name,
                                  near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
  }
  if (!number || *number > kMax) {
    throw WeightError(fmt::format("found '{}' for weight {}, expected 0 to {}", value, name, kMax));
  }
}

void Weights::check(const std::string& block) const {
  const auto sum = [&](const std::vector<std::string>& group) {
    unsigned total = 0;
    for (const WeightDescription& d : describe(*this)) {
      if (std::find(group.begin(), group.end(), d.name) != group.end()) total += d.value;
    }
    return total;
  };
  const auto expect = [&](std::vector<std::string> group) {
    for (std::string& name : group) name = block + "." + name;
    if (sum(group) != 0) return;
    throw WeightError(
        fmt::format("weights: found 0 for all of {}, expected one at least that is not",
                    fmt::join(group, ", ")));
  };
  if (block == "tlb") {
    expect({"lookup", "fill", "drop", "fence"});
  } else {
    expect({"access", "fence", "context", "pmp", "change"});
  }
  if (sum({block + ".fence", block + ".fence_in_walk"}) == 0) return;
  expect({"fence_all", "fence_asid", "fence_address", "fence_address_asid"});
}

Weights read_weights(const std::string& path) {
  Weights weights;
  const auto place = [&](const YAML::Mark& mark) {
    return fmt::format("{}:{}", path, mark.line + 1);
  };
  try {
    for (const auto& group : YAML::LoadFile(path)) {
      if (!group.second.IsMap()) {
        throw WeightError(place(group.first.Mark()) + ": expected weights below '" +
                          group.first.as<std::string>() + "'");
      }
      for (const auto& weight : group.second) {
        const std::string name =
            group.first.as<std::string>() + "." + weight.first.as<std::string>();
        try {
          weights.set(name, weight.second.IsScalar() ? weight.second.Scalar() : "a group");
        } catch (const WeightError& e) {
          throw WeightError(place(weight.first.Mark()) + ": " + e.what());
        }
      }
    }
  } catch (const YAML::BadFile&) {
    throw WeightError(path + ": cannot be read");
  } catch (const YAML::Exception& e) {
    throw WeightError(place(e.mark) + ": " + e.msg);
  }
  return weights;
}

}  // namespace lookaside::stimulus
