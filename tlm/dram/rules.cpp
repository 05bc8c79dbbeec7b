// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/rules.h>

namespace lookaside::dram {
namespace {

using P = Parameter;

constexpr Ops kAct = bit(Op::kAct);
constexpr Ops kPre = bit(Op::kPre);
constexpr Ops kPrea = bit(Op::kPreAll);
constexpr Ops kPrecharges = kPre | kPrea;
constexpr Ops kRda = bit(Op::kRda);
constexpr Ops kWra = bit(Op::kWra);
constexpr Ops kReads = bit(Op::kRd) | kRda;
constexpr Ops kWr = bit(Op::kWr);
constexpr Ops kWrites = kWr | kWra;
constexpr Ops kColumns = kReads | kWrites;
constexpr Ops kRef = bit(Op::kRef);
constexpr Ops kRefBank = bit(Op::kRefBank);
constexpr Ops kPde = bit(Op::kPde);
constexpr Ops kPdx = bit(Op::kPdx);
constexpr Ops kSre = bit(Op::kSre);
constexpr Ops kSrx = bit(Op::kSrx);
constexpr Ops kRestart = kAct | kRef | kRefBank | kSre;  ///< what needs a precharged bank
constexpr Ops kOther = kPrecharges | kRef | kRefBank | kPde | kPdx | kSre | kSrx;
constexpr Ops kAll = kAct | kColumns | kOther;
constexpr Ops kAwake = kAll & static_cast<Ops>(~(kPdx | kSrx));

constexpr std::uint8_t kEvery = 0xF;
constexpr std::uint8_t kLpddr4 = 1U << static_cast<unsigned>(Standard::kLpddr4);
constexpr std::uint8_t kDdr5 = 1U << static_cast<unsigned>(Standard::kDdr5);
constexpr std::uint8_t kDdr = kEvery & ~kLpddr4;
constexpr std::uint8_t kDdr34 = kDdr & ~kDdr5;

constexpr Term plus(P p) {
  return {p, 1};
}
constexpr Term minus(P p) {
  return {p, -1};
}

}  // namespace

const std::vector<Rule>& rule_table() {
  constexpr Level kB = Level::kBank, kG = Level::kBankGroup, kR = Level::kRank;
  constexpr Level kO = Level::kOtherRank, kC = Level::kChannel;
  // clang-format off
  static const std::vector<Rule> kTable = {
      {"tRCD", kB, kAct, kColumns, {plus(P::kRcd)}, 0, 1, kEvery},
      {"tRAS", kB, kAct, kPrecharges, {plus(P::kRas)}, 0, 1, kEvery},
      {"tRC", kB, kAct, kAct, {plus(P::kRc)}, 0, 1, kEvery},
      {"tRP", kB, kPre, kRestart, {plus(P::kRp)}, 0, 1, kEvery},
      {"tRPab", kB, kPrea, kRestart, {plus(P::kRpab)}, 0, 1, kEvery},
      {"tRTP", kB, kReads, kPrecharges, {plus(P::kRtp)}, 0, 1, kEvery},
      {"tWR", kB, kWrites, kPrecharges,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWr)}, 0, 1, kEvery},
      {"tRTP + tRP", kB, kRda, kRestart, {plus(P::kRtp), plus(P::kRp)}, 0, 1, kEvery},
      {"tWR + tRP", kB, kWra, kRestart,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWr), plus(P::kRp)}, 0, 1, kEvery},
      {"tRC (refresh)", kB, kAct, kRef | kRefBank | kSre, {plus(P::kRc)}, 0, 1, kEvery},
      {"tRRD_L", kG, kAct, kAct, {plus(P::kRrdL)}, 0, 1, kEvery},
      {"tRRD_S", kR, kAct, kAct, {plus(P::kRrdS)}, 0, 1, kEvery},
      {"tFAW", kR, kAct, kAct, {plus(P::kFaw)}, 0, 4, kDdr},
      // A refresh of one bank draws the current of an activate: LPDDR4 counts it as one.
      {"tFAW (LPDDR4)", kR, kAct | kRefBank, kAct | kRefBank, {plus(P::kFaw)}, 0, 4, kLpddr4},
      {"tPPD", kR, kPrecharges, kPrecharges, {plus(P::kPpd)}, 0, 1, kEvery},
      {"tCCD_L", kG, kReads, kReads, {plus(P::kCcdL)}, 0, 1, kEvery},
      {"tCCD_L_WR", kG, kWrites, kWrites, {plus(P::kCcdLWr)}, 0, 1, kEvery},
      {"tCCD_S", kR, kReads, kReads, {plus(P::kCcdS)}, 0, 1, kEvery},
      {"tCCD_S_WR", kR, kWrites, kWrites, {plus(P::kCcdS)}, 0, 1, kEvery},
      {"tRTW", kR, kReads, kWrites,
       {plus(P::kCl), plus(P::kDqsck), plus(P::kBurst), plus(P::kRtw), minus(P::kCwl)}, 0, 1, kEvery},
      {"tWTR_L", kG, kWrites, kReads,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWtrL)}, 0, 1, kEvery},
      {"tWTR_S", kR, kWrites, kReads,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWtrS)}, 0, 1, kEvery},
      {"tRTRS (RD RD)", kO, kReads, kReads, {plus(P::kBurst), plus(P::kRtrs)}, 0, 1, kEvery},
      {"tRTRS (WR WR)", kO, kWrites, kWrites, {plus(P::kBurst), plus(P::kRtrs)}, 0, 1, kEvery},
      {"tRTRS (RD WR)", kO, kReads, kWrites,
       {plus(P::kCl), plus(P::kDqsck), plus(P::kBurst), plus(P::kRtrs), minus(P::kCwl),
        minus(P::kDqss)}, 0, 1, kEvery},
      {"tRTRS (WR RD)", kO, kWrites, kReads,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kRtrs), minus(P::kCl),
        minus(P::kDqsck)}, 0, 1, kEvery},
      {"tRFC", kR, kRef, kRestart, {plus(P::kRfc)}, 0, 1, kEvery},
      {"tRFCsb", kB, kRefBank, kAct, {plus(P::kRfcSb)}, 0, 1, kEvery},
      {"tRFCsb (refresh)", kR, kRefBank, kRef | kRefBank | kSre, {plus(P::kRfcSb)}, 0, 1, kEvery},
      {"tRREFD", kR, kRefBank, kAct, {plus(P::kRrefd)}, 0, 1, kEvery},
      {"tRRD_L (refresh)", kR, kAct, kRefBank, {plus(P::kRrdL)}, 0, 1, kEvery},
      {"tRDPDEN", kR, kReads, kPde | kSre, {plus(P::kCl), plus(P::kDqsck), plus(P::kBurst)}, 1, 1,
       kEvery},
      {"tWRPDEN", kR, kWr, kPde,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWr)}, 0, 1, kDdr34},
      {"tWRPDEN (DDR5 LPDDR4)", kR, kWr, kPde,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWr)}, 1, 1, kDdr5 | kLpddr4},
      {"tWRAPDEN", kR, kWra, kPde,
       {plus(P::kCwl), plus(P::kDqss), plus(P::kBurst), plus(P::kWr)}, 1, 1, kEvery},
      // LPDDR4 calls all three tCMDCKE.
      {"tACTPDEN", kR, kAct, kPde, {plus(P::kActPden)}, 0, 1, kEvery},
      {"tPRPDEN", kR, kPrecharges, kPde, {plus(P::kPrPden)}, 0, 1, kEvery},
      {"tREFPDEN", kR, kRef | kRefBank, kPde, {plus(P::kRefPden)}, 0, 1, kEvery},
      {"tCKE", kR, kPde, kPdx, {plus(P::kCke)}, 0, 1, kEvery},
      {"tCKE (awake)", kR, kPdx | kSrx, kPde | kSre, {plus(P::kCke)}, 0, 1, kEvery},
      {"tXP", kR, kPdx, kAwake, {plus(P::kXp)}, 0, 1, kEvery},
      {"tCKESR", kR, kSre, kSrx, {plus(P::kCkesr)}, 0, 1, kEvery},
      {"tXS", kR, kSrx, kAwake, {plus(P::kXs)}, 0, 1, kEvery},
      // Only DDR5 counts writes among the commands that need a locked DLL.
      {"tXSDLL", kR, kSrx, kReads, {plus(P::kXsDll)}, 0, 1, kDdr},
      {"tXSDLL (writes)", kR, kSrx, kWrites, {plus(P::kXsDll)}, 0, 1, kDdr5},
      {"nCMD (ACT)", kC, kAll, kAct, {plus(P::kCmdAct)}, 0, 1, kEvery},
      {"nCMD (column)", kC, kAll, kColumns, {plus(P::kCmdCol)}, 0, 1, kEvery},
      {"nCMD", kC, kAll, kOther, {plus(P::kCmd)}, 0, 1, kEvery},
  };
  // clang-format on
  return kTable;
}

