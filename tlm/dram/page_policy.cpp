// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/page_policy.h>

namespace lookaside::dram {
namespace {

class Open final : public PagePolicy {
 public:
  bool close_after(std::uint32_t) override { return false; }
};

class Closed final : public PagePolicy {
 public:
  bool close_after(std::uint32_t) override { return true; }
};

class Timeout final : public PagePolicy {
 public:
  explicit Timeout(std::uint64_t limit) : limit_(limit) {}
  bool close_after(std::uint32_t) override { return false; }
  std::uint64_t idle_limit() const override { return limit_; }

 private:
  std::uint64_t limit_;
};

/// A two-bit counter for each bank: conflicts teach it to close rows, opening the same row again
/// teaches it to leave them open.
class Adaptive final : public PagePolicy {
 public:
  explicit Adaptive(std::uint32_t banks) : banks_(banks) {}
  bool close_after(std::uint32_t bank) override { return banks_[bank].close >= 2; }
  void opened(std::uint32_t bank, std::uint32_t row, RowState found) override {
    Bank& b = banks_[bank];
    if (found == RowState::kConflict) {
      if (b.close < 3) ++b.close;
    } else if (b.row == row) {
      if (b.close > 0) --b.close;
    }
    b.row = row;
  }

 private:
  struct Bank {
    std::uint32_t row = ~0U;
    std::uint8_t close = 1;
  };
  std::vector<Bank> banks_;
};

}  // namespace

std::unique_ptr<PagePolicy> make_page_policy(const ControllerConfig& config, std::uint32_t banks) {
  switch (config.page_policy) {
    case PagePolicyKind::kClosed:
      return std::make_unique<Closed>();
    case PagePolicyKind::kAdaptive:
      return std::make_unique<Adaptive>(banks);
    case PagePolicyKind::kTimeout:
      return std::make_unique<Timeout>(config.page_timeout);
    case PagePolicyKind::kOpen:
      break;
  }
  return std::make_unique<Open>();
}

}  // namespace lookaside::dram
