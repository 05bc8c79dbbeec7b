// SPDX-License-Identifier: Apache-2.0
// What a replacement policy answers. A policy knows sets and ways only; which ways are free is the
// array's business, and a free way is always taken before a policy is asked.
#pragma once

#include <memory>

#include <lookaside/tlb/interface.h>

namespace lookaside::tlb {

class Policy {
 public:
  virtual ~Policy() = default;
  /// A lookup hit this way.
  virtual void hit(unsigned set, unsigned way) = 0;
  /// A new entry was stored in this way, whether it was free or a victim.
  virtual void filled(unsigned set, unsigned way) = 0;
  /// The way to replace in a set whose ways are all in use. Asked once per eviction.
  virtual unsigned victim(unsigned set) = 0;
  /// True if hitting the way hit last once more changes no later victim.
  virtual bool repeat_hit_is_noop() const = 0;
};

/// The policy that a valid geometry names.
std::unique_ptr<Policy> make_policy(const Geometry& geometry);

}  // namespace lookaside::tlb
