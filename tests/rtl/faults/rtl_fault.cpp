// SPDX-License-Identifier: Apache-2.0
// rtl_fault TABLE list
// rtl_fault TABLE check RTL_DIR
// rtl_fault TABLE apply NAME RTL_DIR OUT_DIR
//
// Prints the table of hand-made RTL faults (name, unit, file and kind, separated by tabs), or
// writes a copy of the RTL with one of them. A fault whose text is not found exactly once is an
// error, so that the table follows the RTL. Exit status 2 for any error.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace {

namespace fs = std::filesystem;

struct Fault {
  std::string name, kind, file, find, replace, unit;
};

std::vector<Fault> read_table(const std::string& path) {
  std::vector<Fault> faults;
  for (const YAML::Node& node : YAML::LoadFile(path)) {
    const auto field = [&](const char* key) {
      if (!node[key]) {
        throw std::runtime_error(path + ":" + std::to_string(node.Mark().line + 1) + ": no '" +
                                 key + "'");
      }
      return node[key].as<std::string>();
    };
    faults.push_back({field("name"), field("kind"), field("file"), field("find"), field("replace"),
                      field("unit")});
  }
  return faults;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The text of a file with the fault in it.
std::string faulty(const Fault& fault, const fs::path& rtl) {
  const fs::path path = rtl / fault.file;
  std::string text = read(path);
  const std::size_t at = text.find(fault.find);
  if (at == std::string::npos || text.find(fault.find, at + 1) != std::string::npos) {
    throw std::runtime_error(path.string() + ": expected exactly once, for fault " + fault.name +
                             ": " + fault.find);
  }
  return text.replace(at, fault.find.size(), fault.replace);
}

void apply(const Fault& fault, const fs::path& rtl, const fs::path& out) {
  const std::string text = faulty(fault, rtl);
  fs::create_directories(out);
  for (const fs::directory_entry& entry : fs::directory_iterator(rtl)) {
    if (entry.path().extension() != ".sv") continue;
    fs::copy_file(entry.path(), out / entry.path().filename(),
                  fs::copy_options::overwrite_existing);
  }
  std::ofstream file(out / fault.file, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + (out / fault.file).string());
}

int run(const std::vector<std::string>& args) {
  const std::vector<Fault> faults = read_table(args.at(0));
  if (args.size() == 2 && args[1] == "list") {
    for (const Fault& f : faults) {
      std::printf("%s\t%s\t%s\t%s\n", f.name.c_str(), f.unit.c_str(), f.file.c_str(),
                  f.kind.c_str());
    }
    return 0;
  }
  if (args.size() == 3 && args[1] == "check") {
    for (const Fault& f : faults) faulty(f, args[2]);
    std::printf("%zu faults can be applied\n", faults.size());
    return 0;
  }
  if (args.size() == 5 && args[1] == "apply") {
    for (const Fault& f : faults) {
      if (f.name != args[2]) continue;
      apply(f, args[3], args[4]);
      return 0;
    }
    throw std::runtime_error(args[0] + ": no fault '" + args[2] + "'");
  }
  throw std::runtime_error(
      "usage: rtl_fault TABLE list | check RTL_DIR | apply NAME RTL_DIR OUT_DIR");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2)
      throw std::runtime_error("no table; usage: rtl_fault TABLE list | check ... | apply ...");
    return run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rtl_fault: %s\n", e.what());
    return 2;
  }
}
