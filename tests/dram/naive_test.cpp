// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <gtest/gtest.h>

#include "dram/naive_compare.h"
#include "seed.h"

namespace lookaside::naive {
namespace {

TEST(DramNaive, Explore) {
  const std::size_t n = tests::from_environment("N", 2000);
  const auto all = traces(n, 1);
  const std::string only = std::getenv("ONLY") ? std::getenv("ONLY") : "";
  const bool plain = tests::from_environment("PLAIN", 0) != 0;
  const std::uint64_t bits = tests::from_environment("BITS", 7);  // keep,order,act
  for (const Part* part : {&kDdr4, &kDdr3})
    for (unsigned ranks : {1U, 2U})
      for (bool closed : {false, true})
        for (int m = 0; m < 2; ++m) {
          if (part == &kDdr3 && m == 1) continue;
          for (auto [o, g] : std::vector<std::pair<unsigned, unsigned>>{{1, 1}, {2,1}, {4, 1}, {8, 1}, {16,1}, {32, 1}, {32, 4}, {32,6}, {32, 10}, {32,20}}) {
            Load load;
            load.part = part;
            load.ranks = ranks;
            load.closed_page = closed;
            load.outstanding = o;
            load.gap = g;
            load.map = m == 0 ? "row:rank:bank:bank_group:column" : "row:rank:bank:column:bank_group";
            for (const auto& t : all) {
              if (!only.empty() && t.name != only) continue;
              Policy p = policy_of_model(closed);
              if (plain) {
                p.keep_wanted_rows = bits & 1;
                p.rows_in_order = bits & 2;
                p.activates_first = bits & 4;
                if (bits & 8) p.age_cap = 0;
              }
              const Outcome a = play_model(load, t.trace);
              const Outcome b = play_naive(load, t.trace, p);
              const std::string d = first_difference(a.commands, b.commands);
              const bool eq = d.empty() && a.latency == b.latency && a.hits == b.hits && a.misses == b.misses && a.conflicts == b.conflicts;
              std::printf("%s %7.2f%% %7.2f%% p50 %lu/%lu p99 %lu/%lu hits %lu/%lu miss %lu/%lu conf %lu/%lu cmds %zu/%zu | %s | %s\n", eq ? "EQ" : "NE",
                          deviation(a.gigabytes_per_second, b.gigabytes_per_second), deviation(a.mean_ns, b.mean_ns), a.p50, b.p50, a.p99, b.p99, a.hits, b.hits, a.misses, b.misses, a.conflicts, b.conflicts, a.commands.size(), b.commands.size(),
                          t.name.c_str(), load.text().c_str());
              if (!eq && std::getenv("DUMP")) std::printf("%s\n", d.c_str());
            }
          }
        }
}

}  // namespace
}  // namespace lookaside::naive
