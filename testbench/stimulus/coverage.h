// SPDX-License-Identifier: Apache-2.0
// Functional coverage: which of the situations that matter a stimulus has reached.
//
// A cover point is a name and a number of axes; each combination of the axes' bins is one bin of
// the point (one axis: a plain cover point; more: a cross). What cannot happen is excluded, each
// time with the reason; reaching an excluded bin is an error, because the reason is then wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lookaside::stimulus {

/// One direction of a cross: its bins by name.
struct Axis {
  std::string name;
  std::vector<std::string> bins;
};
/// "0", "1", ... below `count`.
Axis numbered(const std::string& name, unsigned count);
/// "no", "yes".
Axis flag(const std::string& name);

class CoverPoint {
 public:
  using Bins = std::vector<unsigned>;  ///< one index for each axis

  CoverPoint(std::string name, std::vector<Axis> axes);

  /// Counts a situation; indices in the order of the axes, each below its number of bins.
  void hit(std::initializer_list<unsigned> bins) {
    std::size_t at = 0;
    auto size = sizes_.begin();
    for (const unsigned bin : bins) at = at * *size++ + bin;
    ++counts_[at];
  }
  /// Excludes the bins for which `cannot` holds. A bin keeps the first reason it was given.
  CoverPoint& exclude(const std::string& reason, const std::function<bool(const Bins&)>& cannot);

  const std::string& name() const { return name_; }
  const std::vector<Axis>& axes() const { return axes_; }
  std::size_t size() const { return counts_.size(); }
  std::uint64_t count(std::size_t bin) const { return counts_[bin]; }
  /// Empty, or why the bin is excluded.
  const std::string& reason(std::size_t bin) const { return reasons_[excluded_[bin]]; }
  /// "level=2 global=no asid=other".
  std::string text(std::size_t bin) const;
  /// Reasons that exclude nothing.
  std::vector<std::string> idle_reasons() const;

  std::size_t excluded() const;
  std::size_t reached() const;  ///< excluded bins not counted
  std::size_t wanted() const { return size() - excluded(); }

 private:
  Bins bins_of(std::size_t bin) const;

  std::string name_;
  std::vector<Axis> axes_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::string> reasons_;  ///< [0] is empty
  std::vector<unsigned> excluded_;    ///< index into reasons_, for each bin
};

/// The cover points of one test. References to points stay valid.
class Coverage {
 public:
  explicit Coverage(std::string name) : name_(std::move(name)) {}

  CoverPoint& add(const std::string& point, const std::vector<Axis>& axes);
  const std::string& name() const { return name_; }
  const std::map<std::string, CoverPoint>& points() const { return points_; }

  std::size_t reached() const;
  std::size_t wanted() const;
  /// What is wrong, one line each: bins not reached and not excluded, excluded bins that were
  /// reached, reasons that exclude nothing. Empty: 100 %.
  std::vector<std::string> problems() const;

  /// A table with one line for each point, the reasons below it.
  std::string report() const;
  nlohmann::json json() const;

 private:
  std::string name_;
  std::map<std::string, CoverPoint> points_;
};

}  // namespace lookaside::stimulus
