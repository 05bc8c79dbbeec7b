// SPDX-License-Identifier: Apache-2.0
#include "stimulus/coverage.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lookaside::stimulus {

Axis numbered(const std::string& name, unsigned count) {
  Axis axis{name, {}};
  for (unsigned i = 0; i < count; ++i) axis.bins.push_back(std::to_string(i));
  return axis;
}

Axis flag(const std::string& name) {
  return {name, {"no", "yes"}};
}

CoverPoint::CoverPoint(std::string name, std::vector<Axis> axes)
    : name_(std::move(name)), axes_(std::move(axes)), reasons_(1) {
  std::size_t size = 1;
  for (const Axis& axis : axes_) {
    if (axis.bins.empty()) throw std::invalid_argument(name_ + ": axis without bins: " + axis.name);
    sizes_.push_back(axis.bins.size());
    size *= axis.bins.size();
  }
  counts_.assign(size, 0);
  excluded_.assign(size, 0);
}

CoverPoint::Bins CoverPoint::bins_of(std::size_t bin) const {
  Bins bins(axes_.size());
  for (std::size_t i = axes_.size(); i-- > 0; bin /= sizes_[i]) {
    bins[i] = static_cast<unsigned>(bin % sizes_[i]);
  }
  return bins;
}

CoverPoint& CoverPoint::exclude(const std::string& reason,
                                const std::function<bool(const Bins&)>& cannot) {
  const auto index = static_cast<unsigned>(reasons_.size());
  reasons_.push_back(reason);
  for (std::size_t bin = 0; bin < size(); ++bin) {
    if (excluded_[bin] == 0 && cannot(bins_of(bin))) excluded_[bin] = index;
  }
  return *this;
}

std::string CoverPoint::text(std::size_t bin) const {
  const Bins bins = bins_of(bin);
  std::string text;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    text += fmt::format("{}{}={}", i == 0 ? "" : " ", axes_[i].name, axes_[i].bins[bins[i]]);
  }
  return text;
}

std::vector<std::string> CoverPoint::idle_reasons() const {
  std::vector<std::string> idle;
  for (unsigned i = 1; i < reasons_.size(); ++i) {
    if (std::find(excluded_.begin(), excluded_.end(), i) == excluded_.end()) {
      idle.push_back(reasons_[i]);
    }
  }
  return idle;
}

std::size_t CoverPoint::excluded() const {
  return size() - static_cast<std::size_t>(std::count(excluded_.begin(), excluded_.end(), 0U));
}

std::size_t CoverPoint::reached() const {
  std::size_t n = 0;
  for (std::size_t bin = 0; bin < size(); ++bin) n += excluded_[bin] == 0 && counts_[bin] != 0;
  return n;
}

CoverPoint& Coverage::add(const std::string& point, const std::vector<Axis>& axes) {
  const auto [it, fresh] = points_.try_emplace(point, point, axes);
  if (!fresh) throw std::invalid_argument(name_ + ": cover point twice: " + point);
  return it->second;
}

std::size_t Coverage::reached() const {
  std::size_t n = 0;
  for (const auto& [name, point] : points_) n += point.reached();
  return n;
}

std::size_t Coverage::wanted() const {
  std::size_t n = 0;
  for (const auto& [name, point] : points_) n += point.wanted();
  return n;
}

std::vector<std::string> Coverage::problems() const {
  std::vector<std::string> problems;
  for (const auto& [name, point] : points_) {
    for (std::size_t bin = 0; bin < point.size(); ++bin) {
      const bool reached = point.count(bin) != 0, excluded = !point.reason(bin).empty();
      if (reached != excluded) continue;
      problems.push_back(
          fmt::format("{}: {} {}{}", name, excluded ? "excluded, but reached:" : "not reached:",
                      point.text(bin), excluded ? " (" + point.reason(bin) + ")" : ""));
    }
    for (const std::string& reason : point.idle_reasons()) {
      problems.push_back(fmt::format("{}: excludes nothing: {}", name, reason));
    }
  }
  return problems;
}

std::string Coverage::report() const {
  std::string text = fmt::format("{:<44} {:>9} {:>9} {:>9} {:>8}\n", "cover points of " + name_,
                                 "reached", "wanted", "excluded", "percent");
  const auto line = [&](const std::string& name, std::size_t reached, std::size_t wanted,
                        std::size_t excluded) {
    const double percent =
        wanted == 0 ? 100. : 100. * static_cast<double>(reached) / static_cast<double>(wanted);
    text += fmt::format("{:<44} {:>9} {:>9} {:>9} {:>8.2f}\n", name, reached, wanted, excluded,
                        percent);
  };
  std::size_t excluded = 0;
  for (const auto& [name, point] : points_) {
    line("  " + name, point.reached(), point.wanted(), point.excluded());
    excluded += point.excluded();
    std::map<std::string, std::size_t> reasons;
    for (std::size_t bin = 0; bin < point.size(); ++bin) {
      if (!point.reason(bin).empty()) ++reasons[point.reason(bin)];
    }
    for (const auto& [reason, bins] : reasons) {
      text += fmt::format("      {} excluded: {}\n", bins, reason);
    }
  }
  line("total", reached(), wanted(), excluded);
  return text;
}

nlohmann::json Coverage::json() const {
  nlohmann::json points = nlohmann::json::array();
  for (const auto& [name, point] : points_) {
    nlohmann::json bins = nlohmann::json::array();
    for (std::size_t bin = 0; bin < point.size(); ++bin) {
      nlohmann::json j{{"bin", point.text(bin)}, {"count", point.count(bin)}};
      if (!point.reason(bin).empty()) j["excluded"] = point.reason(bin);
      bins.push_back(std::move(j));
    }
    points.push_back({{"name", name},
                      {"reached", point.reached()},
                      {"wanted", point.wanted()},
                      {"excluded", point.excluded()},
                      {"bins", std::move(bins)}});
  }
  return {{"name", name_}, {"reached", reached()}, {"wanted", wanted()}, {"points", points}};
}

}  // namespace lookaside::stimulus
