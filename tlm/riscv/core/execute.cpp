// SPDX-License-Identifier: Apache-2.0
// The inner loop: fetch, decode through the cache, execute, until local time reaches the slice's
// end.
#include <lookaside/riscv/core/decode.h>
#include <lookaside/riscv/core/execute.h>

namespace lookaside::riscv {

template <unsigned kXlen, bool kObserved>
void Hart::run_slice() {
  using E = Executor<kXlen, kObserved>;
  while (now_ < slice_end()) {
    std::uint32_t raw;
    const std::uint64_t offset = pc_ - fetch_.first;
    if (offset < fetch_.read_span) {
      std::memcpy(&raw, fetch_.host + offset, sizeof raw);
      ++*fetch_.repeats;
      cost_ = fetch_.read_cost;
    } else {
      cost_ = config_.cycle_ps;
      if (!fetch_slow(raw)) {
        take_exception(nullptr);
        continue;
      }
    }
    // An entry is right whenever its bits are: stores to code need no invalidation.
    Instruction& i = cache_[(pc_ >> 1) & (kCacheEntries - 1)];
    const std::uint32_t bits = (raw & 3U) == 3U ? raw : raw & 0xffffU;
    if (i.raw != bits) i = decode(bits, kXlen);
    next_pc_ = static_cast<typename E::U>(pc_ + i.length);
    if (kObserved) E::begin(*this, i);
    if (!E::dispatch(*this, i)) {
      take_exception(&i);
      continue;
    }
    x_[0] = 0;
    ++retired_;
    if (kObserved) E::end(*this, i);
    pc_ = next_pc_;
    now_ += cost_;
  }
}

template void Hart::run_slice<32, false>();
template void Hart::run_slice<32, true>();
template void Hart::run_slice<64, false>();
template void Hart::run_slice<64, true>();

}  // namespace lookaside::riscv
