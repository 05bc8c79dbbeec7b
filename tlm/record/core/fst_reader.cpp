// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_decode.h>
#include <lookaside/record/core/fst_reader.h>

namespace lookaside::record {
namespace {

using observe::SignalKind;

constexpr int kPicoseconds = -12;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

/// Units of 10^(12 + timescale) ps, saturating.
std::uint64_t scaled(std::uint64_t units, int timescale) {
  for (int i = timescale; i < kPicoseconds; ++i) units /= 10;
  for (int i = kPicoseconds; i < timescale; ++i) {
    if (units > kForever / 10) return kForever;
    units *= 10;
  }
  return units;
}

WaveChange decoded(const WaveSignal& signal, std::string_view value) {
  WaveChange change;
  if (signal.kind == SignalKind::kText || signal.real) {
    change.text = value;
    return change;
  }
  change.known = value.size() <= 64;
  for (const char c : value) {
    change.known = change.known && (c == '0' || c == '1');
    change.value = (change.value << 1U) | (c == '1' ? 1U : 0U);
  }
  if (!change.known) {
    change.value = 0;
    change.text = value;
  }
  return change;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

WaveReader::WaveReader(std::string path)
    : path_(std::move(path)),
      structure_(check_structure(path_)),
      signals_(read_hierarchy(path_, structure_)),
      by_handle_(structure_.handles + 1) {
  for (std::uint32_t i = 0; i < signals_.size(); ++i) by_handle_[signals_[i].handle].push_back(i);
  start_ps_ = to_ps(structure_.start);
  end_ps_ = to_ps(structure_.end);
}

std::uint64_t WaveReader::to_ps(std::uint64_t units) const {
  return scaled(units, structure_.timescale);
}

std::optional<std::uint32_t> WaveReader::find(std::string_view name) const {
  for (std::uint32_t i = 0; i < signals_.size(); ++i) {
    if (signals_[i].name == name) return i;
  }
  return std::nullopt;
}

std::string WaveReader::nearest(std::string_view name) const {
  std::string best;
  std::size_t distance = name.size() / 2 + 1;
  for (const WaveSignal& signal : signals_) {
    const std::size_t d = edit_distance(name, signal.name);
    if (d < distance) {
      distance = d;
      best = signal.name;
    }
  }
  return best;
}

void WaveReader::for_each(const std::vector<std::uint32_t>& selection, const Visit& visit,
                          std::uint64_t to) const {
  std::vector<bool> wanted(signals_.size(), selection.empty());
  for (const std::uint32_t index : selection) wanted[index] = true;
  std::vector<std::uint32_t> handles;
  for (std::uint32_t handle = 1; handle < by_handle_.size(); ++handle) {
    const auto& named = by_handle_[handle];
    if (std::any_of(named.begin(), named.end(), [&](std::uint32_t i) { return wanted[i]; })) {
      handles.push_back(handle);
    }
  }
  const auto deliver = [&](std::uint64_t time, std::uint32_t handle, std::string_view value) {
    const std::uint64_t time_ps = to_ps(time);
    if (time_ps > to || handle >= by_handle_.size()) return;
    for (const std::uint32_t index : by_handle_[handle]) {
      if (!wanted[index]) continue;
      WaveChange change = decoded(signals_[index], value);
      change.time_ps = time_ps;
      change.signal = index;
      visit(change);
    }
  };
  decode_values(path_, handles, structure_.end, deliver);
}

std::vector<WaveChange> WaveReader::changes(const std::vector<std::uint32_t>& selection,
                                            std::uint64_t to) const {
  std::vector<WaveChange> all;
  for_each(
      selection, [&all](const WaveChange& change) { all.push_back(change); }, to);
  std::stable_sort(all.begin(), all.end(), [](const WaveChange& a, const WaveChange& b) {
    return std::pair(a.time_ps, a.signal) < std::pair(b.time_ps, b.signal);
  });
  return all;
}

std::string WaveReader::shown(const WaveChange& change) const {
  const WaveSignal& signal = signals_[change.signal];
  if (signal.kind == SignalKind::kText || signal.real || !change.known) return change.text;
  const std::string& name = signal.name_of(change.value);
  if (!name.empty()) return name;
  return fmt::format("{:0{}x}", change.value, (signal.width + 3) / 4);
}

}  // namespace lookaside::record
