// SPDX-License-Identifier: Apache-2.0
// What the modules that testbench/formal/block.cpp writes around a netlist call (DPI): which
// mutation is active, and the comparison of the netlist with the RTL. Compiled into the test by
// unit.sh.
#include <cstdio>
#include <cstdlib>

namespace {

/// Comparisons made; said when the program ends without a difference.
struct Compared {
  unsigned long long times = 0;
  ~Compared() {
    if (times != 0) std::printf("compared %llu times: equal\n", times);
  }
} compared;

}  // namespace

extern "C" int lookaside_mutant() {
  const char* text = std::getenv("LOOKASIDE_MUTANT");
  return text == nullptr ? 0 : std::atoi(text);
}

extern "C" void lookaside_compared() {
  ++compared.times;
}

extern "C" void lookaside_differs(const char* port) {
  std::printf("netlist differs after %llu comparisons: %s\n", compared.times, port);
  std::fflush(stdout);
  std::_Exit(1);
}
