// SPDX-License-Identifier: Apache-2.0
// rtl_coverage EXCLUSIONS.yaml RTL_DIR COVERAGE.dat [NAME.functional.json ...]
//
// Line, branch and toggle coverage of rtl/ as Verilator counted it, over all variants of a module:
// a point is reached if one variant reached it. Prints a table by file, what was not reached, and
// the cover points that the tests sampled. Fails (exit status 1) below 100 % of lines and branches,
// below 98 % of toggles, for a toggle that is neither reached nor excluded, for a file of RTL_DIR
// without a point (unless an exclusion says why), for an exclusion that is not needed, and for a
// cover point below 100 %. Exit status 2: a file that cannot be read.
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

namespace {

enum Kind : unsigned { kLine, kBranch, kToggle };
constexpr std::array<const char*, 3> kKinds = {"line", "branch", "toggle"};
constexpr std::array<double, 3> kLimits = {100, 100, 98};

struct Point {
  std::string file;
  Kind kind = kLine;
  unsigned line = 0, column = 0;
  std::string name;  ///< signal with bit, "if", "else", "block"

  bool operator<(const Point& o) const {
    return std::tie(file, kind, line, column, name) <
           std::tie(o.file, o.kind, o.line, o.column, o.name);
  }
};
using Points = std::map<Point, std::uint64_t>;

struct Exclusion {
  std::string file, signals, reason;  ///< without signals: a file in which nothing is counted
  std::regex pattern;
  std::size_t used = 0;
};

struct Tally {
  std::size_t reached = 0, excluded = 0, total = 0;
  double percent() const {
    return total == 0 ? 100. : 100. * static_cast<double>(reached) / static_cast<double>(total);
  }
  void add(const Tally& t) {
    reached += t.reached;
    excluded += t.excluded;
    total += t.total;
  }
};

std::ifstream open(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return in;
}

/// One of Verilator's fields: \1 key \2 value.
std::string field(const std::string& line, char key) {
  const std::string start = {'\1', key, '\2'};
  std::size_t from = line.find(start);
  // "page" is the one key of more than a letter.
  if (key == 'p') from = line.find("\1page\2");
  if (from == std::string::npos) return "";
  from = line.find('\2', from) + 1;
  return line.substr(from, line.find_first_of("\1'", from) - from);
}

bool is_kind(const std::string& page, Kind& kind) {
  for (const Kind k : {kLine, kBranch, kToggle}) {
    if (page.rfind(std::string("v_") + kKinds[k] + "/", 0) != 0) continue;
    kind = k;
    return true;
  }
  return false;
}

Points read_points(const std::string& path) {
  std::ifstream in = open(path);
  Points points;
  for (std::string line; std::getline(in, line);) {
    Point p;
    if (line.rfind("C '", 0) != 0 || !is_kind(field(line, 'p'), p.kind)) continue;
    p.file = field(line, 'f');
    p.file.erase(0, p.file.rfind('/') + 1);
    p.line = static_cast<unsigned>(std::stoul(field(line, 'l')));
    p.column = static_cast<unsigned>(std::stoul(field(line, 'n')));
    p.name = field(line, 'o');
    points[p] += std::stoull(line.substr(line.rfind('\'') + 1));
  }
  if (points.empty()) throw std::runtime_error(path + ": no coverage in it");
  return points;
}

std::vector<Exclusion> read_exclusions(const std::string& path) {
  std::vector<Exclusion> exclusions;
  for (const YAML::Node& node : YAML::LoadFile(path)) {
    Exclusion e;
    e.file = node["file"].as<std::string>();
    e.signals = node["signals"].as<std::string>("");
    e.reason = node["reason"].as<std::string>();
    e.pattern = std::regex(e.signals);
    exclusions.push_back(std::move(e));
  }
  return exclusions;
}

class Report {
 public:
  Report(const Points& points, std::vector<Exclusion> exclusions, const std::set<std::string>& rtl)
      : exclusions_(std::move(exclusions)) {
    for (const auto& [point, count] : points) add(point, count);
    for (const std::string& file : rtl) {
      if (files_.count(file) == 0 && !uncounted(file)) {
        missing_.push_back(file + ": no test has counted anything in it");
      }
    }
  }

