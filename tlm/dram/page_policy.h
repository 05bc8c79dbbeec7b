// SPDX-License-Identifier: Apache-2.0
// When a row is closed that nobody asked to close.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// One policy for all banks of a channel; keeps what it must know of each.
class PagePolicy {
 public:
  virtual ~PagePolicy() = default;
  /// The bank's column command is about to be issued and no other request for its row waits: close
  /// the row with it?
  virtual bool close_after(std::uint32_t bank) = 0;
  /// Clocks after its last use at which an idle row is closed; kNever.
  virtual std::uint64_t idle_limit() const { return kNever; }
  /// A request's row was opened in this bank, which had been found like this.
  virtual void opened(std::uint32_t /*bank*/, std::uint32_t /*row*/, RowState /*found*/) {}
};

std::unique_ptr<PagePolicy> make_page_policy(const ControllerConfig& config, std::uint32_t banks);

}  // namespace lookaside::dram
