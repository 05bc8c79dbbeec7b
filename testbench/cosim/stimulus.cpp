// SPDX-License-Identifier: Apache-2.0
#include "cosim/stimulus.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/files.h>
#include <lookaside/platform/text.h>

#include "cosim/stimulus_fields.h"

namespace lookaside::cosim {

namespace {

const std::vector<std::string> kNames = {"lookup", "fill",  "drop",      "fence",   "context",
                                         "pmp",    "write", "bus-error", "latency", "access"};

Operation of(OperationKind kind) {
  Operation operation;
  operation.kind = kind;
  return operation;
}

/// Where in which file; every message begins so.
struct Place {
  const std::string& file;
  unsigned line;

  [[noreturn]] void fail(const std::string& what) const {
    throw StimulusError(fmt::format("{}:{}: {}", file, line, what));
  }
  [[noreturn]] void unknown(const char* what, const std::string& word,
                            const std::vector<std::string>& known) const {
    const std::string near = platform::nearest(word, known);
    fail(fmt::format("found {} '{}'{}, expected one of {}", what, word,
                     near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                     fmt::join(known, ", ")));
  }
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line.substr(0, line.find('#')));
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

BlockSetting split(const Place& place, const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) {
    place.fail(fmt::format("found '{}', expected key=value", word));
  }
  return {word.substr(0, equals), word.substr(equals + 1)};
}

void parse_block(const Place& place, const std::vector<std::string>& words, Stimulus& stimulus) {
  if (words[0] != "block" || words.size() < 2) {
    place.fail(
        fmt::format("found '{}', expected the line of the block first, e.g. 'block tlb "
                    "format=sv39 entries=16'",
                    fmt::join(words, " ")));
  }
  stimulus.block = words[1];
  for (std::size_t i = 2; i < words.size(); ++i) {
    const BlockSetting setting = split(place, words[i]);
    if (!stimulus.setting(setting.key, "").empty()) {
      place.fail(fmt::format("found '{}' twice, expected it once", setting.key));
    }
    stimulus.settings.push_back(setting);
  }
}

Operation parse_operation(const Place& place, const std::vector<std::string>& words) {
  const auto found = std::find(kNames.begin(), kNames.end(), words[0]);
  if (found == kNames.end()) place.unknown("operation", words[0], kNames);
  Operation operation = of(static_cast<OperationKind>(found - kNames.begin()));
  operation.line = place.line;
  const std::vector<Field>& known = fields(operation.kind);
  std::vector<std::string> names;
  for (const Field& field : known) names.emplace_back(field.name);
  std::vector<bool> given(known.size());
  for (std::size_t i = 1; i < words.size(); ++i) {
    const BlockSetting word = split(place, words[i]);
    const auto which = std::find(names.begin(), names.end(), word.key);
    if (which == names.end()) place.unknown("field", word.key, names);
    const auto index = static_cast<std::size_t>(which - names.begin());
    if (given[index]) place.fail(fmt::format("found '{}' twice, expected it once", word.key));
    given[index] = true;
    const std::string expected = known[index].parse(operation, word.value);
    if (!expected.empty()) {
      place.fail(fmt::format("{}: found '{}', expected {}", word.key, word.value, expected));
    }
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool wanted = has_field(operation, known[i]);
    if (given[i] && !wanted) {
      place.fail(fmt::format("found '{}', which a fence of this form does not have", names[i]));
    }
    if (!given[i] && wanted && !known[i].optional) {
      place.fail(fmt::format("found no '{}', expected {} with {}", names[i], words[0],
                             fmt::join(names, ", ")));
    }
  }
  return operation;
}

}  // namespace

const char* name(OperationKind kind) {
  return kNames.at(static_cast<std::size_t>(kind)).c_str();
}

bool operator==(const Operation& a, const Operation& b) {
  return a.kind == b.kind && a.form == b.form && a.access == b.access && a.bytes == b.bytes &&
         a.level == b.level && a.perm == b.perm && a.cfg == b.cfg && a.global == b.global &&
         a.phase == b.phase && a.asid == b.asid && a.index == b.index && a.va == b.va &&
         a.ppn == b.ppn && a.pa == b.pa && a.value == b.value && a.context == b.context;
}

