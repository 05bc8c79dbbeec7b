// SPDX-License-Identifier: Apache-2.0
// Somebody else's TLB on the bench.
#pragma once

#include <deque>
#include <memory>

#include <lookaside/tlb/array.h>

#include "cosim/foreign/allowed_fills.h"
#include "cosim/foreign/bench.h"

namespace lookaside::foreign {

/// Lookups go in back to back, as fast as the block takes them; a refill or a fence may come while
/// earlier lookups are under way (compare: architectural). With compare: exact everything goes one
/// after the other, and set, way, victim and contents are those of the model array.
class TlbBench final : public Bench {
 public:
  TlbBench(const PortMap& map, const std::string& object, const std::string& wave);

  std::optional<cosim::Operation> fitted(const cosim::Operation& operation) const override;
  std::vector<Count> counts() const override;

 private:
  struct Lookup {
    cosim::Operation operation;
    std::uint64_t taken = 0;  ///< cycle
    AllowedFills::Time begun = 0;
    tlb::LookupResult model;  ///< compare: exact
  };

  void start(const cosim::Operation& operation) override;
  void drain() override;
  void before_edge() override;

  void lookup(const cosim::Operation& operation);
  void fill(const cosim::Operation& operation);
  void put_fill(const cosim::Operation& operation);
  void answered();
  void judge(const Lookup& lookup);
  void judge_exact(const Lookup& lookup);
  void judge_fill(const cosim::Operation& operation, const tlb::FillResult& expected);
  void judge_contents(const cosim::Operation& operation);
  std::vector<cosim::ComparedField> fields(const Lookup& lookup,
                                           const translation::Translation& expected) const;
  translation::Translation page_of(const cosim::Operation& operation) const;
  bool exact() const { return model_ != nullptr; }

  AllowedFills allowed_;
  std::unique_ptr<tlb::Array> model_;
  std::deque<Lookup> under_way_;
  std::optional<Lookup> offered_;
  // The pins read in every cycle.
  Pin lookup_ready_, response_valid_, hit_;
  std::uint64_t lookups_ = 0, hits_ = 0, fills_ = 0, fences_ = 0, overlapped_ = 0;
};

}  // namespace lookaside::foreign
