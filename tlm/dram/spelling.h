// SPDX-License-Identifier: Apache-2.0
// The name a misspelt one was meant to be, or one in another case.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace lookaside::dram {

inline bool same_letter(unsigned char x, unsigned char y) {
  return std::tolower(x) == std::tolower(y);
}

/// Number of letters to insert, remove or replace between two words; their case does not count.
inline std::size_t letters_between(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// Names are the same in upper and lower case.
inline bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

/// "; did you mean 'x'?" when a candidate is near, else "; expected one of a, b, c".
inline std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  std::string list;
  const std::string* best = nullptr;
  std::size_t distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    list += (list.empty() ? "" : ", ") + candidate;
    const std::size_t here = letters_between(word, candidate);
    if (here >= distance) continue;
    distance = here;
    best = &candidate;
  }
  return best != nullptr ? "; did you mean '" + *best + "'?" : "; expected one of " + list;
}

}  // namespace lookaside::dram
