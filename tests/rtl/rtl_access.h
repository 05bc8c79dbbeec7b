// SPDX-License-Identifier: Apache-2.0
// Kinds of access, and fences, as the ports of the RTL want them.
#pragma once

#include <lookaside/translation/access.h>

#include "rtl/clocked.h"

namespace lookaside::tests {

inline unsigned rtl_access(translation::Access a) {
  if (a == translation::Access::kFetch) return 0;
  return translation::is_store(a) ? 2 : 1;
}

/// Puts a fence on its ports. Operands that its form does not use are noise: nothing may depend on
/// them. `page_shift`: 12 if the port takes page numbers; `bits`: of the port.
template <typename Form, typename Address, typename Asid>
void put_fence(const translation::Fence& f, Noise& noise, Form& form, Address& address,
               unsigned page_shift, unsigned bits, Asid& asid) {
  using translation::FenceForm;
  put(form, f.form);
  if (f.form == FenceForm::kAddress || f.form == FenceForm::kAddressAsid) {
    put(address, f.va >> page_shift);
  } else {
    noise.on(address, bits);
  }
  if (f.form == FenceForm::kAsid || f.form == FenceForm::kAddressAsid) {
    put(asid, f.asid);
  } else {
    noise.on(asid, 2);
  }
}

}  // namespace lookaside::tests
