// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <fstapi.h>
#include <set>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_structure.h>
#include <lookaside/record/core/fst_writer.h>
#include <lookaside/record/core/output_file.h>

namespace lookaside::record {

using observe::SignalDescription;
using observe::SignalKind;

/// A node of the tree that the dotted scopes span, in order of first appearance.
struct Scope {
  std::string name;
  std::vector<Scope> children;
  std::vector<observe::SignalId> signals;

  Scope& child(const std::string& wanted) {
    for (Scope& c : children) {
      if (c.name == wanted) return c;
    }
    children.push_back({wanted, {}, {}});
    return children.back();
  }
};

namespace {

constexpr int kPicoseconds = -12;
constexpr const char* kDate = "Thu Jan  1 00:00:00 1970\n";
constexpr const char* kVersion = "Lookaside";
constexpr unsigned kMaxWidth = 64;
// Offsets of what the header says of the values.
constexpr long kHeaderStart = 9;
constexpr long kHeaderEnd = 17;
constexpr long kHeaderBlocks = 65;
constexpr std::uint64_t kBlockHead = 9;  // type and length of a block

bool is_hierarchy(int type) {
  return type == FST_BL_HIER || type == FST_BL_HIER_LZ4 || type == FST_BL_HIER_LZ4DUO;
}

bool is_name(std::string_view text, bool dots) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [dots](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (dots && c == '.');
  });
}

std::uint64_t mask(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

std::string binary(std::uint64_t value, unsigned width) {
  std::string digits(width, '0');
  for (unsigned i = 0; i < width; ++i) {
    if (((value >> i) & 1) != 0) digits[width - 1 - i] = '1';
  }
  return digits;
}

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
    node->signals.push_back(static_cast<observe::SignalId>(id));
  }
  return root;
}

void check_enum(const SignalDescription& d, const std::string& full) {
  if (d.names.empty()) throw RecordError(fmt::format("signal '{}': an enum needs names", full));
  std::set<std::uint64_t> values;
  for (const observe::EnumName& entry : d.names) {
    if ((entry.value & ~mask(d.width)) != 0) {
      throw RecordError(fmt::format("signal '{}': enum value {} ({}) does not fit its {} bits",
                                    full, entry.value, entry.name, d.width));
    }
    if (entry.name.empty() || !values.insert(entry.value).second) {
      throw RecordError(fmt::format("signal '{}': enum value {} ('{}') is there twice or unnamed",
                                    full, entry.value, entry.name));
    }
  }
}

}  // namespace

void check_description(const SignalDescription& d) {
  const std::string full = d.scope + "." + d.name;
  if (!is_name(d.name, false) || !is_name(d.scope, true) || d.scope.front() == '.' ||
      d.scope.back() == '.' || d.scope.find("..") != std::string::npos) {
    throw RecordError(
        fmt::format("signal '{}': scope and name may hold letters, digits and '_', "
                    "the scope also single dots between names",
                    full));
  }
  if (d.kind == SignalKind::kText) return;
  if (d.width < 1 || d.width > kMaxWidth) {
    throw RecordError(fmt::format("signal '{}': width {} found, expected 1 to {} bits", full,
                                  d.width, kMaxWidth));
  }
  if (d.kind == SignalKind::kEnum) check_enum(d, full);
}

FstWriter::FstWriter(std::string path, std::size_t block_bytes)
    : path_(std::move(path)), block_bytes_(block_bytes) {
  check_writable(path_);
}

FstWriter::~FstWriter() {
  abandon();
}

void FstWriter::abandon() {
  if (file_ == nullptr) return;
  values_.reset();
  (void)std::fclose(std::exchange(file_, nullptr));
  (void)unlink(temporary_name(path_).c_str());
}

void FstWriter::start(const std::vector<SignalDescription>& signals) {
  if (started()) throw RecordError(fmt::format("{}: the waveform was started already", path_));
  if (signals.empty()) {
    throw RecordError(fmt::format("{}: not written: no block declared a signal", path_));
  }
  const std::string temporary = temporary_name(path_);
  write_frame(temporary, signals);
  file_ = std::fopen(temporary.c_str(), "w+b");
  if (file_ == nullptr) throw RecordError(fmt::format("{}: cannot be created", path_));
  put(header_);
  std::vector<unsigned> widths(signals.size());
  for (std::size_t id = 0; id < signals.size(); ++id) {
    widths[handles_[id]] = signals[id].kind == SignalKind::kText ? 0 : signals[id].width;
  }
  values_ = std::make_unique<FstValues>(file_, std::move(widths), block_bytes_);
}

