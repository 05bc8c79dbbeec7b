// SPDX-License-Identifier: Apache-2.0
// Descriptors of statistics: a block owns plain counters and registers them, with name, unit and
// one sentence, in a group; whoever prints or writes them (room `record`) visits the groups.
// Counting costs an increment, nothing more.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lookaside::observe {

/// What a reader must know about one statistic.
struct Description {
  std::string name;      ///< lower_snake, unit included where it has one: "walk_latency_ns"
  std::string unit;      ///< "accesses", "ns", "cycles", "ratio", ...
  std::string sentence;  ///< what is counted, and when
};

/// A counter. Public on purpose: the owner increments `value` on its hot path.
struct Scalar {
  std::uint64_t value = 0;
  void reset() { value = 0; }
};

/// A row of counters with one label each, e.g. faults per cause.
struct Vector {
  std::vector<std::string> labels;
  std::vector<std::uint64_t> values;
  explicit Vector(std::vector<std::string> names)
      : labels(std::move(names)), values(labels.size()) {}
  void reset() { values.assign(values.size(), 0); }
};

/// Distribution in powers of two: bucket 0 holds the value 0, bucket i the values 2^(i-1)..2^i-1.
class Histogram {
 public:
  static constexpr unsigned kBuckets = 65;
  void add(std::uint64_t value) { add(value, 1); }
  /// The same value so many times.
  void add(std::uint64_t value, std::uint64_t times) {
    if (times == 0) return;
    buckets_[bucket_of(value)] += times;
    sum_ += value * times;
    if (count_ == 0 || value < min_) min_ = value;
    if (value > max_) max_ = value;
    count_ += times;
  }
  /// So many samples of numerator / denominator, which need not be whole: rounded down in the
  /// buckets, min and max, exact in sum and mean, so that parts of a sample add up to it.
  void add_ratio(std::uint64_t numerator, std::uint64_t denominator, std::uint64_t times) {
    add(numerator / denominator, times);
    fractions_ += static_cast<double>(numerator % denominator) * static_cast<double>(times) /
                  static_cast<double>(denominator);
  }
  void reset() { *this = Histogram{}; }
  std::uint64_t count() const { return count_; }
  /// To the nearest whole number.
  std::uint64_t sum() const { return sum_ + static_cast<std::uint64_t>(fractions_ + 0.5); }
  std::uint64_t min() const { return min_; }  ///< 0 while empty
  std::uint64_t max() const { return max_; }
  double mean() const {
    const double sum = static_cast<double>(sum_) + fractions_;
    return count_ == 0 ? 0.0 : sum / static_cast<double>(count_);
  }
  const std::array<std::uint64_t, kBuckets>& buckets() const { return buckets_; }
  static unsigned bucket_of(std::uint64_t value) {
    return value == 0 ? 0U : 64U - static_cast<unsigned>(__builtin_clzll(value));
  }

 private:
  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = 0;
  std::uint64_t max_ = 0;
  double fractions_ = 0;  // of all samples together
};

class StatisticGroup;

/// Sees every statistic of a tree, in order of registration. `path` is dotted: "hart0.mmu.l1d".
class StatisticVisitor {
 public:
  virtual ~StatisticVisitor() = default;
  virtual void scalar(const std::string& path, const Description&, std::uint64_t value) = 0;
  virtual void derived(const std::string& path, const Description&, double value) = 0;
  virtual void vector(const std::string& path, const Description&, const Vector&) = 0;
  virtual void histogram(const std::string& path, const Description&, const Histogram&) = 0;
  /// A figure this run cannot know; it is reported as absent with the reason, never as zero.
  virtual void absent(const std::string& path, const Description&, const std::string& reason) = 0;
};

/// A node of the statistics tree. It refers to counters its owner holds, which must outlive it.
class StatisticGroup {
 public:
  explicit StatisticGroup(std::string name) : name_(std::move(name)) {}
  StatisticGroup(const StatisticGroup&) = delete;
  StatisticGroup& operator=(const StatisticGroup&) = delete;

  void add(Description d, Scalar& s) {
    entries_.push_back([d = std::move(d), &s](const std::string& path, StatisticVisitor& v) {
      v.scalar(path, d, s.value);
    });
    resets_.push_back([&s] { s.reset(); });
  }
  void add(Description d, Vector& x) {
    entries_.push_back([d = std::move(d), &x](const std::string& path, StatisticVisitor& v) {
      v.vector(path, d, x);
    });
    resets_.push_back([&x] { x.reset(); });
  }
  void add(Description d, Histogram& h) {
    entries_.push_back([d = std::move(d), &h](const std::string& path, StatisticVisitor& v) {
      v.histogram(path, d, h);
    });
    resets_.push_back([&h] { h.reset(); });
  }
  /// A figure computed from others when it is read, e.g. a hit rate.
  void add_derived(Description d, std::function<double()> compute) {
    entries_.push_back(
        [d = std::move(d), f = std::move(compute)](const std::string& path, StatisticVisitor& v) {
          v.derived(path, d, f());
        });
  }
  void add_absent(Description d, std::string reason) {
    entries_.push_back([d = std::move(d), r = std::move(reason)](
                           const std::string& path, StatisticVisitor& v) { v.absent(path, d, r); });
  }
  /// `settle` runs before this group, children included, is visited or reset: it brings counters up
  /// to date that are kept elsewhere for speed.
  void before_read(std::function<void()> settle) { settlers_.push_back(std::move(settle)); }
  /// `child` must outlive this group.
  void add_child(StatisticGroup& child) { children_.push_back(&child); }

  void visit(StatisticVisitor& visitor, const std::string& parent = "") const {
    const std::string path =
        parent.empty() ? name_ : (name_.empty() ? parent : parent + "." + name_);
    for (const auto& settle : settlers_) settle();
    for (const auto& entry : entries_) entry(path, visitor);
    for (const StatisticGroup* child : children_) child->visit(visitor, path);
  }
  void reset() {
    for (const auto& settle : settlers_) settle();
    for (const auto& r : resets_) r();
    for (StatisticGroup* child : children_) child->reset();
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::vector<std::function<void(const std::string&, StatisticVisitor&)>> entries_;
  std::vector<std::function<void()>> resets_;
  std::vector<std::function<void()>> settlers_;
  std::vector<StatisticGroup*> children_;
};

}  // namespace lookaside::observe
