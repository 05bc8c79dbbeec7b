// SPDX-License-Identifier: Apache-2.0
// The test table, its runner and the expectations. A test prints exactly one line:
//   PASS <name> [<rule>] rv64 sv39
//   FAIL <name> [<rule>] rv64 sv39: <what was expected> got <what came>
#pragma once

#include "excursion.h"

struct test {
  const char* name;
  const char* rule;
  void (*run)(void);
};

// Begin and end one test; everything expected in between counts for it. The line's name is `name`
// followed by `suffix`.
void test_begin(const char* name, const char* suffix, const char* rule);
void test_end(void);
// Run a table in order.
void tests_run(const struct test* tests, unsigned count);
#define RUN_TESTS(table) tests_run(table, sizeof(table) / sizeof((table)[0]))
// Print the summary line and give the exit code for main: 0, or the number of failed tests.
int tests_summary(const char* program);

// A plain comparison of numbers.
void expect_equal(const char* what, word_t expected, word_t got);

// "-fetch", "-load" ...: for tests made once for each kind of access.
extern const char* const kAccessSuffix[kAccessKinds];

// The causes of an access's kind (WALK-06).
word_t page_fault(enum access access);
word_t access_fault(enum access access);

// The probe must be refused with this cause, tval = its address and epc = its instruction.
void expect_fault(const struct probe* probe, word_t cause);
void expect_page_fault(const struct probe* probe);
void expect_access_fault(const struct probe* probe);
// The same with a tval of its own.
void expect_fault_at(const struct probe* probe, word_t cause, word_t tval);
// The probe must not be refused; the value it read comes back.
word_t expect_pass(const struct probe* probe);
// Any outcome against cause, tval and epc.
void expect_outcome(const struct outcome* got, word_t cause, word_t tval, word_t epc);
