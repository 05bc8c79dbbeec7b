// SPDX-License-Identifier: Apache-2.0
#include "pins/axi_checker.h"

#include <fmt/format.h>

namespace lookaside::pins {

namespace {

constexpr unsigned kOkay = 0, kExOkay = 1;
constexpr unsigned kFixed = 0, kWrap = 2, kReserved = 3;

struct RuleText {
  const char* name;
  const char* section;
};
constexpr RuleText kRules[kAxiRules] = {
    {"valid_in_reset", "A3.1.2"},
    {"valid_dropped", "A3.2.1"},
    {"changed_while_waiting", "A3.2.1"},
    {"read_data_unasked", "A3.3.1"},
    {"response_unasked", "A3.3.1"},
    {"read_last", "A3.4.1"},
    {"write_last", "A3.4.1"},
    {"reserved_burst", "A3.4.1"},
    {"burst_length", "A3.4.1"},
    {"size_above_width", "A3.4.1"},
    {"crosses_4k", "A3.4.1"},
    {"wrap_unaligned", "A3.4.1"},
    {"strobe_outside", "A3.4.3"},
    {"exclusive_shape", "A7.2.4"},
    {"exclusive_unpaired", "A7.2.4"},
    {"exokay_for_normal", "A3.4.4"},
    {"read_response_mixed", "A7.2.3"},
    {"lite_shape", "B1.1.1"},
    {"lite_exokay", "B1.1.1"},
};

bool same(const AxiAddress& a, const AxiAddress& b) {
  return a.addr == b.addr && a.len == b.len && a.size == b.size && a.burst == b.burst &&
         a.lock == b.lock;
}
bool same(const AxiRead& a, const AxiRead& b) {
  return a.data == b.data && a.resp == b.resp && a.last == b.last;
}
bool same(const AxiWrite& a, const AxiWrite& b) {
  return a.data == b.data && a.strb == b.strb && a.last == b.last;
}
bool same(const AxiResponse& a, const AxiResponse& b) {
  return a.resp == b.resp;
}

bool power_of_two(std::uint64_t n) {
  return n != 0 && (n & (n - 1)) == 0;
}
std::uint64_t bytes_of(const AxiAddress& a) {
  return std::uint64_t{a.len + 1} << a.size;
}

/// Address of a beat.
std::uint64_t beat_address(const AxiAddress& a, unsigned beat) {
  const std::uint64_t bytes = std::uint64_t{1} << a.size;
  if (a.burst == kFixed || beat == 0) return a.addr;
  const std::uint64_t next = (a.addr & ~(bytes - 1)) + beat * bytes;
  if (a.burst != kWrap) return next;
  const std::uint64_t total = bytes_of(a);
  return (a.addr & ~(total - 1)) + (next & (total - 1));
}

}  // namespace

const char* name(AxiRule rule) {
  return kRules[static_cast<unsigned>(rule)].name;
}
const char* section(AxiRule rule) {
  return kRules[static_cast<unsigned>(rule)].section;
}
std::string text(const AxiViolation& v) {
  return fmt::format("cycle {}, {}: {} (IHI 0022E, {})", v.cycle, v.channel, name(v.rule),
                     section(v.rule));
}

void AxiChecker::clock(const AxiPins& pins) {
  ++cycle_;
  if (!pins.reset_n) {
    check_reset(pins);
    *this = [this] {
      AxiChecker fresh(data_bytes_, lite_);
      fresh.cycle_ = cycle_;
      fresh.violations_ = std::move(violations_);
      return fresh;
    }();
    return;
  }
  check_held(pins);
  check_read(pins);
  check_write(pins);
  check_response(pins);
  before_ = pins;
}

void AxiChecker::check_reset(const AxiPins& p) {
  const std::pair<bool, const char*> valids[] = {
      {p.ar.valid, "AR"}, {p.r.valid, "R"}, {p.aw.valid, "AW"}, {p.w.valid, "W"}, {p.b.valid, "B"}};
  for (const auto& [valid, channel] : valids) {
    if (valid) violate(AxiRule::kValidInReset, channel);
  }
}

void AxiChecker::check_held(const AxiPins& p) {
  const auto held = [this](const auto& before, const auto& now, const char* channel) {
    if (!before.valid || before.ready) return;
    if (!now.valid) {
      violate(AxiRule::kValidDropped, channel);
    } else if (!same(before, now)) {
      violate(AxiRule::kChanged, channel);
    }
  };
  held(before_.ar, p.ar, "AR");
  held(before_.r, p.r, "R");
  held(before_.aw, p.aw, "AW");
  held(before_.w, p.w, "W");
  held(before_.b, p.b, "B");
}

void AxiChecker::check_address(const AxiAddress& a, const char* channel) {
  const std::uint64_t bytes = std::uint64_t{1} << a.size;
  const bool wrap_length = a.len == 1 || a.len == 3 || a.len == 7 || a.len == 15;
  if (a.burst == kReserved) violate(AxiRule::kReservedBurst, channel);
  if ((a.burst == kWrap && !wrap_length) || (a.burst == kFixed && a.len > 15)) {
    violate(AxiRule::kBurstLength, channel);
  }
  if (bytes > data_bytes_) violate(AxiRule::kSizeAboveWidth, channel);
  if (a.burst == kWrap && a.addr % bytes != 0) violate(AxiRule::kWrapUnaligned, channel);
  const std::uint64_t last = (a.addr & ~(bytes - 1)) + bytes_of(a) - 1;
  if (a.burst == 1 && (a.addr ^ last) >> 12 != 0) violate(AxiRule::kCrosses4K, channel);
  if (lite_ && (a.len != 0 || bytes != data_bytes_ || a.lock)) {
    violate(AxiRule::kLiteShape, channel);
  }
  if (a.lock && !lite_) check_exclusive(a, channel);
}

void AxiChecker::check_exclusive(const AxiAddress& a, const char* channel) {
  constexpr std::uint64_t kMost = 128;
  const std::uint64_t total = bytes_of(a);
  if (!power_of_two(total) || total > kMost || a.len > 15 || a.addr % total != 0) {
    violate(AxiRule::kExclusiveShape, channel);
  }
}

void AxiChecker::check_read(const AxiPins& p) {
  if (p.ar.valid && !(before_.ar.valid && !before_.ar.ready)) check_address(p.ar, "AR");
  if (p.ar.valid && p.ar.ready) read_.push_back({p.ar, 0, {}});
  if (p.r.valid && read_.empty()) violate(AxiRule::kReadDataUnasked, "R");
  if (p.r.valid && p.r.ready && !read_.empty()) {
    Burst& burst = read_.front();
    const bool last = burst.beat == burst.address.len;
    if (p.r.last != last) violate(AxiRule::kReadLast, "R");
    if (p.r.resp == kExOkay && lite_) violate(AxiRule::kLiteExOkay, "R");
    if (p.r.resp == kExOkay && !lite_ && !burst.address.lock) {
      violate(AxiRule::kExOkayForNormal, "R");
    }
    if (burst.address.lock && (p.r.resp == kOkay || p.r.resp == kExOkay)) {
      const bool ok = p.r.resp == kExOkay;
      if (burst.exclusive_ok.value_or(ok) != ok) violate(AxiRule::kReadRespInBurst, "R");
      burst.exclusive_ok = ok;
    }
    ++burst.beat;
    if (last) {
      if (burst.address.lock) monitor_ = burst.address;
      read_.pop_front();
      ++reads_;
    }
  }
}

void AxiChecker::check_write(const AxiPins& p) {
  if (p.aw.valid && !(before_.aw.valid && !before_.aw.ready)) {
    check_address(p.aw, "AW");
    if (p.aw.lock && !lite_ && (!monitor_ || !same(*monitor_, p.aw))) {
      violate(AxiRule::kExclusiveUnpaired, "AW");
    }
  }
  if (p.aw.valid && p.aw.ready) write_.push_back({p.aw, 0, {}});
  if (p.w.valid && p.w.ready) data_.push_back(p.w);
  match_write_data();
}

/// Beats to their bursts, in order.
void AxiChecker::match_write_data() {
  while (!data_.empty() && complete_ < write_.size()) {
    Burst& burst = write_[complete_];
    const AxiWrite beat = data_.front();
    data_.pop_front();
    const bool last = burst.beat == burst.address.len;
    if (beat.last != last) violate(AxiRule::kWriteLast, "W");
    const std::uint64_t bytes = std::uint64_t{1} << burst.address.size;
    const std::uint64_t at = beat_address(burst.address, burst.beat);
    unsigned lanes = 0;
    for (std::uint64_t a = at; a < (at & ~(bytes - 1)) + bytes; ++a)
      lanes |= 1U << (a % data_bytes_);
    if ((beat.strb & ~lanes) != 0) violate(AxiRule::kStrobeOutside, "W");
    ++burst.beat;
    if (last) ++complete_;
  }
}

void AxiChecker::check_response(const AxiPins& p) {
  if (p.b.valid && complete_ == 0) violate(AxiRule::kResponseUnasked, "B");
  if (p.b.valid && p.b.ready && complete_ != 0) {
    const Burst& burst = write_.front();
    if (p.b.resp == kExOkay && lite_) violate(AxiRule::kLiteExOkay, "B");
    if (p.b.resp == kExOkay && !lite_ && !burst.address.lock) {
      violate(AxiRule::kExOkayForNormal, "B");
    }
    write_.pop_front();
    --complete_;
    ++writes_;
  }
}

}  // namespace lookaside::pins
