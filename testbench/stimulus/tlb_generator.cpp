// SPDX-License-Identifier: Apache-2.0
#include "stimulus/tlb_generator.h"

#include <algorithm>

#include "stimulus/pick.h"
#include "stimulus/walk_generator.h"

namespace lookaside::stimulus {

using cosim::Operation;
using translation::FenceForm;
using translation::Format;

namespace {

constexpr std::uint64_t kOne = 1;

}  // namespace

TlbGenerator::TlbGenerator(const TlbShape& shape, const TlbWeights& weights, std::uint64_t seed)
    : shape_(shape), weights_(weights), random_(seed) {}

Operation TlbGenerator::next() {
  if (run_ > 0) return fill();
  const TlbWeights& w = weights_;
  switch (pick<4>(random_, {w.lookup, w.fill, w.drop, w.fence})) {
    case 0: {
      const Page page = draw();
      return cosim::lookup(page.va, page.asid);
    }
    case 1:
      return fill();
    case 2: {
      const Page page = draw();
      return cosim::drop(page.va, page.asid);
    }
    default:
      return fence();
  }
}

std::uint64_t TlbGenerator::extended(std::uint64_t va) const {
  const Format& format = *shape_.format;
  if (!format.sign_extended) return va & ones(format.va_bits);
  const bool negative = (va >> (format.va_bits - 1) & 1) != 0;
  return negative ? va | ~ones(format.va_bits) : va & ones(format.va_bits);
}

std::uint64_t TlbGenerator::fresh_va() {
  const Format& format = *shape_.format;
  std::uint64_t va = random_.bits(format.page_shift);
  for (unsigned level = 0; level < format.levels; ++level) {
    const std::uint64_t mask = ones(format.index_bits[level]);
    // Mostly one of two tables; at the leaf level, enough pages to overflow the sets.
    std::uint64_t index = level == 0 ? random_.below(12) : random_.below(2) * mask;
    if (random_.chance(weights_.wide_index)) index = random_.next() & mask;
    va |= index << format.leaf_shift(level);
  }
  return extended(va);
}

TlbGenerator::Page TlbGenerator::fresh() {
  static constexpr std::uint32_t kFew[] = {0, 1, 0x155};
  Page page;
  page.va = fresh_va();
  const bool wide = random_.chance(weights_.wide_asid);
  page.asid = (wide ? static_cast<std::uint32_t>(random_.next()) : kFew[random_.below(3)]) &
              static_cast<std::uint32_t>(ones(shape_.asid_bits));
  page.level = random_.chance(weights_.superpage) ? random_.below(shape_.format->levels) : 0;
  return page;
}

void TlbGenerator::turn_one_bit(Page& page) {
  const Format& format = *shape_.format;
  const unsigned vpn_bits = format.va_bits - format.page_shift;
  const unsigned bit = random_.below(vpn_bits + shape_.asid_bits);
  if (bit < vpn_bits) {
    page.va = extended(page.va ^ kOne << (format.page_shift + bit));
  } else {
    page.asid ^= 1U << (bit - vpn_bits);
  }
}

TlbGenerator::Page TlbGenerator::draw() {
  Page page = fresh();
  const Format& format = *shape_.format;
  if (filled_ > 0 && random_.chance(weights_.recent)) {
    const unsigned known = static_cast<unsigned>(std::min<std::size_t>(filled_, recent_.size()));
    page = recent_[random_.below(known)];
    // Another byte of the page.
    page.va ^= random_.bits(format.leaf_shift(page.level));
    if (random_.chance(weights_.near)) turn_one_bit(page);
  }
  if (format.sign_extended && random_.chance(weights_.noncanonical)) {
    page.va ^= upper_bits(random_, format);
  }
  return page;
}

Operation TlbGenerator::fill() {
  const Format& format = *shape_.format;
  Page page = random_.chance(weights_.recent) ? draw() : fresh();
  page.va = extended(page.va);
  page.level = fresh().level;
  if (run_ == 0 && random_.chance(weights_.same_set)) {
    run_ = 1 + random_.below(std::max(weights_.run, 1U));
    run_set_ = random_.next() & (shape_.sets - 1);
  }
  if (run_ > 0) {
    --run_;
    const unsigned shift = format.leaf_shift(page.level);
    const std::uint64_t mask = std::uint64_t{shape_.sets - 1} << shift;
    page.va = extended((page.va & ~mask) | (run_set_ << shift & mask));
  }
  recent_[filled_++ % recent_.size()] = page;
  const unsigned offset_bits = format.leaf_shift(page.level) - format.page_shift;
  const std::uint64_t ppn = random_.bits(format.pa_bits - format.page_shift) >> offset_bits
                                                                                    << offset_bits;
  return cosim::fill(page.va, page.asid, ppn, page.level, random_.chance(weights_.global),
                     static_cast<unsigned>(random_.bits(6)));
}

Operation TlbGenerator::fence() {
  const TlbWeights& w = weights_;
  const Page page = draw();
  const unsigned form =
      pick<4>(random_, {w.fence_all, w.fence_asid, w.fence_address, w.fence_address_asid});
  return cosim::fence({static_cast<FenceForm>(form), page.va, page.asid});
}

}  // namespace lookaside::stimulus
