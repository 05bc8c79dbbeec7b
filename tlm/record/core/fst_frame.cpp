// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstapi.h>
#include <lz4.h>
#include <map>
#include <string>
#include <string_view>
#include <zlib.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_frame.h>

namespace lookaside::record {
namespace {

using observe::SignalDescription;
using observe::SignalKind;
using Bytes = std::vector<unsigned char>;

constexpr signed char kPicoseconds = -12;
// The same in every file, so that the same calls give the same bytes.
constexpr std::string_view kDate = "Thu Jan  1 00:00:00 1970\n";
constexpr std::string_view kVersion = "Lookaside";
constexpr std::uint64_t kWriterMemory = std::uint64_t{1} << 27;  // a hint that nobody reads
// Of the header block.
constexpr std::uint64_t kHeaderLength = 329;
constexpr double kEndianTest = 2.7182818284590452354;
constexpr std::size_t kVersionBytes = 128;
constexpr std::size_t kDateBytes = 119;
/// Width of a text where the widths stand.
constexpr std::uint64_t kNoWidth = 0xFFFFFFFF;
constexpr int kBestPacking = 9;

void put_number(Bytes& to, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to.push_back(static_cast<unsigned char>(value >> shift));
}

void put_varint(Bytes& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<unsigned char>(value | 0x80));
  to.push_back(static_cast<unsigned char>(value));
}

/// With the zero that ends it.
void put_text(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
  to.push_back(0);
}

void put_padded(Bytes& to, std::string_view text, std::size_t size) {
  to.insert(to.end(), text.begin(), text.end());
  to.insert(to.end(), size - text.size(), 0);
}

/// A node of the tree that the dotted scopes span.
struct Scope {
  std::string name;
  std::vector<Scope> children;
  std::vector<std::size_t> signals;

