// SPDX-License-Identifier: Apache-2.0
// Accesses that touch more than one page: all pages are translated first, then each gets a payload
// of its own (H-GP-06 to H-GP-08, H-BE-01 to H-BE-04).
#include <algorithm>
#include <vector>

#include <lookaside/mmu/mmu.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::mmu {

using protocol::AtomicExtension;
using translation::Access;
using translation::Context;
using translation::Rule;
using Step = Engine::Step;

namespace {

/// True if a byte enable touches any of `bytes` bytes from `offset` on (H-BE-01). With streaming
/// the same addresses come again every `stride` bytes of data, with other enables.
bool enabled(const tlm::tlm_generic_payload& p, std::uint64_t stride, std::uint64_t offset,
             std::uint64_t bytes) {
  const unsigned char* enables = p.get_byte_enable_ptr();
  if (enables == nullptr) return true;
  const std::uint64_t period = p.get_byte_enable_length();
  for (std::uint64_t start = offset; start < p.get_data_length(); start += stride) {
    for (std::uint64_t i = start; i < start + std::min(bytes, period); ++i) {
      if (enables[i % period] != TLM_BYTE_DISABLED) return true;
    }
  }
  return false;
}

/// An address beyond the format's width that the format ignores is cut, as address arithmetic of
/// that width would: after the last page comes the first.
std::uint64_t wrap(const Context& context, std::uint64_t va) {
  if (context.format->sign_extended || context.format->va_bits >= 64) return va;
  return va & ((std::uint64_t{1} << context.format->va_bits) - 1);
}

}  // namespace

// Last byte of the page that holds `va`; without translation there are no pages.
std::uint64_t Mmu::page_end(const Context& context, Access access, std::uint64_t va) const {
  if (!context.translates(access)) return ~std::uint64_t{0};
  return va | ((std::uint64_t{1} << context.format->page_shift) - 1);
}

// Cuts an access at the ends of the smallest pages the format has, whatever larger page maps them:
// what an access does must not depend on how a TLB holds a superpage. Of a page in which no byte is
// enabled nothing is translated, so it cannot fault (H-BE-04).
bool Mmu::translate_pieces(const Request& r, Job& job, std::vector<Piece>& pieces) {
  const std::uint64_t base = r.payload.get_address();
  std::uint64_t bytes = 0;
  for (std::uint64_t offset = 0; offset < r.touched; offset += bytes) {
    const std::uint64_t va = base + offset;
    const std::uint64_t rest_of_page = page_end(job.context, r.access, va) - va;
    bytes = std::min(rest_of_page, r.touched - offset - 1) + 1;
    if (!enabled(r.payload, r.touched, offset, bytes)) continue;
    job.va = job.context.translates(r.access) ? wrap(job.context, va) : va;
    job.bytes = bytes;
    if (translate(job) == Step::kFault) return false;
    pieces.push_back({offset, bytes, job.va, job.pa, job.translation});
  }
  return true;
}

void Mmu::split(const Request& r, Job& job) {
  r.payload.set_dmi_allowed(false);
  if (r.payload.get_extension<AtomicExtension>() != nullptr) {
    waves_.access(job.time_ps, r.access, job.va);
    engine_->refuse(job, physical_fault(job.context, r.access, job.va, Rule::kMisaligned));
    refuse(r, job);
    return;
  }
  std::vector<Piece> pieces;
  if (!translate_pieces(r, job, pieces)) {
    refuse(r, job);
    return;
  }
  ++counters_.split_accesses.value;
  r.payload.set_response_status(tlm::TLM_OK_RESPONSE);
  for (std::uint64_t start = 0; start < r.payload.get_data_length(); start += r.touched) {
    for (const Piece& piece : pieces) {
      if (!send_piece(r, job, piece, start)) return;
    }
  }
}

// One child: its own slice of data and enables, its own streaming width and status (H-GP-07).
bool Mmu::send_piece(const Request& r, Job& job, const Piece& piece, std::uint64_t start) {
  const std::uint64_t from = start + piece.offset;
  const std::uint64_t length = r.payload.get_data_length();
  if (from >= length) return true;
  const auto bytes = static_cast<unsigned>(std::min(piece.bytes, length - from));
  Payload child;
  child.set_command(r.payload.get_command());
  child.set_address(piece.va);
  if (r.payload.get_data_ptr() != nullptr) child.set_data_ptr(r.payload.get_data_ptr() + from);
  child.set_data_length(bytes);
  child.set_streaming_width(bytes);
  std::vector<unsigned char> enables;
  if (const unsigned char* all = r.payload.get_byte_enable_ptr()) {
    const std::uint64_t period = r.payload.get_byte_enable_length();
    for (unsigned i = 0; i < bytes; ++i) enables.push_back(all[(from + i) % period]);
    child.set_byte_enable_ptr(enables.data());
    child.set_byte_enable_length(bytes);
  }
  if (r.extension != nullptr) child.set_extension(r.extension);
  job.translation = piece.translation;
  forward(r, job, child, piece.pa);
  if (r.extension != nullptr) child.clear_extension(r.extension);
  const bool failed = bus_error(r, job, child, piece.va);
  return !failed;
}

}  // namespace lookaside::mmu
