// SPDX-License-Identifier: Apache-2.0
#include "cosim/stimulus_fields.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>
#include <lookaside/translation/format.h>

namespace lookaside::cosim {

using translation::Access;
using translation::AdUpdate;
using translation::FenceForm;
using translation::Format;
using translation::Privilege;

namespace {

constexpr std::uint64_t kAny = ~std::uint64_t{0};
constexpr std::uint64_t kAnyAsid = 0xFFFF;
constexpr const char* kPermLetters = "rwxuad";

const std::array<const Format*, 5> kFormats = {nullptr, &translation::kSv32, &translation::kSv39,
                                               &translation::kSv48, &translation::kSv57};

std::vector<std::string> access_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < translation::kAccessCount; ++i) {
    names.emplace_back(translation::name(static_cast<Access>(i)));
  }
  return names;
}

std::vector<std::string> form_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < 4; ++i) names.emplace_back(translation::name(static_cast<FenceForm>(i)));
  return names;
}

std::uint64_t privilege_index(Privilege privilege) {
  return privilege == Privilege::kMachine ? 2 : static_cast<std::uint64_t>(privilege);
}
Privilege privilege_at(std::uint64_t index) {
  return index == 2 ? Privilege::kMachine : static_cast<Privilege>(index);
}

// A field that is a member of its own: where it stands and how wide it is.
#define LOOKASIDE_MEMBER(MEMBER)                                           \
  [](const Operation& o) { return static_cast<std::uint64_t>(o.MEMBER); }, \
      [](Operation& o, std::uint64_t v) {                                  \
        o.MEMBER = static_cast<std::decay_t<decltype(o.MEMBER)>>(v);       \
      }

Field va() {
  return {"va", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(va)};
}
Field asid() {
  return {"asid", Spelling::kHex, kAnyAsid, false, {}, LOOKASIDE_MEMBER(asid)};
}
Field pa() {
  return {"pa", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(pa)};
}
Field bytes() {
  return {"bytes", Spelling::kDecimal, 64, false, {}, LOOKASIDE_MEMBER(bytes)};
}
Field phase() {
  return {"phase", Spelling::kDecimal, 0xFFFF, true, {}, LOOKASIDE_MEMBER(phase)};
}

std::vector<Field> fill_fields() {
  return {va(),
          asid(),
          {"ppn", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(ppn)},
          {"level",
           Spelling::kDecimal,
           translation::kMaxLevels - 1,
           false,
           {},
           LOOKASIDE_MEMBER(level)},
          {"global", Spelling::kDecimal, 1, false, {}, LOOKASIDE_MEMBER(global)},
          {"perm", Spelling::kPerm, 63, false, {}, LOOKASIDE_MEMBER(perm)}};
}

std::vector<Field> fence_fields() {
  return {{"form", Spelling::kChoice, 3, false, form_names(), LOOKASIDE_MEMBER(form)},
          va(),
          asid(),
          phase()};
}

std::vector<Field> context_fields() {
  const std::vector<std::string> privileges = {"U", "S", "M"};
  return {{"format",
           Spelling::kChoice,
           4,
           false,
           {"bare", "sv32", "sv39", "sv48", "sv57"},
           [](const Operation& o) {
             return static_cast<std::uint64_t>(
                 std::find(kFormats.begin(), kFormats.end(), o.context.format) - kFormats.begin());
           },
           [](Operation& o, std::uint64_t v) { o.context.format = kFormats.at(v); }},
          {"root", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(context.root)},
          {"asid", Spelling::kHex, kAnyAsid, false, {}, LOOKASIDE_MEMBER(context.asid)},
          {"fetch", Spelling::kChoice, 2, false, privileges,
           [](const Operation& o) { return privilege_index(o.context.fetch_privilege); },
           [](Operation& o, std::uint64_t v) { o.context.fetch_privilege = privilege_at(v); }},
          {"data", Spelling::kChoice, 2, false, privileges,
           [](const Operation& o) { return privilege_index(o.context.data_privilege); },
           [](Operation& o, std::uint64_t v) { o.context.data_privilege = privilege_at(v); }},
          {"sum", Spelling::kDecimal, 1, false, {}, LOOKASIDE_MEMBER(context.sum)},
          {"mxr", Spelling::kDecimal, 1, false, {}, LOOKASIDE_MEMBER(context.mxr)},
          {"ad",
           Spelling::kChoice,
           1,
           false,
           {"fault", "hardware"},
           LOOKASIDE_MEMBER(context.ad_update)}};
}

std::vector<std::vector<Field>> build() {
  return {
      {va(), asid()},
      fill_fields(),
      {va(), asid()},
      fence_fields(),
      context_fields(),
      {{"index", Spelling::kDecimal, 63, false, {}, LOOKASIDE_MEMBER(index)},
       {"cfg", Spelling::kHex, 0xFF, false, {}, LOOKASIDE_MEMBER(cfg)},
       {"addr", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(value)}},
      {pa(), bytes(), {"value", Spelling::kHex, kAny, false, {}, LOOKASIDE_MEMBER(value)}, phase()},
      {pa()},
      {{"edges", Spelling::kDecimal, 1'000'000, false, {}, LOOKASIDE_MEMBER(index)}},
      {{"kind", Spelling::kChoice, translation::kAccessCount - 1, false, access_names(),
        LOOKASIDE_MEMBER(access)},
       va(),
       bytes()},
  };
}
#undef LOOKASIDE_MEMBER

}  // namespace

const std::vector<Field>& fields(OperationKind kind) {
  static const std::vector<std::vector<Field>> kTable = build();
  return kTable.at(static_cast<std::size_t>(kind));
}

bool has_field(const Operation& o, const Field& field) {
  if (o.kind != OperationKind::kFence) return true;
  const auto form = static_cast<unsigned>(o.form);
  if (std::strcmp(field.name, "asid") == 0) return (form & 1) != 0;
  if (std::strcmp(field.name, "va") == 0) return (form & 2) != 0;
  return true;
}

std::string Field::text(const Operation& operation) const {
  const std::uint64_t value = get(operation);
  switch (spelling) {
    case Spelling::kHex:
      return fmt::format("{:#x}", value);
    case Spelling::kDecimal:
      return fmt::format("{}", value);
    case Spelling::kChoice:
      return choices.at(value);
    case Spelling::kPerm:
      break;
  }
  std::string letters = kPermLetters;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (((value >> i) & 1) == 0) letters[i] = '-';
  }
  return letters;
}

std::string Field::parse(Operation& operation, const std::string& text) const {
  if (spelling == Spelling::kChoice) {
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) return fmt::format("one of {}", fmt::join(choices, ", "));
    set(operation, static_cast<std::uint64_t>(found - choices.begin()));
    return "";
  }
  if (spelling == Spelling::kPerm) {
    const std::string letters = kPermLetters;
    std::uint64_t value = 0;
    bool good = text.size() == letters.size();
    for (std::size_t i = 0; good && i < letters.size(); ++i) {
      good = text[i] == letters[i] || text[i] == '-';
      if (text[i] == letters[i]) value |= std::uint64_t{1} << i;
    }
    if (!good) return fmt::format("{} with '-' for each bit that is clear", letters);
    set(operation, value);
    return "";
  }
  const auto value = platform::parse_integer(text);
  if (!value || *value > max) return fmt::format("an integer from 0 to {:#x}", max);
  set(operation, *value);
  return "";
}

}  // namespace lookaside::cosim
