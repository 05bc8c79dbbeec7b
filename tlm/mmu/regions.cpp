// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/mmu/regions.h>

namespace lookaside::mmu {

namespace {
constexpr std::size_t kMaxDenials = 64;
}

const Region* Regions::find(bool write, std::uint64_t pa) {
  Answers& answers = answers_[write ? 1 : 0];
  const auto& regions = answers.regions;
  if (answers.last_found < regions.size() && regions[answers.last_found].contains(pa)) {
    return &regions[answers.last_found];
  }
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (!regions[i].contains(pa)) continue;
    answers.last_found = i;
    return &regions[i];
  }
  return nullptr;
}

const Region* Regions::add(bool write, const Region& region) {
  Answers& answers = answers_[write ? 1 : 0];
  if (region.host == nullptr && ++answers.denials > kMaxDenials) {
    const auto oldest = std::find_if(answers.regions.begin(), answers.regions.end(),
                                     [](const Region& r) { return r.host == nullptr; });
    answers.regions.erase(oldest);
    --answers.denials;
  }
  answers.regions.push_back(region);
  return &answers.regions.back();
}

void Regions::forget(std::uint64_t first, std::uint64_t last) {
  for (Answers& answers : answers_) {
    const auto touched = [&](const Region& r) { return r.first <= last && first <= r.last; };
    answers.regions.erase(std::remove_if(answers.regions.begin(), answers.regions.end(), touched),
                          answers.regions.end());
    answers.denials =
        static_cast<std::size_t>(std::count_if(answers.regions.begin(), answers.regions.end(),
                                               [](const Region& r) { return r.host == nullptr; }));
  }
}

void Regions::forget_denial(bool write, std::uint64_t pa) {
  Answers& answers = answers_[write ? 1 : 0];
  if (answers.denials == 0) return;
  const auto denied = [pa](const Region& r) { return r.host == nullptr && r.contains(pa); };
  const auto end = std::remove_if(answers.regions.begin(), answers.regions.end(), denied);
  answers.denials -= static_cast<std::size_t>(answers.regions.end() - end);
  answers.regions.erase(end, answers.regions.end());
}

void Grants::add(const Grant& grant) {
  const auto same = [&grant](const Grant& g) {
    return g.port == grant.port && g.va_first == grant.va_first && g.va_last == grant.va_last &&
           g.pa_first == grant.pa_first;
  };
  if (std::none_of(grants_.begin(), grants_.end(), same)) grants_.push_back(grant);
}

}  // namespace lookaside::mmu
