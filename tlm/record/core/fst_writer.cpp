// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <set>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_frame.h>
#include <lookaside/record/core/fst_structure.h>
#include <lookaside/record/core/fst_writer.h>
#include <lookaside/record/core/output_file.h>

namespace lookaside::record {

using observe::SignalDescription;
using observe::SignalKind;

namespace {

constexpr unsigned kMaxWidth = 64;

bool is_name(std::string_view text, bool dots) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [dots](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (dots && c == '.');
  });
}

std::uint64_t mask(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
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
  frame_ = fst_frame(signals);
  file_ = std::fopen(temporary_name(path_).c_str(), "w+b");
  if (file_ == nullptr) throw RecordError(fmt::format("{}: cannot be created", path_));
  put(frame_.head);
  std::vector<unsigned> widths(signals.size());
  for (std::size_t id = 0; id < signals.size(); ++id) {
    widths[frame_.handles[id]] = signals[id].kind == SignalKind::kText ? 0 : signals[id].width;
  }
  values_ = std::make_unique<FstValues>(file_, std::move(widths), block_bytes_);
}

void FstWriter::set_text(observe::SignalId id, std::string_view text) {
  text_ = text;
  for (char& c : text_) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  values_->set_text(frame_.handles[id], text_);
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
  put(frame_.tail);
  const auto number = [this](long offset, std::uint64_t value) {
    const std::uint64_t big_endian = __builtin_bswap64(value);
    (void)std::fseek(file_, offset, SEEK_SET);
    (void)std::fwrite(&big_endian, sizeof big_endian, 1, file_);
  };
  number(kFstFirstTime, values_->first());
  number(kFstLastTime, values_->last());
  number(kFstValueBlocks, values_->blocks());
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
