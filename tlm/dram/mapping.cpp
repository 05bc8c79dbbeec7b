// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <sstream>
#include <utility>

#include <lookaside/dram/mapping.h>
#include <lookaside/dram/spelling.h>

namespace lookaside::dram {
namespace {

const std::vector<std::string> kNames = {"channel", "rank", "bank_group", "bank", "row", "column"};

std::uint8_t bits_of(std::uint64_t value, const char* what) {
  if (value == 0 || (value & (value - 1)) != 0) {
    throw MappingError(std::string(what) + " must be a power of two, found " +
                       std::to_string(value));
  }
  return static_cast<std::uint8_t>(__builtin_ctzll(value));
}

struct Part {
  std::string field;
  bool ranged = false;
  unsigned high = 0;
  unsigned low = 0;
};

/// "bank", "bank[2]", "column[6:2]".
Part part(const std::string& text, const std::string& where) {
  Part found;
  const std::size_t open = text.find('[');
  found.field = text.substr(0, open);
  if (open == std::string::npos) return found;
  found.ranged = true;
  std::istringstream range(text.substr(open + 1));
  char mark = 0;
  bool good = static_cast<bool>(range >> found.high >> mark);
  found.low = found.high;
  if (good && mark == ':') good = static_cast<bool>(range >> found.low >> mark);
  if (!good || mark != ']' || range.peek() != EOF || found.low > found.high || found.high > 31) {
    throw MappingError(where + ": '" + text + "'; expected field, field[bit] or field[high:low]");
  }
  return found;
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string piece; std::getline(stream, piece, mark);) {
    std::string bare;
    for (const char c : piece) {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) bare += c;
    }
    parts.push_back(bare);
  }
  return parts;
}

}  // namespace

Mapping::Mapping(const Organization& o, const std::string& fields,
                 const std::vector<std::string>& exclusive_or)
    : bytes_(o.bytes()) {
  if (o.bus_bits < o.device.width || o.bus_bits % 8 != 0) {
    throw MappingError("a data bus of " + std::to_string(o.bus_bits) + " bits cannot be made of x" +
                       std::to_string(o.device.width) + " devices");
  }
  if (o.ranks > 8) throw MappingError("at most 8 ranks, found " + std::to_string(o.ranks));
  width_ = {bits_of(o.channels, "channels"),
            bits_of(o.ranks, "ranks"),
            bits_of(o.device.bank_groups, "bank groups"),
            bits_of(o.device.banks_per_group, "banks of a group"),
            bits_of(o.device.rows, "rows"),
            bits_of(o.device.columns / o.device.burst_length, "bursts of a row")};
  burst_bits_ = bits_of(o.burst_bytes(), "bytes of a burst");
  parse_fields(fields);
  for (const std::string& term : exclusive_or) parse_xor(term);
  invert();
}

std::uint8_t Mapping::field_named(const std::string& name, const std::string& where) const {
  for (std::uint8_t i = 0; i < kFields; ++i) {
    if (same_name(kNames[i], name)) return i;
  }
  throw MappingError(where + ": unknown field '" + name + "'" + suggestion(name, kNames));
}

void Mapping::parse_fields(const std::string& text) {
  std::array<std::uint64_t, kFields> seen{};
  std::uint8_t at = burst_bits_;
  const std::string where = "address map '" + text + "'";
  const std::vector<std::string> parts = split(text, ':');
  // A range has a colon of its own: "column[6:2]" arrives as "column[6" and "2]".
  std::vector<std::string> whole;
  for (const std::string& piece : parts) {
    const bool inside = !whole.empty() && whole.back().find('[') != std::string::npos &&
                        whole.back().find(']') == std::string::npos;
    if (inside) {
      whole.back() += ":" + piece;
    } else {
      whole.push_back(piece);
    }
  }
  for (auto piece = whole.rbegin(); piece != whole.rend(); ++piece) {
    const Part p = part(*piece, where);
    const std::uint8_t field = field_named(p.field, where);
    const unsigned high = p.ranged ? p.high + 1 : width_[field];
    const unsigned low = p.ranged ? p.low : 0;
    for (unsigned bit = low; bit < high; ++bit) {
      if (bit >= width_[field] || (seen[field] >> bit & 1U) != 0) {
        throw MappingError(where + " is no bijection: " + kNames[field] + "[" +
                           std::to_string(bit) + "] " +
                           (bit >= width_[field] ? "does not exist" : "stands twice"));
      }
      seen[field] |= std::uint64_t{1} << bit;
      place_[field][bit] = static_cast<std::uint8_t>(at + bit - low);
    }
    if (high == low) continue;
    segments_.push_back(
        {field, static_cast<std::uint8_t>(low), at, static_cast<std::uint8_t>(high - low)});
    if (low == 0) {
      lowest_[field] = {at, static_cast<std::uint32_t>((std::uint64_t{1} << high) - 1)};
    } else {
      plain_ = false;
    }
    at = static_cast<std::uint8_t>(at + high - low);
  }
  for (std::uint8_t field = 0; field < kFields; ++field) {
    for (unsigned bit = 0; bit < width_[field]; ++bit) {
      if ((seen[field] >> bit & 1U) != 0) continue;
      throw MappingError(where + " is no bijection: " + kNames[field] + "[" + std::to_string(bit) +
                         "] is missing");
    }
  }
  address_bits_ = at;
}