  bool print() const {
    bool good = true;
    fmt::print("{:<34} {:>16} {:>16} {:>24}\n", "file", "lines", "branches", "toggles (excluded)");
    std::array<Tally, 3> all;
    for (const auto& [file, tallies] : files_) {
      print_row(file, tallies);
      for (const Kind k : {kLine, kBranch, kToggle}) all[k].add(tallies[k]);
    }
    print_row("total", all);
    for (const std::string& text : missing_) fmt::print("not reached: {}\n", text);
    for (const Exclusion& e : exclusions_) {
      if (e.signals.empty() && e.used != 0) fmt::print("{}: {}\n", e.file, e.reason);
      if (e.used == 0) fmt::print("not needed: exclusion of '{}' in {}\n", e.signals, e.file);
      good = good && e.used != 0;
    }
    for (const Kind k : {kLine, kBranch, kToggle}) {
      if (all[k].percent() >= kLimits[k]) continue;
      fmt::print("{} coverage is {:.2f} %, expected {:.0f} % or more\n", kKinds[k],
                 all[k].percent(), kLimits[k]);
      good = false;
    }
    return good && missing_.empty();
  }

 private:
  void add(const Point& p, std::uint64_t count) {
    Tally& tally = files_[p.file][p.kind];
    if (p.kind == kToggle && count == 0 && excluded(p)) {
      ++tally.excluded;
      return;
    }
    ++tally.total;
    tally.reached += count != 0;
    if (count != 0) return;
    missing_.push_back(fmt::format("{}:{}: {} {}", p.file, p.line, kKinds[p.kind], p.name));
  }
  bool excluded(const Point& p) {
    bool found = false;
    for (Exclusion& e : exclusions_) {
      if (e.file != p.file || !std::regex_match(p.name, e.pattern)) continue;
      ++e.used;
      found = true;
    }
    return found;
  }
  bool uncounted(const std::string& file) {
    for (Exclusion& e : exclusions_) {
      if (e.file == file && e.signals.empty()) return ++e.used != 0;
    }
    return false;
  }
  static void print_row(const std::string& name, const std::array<Tally, 3>& t) {
    const auto cell = [](const Tally& c) {
      return fmt::format("{}/{} {:6.2f}", c.reached, c.total, c.percent());
    };
    fmt::print("{:<34} {:>16} {:>16} {:>24}\n", name, cell(t[kLine]), cell(t[kBranch]),
               fmt::format("{} ({})", cell(t[kToggle]), t[kToggle].excluded));
  }

  std::vector<Exclusion> exclusions_;
  std::map<std::string, std::array<Tally, 3>> files_;
  std::vector<std::string> missing_;
};

/// What the tests sampled; false below 100 %.
bool print_functional(const std::string& path) {
  const nlohmann::json j = nlohmann::json::parse(open(path));
  const auto reached = j["reached"].get<std::size_t>(), wanted = j["wanted"].get<std::size_t>();
  fmt::print("{:<34} {:>16}\n", j["name"].get<std::string>(),
             fmt::format("{}/{} {:6.2f}", reached, wanted,
                         100. * static_cast<double>(reached) / static_cast<double>(wanted)));
  return reached == wanted;
}

std::set<std::string> rtl_files(const std::string& directory) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".sv") files.insert(entry.path().filename().string());
  }
  if (files.empty()) throw std::runtime_error(directory + ": no SystemVerilog files");
  return files;
}

int run(const std::vector<std::string>& args) {
  if (args.size() < 3) {
    throw std::runtime_error("usage: rtl_coverage EXCLUSIONS.yaml RTL_DIR COVERAGE.dat [JSON ...]");
  }
  const Report report(read_points(args[2]), read_exclusions(args[0]), rtl_files(args[1]));
  bool good = report.print();
  if (args.size() > 3) fmt::print("\n{:<34} {:>16}\n", "cover points", "reached");
  for (std::size_t i = 3; i < args.size(); ++i) good = print_functional(args[i]) && good;
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    fmt::print(stderr, "rtl_coverage: {}\n", e.what());
    return 2;
  }
}
