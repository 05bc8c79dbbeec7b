// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <sys/mman.h>

#include <lookaside/ddr/backing_store.h>

namespace lookaside::ddr {
namespace {

constexpr std::uint64_t kMostInHugePages = std::uint64_t{1} << 30;

std::string describe(std::uint64_t first, std::uint64_t last) {
  char text[64];
  std::snprintf(text, sizeof text, "[0x%" PRIx64 ", 0x%" PRIx64 "]", first, last);
  return text;
}

/// Sorted, checked, neighbours joined.
std::vector<Region> normalise(std::vector<Region> regions) {
  if (regions.empty()) throw DdrError("ddr: no memory region is configured, expected at least one");
  std::sort(regions.begin(), regions.end(),
            [](const Region& a, const Region& b) { return a.base < b.base; });
  std::vector<Region> joined;
  for (const Region& region : regions) {
    if (region.size == 0 || region.size - 1 > ~region.base) {
      char text[128];
      std::snprintf(text, sizeof text,
                    "ddr: region at 0x%" PRIx64 " has size 0x%" PRIx64
                    ", expected at least 1 byte and an end below 2^64",
                    region.base, region.size);
      throw DdrError(text);
    }
    const std::uint64_t previous_last =
        joined.empty() ? 0 : joined.back().base + joined.back().size - 1;
    if (!joined.empty() && region.base <= previous_last) {
      throw DdrError("ddr: region " + describe(region.base, region.base + region.size - 1) +
                     " overlaps region " + describe(joined.back().base, previous_last));
    }
    if (!joined.empty() && region.base == previous_last + 1) {
      joined.back().size += region.size;
    } else {
      joined.push_back(region);
    }
  }
  return joined;
}

}  // namespace

BackingStore::BackingStore(std::vector<Region> regions) {
  std::uint64_t offset = 0;
  for (const Region& region : normalise(std::move(regions))) {
    const std::uint64_t last = region.base + region.size - 1;
    void* host = mmap(nullptr, region.size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (host == MAP_FAILED) {
      const int error = errno;
      release();
      throw DdrError("ddr: the host refuses memory for region " + describe(region.base, last) +
                     ": " + std::strerror(error));
    }
    // Scattered accesses miss the host's TLB less in huge pages. A large region does without: a
    // touch here and there would take far more memory than is used. A host that has none says so;
    // so what.
    if (region.size <= kMostInHugePages) madvise(host, region.size, MADV_HUGEPAGE);
    spans_.push_back({region.base, last, static_cast<std::uint8_t*>(host), offset});
    offset += region.size;
  }
}

BackingStore::~BackingStore() {
  release();
}

void BackingStore::release() {
  for (const Span& span : spans_) munmap(span.host, span.last - span.first + 1);
  spans_.clear();
}

}  // namespace lookaside::ddr