  Scope& child(const std::string& wanted) {
    for (Scope& c : children) {
      if (c.name == wanted) return c;
    }
    children.push_back({wanted, {}, {}});
    return children.back();
  }
};

Scope scope_tree(const std::vector<SignalDescription>& signals) {
  Scope root;
  for (std::size_t id = 0; id < signals.size(); ++id) {
    Scope* node = &root;
    const std::string& scope = signals[id].scope;
    for (std::size_t begin = 0; begin <= scope.size();) {
      const std::size_t dot = std::min(scope.find('.', begin), scope.size());
      node = &node->child(scope.substr(begin, dot - begin));
      begin = dot + 1;
    }
    node->signals.push_back(id);
  }
  return root;
}

/// Keeps blanks out of a word of an enum table.
std::string escaped(const std::string& text) {
  std::string result(4 * text.size(), '\0');
  const int size = fstUtilityBinToEsc(reinterpret_cast<unsigned char*>(result.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  result.resize(static_cast<std::size_t>(size));
  return result;
}

std::string binary(std::uint64_t value, unsigned width) {
  std::string digits(width, '0');
  for (unsigned i = 0; i < width; ++i) {
    if (((value >> i) & 1) != 0) digits[width - 1 - i] = '1';
  }
  return digits;
}

class Hierarchy {
 public:
  explicit Hierarchy(const std::vector<SignalDescription>& signals)
      : handles_(signals.size()), signals_(signals) {
    for (const Scope& scope : scope_tree(signals).children) put(scope);
  }
  const Bytes& bytes() const { return bytes_; }
  /// Widths in the order of the handles.
  const Bytes& widths() const { return widths_; }
  const std::vector<std::uint32_t>& handles() const { return handles_; }
  std::uint64_t scopes() const { return scopes_; }

 private:
  void put(const Scope& scope) {
    ++scopes_;
    bytes_.push_back(FST_ST_VCD_SCOPE);
    bytes_.push_back(FST_ST_VCD_MODULE);
    put_text(bytes_, scope.name);
    put_text(bytes_, "");
    for (const std::size_t id : scope.signals) put(id);
    for (const Scope& child : scope.children) put(child);
    bytes_.push_back(FST_ST_VCD_UPSCOPE);
  }

  void put(std::size_t id) {
    const SignalDescription& signal = signals_[id];
    if (!signal.sentence.empty()) {
      std::string line = signal.sentence;
      std::replace_if(
          line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
      put_attribute(FST_MT_COMMENT, line, 0);
    }
    const bool text = signal.kind == SignalKind::kText;
    const unsigned width = text ? 0 : signal.width;
    if (signal.kind == SignalKind::kEnum) put_attribute(FST_MT_ENUMTABLE, "", table(signal));
    bytes_.push_back(text ? FST_VT_GEN_STRING : FST_VT_VCD_WIRE);
    bytes_.push_back(FST_VD_IMPLICIT);
    put_text(bytes_, signal.name);
    put_varint(bytes_, width);
    put_varint(bytes_, 0);  // the alias of no other
    put_varint(widths_, text ? kNoWidth : width);
    handles_[id] = handle_++;
  }

  void put_attribute(unsigned char kind, std::string_view text, std::uint64_t argument) {
    bytes_.push_back(FST_ST_GEN_ATTRBEGIN);
    bytes_.push_back(FST_AT_MISC);
    bytes_.push_back(kind);
    put_text(bytes_, text);
    put_varint(bytes_, argument);
  }

  /// The number of the signal's table of names; equal tables are written once.
  std::uint64_t table(const SignalDescription& signal) {
    std::string names;
    std::string values;
    for (const observe::EnumName& entry : signal.names) {
      names += " " + escaped(entry.name);
      values += " " + binary(entry.value, signal.width);
    }
    const std::string content = fmt::format(" {}{}{}", signal.names.size(), names, values);
    const auto [place, added] = tables_.try_emplace(content, tables_.size() + 1);
    if (added) {
      put_attribute(FST_MT_ENUMTABLE, signal.scope + "." + signal.name + content, place->second);
    }
    return place->second;
  }

  Bytes bytes_;
  Bytes widths_;
  std::vector<std::uint32_t> handles_;
  const std::vector<SignalDescription>& signals_;
  std::map<std::string, std::uint64_t> tables_;
  std::uint64_t scopes_ = 0;
  std::uint32_t handle_ = 0;
};

Bytes header(const Hierarchy& hierarchy) {
  Bytes bytes;
  bytes.push_back(FST_BL_HDR);
  put_number(bytes, kHeaderLength);
  put_number(bytes, 0);  // first time
  put_number(bytes, 0);  // last time
  const auto* test = reinterpret_cast<const unsigned char*>(&kEndianTest);
  bytes.insert(bytes.end(), test, test + sizeof kEndianTest);
  put_number(bytes, kWriterMemory);
  put_number(bytes, hierarchy.scopes());
  put_number(bytes, hierarchy.handles().size());  // variables
  put_number(bytes, hierarchy.handles().size());  // ... of which none is an alias
  put_number(bytes, 0);                           // blocks of values
  bytes.push_back(static_cast<unsigned char>(kPicoseconds));
  put_padded(bytes, kVersion, kVersionBytes);
  put_padded(bytes, kDate, kDateBytes);
  bytes.push_back(FST_FT_VERILOG);
  put_number(bytes, 0);  // time zero
  return bytes;
}

/// A reader knows packed widths by their size: it must differ.
void put_widths(Bytes& to, const Hierarchy& hierarchy) {
  const Bytes& widths = hierarchy.widths();
  uLongf size = compressBound(widths.size());
  Bytes packed(size);
  if (compress2(packed.data(), &size, widths.data(), widths.size(), kBestPacking) != Z_OK) {
    throw RecordError("the widths of a waveform could not be packed");
  }
  const bool smaller = size < widths.size();
  packed.resize(size);
  const Bytes& body = smaller ? packed : widths;
  to.push_back(FST_BL_GEOM);
  put_number(to, 3 * sizeof(std::uint64_t) + body.size());
  put_number(to, widths.size());
  put_number(to, hierarchy.handles().size());
  to.insert(to.end(), body.begin(), body.end());
}

void put_hierarchy(Bytes& to, const Hierarchy& hierarchy) {
  const Bytes& bytes = hierarchy.bytes();
  const int size = static_cast<int>(bytes.size());
  std::vector<char> packed(static_cast<std::size_t>(LZ4_compressBound(size)));
  const int got = LZ4_compress_default(reinterpret_cast<const char*>(bytes.data()), packed.data(),
                                       size, static_cast<int>(packed.size()));
  if (got <= 0) throw RecordError("the hierarchy of a waveform could not be packed");
  packed.resize(static_cast<std::size_t>(got));
  to.push_back(FST_BL_HIER_LZ4);
  put_number(to, 2 * sizeof(std::uint64_t) + packed.size());
  put_number(to, bytes.size());
  to.insert(to.end(), packed.begin(), packed.end());
}

}  // namespace

FstFrame fst_frame(const std::vector<SignalDescription>& signals) {
  const Hierarchy hierarchy(signals);
  FstFrame frame;
  frame.head = header(hierarchy);
  put_widths(frame.tail, hierarchy);
  put_hierarchy(frame.tail, hierarchy);
  frame.handles = hierarchy.handles();
  return frame;
}

}  // namespace lookaside::record
