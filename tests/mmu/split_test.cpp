// SPDX-License-Identifier: Apache-2.0
// Accesses that touch more than one page (rule book H-GP-06 to 08, H-BE-01 to 05, TVAL-05).
#include <gmock/gmock.h>

#include "mmu/bench.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using ::testing::ElementsAre;
using translation::Cause;
using translation::FenceForm;
using translation::Rule;

constexpr std::uint64_t kEnd = 0x40'1000;  // of the page at kVa; the next lies elsewhere in memory
constexpr std::uint64_t kPa2 = 0x8060'0000;

class SplitTest : public SystemCTest {
 protected:
  SplitTest() {
    for (unsigned i = 0; i < sizeof(data); ++i) data[i] = static_cast<unsigned char>(i + 1);
  }
  void map_both(Bench& b) {
    b.map(kVa, kPa);
    b.map(kEnd, kPa2);
  }
  std::vector<unsigned> bytes_at(const Bench& b, std::uint64_t pa, unsigned n) {
    std::vector<unsigned> result;
    for (unsigned i = 0; i < n; ++i) result.push_back(b.memory.bytes[pa - Memory::kBase + i]);
    return result;
  }
  /// A write of `length` bytes of `data`, shaped by `change`.
  Reply write(Bench& b, std::uint64_t va, unsigned length,
              const std::function<void(tlm::tlm_generic_payload&)>& change = {}) {
    tlm::tlm_generic_payload p;
    protocol::AccessExtension ext;
    ext.access = Access::kStore;
    ext.requester = protocol::Requester::kHartData;
    Bench::set(p, true, va, data, length);
    if (change) change(p);
    p.set_extension(&ext);
    Reply r = b.send(false, p);
    p.clear_extension(&ext);
    p.clear_extension(p.get_extension<protocol::AtomicExtension>());
    r.faulted = ext.faulted;
    r.fault = ext.fault;
    return r;
  }
  unsigned char data[16384] = {};
  unsigned char enables[64] = {};
};

