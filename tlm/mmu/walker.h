// SPDX-License-Identifier: Apache-2.0
// Payloads of page-table walks: owned by the walker, never the caller's (H-BT-11), and one per
// walk, because a second access may enter while a first one waits (H-BT-03).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <tlm>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::mmu {

/// One PTE access: a naturally aligned payload of 4 or 8 bytes (H-BE-07), little-endian.
class PteTransaction {
 public:
  explicit PteTransaction(std::uint32_t hart);
  ~PteTransaction();
  PteTransaction(const PteTransaction&) = delete;
  PteTransaction& operator=(const PteTransaction&) = delete;

  tlm::tlm_generic_payload& read(std::uint64_t address, unsigned bytes);
  tlm::tlm_generic_payload& compare_and_swap(std::uint64_t address, unsigned bytes,
                                             std::uint64_t expected, std::uint64_t desired);
  /// What a completed read returned.
  std::uint64_t value() const;
  /// A target that does not know the atomic extension has not swapped (AtomicExtension).
  bool acknowledged() const { return atomic_.acknowledged; }
  bool swapped() const { return atomic_.succeeded; }

 private:
  tlm::tlm_generic_payload& prepare(tlm::tlm_command command, std::uint64_t address,
                                    unsigned bytes);

  tlm::tlm_generic_payload payload_;
  protocol::AccessExtension access_;
  protocol::AtomicExtension atomic_;
  std::array<unsigned char, 8> data_{};
  unsigned bytes_ = 0;
};

/// Lends transactions; as many exist as were ever in use at once.
class PtePool {
 public:
  explicit PtePool(std::uint32_t hart) : hart_(hart) {}
  /// Returns itself to the pool.
  class Lease {
   public:
    Lease(PtePool& pool, std::unique_ptr<PteTransaction> transaction)
        : pool_(&pool), transaction_(std::move(transaction)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (transaction_) pool_->free_.push_back(std::move(transaction_));
    }
    PteTransaction* operator->() const { return transaction_.get(); }

   private:
    PtePool* pool_;
    std::unique_ptr<PteTransaction> transaction_;
  };
  Lease take();

 private:
  std::uint32_t hart_;
  std::vector<std::unique_ptr<PteTransaction>> free_;
};

}  // namespace lookaside::mmu