const char* name(Op op) {
  static constexpr const char* kNames[kOpCount] = {"ACT", "PRE",  "PREA", "RD",  "RDA", "WR", "WRA",
                                                   "REF", "REFB", "PDE",  "PDX", "SRE", "SRX"};
  return kNames[static_cast<unsigned>(op)];
}

const char* name(Level level) {
  static constexpr const char* kNames[kLevelCount] = {"bank", "bank group", "rank", "other rank",
                                                      "channel"};
  return kNames[static_cast<unsigned>(level)];
}

std::string latency_text(const Rule& rule) {
  std::string text;
  for (const Term& term : rule.latency) {
    if (term.sign == 0) continue;
    if (!text.empty()) text += term.sign > 0 ? " + " : " - ";
    text += name(term.parameter);
  }
  if (rule.constant != 0) text += " + " + std::to_string(rule.constant);
  return text;
}

namespace {

std::string ops_text(Ops ops) {
  if (ops == kAll) return "any";
  std::string text;
  for (unsigned i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    if ((ops & bit(op)) == 0) continue;
    text += (text.empty() ? "" : " ") + std::string(name(op));
  }
  return text;
}

}  // namespace

std::string rules_markdown(Standard standard) {
  std::string text = "| rule | level | preceding | following | latency | window |\n";
  text += "|---|---|---|---|---|---|\n";
  for (const Rule& rule : rule_table()) {
    if ((rule.standards >> static_cast<unsigned>(standard) & 1U) == 0) continue;
    text += "| " + std::string(rule.name) + " | " + name(rule.level) + " | " +
            ops_text(rule.preceding) + " | " + ops_text(rule.following) + " | " +
            latency_text(rule) + " | " + std::to_string(rule.window) + " |\n";
  }
  return text;
}

