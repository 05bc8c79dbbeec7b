// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include <lookaside/riscv/core/commit_log.h>
#include <lookaside/riscv/core/disassemble.h>
#include <lookaside/riscv/module/hart_recorder.h>

namespace lookaside::riscv {

using observe::SignalKind;
using translation::Privilege;

namespace {

std::vector<observe::EnumName> privilege_names() {
  return {{static_cast<std::uint64_t>(Privilege::kUser), "U"},
          {static_cast<std::uint64_t>(Privilege::kSupervisor), "S"},
          {static_cast<std::uint64_t>(Privilege::kMachine), "M"}};
}

std::vector<observe::EnumName> trap_names() {
  std::vector<observe::EnumName> names;
  for (unsigned code = 0; code < kCauseCount; ++code) names.push_back({code, exception_name(code)});
  for (const unsigned code : {1U, 3U, 5U, 7U, 9U, 11U}) {
    names.push_back({HartRecorder::kInterruptOffset + code, interrupt_name(code)});
  }
  names.push_back({HartRecorder::kNoTrap, "none"});
  return names;
}

}  // namespace

HartRecorder::HartRecorder(const std::string& scope, unsigned xlen, unsigned hart_id,
                           std::function<std::string(std::uint64_t)> symbolizer,
                           std::function<void(const std::string&)> trace, observe::SignalSink* sink)
    : xlen_(xlen),
      hart_id_(hart_id),
      symbolizer_(std::move(symbolizer)),
      trace_(std::move(trace)),
      sink_(sink),
      // 64 bits for both XLENs, so that one save file fits both.
      pc_(sink, {scope, "pc", SignalKind::kBits, 64, {}, "address of the instruction"}),
      privilege_(sink, {scope, "privilege", SignalKind::kEnum, 2, privilege_names(),
                        "mode in which the instruction runs"}),
      instruction_(sink, {scope,
                          "instruction",
                          SignalKind::kText,
                          0,
                          {},
                          "the instruction, with the symbol it lies in"}),
      trap_(sink,
            {scope, "trap", SignalKind::kEnum, 6, trap_names(), "cause of a trap being taken"}),
      instret_(sink, {scope, "instret", SignalKind::kBits, 64, {}, "instructions retired so far"}) {
}

void HartRecorder::show(const Commit& commit) {
  const std::uint64_t time = commit.time_ps;
  show(time, commit.pc, commit.instruction);
  instret_.set(time, commit.retired);
  show(time, commit.privilege);
  if (!started_) trap_.set(time, kNoTrap);
  started_ = true;
  // The handler may start at the very time of the trap: the cause stays for an instruction then.
  if (trap_shown_ && time > trap_time_ps_) {
    trap_shown_ = false;
    trap_.set(time, kNoTrap);
  }
}

void HartRecorder::show(std::uint64_t time, std::uint64_t pc, const Instruction* instruction) {
  pc_.set(time, xlen_ == 32 ? pc & 0xffffffffU : pc);
  std::string text = instruction != nullptr ? disassemble(*instruction, pc, xlen_) : "(no fetch)";
  if (symbolizer_) {
    const std::string symbol = symbolizer_(pc);
    if (!symbol.empty()) text += "  <" + symbol + ">";
  }
  instruction_.set(time, std::string_view(text));
}

void HartRecorder::show(std::uint64_t time, Privilege privilege) {
  if (started_ && privilege == shown_privilege_) return;
  shown_privilege_ = privilege;
  privilege_.set(time, static_cast<std::uint64_t>(privilege));
}

void HartRecorder::retired(const Commit& commit) {
  if (sink_ != nullptr) show(commit);
  if (trace_) trace_(commit_log_line(commit, hart_id_, xlen_));
}

void HartRecorder::trapped(const Trap& trap) {
  if (sink_ == nullptr) return;
  // An instruction that traps never retires; what it was is what a reader wants to know.
  if (!trap.interrupt) show(trap.time_ps, trap.epc, trap.instruction);
  show(trap.time_ps, trap.from);
  started_ = true;
  trap_shown_ = true;
  trap_time_ps_ = trap.time_ps;
  trap_.set(trap.time_ps, (trap.interrupt ? kInterruptOffset : 0) + trap.code);
}

}  // namespace lookaside::riscv
