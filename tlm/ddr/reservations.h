// SPDX-License-Identifier: Apache-2.0
// Reservations of LR/SC. No SystemC.
#pragma once

#include <cstdint>
#include <vector>

namespace lookaside::ddr {

/// One reservation for each initiator: an aligned set of 64 bytes (so it lies inside one page,
/// LRSC-01). It ends with the owner's next SC, its next LR, or a write by anybody else that
/// overlaps the set.
class Reservations {
 public:
  static constexpr std::uint64_t kSetBytes = 64;
  static constexpr std::uint32_t kNobody =
      ~std::uint32_t{0};  ///< a writer that owns no reservation

  void reserve(std::uint32_t owner, std::uint64_t address) {
    for (Reservation& r : reservations_) {
      if (r.owner == owner) {
        live_ += r.live ? 0U : 1U;
        r = {owner, address / kSetBytes, true};
        return;
      }
    }
    ++live_;
    reservations_.push_back({owner, address / kSetBytes, true});
  }

  /// Ends the reservation of `owner`; true if it was live and holds `address` (naturally aligned,
  /// so all bytes of the access lie in the set if its first one does).
  bool consume(std::uint32_t owner, std::uint64_t address) {
    for (Reservation& r : reservations_) {
      if (r.owner != owner || !r.live) continue;
      r.live = false;
      --live_;
      return r.set == address / kSetBytes;
    }
    return false;
  }

  /// `writer` wrote [first, last].
  void written(std::uint32_t writer, std::uint64_t first, std::uint64_t last) {
    if (live_ == 0) return;
    for (Reservation& r : reservations_) {
      if (!r.live || r.owner == writer) continue;
      if (r.set < first / kSetBytes || r.set > last / kSetBytes) continue;
      r.live = false;
      --live_;
    }
  }

 private:
  struct Reservation {
    std::uint32_t owner;
    std::uint64_t set;
    bool live;
  };
  std::vector<Reservation> reservations_;
  unsigned live_ = 0;
};

}  // namespace lookaside::ddr
