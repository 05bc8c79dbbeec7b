// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/statistics_json.h>

namespace lookaside::record {
namespace {

using nlohmann::ordered_json;
using observe::Description;

std::uint64_t bucket_first(unsigned bucket) {
  return bucket == 0 ? 0 : std::uint64_t{1} << (bucket - 1);
}

std::uint64_t bucket_last(unsigned bucket) {
  if (bucket == 0) return 0;
  return bucket == 64 ? std::numeric_limits<std::uint64_t>::max()
                      : (std::uint64_t{1} << bucket) - 1;
}

class JsonVisitor : public observe::StatisticVisitor {
 public:
  void scalar(const std::string& path, const Description& d, std::uint64_t value) override {
    put(path, d, "scalar", value);
  }
  void derived(const std::string& path, const Description& d, double value) override {
    put(path, d, "derived", std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr));
  }
  void vector(const std::string& path, const Description& d, const observe::Vector& x) override {
    ordered_json row = ordered_json::object();
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      if (row.contains(x.labels[i])) {
        throw RecordError(
            fmt::format("statistic '{}.{}' has the label '{}' twice", path, d.name, x.labels[i]));
      }
      row[x.labels[i]] = x.values[i];
    }
    put(path, d, "vector", std::move(row));
  }
  void histogram(const std::string& path, const Description& d,
                 const observe::Histogram& h) override {
    const bool empty = h.count() == 0;
    ordered_json buckets = ordered_json::array();
    for (unsigned i = 0; i < observe::Histogram::kBuckets; ++i) {
      if (h.buckets()[i] == 0) continue;
      buckets.push_back(
          {{"from", bucket_first(i)}, {"to", bucket_last(i)}, {"count", h.buckets()[i]}});
    }
    put(path, d, "histogram",
        {{"count", h.count()},
         {"sum", h.sum()},
         {"min", empty ? ordered_json(nullptr) : ordered_json(h.min())},
         {"max", empty ? ordered_json(nullptr) : ordered_json(h.max())},
         {"mean", empty ? ordered_json(nullptr) : ordered_json(h.mean())},
         {"buckets", std::move(buckets)}});
  }
  void absent(const std::string& path, const Description& d, const std::string& reason) override {
    put(path, d, "absent", nullptr)["reason"] = reason;
  }

  ordered_json numbers = ordered_json::object();
  ordered_json schema = ordered_json::object();

 private:
  /// Stores the value at its place and returns the statistic's schema entry.
  ordered_json& put(const std::string& path, const Description& d, const char* kind,
                    ordered_json value) {
    ordered_json* node = &numbers;
    const std::string full = path.empty() ? d.name : path + "." + d.name;
    std::size_t begin = 0;
    for (std::size_t dot; (dot = full.find('.', begin)) != std::string::npos; begin = dot + 1) {
      node = &(*node)[full.substr(begin, dot - begin)];
      // A null node was just made by operator[], unless the schema knows its path as a statistic.
      if (schema.contains(full.substr(0, dot))) clash(full.substr(0, dot));
      if (node->is_null()) *node = ordered_json::object();
    }
    const std::string leaf = full.substr(begin);
    if (node->contains(leaf)) clash(full);
    (*node)[leaf] = std::move(value);
    schema[full] = {{"kind", kind}, {"unit", d.unit}, {"sentence", d.sentence}};
    return schema[full];
  }
  [[noreturn]] static void clash(const std::string& full) {
    throw RecordError(fmt::format("two statistics or groups share the path '{}'", full));
  }
};

}  // namespace

ordered_json statistics_json(const observe::StatisticGroup& root, const ordered_json& run) {
  JsonVisitor visitor;
  root.visit(visitor);
  ordered_json document = {{"format", "lookaside-statistics"}, {"version", 1}};
  if (!run.is_null()) document["run"] = run;
  document["statistics"] = std::move(visitor.numbers);
  document["schema"] = std::move(visitor.schema);
  return document;
}

std::string statistics_json_text(const observe::StatisticGroup& root, const ordered_json& run) {
  return statistics_json(root, run).dump(2) + "\n";
}

}  // namespace lookaside::record