/// Lets fstapi write a file without values and keeps its blocks.
void FstWriter::write_frame(const std::string& temporary,
                            const std::vector<SignalDescription>& signals) {
  context_ = fstWriterCreate(temporary.c_str(), 1);
  if (context_ == nullptr) {
    throw RecordError(
        fmt::format("{}: cannot be created, or there is no room for temporary files "
                    "(directory $TMPDIR or /tmp)",
                    path_));
  }
  fstWriterSetDate(context_, kDate);
  fstWriterSetVersion(context_, kVersion);
  fstWriterSetTimescale(context_, kPicoseconds);
  fstWriterSetFileType(context_, FST_FT_VERILOG);
  fstWriterSetPackType(context_, FST_WR_PT_LZ4);
  handles_.assign(signals.size(), 0);
  const Scope root = scope_tree(signals);
  for (const Scope& scope : root.children) write_scope(scope, signals);
  // It wants one value at least.
  fstWriterEmitTimeChange(context_, 0);
  fstWriterEmitValueChange(context_, 1, std::string(kMaxWidth, 'x').c_str());
  fstWriterEmitVariableLengthValueChange(context_, 1, "", 0);
  fstWriterClose(std::exchange(context_, nullptr));
  try {
    const FstStructure structure = check_structure(temporary);
    header_ =
        read_bytes(temporary, 0, structure.blocks.front().payload + structure.blocks.front().size);
    for (const FstBlock& block : structure.blocks) {
      if (block.type != FST_BL_GEOM && !is_hierarchy(block.type)) continue;
      const std::uint64_t begin = block.payload - kBlockHead;
      const auto bytes = read_bytes(temporary, begin, block.size + kBlockHead);
      tail_.insert(tail_.end(), bytes.begin(), bytes.end());
    }
  } catch (const RecordError& error) {
    (void)unlink(temporary.c_str());
    throw incomplete(error);
  }
}

void FstWriter::write_scope(const Scope& scope, const std::vector<SignalDescription>& signals) {
  fstWriterSetScope(context_, FST_ST_VCD_MODULE, scope.name.c_str(), nullptr);
  for (const observe::SignalId id : scope.signals) write_signal(id, signals[id]);
  for (const Scope& child : scope.children) write_scope(child, signals);
  fstWriterSetUpscope(context_);
}

void FstWriter::write_signal(observe::SignalId id, const SignalDescription& signal) {
  if (!signal.sentence.empty()) fstWriterSetComment(context_, signal.sentence.c_str());
  const bool text = signal.kind == SignalKind::kText;
  if (signal.kind == SignalKind::kEnum) fstWriterEmitEnumTableRef(context_, enum_table(signal));
  const std::uint32_t handle =
      fstWriterCreateVar(context_, text ? FST_VT_GEN_STRING : FST_VT_VCD_WIRE, FST_VD_IMPLICIT,
                         text ? 0 : signal.width, signal.name.c_str(), 0);
  handles_[id] = handle - 1;
}

std::uint32_t FstWriter::enum_table(const SignalDescription& signal) {
  std::string key = fmt::format("{}", signal.width);
  std::vector<std::string> values;
  std::vector<const char*> value_pointers;
  std::vector<const char*> name_pointers;
  values.reserve(signal.names.size());
  for (const observe::EnumName& entry : signal.names) {
    key += fmt::format("\n{} {}", entry.value, entry.name);
    values.push_back(binary(entry.value, signal.width));
    value_pointers.push_back(values.back().c_str());
    name_pointers.push_back(entry.name.c_str());
  }
  std::uint32_t& table = tables_[key];
  if (table == 0) {
    const std::string name = signal.scope + "." + signal.name;
    table =
        fstWriterCreateEnumTable(context_, name.c_str(), static_cast<std::uint32_t>(values.size()),
                                 signal.width, name_pointers.data(), value_pointers.data());
  }
  return table;
}

void FstWriter::set_text(observe::SignalId id, std::string_view text) {
  text_ = text;
  for (char& c : text_) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  values_->set_text(handles_[id], text_);
}

void FstWriter::put(const std::vector<unsigned char>& bytes) {
  (void)std::fwrite(bytes.data(), 1, bytes.size(), file_);
}

RecordError FstWriter::incomplete(const RecordError& error) const {
  return RecordError(
      fmt::format("{}: the waveform could not be written completely; is the disk full? ({})", path_,
                  error.what()));
}

void FstWriter::close() {
  values_->finish();
  put(tail_);
  const auto number = [this](long offset, std::uint64_t value) {
    const std::uint64_t big_endian = __builtin_bswap64(value);
    (void)std::fseek(file_, offset, SEEK_SET);
    (void)std::fwrite(&big_endian, sizeof big_endian, 1, file_);
  };
  number(kHeaderStart, values_->first());
  number(kHeaderEnd, values_->last());
  number(kHeaderBlocks, values_->blocks());
  values_.reset();
  bool written = std::ferror(file_) == 0;
  written = std::fclose(std::exchange(file_, nullptr)) == 0 && written;
  const std::string temporary = temporary_name(path_);
  try {
    if (!written) throw RecordError("write error");
    check_structure(temporary);
  } catch (const RecordError& error) {
    (void)unlink(temporary.c_str());
    throw incomplete(error);
  }
  finish_output(path_);
}

}  // namespace lookaside::record
