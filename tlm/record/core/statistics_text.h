// SPDX-License-Identifier: Apache-2.0
// A statistics tree as a table for people: the same numbers as the JSON document.
#pragma once

#include <string>

#include <lookaside/observe/statistic.h>

namespace lookaside::record {

/// One block a group, headed by its path; one line a statistic: name, value, unit, sentence. Of a
/// vector the non-zero labels follow, of a histogram the non-empty buckets with a bar each. An
/// absent figure shows "-" and the reason, a derived one without a value "n/a".
std::string statistics_text(const observe::StatisticGroup& root);

}  // namespace lookaside::record
