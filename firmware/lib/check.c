// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include "console.h"

const char* const kAccessSuffix[kAccessKinds] = {"-fetch", "-load", "-store", "-lr", "-sc", "-amo"};

static struct {
  const char* name;
  const char* suffix;
  const char* rule;
  bool failed;
} current;
static unsigned passed;
static unsigned failed;

void test_begin(const char* name, const char* suffix, const char* rule) {
  current.name = name;
  current.suffix = suffix;
  current.rule = rule;
  current.failed = false;
}

static void print_heading(const char* verdict) {
  print("%s %s%s [%s] %s %s", verdict, current.name, current.suffix, current.rule, XLEN_NAME,
        MODE_NAME);
}

// True for the first failure of a test: its heading is printed, and the caller says the rest.
static bool first_failure(void) {
  if (current.failed) return false;
  current.failed = true;
  print_heading("FAIL");
  return true;
}

void test_end(void) {
  if (current.failed) {
    ++failed;
    return;
  }
  ++passed;
  print_heading("PASS");
  print("\n");
}

void tests_run(const struct test* tests, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    test_begin(tests[i].name, "", tests[i].rule);
    tests[i].run();
    test_end();
  }
}

int tests_summary(const char* program) {
  print("SUMMARY %s %s %s: %u passed, %u failed\n", program, XLEN_NAME, MODE_NAME, passed, failed);
  return (int)failed;
}

void expect_equal(const char* what, word_t expected, word_t got) {
  if (expected == got || !first_failure()) return;
  print(": expected %s 0x%lx got 0x%lx\n", what, expected, got);
}

word_t page_fault(enum access access) {
  if (access == kFetch) return kFetchPageFault;
  return access == kLoad || access == kLr ? kLoadPageFault : kStorePageFault;
}

word_t access_fault(enum access access) {
  if (access == kFetch) return kFetchAccessFault;
  return access == kLoad || access == kLr ? kLoadAccessFault : kStoreAccessFault;
}

void expect_outcome(const struct outcome* got, word_t cause, word_t tval, word_t epc) {
  if (got->cause == cause && got->tval == tval && got->epc == epc) return;
  if (!first_failure()) return;
  print(": expected cause %lu tval 0x%lx epc 0x%lx got cause %lu tval 0x%lx epc 0x%lx\n", cause,
        tval, epc, got->cause, got->tval, got->epc);
}

void expect_fault_at(const struct probe* probe, word_t cause, word_t tval) {
  const struct outcome got = probe_run(probe);
  expect_outcome(&got, cause, tval, probe_epc(probe));
}

void expect_fault(const struct probe* probe, word_t cause) {
  expect_fault_at(probe, cause, probe->va);
}

void expect_page_fault(const struct probe* probe) {
  expect_fault(probe, page_fault(probe->access));
}

void expect_access_fault(const struct probe* probe) {
  expect_fault(probe, access_fault(probe->access));
}

word_t expect_pass(const struct probe* probe) {
  const struct outcome got = probe_run(probe);
  const word_t call = kUserCall + probe->privilege;
  const bool arrived = probe->access != kFetch || got.epc == probe->va;
  if ((got.cause != call || !arrived) && first_failure()) {
    static const char* const kAccessNames[] = {"fetch", "load", "store", "LR", "SC", "AMO"};
    print(": expected %s at 0x%lx to pass got cause %lu tval 0x%lx epc 0x%lx\n",
          kAccessNames[probe->access], probe->va, got.cause, got.tval, got.epc);
  }
  return got.value;
}
