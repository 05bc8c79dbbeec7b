// SPDX-License-Identifier: Apache-2.0
// lookaside_permission_check for every input, against the leaf permission matrix (rule book A.5)
// and the row after it (A.4 row 8), written down by hand.
#include <PermissionCheck.h>
#include <cctype>

#include <gmock/gmock.h>

#include <lookaside/translation/fault.h>

#include "rtl/clocked.h"

namespace lookaside::tests {
namespace {

using translation::Rule;

// Columns of the matrix: what the access needs, or why nothing helps.
constexpr char kX = 'X', kR = 'R', kW = 'W';
constexpr char kNotOurs = 's', kNeverFetch = 'f', kNeedsSum = 'm';

struct Row {
  bool user_mode;
  int sum;  ///< -1: either
  bool user_page;
  char fetch, load, store;
};
constexpr Row kMatrix[] = {
    {true, -1, true, kX, kR, kW},
    {true, -1, false, kNotOurs, kNotOurs, kNotOurs},
    {false, 0, true, kNeverFetch, kNeedsSum, kNeedsSum},
    {false, 1, true, kNeverFetch, kR, kW},
    {false, -1, false, kX, kR, kW},
};

struct Bits {
  bool d, a, u, x, w, r;
};
constexpr unsigned kPermissions = 64;
Bits bits(unsigned perm) {
  return {(perm & 32) != 0, (perm & 16) != 0, (perm & 8) != 0,
          (perm & 4) != 0,  (perm & 2) != 0,  (perm & 1) != 0};
}

char cell(bool user_mode, bool sum, bool user_page, unsigned access) {
  for (const Row& row : kMatrix) {
    if (row.user_mode != user_mode || row.user_page != user_page) continue;
    if (row.sum >= 0 && (row.sum != 0) != sum) continue;
    return access == 0 ? row.fetch : access == 1 ? row.load : row.store;
  }
  return '?';
}

Rule expected(char needs, const Bits& b, bool mxr, unsigned access) {
  switch (needs) {
    case kNotOurs:
      return Rule::kSupervisorPage;
    case kNeverFetch:
      return Rule::kUserPageFetch;
    case kNeedsSum:
      return Rule::kUserPageWithoutSum;
    case kX:
      if (!b.x) return Rule::kNoExecute;
      break;
    case kR:
      if (!b.r && !(mxr && b.x)) return Rule::kNoRead;
      break;
    default:
      if (!b.w) return Rule::kNoWrite;
      break;
  }
  if (!b.a) return Rule::kAccessedClear;
  return access == 2 && !b.d ? Rule::kDirtyClear : Rule::kNone;
}

TEST(RtlPermissionCheck, EqualsTheMatrixForEveryInput) {
  VerilatedContext context;
  PermissionCheck rtl(&context);
  unsigned allowed = 0, operations = 0;
  for (unsigned perm = 0; perm < kPermissions; ++perm) {
    for (unsigned access = 0; access < 3; ++access) {
      for (unsigned flags = 0; flags < 8; ++flags) {
        const bool user = (flags & 1) != 0, sum = (flags & 2) != 0, mxr = (flags & 4) != 0;
        rtl.perm_i = static_cast<CData>(perm);
        rtl.access_i = static_cast<CData>(access);
        rtl.user_i = user;
        rtl.sum_i = sum;
        rtl.mxr_i = mxr;
        rtl.eval();
        ++operations;
        const Bits b = bits(perm);
        const Rule want = expected(cell(user, sum, b.u, access), b, mxr, access);
        ASSERT_STREQ(name(static_cast<Rule>(rtl.rule_o)), name(want))
            << "operation " << operations << " DAUXWR " << perm << " access " << access << " user "
            << user << " sum " << sum << " mxr " << mxr;
        allowed += want == Rule::kNone ? 1 : 0;
      }
    }
  }
  EXPECT_GT(allowed, 0U);
  write_coverage(context);
}

}  // namespace
}  // namespace lookaside::tests
