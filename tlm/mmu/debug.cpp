// SPDX-License-Identifier: Apache-2.0
// Debug access: the page tables' view, without a side effect on TLBs, counters, A/D bits or time
// (rule book H.6). Page-table entries are read by transport_dbg as well.
#include <algorithm>

#include <lookaside/mmu/mmu.h>

namespace lookaside::mmu {

using translation::Access;
using translation::AdUpdate;
using translation::Context;
using translation::Pmp;
using translation::Privilege;
using translation::Rule;
using translation::Walk;

namespace {

/// Rows 5 to 8 pass for every leaf: S-mode may load user pages (SUM) and execute-only ones (MXR),
/// and missing A bits are only pretended to be set.
Context without_permissions(Context context) {
  context.fetch_privilege = Privilege::kSupervisor;
  context.data_privilege = Privilege::kSupervisor;
  context.sum = true;
  context.mxr = true;
  context.ad_update = AdUpdate::kHardware;
  return context;
}

}  // namespace

bool Mmu::debug_walk(Walk& walk, bool pretend_updates) {
  while (walk.step() != Walk::Step::kDone) {
    if (walk.step() == Walk::Step::kFault) return false;
    if (walk.step() == Walk::Step::kCompareAndSwap) {
      if (!pretend_updates) return false;
      walk.swap_done(true);
      continue;
    }
    const PtePool::Lease pte = pte_pool_.take();
    Payload& payload = pte->read(walk.pte_address(), walk.pte_bytes());
    if (walk_socket->transport_dbg(payload) == walk.pte_bytes()) {
      walk.read_done(pte->value());
    } else {
      walk.read_failed();
    }
  }
  return true;
}

bool Mmu::debug_translate(const Request& r, const Context& context, std::uint64_t va,
                          std::uint64_t bytes, std::uint64_t& pa) {
  const bool ignore = r.extension == nullptr || r.extension->ignore_permissions;
  pa = va;
  if (context.translates(r.access)) {
    // With no entry implemented PMP lets everything through (PMP-12).
    static const Pmp kOpen(0);
    Walk walk(ignore ? without_permissions(context) : context, ignore ? kOpen : engine_->pmp(), va,
              ignore ? Access::kLoad : r.access);
    if (!debug_walk(walk, true)) return false;
    pa = walk.translation().physical(va);
  }
  return ignore || check_physical(engine_->pmp(), pa, bytes, context, r.access) == Rule::kNone;
}

unsigned Mmu::debug_piece(const Request& r, std::uint64_t offset, std::uint64_t bytes,
                          std::uint64_t pa) {
  Payload piece;
  piece.set_command(r.payload.get_command());
  piece.set_address(pa);
  piece.set_data_ptr(r.payload.get_data_ptr() + offset);
  piece.set_data_length(static_cast<unsigned>(bytes));
  piece.set_streaming_width(static_cast<unsigned>(bytes));
  if (r.extension != nullptr) piece.set_extension(r.extension);
  const unsigned done = physical_socket->transport_dbg(piece);
  if (r.extension != nullptr) piece.clear_extension(r.extension);
  return std::min(done, static_cast<unsigned>(bytes));
}

unsigned Mmu::transport_dbg(int id, Payload& payload) {
  const Request r = request(static_cast<Port>(id), payload);
  const std::uint64_t length = payload.get_data_length();
  if (length == 0 || payload.get_data_ptr() == nullptr) return 0;
  const Context& context = r.extension != nullptr && r.extension->has_context ? r.extension->context
                                                                              : engine_->context();
  std::uint64_t done = 0;
  while (done < length) {
    const std::uint64_t va = payload.get_address() + done;
    const std::uint64_t bytes =
        std::min(page_end(context, r.access, va) - va, length - done - 1) + 1;
    std::uint64_t pa = 0;
    if (!debug_translate(r, context, va, bytes, pa)) break;
    const unsigned moved = debug_piece(r, done, bytes, pa);
    done += moved;
    if (moved < bytes) break;
  }
  return static_cast<unsigned>(done);
}

}  // namespace lookaside::mmu