void Mapping::parse_xor(const std::string& text) {
  const std::string where = "exclusive or '" + text + "'";
  const std::vector<std::string> parts = split(text, '^');
  if (parts.size() < 2) {
    throw MappingError(where + "; expected field[bit]^field[bit]");
  }
  Xor made{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part p = part(parts[i], where);
    const std::uint8_t field = field_named(p.field, where);
    if (!p.ranged || p.high != p.low || p.low >= width_[field]) {
      throw MappingError(where + ": no bit '" + parts[i] + "'; " + p.field + " has " +
                         std::to_string(width_[field]) + " bits");
    }
    if (i == 0) {
      made.field = field;
      made.bit = static_cast<std::uint8_t>(p.low);
    } else {
      made.mask ^= std::uint64_t{1} << place_[field][p.low];
    }
  }
  xors_.push_back(made);
  plain_ = false;
}

/// Gauss-Jordan over the field of two elements: the map is a bijection exactly if it has an
/// inverse.
void Mapping::invert() {
  std::array<std::uint64_t, 64> forward{};
  for (unsigned i = burst_bits_; i < address_bits_; ++i) {
    forward[i] = inverse_[i] = std::uint64_t{1} << i;
  }
  for (const Xor& x : xors_) forward[place_[x.field][x.bit]] ^= x.mask;
  for (unsigned column = burst_bits_; column < address_bits_; ++column) {
    unsigned pivot = column;
    while (pivot < address_bits_ && (forward[pivot] >> column & 1U) == 0) ++pivot;
    if (pivot == address_bits_) {
      throw MappingError(
          "the address map is no bijection: with its exclusive ors, two addresses "
          "that differ in bit " +
          std::to_string(column) + " are one place");
    }
    std::swap(forward[pivot], forward[column]);
    std::swap(inverse_[pivot], inverse_[column]);
    for (unsigned row = burst_bits_; row < address_bits_; ++row) {
      if (row == column || (forward[row] >> column & 1U) == 0) continue;
      forward[row] ^= forward[column];
      inverse_[row] ^= inverse_[column];
    }
  }
}

/// Adds to the lowest slices of the fields what else belongs to them.
void Mapping::complete(std::uint64_t address, Coordinates& at) const {
  std::uint32_t fields[kFields] = {at.channel, at.rank, at.bank_group, at.bank, at.row, at.column};
  for (const Segment& s : segments_) {
    if (s.field_low == 0) continue;
    const std::uint64_t bits = address >> s.address_low & ((std::uint64_t{1} << s.bits) - 1);
    fields[s.field] |= static_cast<std::uint32_t>(bits << s.field_low);
  }
  for (const Xor& x : xors_) {
    fields[x.field] ^= static_cast<std::uint32_t>(__builtin_parityll(address & x.mask)) << x.bit;
  }
  at = {fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
}

std::uint64_t Mapping::address(const Coordinates& c) const {
  const std::uint32_t fields[kFields] = {c.channel, c.rank, c.bank_group, c.bank, c.row, c.column};
  std::uint64_t placed = 0;
  for (const Segment& s : segments_) {
    const std::uint64_t bits = fields[s.field] >> s.field_low & ((std::uint64_t{1} << s.bits) - 1);
    placed |= bits << s.address_low;
  }
  if (xors_.empty()) return placed;
  std::uint64_t address = 0;
  for (unsigned i = burst_bits_; i < address_bits_; ++i) {
    address |= static_cast<std::uint64_t>(__builtin_parityll(placed & inverse_[i])) << i;
  }
  return address;
}

}  // namespace lookaside::dram
