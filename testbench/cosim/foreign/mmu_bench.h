// SPDX-License-Identifier: Apache-2.0
// Somebody else's MMU on the bench.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cosim/foreign/allowed_set.h"
#include "cosim/foreign/bench.h"
#include "cosim/foreign/mmu_model.h"
#include "cosim/foreign/pte_port.h"

namespace lookaside::foreign {

/// Fetches and data accesses go in back to back, both ports at once; fences and stores to page
/// tables come between them or, with a phase, in the middle of a walk. Context and protection
/// change when nothing is under way. Every answer must be in the allowed set; PTE accesses must lie
/// in page tables, and updates set A and D only, in the value that is in memory.
class MmuBench final : public Bench {
 public:
  MmuBench(const PortMap& map, const std::string& object, const std::string& wave);

  std::optional<cosim::Operation> fitted(const cosim::Operation& operation) const override;
  std::vector<Count> counts() const override;

 private:
  struct Access {
    cosim::Operation operation;
    translation::Context context;
    AllowedSet::Time begun = 0;
    std::uint64_t pte_accesses = 0;  ///< made by the block before
  };
  /// A port for accesses: its pins, what is offered, what is under way.
  struct Port {
    std::string name;
    Pin valid, ready, va, more, store;
    Encoded kind;
    Pin response_valid, pa, ppn, fault, page_fault, access_fault, tval;
    Encoded cause, rule;
    std::optional<Access> offered;
    std::deque<Access> under_way;
    bool hold = false;
  };

  void start(const cosim::Operation& operation) override;
  void drain() override;
  void before_edge() override;

  Port port(const std::string& name) const;
  Port& port_of(const cosim::Operation& operation);
  bool quiet() const;
  void set_context(const translation::Context& context);
  void set_pmp(const cosim::Operation& operation);
  void access(const cosim::Operation& operation);
  void offer(Port& port);
  /// Fences and stores whose moment has come, or `all` that wait.
  void phases(std::uint64_t pte_accesses, bool all);
  void fence_now(const cosim::Operation& operation);
  void taken(Port& port);
  void answered(Port& port);
  void judge(const Port& port, const Access& access);
  void judge_exact(const Port& port, const Access& access);
  bool shows(const Port& port, const Answer& answer) const;
  static bool faulted(const Port& port);
  std::string got(const Port& port) const;
  void judge_pte(const PteAccess& access);
  std::vector<Answer> legal(const Access& access) const;
  AllowedSet::Time oldest() const;

  AllowedSet allowed_;
  PtePort memory_;
  std::array<Port, 2> ports_;        ///< fetch, data
  std::unique_ptr<MmuModel> model_;  ///< compare: exact
  std::vector<PteAccess> made_;      ///< since the last access was offered, for the model
  translation::Context context_;
  std::vector<translation::Pmp>
      pmps_;  ///< since the last fence of everything; the last is in force
  std::vector<cosim::Operation> phased_;
  std::uint64_t accesses_ = 0, faults_ = 0, fences_ = 0, mid_walk_ = 0, choices_ = 0,
                pte_reads_ = 0, updates_ = 0, without_walk_ = 0;
  std::uint64_t noise_ = 1;
};

}  // namespace lookaside::foreign