TEST_F(SplitTest, EachPageGetsItsOwnPayloadInAddressOrder) {
  Bench b;
  map_both(b);
  b.run([&] {
    const Reply r = write(b, kEnd - 3, 8);
    EXPECT_TRUE(r.ok());
    EXPECT_FALSE(r.dmi_allowed);
    const auto sent = b.memory.on(false);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].address, kPa + 0xFFD);
    EXPECT_EQ(sent[0].length, 3U);
    EXPECT_EQ(sent[0].streaming_width, 3U);
    EXPECT_EQ(sent[0].requester, protocol::Requester::kHartData);
    EXPECT_EQ(sent[1].address, kPa2);
    EXPECT_EQ(sent[1].length, 5U);
    EXPECT_GT(sent[1].ps, sent[0].ps);
    EXPECT_THAT(bytes_at(b, kPa2, 6), ElementsAre(4, 5, 6, 7, 8, 0));
    EXPECT_EQ(b.load(kEnd - 3).value, 0x0807'0605'0403'0201U);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("accesses.store"), 1);
  EXPECT_EQ(f.at("split_accesses"), 2);
  EXPECT_EQ(f.at("translations"), 4);
  EXPECT_EQ(f.at("l1d.lookups"), 4) << "each half is one lookup";
}

TEST_F(SplitTest, ANonCrossingAccessUpToTheLastByteIsNotSplit) {
  Bench b;
  map_both(b);
  b.run([&] { EXPECT_TRUE(write(b, kEnd - 8, 8).ok()); });
  EXPECT_EQ(Figures(b.mmu.statistics()).at("split_accesses"), 0);
}

// What an access does must not depend on whether a TLB holds a superpage whole or in pieces.
TEST_F(SplitTest, ASuperpageIsCutLikeItsSmallestPages) {
  Bench b;
  b.map(0x4000'0000, 0x8000'0000, Bench::kAll, 2);
  translation::Pmp pmp;
  pmp.write_addr(0, 0x8040'1000 >> 2 | 0x1FF);  // the second 4 KiB: closed
  pmp.write_cfg(0, 0x18);
  pmp.write_addr(1, ~std::uint64_t{0} >> 10);
  pmp.write_cfg(1, 0x1F);
  b.run([&] {
    EXPECT_TRUE(write(b, 0x4040'0FFC, 8).ok());
    EXPECT_EQ(b.memory.on(false).size(), 2U);
    protocol::DirectGrant g;
    EXPECT_FALSE(b.mmu.direct(protocol::Port::kData, 0x4040'0FFC, 8, Access::kLoad, g));
    ASSERT_TRUE(b.mmu.direct(protocol::Port::kData, 0x4040'0FF8, 8, Access::kLoad, g));
    EXPECT_EQ(g.first, 0x4040'0000U);
    EXPECT_EQ(g.last, 0x4040'0FFFU);
    EXPECT_EQ(g.host, &b.memory.bytes[0x40'0000]);
    b.mmu.set_pmp(0, pmp);
    const Reply r = write(b, 0x4040'0FFC, 8);
    EXPECT_EQ(r.fault.rule, Rule::kPmpPermission) << "PMP-20: each part alone";
    EXPECT_EQ(r.fault.tval, 0x4040'1000U);
  });
  const Figures f(b.mmu.statistics());
  EXPECT_EQ(f.at("split_accesses"), 1) << "the refused one was never sent in parts";
  EXPECT_EQ(f.at("l1d.lookups"), 5);
}

TEST_F(SplitTest, ARefusedHalfStopsBoth_GP08) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    const Reply second = b.store(kEnd - 4, ~0ULL);
    ASSERT_TRUE(second.faulted);
    EXPECT_EQ(second.fault.tval, kEnd) << "TVAL-05";
    EXPECT_EQ(second.fault.cause, Cause::kStorePage);
    const Reply first = b.store(kVa - 4, ~0ULL);
    EXPECT_EQ(first.fault.tval, kVa - 4);
    EXPECT_TRUE(b.memory.on(false).empty());
  });
}

TEST_F(SplitTest, AcrossThreePages) {
  Bench b;
  map_both(b);
  b.map(kEnd + 0x1000, kPa);
  b.run([&] {
    EXPECT_TRUE(write(b, kEnd - 16, 4096 + 32).ok());
    const auto sent = b.memory.on(false);
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(sent[0].length, 16U);
    EXPECT_EQ(sent[1].length, 4096U);
    EXPECT_EQ(sent[2].length, 16U);
    EXPECT_EQ(sent[2].address, kPa);
  });
}

TEST_F(SplitTest, ErrorOfTheSecondChildIsTheParents) {
  Bench b;
  map_both(b);
  b.memory.broken = {{kPa2, kPa2 + 7}};
  b.memory.broken_status = tlm::TLM_BURST_ERROR_RESPONSE;
  b.run([&] {
    const Reply r = b.store(kEnd - 4, ~0ULL);
    EXPECT_EQ(r.status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(r.fault.rule, Rule::kBusError);
    EXPECT_EQ(r.fault.tval, kEnd);
    EXPECT_EQ(r.fault.physical, kPa2);
    b.memory.broken = {{kPa + 0xF00, kPa + 0xFFF}};
    b.memory.seen.clear();
    EXPECT_EQ(b.store(kEnd - 4, ~0ULL).fault.tval, kEnd - 4);
    EXPECT_EQ(b.memory.on(false).size(), 1U) << "nothing is sent after a failing child";
  });
}

TEST_F(SplitTest, ByteEnablesAreCutAndTurned_H_BE_01) {
  Bench b;
  map_both(b);
  const unsigned char pattern[3] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED, TLM_BYTE_ENABLED};
  b.run([&] {
    std::copy(pattern, pattern + 3, enables);
    EXPECT_TRUE(write(b, kEnd - 4, 8, [&](auto& p) {
                  p.set_byte_enable_ptr(enables);
                  p.set_byte_enable_length(3);
                }).ok());
  });
  // Enabled where index modulo 3 is not 1: bytes 0, 2, 3, 5, 6.
  EXPECT_THAT(bytes_at(b, kPa + 0xFFC, 4), ElementsAre(1, 0, 3, 4));
  EXPECT_THAT(bytes_at(b, kPa2, 4), ElementsAre(0, 6, 7, 0));
}

TEST_F(SplitTest, APageWithoutEnabledBytesIsNotTranslated_H_BE_04) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    std::fill(enables, enables + 4, static_cast<unsigned char>(TLM_BYTE_ENABLED));
    const auto shape = [&](tlm::tlm_generic_payload& p) {
      p.set_byte_enable_ptr(enables);
      p.set_byte_enable_length(8);
    };
    EXPECT_TRUE(write(b, kEnd - 4, 8, shape).ok());
    EXPECT_EQ(b.memory.on(false).size(), 1U);
    std::fill(enables, enables + 8, static_cast<unsigned char>(TLM_BYTE_DISABLED));
    EXPECT_TRUE(write(b, kEnd - 4, 8, shape).ok()) << "nothing to do";
    EXPECT_EQ(b.memory.on(false).size(), 1U);
    enables[4] = TLM_BYTE_ENABLED;
    EXPECT_EQ(write(b, kEnd - 4, 8, shape).fault.tval, kEnd);
  });
}

TEST_F(SplitTest, TheStreamingWidthDecidesWhatIsTouched_H_BE_02) {
  Bench b;
  b.map(kVa, kPa);
  b.run([&] {
    EXPECT_TRUE(write(b, kEnd - 4, 16, [](auto& p) { p.set_streaming_width(4); }).ok());
    const auto sent = b.memory.on(false);
    ASSERT_EQ(sent.size(), 1U) << "all sixteen bytes go to the same four addresses";
    EXPECT_EQ(sent[0].length, 16U);
    EXPECT_EQ(sent[0].streaming_width, 4U);
  });
  EXPECT_THAT(bytes_at(b, kPa + 0xFFC, 4), ElementsAre(13, 14, 15, 16));
}

TEST_F(SplitTest, AStreamAcrossPagesWrapsAsOne_H_BE_03) {
  Bench b;
  map_both(b);
  b.run([&] {
    EXPECT_TRUE(write(b, kEnd - 2, 10, [](auto& p) { p.set_streaming_width(4); }).ok());
    const auto sent = b.memory.on(false);
    ASSERT_EQ(sent.size(), 5U) << "2+2, 2+2, 2";
    EXPECT_EQ(sent[4].address, kPa + 0xFFE);
  });
  EXPECT_THAT(bytes_at(b, kPa + 0xFFE, 2), ElementsAre(9, 10));
  EXPECT_THAT(bytes_at(b, kPa2, 3), ElementsAre(7, 8, 0));
  EXPECT_EQ(Figures(b.mmu.statistics()).at("translations"), 2) << "each page is translated once";
}

TEST_F(SplitTest, AnAtomicMayNotCross_MIS04) {
  Bench b;
  map_both(b);
  b.run([&] {
    protocol::AtomicExtension atomic;
    const Reply r = write(b, kEnd - 4, 8, [&](auto& p) { p.set_extension(&atomic); });
    EXPECT_EQ(r.fault.rule, Rule::kMisaligned);
    EXPECT_TRUE(b.memory.seen.empty());
  });
}

TEST_F(SplitTest, AfterTheLastPageOfSv32ComesTheFirst) {
  Bench b;
  Context c = b.context;
  c.format = &translation::kSv32;
  // The root maps the first and the last 4 MiB.
  b.memory.set(Bench::kRoot, 0x8040'0000 >> 12 << 10 | Bench::kAll, 4);
  b.memory.set(Bench::kRoot + 1023 * 4, 0x8080'0000 >> 12 << 10 | Bench::kAll, 4);
  b.run([&] {
    b.use(c);
    EXPECT_TRUE(write(b, 0xFFFF'FFFE, 4).ok());
    const auto sent = b.memory.on(false);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].address, 0x80BF'FFFEU);
    EXPECT_EQ(sent[1].address, 0x8040'0000U);
    b.memory.set(Bench::kRoot, 0, 4);
    b.fence(FenceForm::kAll);
    EXPECT_EQ(write(b, 0xFFFF'FFFE, 4).fault.tval, 0U);
  });
}

}  // namespace
}  // namespace lookaside::tests
