// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/platform/elf.h>

#include "platform/elf_builder.h"
#include "seed.h"

namespace lookaside::platform {
namespace {

using tests::ElfBuilder;
using Bytes = ElfBuilder::Bytes;
using ::testing::HasSubstr;

Bytes sample(unsigned xlen) {
  return ElfBuilder(xlen)
      .entry(0x80000004)
      .code(0x80000000, {0x13, 0x13, 0x13}, 64)
      .segment(0x80001000, {1, 2, 3})
      .symbol("_start", 0x80000000, 0)
      .symbol("main", 0x80000004)
      .symbol("$x", 0x80000008, 0, 0)
      .symbol("tohost", 0x80001000, 1)
      .symbol("stack_size", 0x80000006, 0, 1, 0xfff1)
      .build();
}

std::string refusal(const Bytes& bytes) {
  try {
    Elf::parse(bytes, "fw.elf");
  } catch (const ElfError& error) {
    return error.what();
  }
  return "";
}

void put(Bytes& bytes, std::size_t at, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

class ElfOfClass : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Classes, ElfOfClass, ::testing::Values(32U, 64U));

TEST_P(ElfOfClass, ReadsSegmentsEntryAndSymbols) {
  const Elf elf = Elf::parse(sample(GetParam()), "fw.elf");
  EXPECT_EQ(elf.xlen(), GetParam());
  EXPECT_EQ(elf.entry(), 0x80000004U);
  ASSERT_EQ(elf.segments().size(), 2U);
  const Segment& text = elf.segments()[0];
  EXPECT_EQ(text.physical_address, 0x80000000U);
  EXPECT_EQ(text.memory_size, 64U);
  EXPECT_EQ(text.data_size, 12U);
  EXPECT_EQ(elf.data(text)[4], 0x13);
  EXPECT_EQ(elf.data(elf.segments()[1])[2], 3);
  EXPECT_EQ(elf.symbol("tohost"), 0x80001000U);
  EXPECT_EQ(elf.symbol("stack_size"), 0x80000006U);
  EXPECT_FALSE(elf.symbol("fromhost"));
}

TEST_P(ElfOfClass, LocatesAddresses) {
  const Elf elf = Elf::parse(sample(GetParam()), "fw.elf");
  EXPECT_EQ(elf.locate(0x80000000), "_start");
  EXPECT_EQ(elf.locate(0x80000003), "_start+0x3");
  EXPECT_EQ(elf.locate(0x80000004), "main");
  EXPECT_EQ(elf.locate(0x8000003f), "main+0x3b");  // neither the mapping nor the absolute symbol
  EXPECT_EQ(elf.locate(0x80000040), "");           // behind the segment
  EXPECT_EQ(elf.locate(0x80001002), "tohost+0x2");
  EXPECT_EQ(elf.locate(0), "");
  EXPECT_EQ(elf.locate(~0ULL), "");
}

TEST(Elf, EntryMovesWithASegmentLinkedElsewhere) {
  const Elf elf = Elf::parse(ElfBuilder(64)
                                 .entry(0xffffffc000000010)
                                 .segment(0x80200000, Bytes(64, 1), 64, 0xffffffc000000000)
                                 .build(),
                             "kernel");
  EXPECT_EQ(elf.entry(), 0x80200010U);
}

TEST(Elf, PrefersGlobalSymbolsAndFunctions) {
  const Elf elf = Elf::parse(ElfBuilder(64)
                                 .code(0x80000000, {1, 2, 3, 4})
                                 .symbol("x", 0x80000008, 2, 0)
                                 .symbol("x", 0x80000004, 2, 1)
                                 .symbol("label", 0x80000004, 0)
                                 .build(),
                             "fw.elf");
  EXPECT_EQ(elf.symbol("x"), 0x80000004U);
  EXPECT_EQ(elf.locate(0x80000004), "x");
}

TEST(Elf, RefusesWhatIsNoElfFile) {
  EXPECT_EQ(refusal({}), "fw.elf: offset 0x0: found an empty file (0 bytes), expected an ELF file");
  EXPECT_EQ(refusal({'#', '!'}),
            "fw.elf: offset 0x0: found the bytes 23 21, expected an ELF file (7f 45 4c 46)");
  EXPECT_THAT(refusal({0x7f, 'E', 'L', 'F', 2, 1}),
              HasSubstr("offset 0x0: found the end of the file"));
}

TEST(Elf, RefusesEveryTruncation) {
  for (const unsigned xlen : {32U, 64U}) {
    const Bytes whole = sample(xlen);
    ASSERT_EQ(refusal(whole), "");
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THAT(refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
                  HasSubstr("fw.elf: offset 0x"))
          << size << " of " << whole.size() << " bytes";
    }
  }
}

TEST(Elf, RefusesHeadersThatLie) {
  struct Case {
    const char* what;
    std::function<void(Bytes&)> change;
    const char* message;
  };
  constexpr std::size_t kProgram = 64;  // offset of the first program header
  const Case cases[] = {
      {"class", [](Bytes& b) { b[4] = 3; }, "offset 0x4: found class 3, expected 1 (32 bit) or 2"},
      {"endianness", [](Bytes& b) { b[5] = 2; }, "offset 0x5: found data encoding 2, expected 1"},
      {"machine", [](Bytes& b) { put(b, 18, 62, 2); },
       "offset 0x12: found machine 62, expected 243"},
      {"type", [](Bytes& b) { put(b, 16, 1, 2); }, "offset 0x10: found file type 1, expected 2"},
      {"no headers", [](Bytes& b) { put(b, 56, 0, 2); }, "offset 0x38: found no program headers"},
      {"header size", [](Bytes& b) { put(b, 54, 32, 2); },
       "offset 0x36: found program header entries of 32 bytes, expected 56"},
      {"too many headers", [](Bytes& b) { put(b, 56, 0xffff, 2); },
       "expected a program header table"},
      {"table far away", [](Bytes& b) { put(b, 32, ~0ULL, 8); }, "expected a program header table"},
      {"nothing loadable", [](Bytes& b) { put(b, kProgram, 4, 4), put(b, kProgram + 56, 4, 4); },
       "offset 0x40: found no loadable segment"},
      {"data outside", [](Bytes& b) { put(b, kProgram + 8, 1 << 20, 8); },
       "expected a segment of 12"},
      {"data wraps", [](Bytes& b) { put(b, kProgram + 8, ~0ULL - 3, 8); },
       "expected a segment of 12"},
      {"data size huge",
       [](Bytes& b) { put(b, kProgram + 32, ~0ULL, 8), put(b, kProgram + 40, ~0ULL, 8); },
       "expected a segment of 18446744073709551615 bytes"},
      {"memory below data", [](Bytes& b) { put(b, kProgram + 40, 4, 8); },
       "offset 0x40: found a segment of 0x4 bytes in memory with 0xc in the file"},
      {"memory wraps", [](Bytes& b) { put(b, kProgram + 24, ~0ULL - 15, 8); },
       "expected one that ends inside the address space"},
      {"overlap", [](Bytes& b) { put(b, kProgram + 40, 0x2000, 8); },
       "offset 0x78: found a segment at 0x80001000 that overlaps the one at "
       "0x80000000..0x80001fff"},
      {"section size", [](Bytes& b) { put(b, 58, 40, 2); },
       "found section header entries of 40 bytes"},
      {"sections far away", [](Bytes& b) { put(b, 40, ~0ULL - 64, 8); }, "a section header table"},
  };
  for (const Case& c : cases) {
    Bytes bytes = sample(64);
    c.change(bytes);
    EXPECT_THAT(refusal(bytes), HasSubstr(c.message)) << c.what;
  }
}

TEST(Elf, RefusesSymbolTablesThatLie) {
  const Bytes good = sample(64);
  const std::size_t sections = good.size() - 3 * 64;
  const auto changed = [&](std::size_t at, std::uint64_t value, unsigned size) {
    Bytes bytes = good;
    put(bytes, at, value, size);
    return refusal(bytes);
  };
  EXPECT_THAT(changed(sections + 64 + 40, 77, 4),
              HasSubstr("names in section 77, expected a section below 3"));
  EXPECT_THAT(changed(sections + 64 + 56, 16, 8),
              HasSubstr("symbol entries of 16 bytes, expected 24"));
  EXPECT_THAT(changed(sections + 64 + 32, 1ULL << 40, 8), HasSubstr("a symbol table"));
  EXPECT_THAT(changed(sections + 128 + 32, 1ULL << 40, 8), HasSubstr("a string table"));
  const std::uint64_t table = good[sections + 64 + 24] | good[sections + 64 + 25] << 8;
  EXPECT_THAT(changed(table + 24, 0xffff, 4), HasSubstr("a symbol's name at 0xffff"));
}

TEST(Elf, RefusesSegmentsOutsideRam) {
  const Elf elf = Elf::parse(sample(64), "fw.elf");
  EXPECT_NO_THROW(elf.check_fits({{0x80000000, 0x2000}}));
  EXPECT_NO_THROW(elf.check_fits({{0x80001000, 0x1000}, {0x80000000, 0x1000}}));
  for (const Region& ram : {Region{0x80000000, 0x1000}, Region{0x80001000, 0x1000},
                            Region{0x80000000, 0x1002}, Region{0, 0x1000}}) {
    EXPECT_THROW(elf.check_fits({ram}), ElfError) << std::hex << ram.base << " " << ram.size;
  }
  try {
    elf.check_fits({{0x80000000, 0x1000}});
  } catch (const ElfError& error) {
    EXPECT_THAT(error.what(), HasSubstr("fw.elf: offset 0x78: found a segment at "
                                        "0x80001000..0x80001002, expected one inside RAM "
                                        "(0x80000000..0x80000fff)"));
  }
}

/// Bytes flipped, numbers replaced by extreme ones, pieces cut off: parsing must end with a result
/// or with an ElfError, and whatever it accepts must be safe to use. ASan watches.
TEST(Elf, SurvivesMutation) {
  std::mt19937_64 random(tests::seed(20240607));
  const std::uint64_t extremes[] = {0,      1,          2,          3,     0x7f,      0xff,
                                    0xffff, 0x7fffffff, 0xffffffff, ~0ULL, 1ULL << 63};
  unsigned accepted = 0;
  unsigned refused = 0;
  for (std::uint64_t i = 0; i < tests::rounds(40000); ++i) {
    Bytes bytes = sample(i % 2 == 0 ? 32 : 64);
    const unsigned changes = 1 + random() % 4;
    for (unsigned c = 0; c < changes; ++c) {
      const std::size_t at = random() % bytes.size();
      const unsigned size = 1U << random() % 4;
      if (random() % 8 == 0) {
        bytes.resize(at + 1);
      } else if (at + size <= bytes.size()) {
        put(bytes, at, random() % 2 == 0 ? extremes[random() % 11] : random(), size);
      }
    }
    try {
      const Elf elf = Elf::parse(bytes, "fuzz");
      std::uint64_t sum = 0;
      for (const Segment& s : elf.segments()) {
        for (std::uint64_t b = 0; b < s.data_size; ++b) sum += elf.data(s)[b];
      }
      elf.locate(elf.entry() + sum);
      ++accepted;
    } catch (const ElfError&) {
      ++refused;
    }
  }
  EXPECT_GT(accepted, 1000U);  // the fuzzing reaches behind the first checks
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace lookaside::platform
