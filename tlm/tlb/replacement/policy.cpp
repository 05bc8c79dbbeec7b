// SPDX-License-Identifier: Apache-2.0
#include <lookaside/tlb/replacement/fifo.h>
#include <lookaside/tlb/replacement/lru.h>
#include <lookaside/tlb/replacement/policy.h>
#include <lookaside/tlb/replacement/random.h>
#include <lookaside/tlb/replacement/tree_plru.h>

namespace lookaside::tlb {

const char* name(Replacement policy) {
  switch (policy) {
    case Replacement::kTreePlru:
      return "plru";
    case Replacement::kLru:
      return "lru";
    case Replacement::kFifo:
      return "fifo";
    case Replacement::kRandom:
      return "random";
  }
  return "";
}

std::unique_ptr<Policy> make_policy(const Geometry& g) {
  switch (g.replacement) {
    case Replacement::kLru:
      return std::make_unique<Lru>(g.sets(), g.ways);
    case Replacement::kFifo:
      return std::make_unique<Fifo>(g.sets(), g.ways);
    case Replacement::kRandom:
      return std::make_unique<Random>(g.ways, g.seed);
    case Replacement::kTreePlru:
      break;
  }
  return std::make_unique<TreePlru>(g.sets(), g.ways);
}

}  // namespace lookaside::tlb
