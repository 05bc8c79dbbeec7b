// SPDX-License-Identifier: Apache-2.0
#include "cosim/foreign/examples.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace lookaside::foreign {

std::string example(const std::string& name) {
  return LOOKASIDE_FOREIGN_EXAMPLES "/" + name;
}

std::string our_rtl() {
  return LOOKASIDE_RTL_DIRECTORY;
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

PortMap example_map(const std::string& name, const std::string& more, const std::string& file) {
  const std::string path = example(name) + "/" + file;
  return parse_port_map(text_of_file(path) + "\n" + more, path);
}

std::string object_of(const PortMap& map, const std::string& rtl, bool trace) {
  BuildOptions options;
  options.rtl = rtl;
  options.cache = LOOKASIDE_TEST_CACHE;
  options.trace = trace;
  return build(map, options).object;
}

SessionResult check(const PortMap& map, const std::string& rtl, std::uint64_t operations,
                    std::uint64_t seed) {
  const std::string object = object_of(map, rtl);
  const auto drawn =
      random_operations(map, make_bench(map, object)->fence_forms(), operations, seed);
  return run_session(map, object, *drawn);
}

std::uint64_t count(const SessionResult& result, const std::string& name) {
  for (const Count& one : result.counts) {
    if (one.name == name) return one.value;
  }
  ADD_FAILURE() << "nothing is counted as '" << name << "'";
  return 0;
}

}  // namespace lookaside::foreign