Operation lookup(std::uint64_t va, std::uint32_t asid) {
  Operation o = of(OperationKind::kLookup);
  o.va = va;
  o.asid = asid;
  return o;
}
Operation fill(std::uint64_t va, std::uint32_t asid, std::uint64_t ppn, unsigned level, bool global,
               unsigned perm) {
  Operation o = of(OperationKind::kFill);
  o.va = va;
  o.asid = asid;
  o.ppn = ppn;
  o.level = static_cast<std::uint8_t>(level);
  o.global = global;
  o.perm = static_cast<std::uint8_t>(perm);
  return o;
}
Operation drop(std::uint64_t va, std::uint32_t asid) {
  Operation o = of(OperationKind::kDrop);
  o.va = va;
  o.asid = asid;
  return o;
}
Operation fence(const translation::Fence& fence, unsigned phase) {
  Operation o = of(OperationKind::kFence);
  const auto form = static_cast<unsigned>(fence.form);
  o.form = fence.form;
  o.va = (form & 2) != 0 ? fence.va : 0;
  o.asid = (form & 1) != 0 ? fence.asid : 0;
  o.phase = static_cast<std::uint16_t>(phase);
  return o;
}
Operation context(const translation::Context& context) {
  Operation o = of(OperationKind::kContext);
  o.context = context;
  return o;
}
Operation pmp(unsigned index, std::uint8_t cfg, std::uint64_t addr) {
  Operation o = of(OperationKind::kPmp);
  o.index = index;
  o.cfg = cfg;
  o.value = addr;
  return o;
}
Operation write(std::uint64_t pa, unsigned bytes, std::uint64_t value, unsigned phase) {
  Operation o = of(OperationKind::kWrite);
  o.pa = pa;
  o.bytes = static_cast<std::uint8_t>(bytes);
  o.value = value;
  o.phase = static_cast<std::uint16_t>(phase);
  return o;
}
Operation bus_error(std::uint64_t pa) {
  Operation o = of(OperationKind::kBusError);
  o.pa = pa;
  return o;
}
Operation latency(unsigned edges) {
  Operation o = of(OperationKind::kLatency);
  o.index = edges;
  return o;
}
Operation access(translation::Access access, std::uint64_t va, unsigned bytes) {
  Operation o = of(OperationKind::kAccess);
  o.access = access;
  o.va = va;
  o.bytes = static_cast<std::uint8_t>(bytes);
  return o;
}

std::string Stimulus::setting(const std::string& key, const std::string& otherwise) const {
  for (const BlockSetting& s : settings) {
    if (s.key == key) return s.value;
  }
  return otherwise;
}

std::uint64_t Stimulus::number(const std::string& key, std::uint64_t otherwise) const {
  const std::string text = setting(key, "");
  if (text.empty()) return otherwise;
  const auto value = platform::parse_integer(text);
  if (!value) {
    throw StimulusError(
        fmt::format("{}: block {}: {}: found '{}', expected an integer", file, block, key, text));
  }
  return *value;
}

void Stimulus::expect_settings(const std::vector<std::string>& known) const {
  for (const BlockSetting& s : settings) {
    if (std::find(known.begin(), known.end(), s.key) != known.end()) continue;
    const std::string near = platform::nearest(s.key, known);
    throw StimulusError(fmt::format(
        "{}: block {}: found setting '{}'{}, expected one of {}", file, block, s.key,
        near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), fmt::join(known, ", ")));
  }
}

void Stimulus::expect_operations() const {
  if (!operations.empty()) return;
  throw StimulusError(fmt::format(
      "{}: found no operation after the line of the block, expected at least one", file));
}

std::string line_of(const Operation& operation) {
  std::string line = name(operation.kind);
  for (const Field& field : fields(operation.kind)) {
    if (!has_field(operation, field)) continue;
    if (field.optional && field.get(operation) == 0) continue;
    line += fmt::format(" {}={}", field.name, field.text(operation));
  }
  return line;
}

std::string text_of(const Stimulus& stimulus) {
  std::string text = "block " + stimulus.block;
  for (const BlockSetting& s : stimulus.settings) text += fmt::format(" {}={}", s.key, s.value);
  text += "\n";
  for (const Operation& operation : stimulus.operations) text += line_of(operation) + "\n";
  return text;
}

Stimulus parse_stimulus(const std::string& text, const std::string& name) {
  Stimulus stimulus;
  stimulus.file = name;
  std::istringstream lines(text);
  Place place{name, 0};
  for (std::string line; std::getline(lines, line);) {
    ++place.line;
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    if (stimulus.block.empty()) {
      parse_block(place, words, stimulus);
    } else {
      stimulus.operations.push_back(parse_operation(place, words));
    }
  }
  if (stimulus.block.empty()) {
    throw StimulusError(fmt::format(
        "{}: found {}, expected the line of a block, e.g. 'block tlb format=sv39 entries=16'", name,
        text.empty() ? "an empty file" : "no line of a block"));
  }
  return stimulus;
}

Stimulus read_stimulus(const std::string& path) {
  const std::vector<std::uint8_t> bytes = platform::read_file(path);
  return parse_stimulus(std::string(bytes.begin(), bytes.end()), path);
}

}  // namespace lookaside::cosim