std::vector<TimingRule> timing_rules(const Device& device) {
  std::vector<TimingRule> rules;
  for (const Rule& rule : rule_table()) {
    if ((rule.standards >> static_cast<unsigned>(device.standard) & 1U) == 0) continue;
    std::int32_t clocks = rule.constant;
    for (const Term& term : rule.latency) clocks += term.sign * device[term.parameter];
    if (clocks > 0) rules.push_back({&rule, clocks});
  }
  return rules;
}

std::array<std::uint64_t, 2> wake_clocks(const Device& device, Op exit) {
  const std::vector<TimingRule> rules = timing_rules(device);
  const auto distance = [&rules](Op preceding, Op following) {
    std::int32_t clocks = 0;
    for (const TimingRule& t : rules) {
      if (t.rule->level == Level::kOtherRank || t.rule->window != 1) continue;
      if ((t.rule->preceding & bit(preceding)) == 0) continue;
      if ((t.rule->following & bit(following)) == 0) continue;
      clocks = std::max(clocks, t.clocks);
    }
    return clocks;
  };
  std::array<std::uint64_t, 2> clocks{};
  for (const bool write : {false, true}) {
    const Op column = write ? Op::kWr : Op::kRd;
    clocks[write ? 1 : 0] = static_cast<std::uint64_t>(
        std::max(distance(exit, Op::kAct), distance(exit, column) - distance(Op::kAct, column)));
  }
  return clocks;
}

Coverage coverage(const Device& device, Op op, std::uint32_t bank) {
  constexpr Ops kOneBank = kAct | kPre | kColumns;
  if ((kOneBank & bit(op)) != 0) return {bank, 1, 1};
  if (op != Op::kRefBank) return {0, device.banks(), 1};
  if (device.standard == Standard::kLpddr4) return {bank, 1, 1};
  return {bank % device.banks_per_group, device.bank_groups, device.banks_per_group};
}

}  // namespace lookaside::dram
