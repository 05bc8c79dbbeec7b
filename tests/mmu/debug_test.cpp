// SPDX-License-Identifier: Apache-2.0
// Debug access (rule book H.6): the page tables' view, and nothing changes.
#include <cstring>

#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using translation::Pmp;

class DebugTest : public SystemCTest {
 protected:
  unsigned debug(Bench& b, bool write, std::uint64_t va, unsigned length,
                 protocol::AccessExtension* ext = nullptr) {
    tlm::tlm_generic_payload p;
    Bench::set(p, write, va, data, length);
    if (ext != nullptr) p.set_extension(ext);
    const unsigned done = b.initiator.data->transport_dbg(p);
    EXPECT_EQ(p.get_address(), va) << "H-DBG-09";
    if (ext != nullptr) p.clear_extension(ext);
    return done;
  }
  unsigned char data[16384] = {};
};

TEST_F(DebugTest, LeavesNoTrace_H_DBG_01) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa, Bench::kV | Bench::kR | Bench::kW);
  b.memory.set(kPa, 0xABCD);
  b.run([&] {
    const std::uint64_t pte_before = b.memory.get(pte, 8);
    const auto figures = Figures(b.mmu.statistics()).all();
    EXPECT_EQ(debug(b, false, kVa, 8), 8U);
    EXPECT_EQ(data[0] | data[1] << 8, 0xABCD);
    EXPECT_EQ(b.memory.get(pte, 8), pte_before) << "A stays clear";
    EXPECT_TRUE(b.memory.seen.empty()) << "PTEs by transport_dbg as well (H-DBG-02)";
    EXPECT_EQ(b.memory.debug_calls, 4U);
    EXPECT_EQ(Figures(b.mmu.statistics()).all(), figures);
    EXPECT_FALSE(b.mmu.l1(protocol::Port::kData)->probe(kVa, 1).hit);
    EXPECT_FALSE(b.mmu.l2()->probe(kVa, 1).hit);
  });
}

TEST_F(DebugTest, SeesTheTablesNotTheTlb_H_DBG_08) {
  Bench b;
  const std::uint64_t pte = b.map(kVa, kPa);
  b.memory.set(kPa + 0x2000, 0x55);
  b.run([&] {
    b.load(kVa);
    b.memory.set(pte, (kPa + 0x2000) >> 12 << 10 | Bench::kAll);
    debug(b, false, kVa, 1);
    EXPECT_EQ(data[0], 0x55);
  });
}

TEST_F(DebugTest, SplitsAndStopsAtTheFirstUnmappedPage_H_DBG_04) {
  Bench b;
  b.map(kVa, kPa);
  b.map(kVa + 0x1000, kPa + 0x5000);
  b.run([&] {
    std::memset(data, 7, sizeof(data));
    EXPECT_EQ(debug(b, true, kVa + 0xFF0, 0x20), 0x20U);
    EXPECT_EQ(b.memory.get(kPa + 0xFF0, 1), 7U);
    EXPECT_EQ(b.memory.get(kPa + 0x500F, 1), 7U);
    EXPECT_EQ(b.memory.get(kPa + 0x5010, 1), 0U);
    EXPECT_EQ(debug(b, false, kVa + 0x800, 0x2000), 0x1800U);
    EXPECT_EQ(debug(b, false, kVa + 0x2000, 8), 0U);
    EXPECT_EQ(debug(b, false, 0x0000'0040'0000'0000, 8), 0U) << "not canonical";
  });
}

TEST_F(DebugTest, PartialCountFromBelow) {
  Bench b;
  b.map(kVa, kPa);
  b.map(kVa + 0x1000, 0x4000'0000);  // no memory there
  b.run([&] { EXPECT_EQ(debug(b, false, kVa + 0xFF8, 16), 8U); });
}

TEST_F(DebugTest, PermissionsAreIgnoredUnlessAskedFor_H_DBG_05) {
  Bench b;
  // Execute-only user page, A clear: nothing a supervisor load may touch.
  b.map(kVa, kPa, Bench::kV | Bench::kX | Bench::kU);
  Pmp closed;
  b.mmu.set_pmp(0, closed);
  b.run([&] {
    EXPECT_EQ(debug(b, true, kVa, 8), 8U);
    protocol::AccessExtension ext;
    EXPECT_EQ(debug(b, false, kVa, 8, &ext), 8U);
    ext.ignore_permissions = false;
    EXPECT_EQ(debug(b, false, kVa, 8, &ext), 0U) << "PMP refuses the PTE";
    b.mmu.set_pmp(0, Pmp(0));
    EXPECT_EQ(debug(b, false, kVa, 8, &ext), 0U) << "SUM and R are missing";
    ext.access = Access::kFetch;
    ext.has_context = true;
    ext.context = b.context;
    ext.context.fetch_privilege = Privilege::kUser;
    EXPECT_EQ(debug(b, false, kVa, 8, &ext), 8U);
  });
}

TEST_F(DebugTest, TheExtensionChoosesTheContext_H_DBG_07) {
  Bench b;
  b.map(kVa, kPa);
  b.memory.set(kPa, 0x77);
  b.run([&] {
    protocol::AccessExtension ext;
    ext.has_context = true;  // Bare: physical
    EXPECT_EQ(debug(b, false, kPa, 1, &ext), 1U);
    EXPECT_EQ(data[0], 0x77);
    EXPECT_EQ(debug(b, false, kVa, 1, &ext), 0U);
  });
}

TEST_F(DebugTest, NothingToDo_H_DBG_06) {
  Bench b({}, nullptr, false);
  b.map(kVa, kPa);
  b.run([&] {
    tlm::tlm_generic_payload p;
    Bench::set(p, false, kVa, nullptr, 8);
    EXPECT_EQ(b.initiator.data->transport_dbg(p), 0U);
    Bench::set(p, false, kVa, data, 0);
    EXPECT_EQ(b.initiator.data->transport_dbg(p), 0U);
    EXPECT_EQ(b.memory.debug_calls, 0U);
  });
}

}  // namespace
}  // namespace lookaside::tests
