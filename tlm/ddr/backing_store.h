// SPDX-License-Identifier: Apache-2.0
// The bytes behind the DDR controller. No SystemC.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::ddr {

/// A memory that cannot be: no region, an empty one, one beyond the address space, two that
/// overlap, or one the host refuses. The message names the regions.
class DdrError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// RAM at the physical bytes [base, base + size - 1].
struct Region {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

/// Zero-initialised memory at one or more physical ranges. The host gives a page only when it is
/// first touched: 16 GiB of modelled memory cost what the guest uses. Regions that touch are one.
class BackingStore {
 public:
  /// A run of contiguous bytes of the guest and of the host.
  struct Span {
    std::uint64_t first = 1;  ///< physical, inclusive
    std::uint64_t last = 0;
    std::uint8_t* host = nullptr;  ///< address of the byte `first`
    std::uint64_t offset = 0;      ///< place of `first` in the DRAM: regions follow each other

    bool contains(std::uint64_t address) const { return address >= first && address <= last; }
  };

  /// Throws DdrError.
  explicit BackingStore(std::vector<Region> regions);
  ~BackingStore();
  BackingStore(const BackingStore&) = delete;
  BackingStore& operator=(const BackingStore&) = delete;

  /// The region that holds [address, address + bytes - 1]; null if none holds all of it.
  const Span* find(std::uint64_t address, std::uint64_t bytes) const {
    for (const Span& span : spans_) {
      if (span.contains(address)) {
        return bytes != 0 && bytes - 1 <= span.last - address ? &span : nullptr;
      }
    }
    return nullptr;
  }
  /// Host address of a byte of `span`.
  static std::uint8_t* at(const Span& span, std::uint64_t address) {
    return span.host + (address - span.first);
  }
  /// In order of address.
  const std::vector<Span>& spans() const { return spans_; }

 private:
  void release();

  std::vector<Span> spans_;
};

}  // namespace lookaside::ddr
