// SPDX-License-Identifier: Apache-2.0
// A statistics tree as JSON: the numbers compact and nested by path, so that scripts read
// root["statistics"]["hart0"]["mmu"]["l1d"]["hits"], and a schema that says unit and meaning of
// each.
//
//   {"format": "lookaside-statistics", "version": 1,
//    "run": { ... what the caller says about the run ... },
//    "statistics": {"hart0": {"mmu": {"hits": 12, "faults": {"load": 1}, "latency_ns": {...}}}},
//    "schema": {"hart0.mmu.hits": {"kind": "scalar", "unit": "accesses", "sentence": "..."}}}
//
// scalar: integer; derived: number, null where its inputs give none (0/0); vector: object of label
// and integer; histogram: {"count", "sum", "min", "max", "mean", "buckets": [{"from", "to",
// "count"}]} with non-empty buckets only, both ends inclusive, min/max/mean null while empty;
// absent: null, and the schema entry says why ("reason"). Order is that of registration; the same
// numbers give the same bytes.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <lookaside/observe/statistic.h>

namespace lookaside::record {

/// The whole document. `run` is copied under "run" when it is not null. Throws RecordError when two
/// statistics, or a statistic and a group, claim the same path.
nlohmann::ordered_json statistics_json(const observe::StatisticGroup& root,
                                       const nlohmann::ordered_json& run = nullptr);

/// The document as text: two spaces of indentation, one final newline.
std::string statistics_json_text(const observe::StatisticGroup& root,
                                 const nlohmann::ordered_json& run = nullptr);

}  // namespace lookaside::record
