// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstapi.h>
#include <limits>
#include <lz4.h>
#include <map>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_hierarchy.h>

namespace lookaside::record {
namespace {

using observe::SignalKind;
using Bytes = std::vector<unsigned char>;

constexpr std::uint64_t kMaxHierarchy = 256U << 20U;
constexpr std::uint32_t kMaxTextWidth = 1U << 20U;

/// A checked cursor over bytes of the file; any step past the end throws.
class Cursor {
 public:
  Cursor(const Bytes& bytes, const std::string& path) : bytes_(bytes), path_(path) {}
  bool done() const { return at_ == bytes_.size(); }
  std::size_t at() const { return at_; }
  unsigned char byte() {
    if (done()) fail("ends in the middle of an entry");
    return bytes_[at_++];
  }
  std::string text() {
    std::string result;
    for (unsigned char c = byte(); c != 0; c = byte()) result += static_cast<char>(c);
    return result;
  }
  /// Little-endian base 128, as FST stores counts.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned char b = byte();
      value |= std::uint64_t{b & 0x7fU} << shift;
      if ((b & 0x80U) == 0) return value;
    }
    fail("holds an overlong number");
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw RecordError(fmt::format("{}: is damaged: the hierarchy {} (byte {})", path_, what, at_));
  }

 private:
  const Bytes& bytes_;
  const std::string& path_;
  std::size_t at_ = 0;
};

[[noreturn]] void unpack_failed(const std::string& path) {
  throw RecordError(fmt::format("{}: is damaged: its hierarchy block cannot be unpacked", path));
}

Bytes unpack_lz4(const std::string& path, const unsigned char* packed, std::uint64_t packed_size,
                 std::uint64_t size) {
  if (size > kMaxHierarchy || packed_size > kMaxHierarchy) unpack_failed(path);
  Bytes bytes(size);
  const int got = LZ4_decompress_safe(reinterpret_cast<const char*>(packed),
                                      reinterpret_cast<char*>(bytes.data()),
                                      static_cast<int>(packed_size), static_cast<int>(size));
  if (got < 0 || static_cast<std::uint64_t>(got) != size) unpack_failed(path);
  return bytes;
}

Bytes unpack_gzip(const std::string& path, const unsigned char* packed, std::uint64_t packed_size,
                  std::uint64_t size) {
  Bytes bytes(size);
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) unpack_failed(path);
  stream.next_in = const_cast<unsigned char*>(packed);  // zlib reads only, without saying so
  stream.avail_in = static_cast<uInt>(packed_size);
  stream.next_out = bytes.data();
  stream.avail_out = static_cast<uInt>(size);
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.avail_out == 0;
  (void)inflateEnd(&stream);
  if (!whole) unpack_failed(path);
  return bytes;
}

Bytes unpack(const std::string& path, const FstStructure& structure) {
  const auto block = std::find_if(structure.blocks.begin(), structure.blocks.end(), [](auto& b) {
    return b.type == FST_BL_HIER || b.type == FST_BL_HIER_LZ4 || b.type == FST_BL_HIER_LZ4DUO;
  });
  if (block == structure.blocks.end() || block->size < 8 || block->size > kMaxHierarchy) {
    unpack_failed(path);
  }
  const Bytes packed = read_bytes(path, block->payload, block->size);
  std::uint64_t size = 0;
  for (int i = 0; i < 8; ++i) size = (size << 8U) | packed[static_cast<std::size_t>(i)];
  if (size > kMaxHierarchy) unpack_failed(path);
  if (size == 0) return {};
  const Bytes body(packed.begin() + 8, packed.end());
  if (block->type == FST_BL_HIER) return unpack_gzip(path, body.data(), body.size(), size);
  if (block->type == FST_BL_HIER_LZ4) return unpack_lz4(path, body.data(), body.size(), size);
  Cursor cursor(body, path);
  const std::uint64_t middle = cursor.varint();
  const Bytes once = unpack_lz4(path, body.data() + cursor.at(), body.size() - cursor.at(), middle);
  return unpack_lz4(path, once.data(), once.size(), size);
}

/// Undoes the escapes that keep blanks out of an enum table: \n \t ... \xHH and octal.
std::string unescape(const std::string& text) {
  std::vector<unsigned char> bytes(text.begin(), text.end());
  bytes.push_back(0);
  const int size = fstUtilityEscToBin(nullptr, bytes.data(), static_cast<int>(text.size()));
  return {bytes.begin(), bytes.begin() + std::max(size, 0)};
}

