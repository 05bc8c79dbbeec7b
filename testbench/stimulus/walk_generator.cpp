// SPDX-License-Identifier: Apache-2.0
#include "stimulus/walk_generator.h"

namespace lookaside::stimulus {

using translation::Context;
using translation::Format;

namespace {

// Bits of a RISC-V PTE. The generator must know them: it makes what decoders take apart.
constexpr std::uint64_t kValid = 1, kReadExecute = 0b1010, kWriteDirty = 0b10000100,
                        kGlobal = 1U << 5, kAccessed = 1U << 6;
constexpr unsigned kFlagBits = 7, kPpnShift = 10;

}  // namespace

Context WalkGenerator::context(const Format& format, unsigned asid_bits) {
  Context c;
  c.format = &format;
  c.root = random_.bits(format.pa_bits - format.page_shift) << format.page_shift;
  c.asid = static_cast<std::uint32_t>(random_.bits(asid_bits));
  c.fetch_privilege = privilege();
  c.data_privilege = privilege();
  c.sum = random_.chance(weights_.sum);
  c.mxr = random_.chance(weights_.mxr);
  c.ad_update = random_.chance(weights_.hardware_update) ? translation::AdUpdate::kHardware
                                                         : translation::AdUpdate::kFault;
  return c;
}

std::uint64_t WalkGenerator::va(const Format& format) {
  std::uint64_t va = random_.next();
  if (!format.sign_extended) return va & ((std::uint64_t{1} << format.va_bits) - 1);
  const unsigned unused = 64 - format.va_bits;
  va = static_cast<std::uint64_t>(static_cast<std::int64_t>(va << unused) >> unused);
  return random_.chance(weights_.noncanonical) ? va ^ upper_bits(random_, format) : va;
}

std::uint64_t WalkGenerator::pte(const Format& format, unsigned level) {
  std::uint64_t ppn = random_.bits(format.pa_bits - format.page_shift);
  std::uint64_t flags = kValid;
  if (level > 0 && random_.chance(weights_.pointer)) {
    if (random_.chance(weights_.pointer_global)) flags |= kGlobal;
  } else {
    const unsigned offset_bits = format.leaf_shift(level) - format.page_shift;
    ppn = ppn >> offset_bits << offset_bits;
    if (level > 0 && random_.chance(weights_.misaligned)) {
      ppn |= std::uint64_t{1} << random_.below(offset_bits);
    }
    flags |= random_.bits(kFlagBits) << 1;
    if (random_.chance(weights_.readable)) flags |= kReadExecute;
    if (random_.chance(weights_.accessed)) flags |= kAccessed;
    if (random_.chance(weights_.writable)) flags |= kWriteDirty;
  }
  std::uint64_t pte = ppn << kPpnShift | flags;
  if (random_.chance(weights_.one_bit_wrong)) {
    pte ^= std::uint64_t{1} << random_.below(8 * format.pte_bytes);
  }
  return pte;
}

}  // namespace lookaside::stimulus
