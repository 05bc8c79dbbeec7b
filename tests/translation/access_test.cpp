// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <lookaside/translation/access.h>
#include <lookaside/translation/format.h>

namespace lookaside::translation {
namespace {

TEST(Access, Names) {
  EXPECT_STREQ(name(Access::kFetch), "fetch");
  EXPECT_STREQ(name(Access::kLoad), "load");
  EXPECT_STREQ(name(Access::kStore), "store");
  EXPECT_STREQ(name(Access::kLoadReserved), "load-reserved");
  EXPECT_STREQ(name(Access::kStoreConditional), "store-conditional");
  EXPECT_STREQ(name(Access::kAmo), "atomic");
  EXPECT_STREQ(name(Privilege::kUser), "U");
  EXPECT_STREQ(name(Privilege::kSupervisor), "S");
  EXPECT_STREQ(name(Privilege::kMachine), "M");
  // The four forms of A.10.
  EXPECT_STREQ(name(FenceForm::kAll), "all");
  EXPECT_STREQ(name(FenceForm::kAsid), "asid");
  EXPECT_STREQ(name(FenceForm::kAddress), "address");
  EXPECT_STREQ(name(FenceForm::kAddressAsid), "address+asid");
}

// PERM-04, PMP-19: SC and AMO are stores, LR is a load.
TEST(Access, StoresAreStoreScAndAmo) {
  EXPECT_FALSE(is_store(Access::kFetch));
  EXPECT_FALSE(is_store(Access::kLoad));
  EXPECT_FALSE(is_store(Access::kLoadReserved));
  EXPECT_TRUE(is_store(Access::kStore));
  EXPECT_TRUE(is_store(Access::kStoreConditional));
  EXPECT_TRUE(is_store(Access::kAmo));
}

// PRV-01: MPRV reaches data accesses, never fetches. PRV-02, SATP-13: M is not translated.
TEST(Context, FetchAndDataHavePrivilegesOfTheirOwn) {
  Context c;
  c.format = &kSv39;
  c.fetch_privilege = Privilege::kMachine;
  c.data_privilege = Privilege::kUser;
  EXPECT_FALSE(c.translates(Access::kFetch));
  EXPECT_TRUE(c.translates(Access::kLoad));
  EXPECT_TRUE(c.translates(Access::kAmo));
  c.fetch_privilege = Privilege::kSupervisor;
  c.data_privilege = Privilege::kMachine;
  EXPECT_TRUE(c.translates(Access::kFetch));
  EXPECT_FALSE(c.translates(Access::kStore));
  c.format = nullptr;
  EXPECT_FALSE(c.translates(Access::kFetch));
}

TEST(Context, EqualityLooksAtEveryField) {
  const Context plain;
  EXPECT_EQ(plain, Context{});
  Context c[8];
  c[0].format = &kSv32;
  c[1].root = 1;
  c[2].asid = 1;
  c[3].fetch_privilege = Privilege::kUser;
  c[4].data_privilege = Privilege::kUser;
  c[5].sum = true;
  c[6].mxr = true;
  c[7].ad_update = AdUpdate::kFault;
  for (const Context& changed : c) EXPECT_NE(plain, changed);
}

}  // namespace
}  // namespace lookaside::translation
