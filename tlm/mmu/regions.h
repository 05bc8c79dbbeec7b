// SPDX-License-Identifier: Apache-2.0
// What the memory below has lent by DMI, and what the MMU has lent to those above.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/protocol/translation_port_if.h>

namespace lookaside::mmu {

/// A physical span in which DMI is allowed for one command, or denied (host == nullptr). Inclusive.
struct Region {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  std::uint8_t* host = nullptr;  ///< address of the byte `first`
  std::uint64_t latency_ps = 0;

  bool contains(std::uint64_t pa) const { return pa >= first && pa <= last; }
};

/// Answers of the memory below, for reads and for writes, until it takes them back.
class Regions {
 public:
  /// The answer that covers `pa`, or nullptr: ask below.
  const Region* find(bool write, std::uint64_t pa);
  /// Remembers an answer; the oldest denial is forgotten when there are many.
  const Region* add(bool write, const Region& region);
  /// Forgets every answer that touches [first, last].
  void forget(std::uint64_t first, std::uint64_t last);
  /// Forgets a denial: the memory hints that it now lends what contains `pa`.
  void forget_denial(bool write, std::uint64_t pa);

 private:
  struct Answers {
    std::vector<Region> regions;
    std::size_t last_found = 0;
    std::size_t denials = 0;
  };
  std::array<Answers, 2> answers_;
};

/// One pointer lent upward by get_direct_mem_ptr: virtual span, the physical span behind it, and
/// the page it was cut from.
struct Grant {
  protocol::Port port = protocol::Port::kData;
  std::uint64_t va_first = 0;
  std::uint64_t va_last = 0;
  std::uint64_t pa_first = 0;
};

/// All pointers lent and not yet revoked.
class Grants {
 public:
  void add(const Grant& grant);
  bool empty() const { return grants_.empty(); }
  /// Takes out all grants that `matches` and calls `revoke` on each, after it was taken out.
  template <typename Matches, typename Revoke>
  void take(Matches matches, Revoke revoke) {
    std::vector<Grant> taken;
    std::size_t kept = 0;
    for (const Grant& grant : grants_) {
      if (matches(grant)) {
        taken.push_back(grant);
      } else {
        grants_[kept++] = grant;
      }
    }
    grants_.resize(kept);
    for (const Grant& grant : taken) revoke(grant);
  }

 private:
  std::vector<Grant> grants_;
};

}  // namespace lookaside::mmu