/// "name count literal... value..." with values in binary digits.
std::vector<observe::EnumName> parse_enum_table(const std::string& text, const Cursor& cursor) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (words.size() < 4 || words.size() % 2 != 0 ||
      words[1] != std::to_string((words.size() - 2) / 2)) {
    cursor.fail("holds an enum table whose count does not fit");
  }
  const std::size_t count = (words.size() - 2) / 2;
  std::vector<observe::EnumName> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string digits = unescape(words[2 + count + i]);
    std::uint64_t value = 0;
    bool number = !digits.empty() && digits.size() <= 64;
    for (const char c : digits) {
      number = number && (c == '0' || c == '1');
      value = (value << 1U) | (c == '1' ? 1U : 0U);
    }
    if (number) names.push_back({value, unescape(words[2 + i])});  // x and z name no number
  }
  return names;
}

class Parser {
 public:
  Parser(const Bytes& bytes, const std::string& path, std::uint64_t handles)
      : cursor_(bytes, path), handles_(handles) {}

  std::vector<WaveSignal> run() {
    while (!cursor_.done()) entry();
    return std::move(signals_);
  }

 private:
  void entry() {
    const int tag = cursor_.byte();
    if (tag == FST_ST_VCD_SCOPE) {
      (void)cursor_.byte();
      scopes_.push_back(cursor_.text());
      (void)cursor_.text();
    } else if (tag == FST_ST_VCD_UPSCOPE) {
      if (scopes_.empty()) cursor_.fail("leaves a scope that it never entered");
      scopes_.pop_back();
    } else if (tag == FST_ST_GEN_ATTRBEGIN) {
      attribute();
    } else if (tag <= FST_VT_MAX) {
      variable(tag);
    } else if (tag != FST_ST_GEN_ATTREND) {
      cursor_.fail(fmt::format("holds the unknown entry {}", tag));
    }
  }
  void attribute() {
    const int type = cursor_.byte();
    const int subtype = cursor_.byte();
    const std::string text = cursor_.text();
    const std::uint64_t argument = cursor_.varint();
    if (type != FST_AT_MISC) return;
    if (subtype == FST_MT_COMMENT) comment_ = text;
    if (subtype != FST_MT_ENUMTABLE) return;
    if (text.empty()) {
      table_ = argument;
    } else {
      tables_[argument] = parse_enum_table(text, cursor_);
    }
  }
  void variable(int tag) {
    WaveSignal signal;
    (void)cursor_.byte();
    std::string name = cursor_.text();
    const std::uint64_t length = cursor_.varint();
    const std::uint64_t alias = cursor_.varint();
    if (alias == 0) ++last_handle_;
    const std::uint64_t handle = alias == 0 ? last_handle_ : alias;
    if (handle > handles_ || length > kMaxTextWidth) cursor_.fail("names a signal without data");
    for (const std::string& scope : scopes_) signal.name += scope + ".";
    const std::size_t range = name.find_first_of(" [");
    signal.name += range == 0 ? name : name.substr(0, range);
    signal.handle = static_cast<std::uint32_t>(handle);
    signal.width = static_cast<unsigned>(length);
    signal.real = tag == FST_VT_VCD_REAL || tag == FST_VT_VCD_REAL_PARAMETER ||
                  tag == FST_VT_VCD_REALTIME || tag == FST_VT_SV_SHORTREAL;
    if (tag == FST_VT_GEN_STRING) signal.kind = SignalKind::kText;
    if (const auto table = tables_.find(table_); table != tables_.end()) {
      signal.kind = SignalKind::kEnum;
      signal.names = table->second;
    }
    signal.sentence = std::exchange(comment_, {});
    table_ = std::numeric_limits<std::uint64_t>::max();
    signals_.push_back(std::move(signal));
  }

  Cursor cursor_;
  std::uint64_t handles_;
  std::uint64_t last_handle_ = 0;
  std::vector<std::string> scopes_;
  std::map<std::uint64_t, std::vector<observe::EnumName>> tables_;
  std::uint64_t table_ = std::numeric_limits<std::uint64_t>::max();
  std::string comment_;
  std::vector<WaveSignal> signals_;
};

}  // namespace

const std::string& WaveSignal::name_of(std::uint64_t value) const {
  static const std::string none;
  const auto found = std::find_if(names.begin(), names.end(),
                                  [value](const auto& entry) { return entry.value == value; });
  return found == names.end() ? none : found->name;
}

std::vector<WaveSignal> read_hierarchy(const std::string& path, const FstStructure& structure) {
  const Bytes bytes = unpack(path, structure);
  return Parser(bytes, path, structure.handles).run();
}

}  // namespace lookaside::record
