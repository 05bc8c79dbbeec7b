// SPDX-License-Identifier: Apache-2.0
// What is asked of a block, one operation after the other: as records, and as a text file with one
// operation a line. Recorded, generated and minimised stimuli are all written so, and replayed.
//
//   # a comment
//   block tlb format=sv39 entries=16 ways=16 policy=plru asid_bits=16
//   fill va=0x1000 asid=1 ppn=0x80200 level=0 global=0 perm=rw-uad
//   lookup va=0x1000 asid=1
//   fence form=address+asid va=0x1000 asid=1
//
// The first line names the block and its shape; what the settings mean is the block's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <lookaside/translation/access.h>

namespace lookaside::cosim {

/// A stimulus that cannot be read: "file:line: found ..., expected ...".
class StimulusError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class OperationKind : std::uint8_t {
  kLookup,    ///< TLB: va, asid
  kFill,      ///< TLB: va, asid, ppn, level, global, perm
  kDrop,      ///< TLB: va, asid; the entry that a lookup would hit goes
  kFence,     ///< any block: form and its operands; phase
  kContext,   ///< MMU: context
  kPmp,       ///< MMU: index, cfg, value (the CSR pmpaddr)
  kWrite,     ///< memory: pa, bytes, value; phase
  kBusError,  ///< memory: the PTE at pa answers with a bus error until it is written
  kLatency,   ///< memory: clock edges from an accepted request to its answer, from now on
  kAccess,    ///< MMU: access, va, bytes
};
inline constexpr unsigned kOperationKinds = 10;
/// The first word of its line: "lookup", "bus-error".
const char* name(OperationKind kind);

/// One operation. Which members count is said at its kind; the others are 0.
struct Operation {
  OperationKind kind = OperationKind::kLookup;
  translation::FenceForm form = translation::FenceForm::kAll;
  translation::Access access = translation::Access::kLoad;
  std::uint8_t bytes = 0;  ///< of an access or a write
  std::uint8_t level = 0;  ///< of a page, 0 = smallest
  std::uint8_t perm = 0;   ///< raw leaf bits D A U X W R, R lowest
  std::uint8_t cfg = 0;    ///< one byte of pmpcfg
  bool global = false;
  /// Fence, write: 0 = between two accesses; N = while the walk of the next access waits for its
  /// N-th PTE access. If that walk makes fewer, right after the access.
  std::uint16_t phase = 0;
  std::uint32_t asid = 0;
  std::uint32_t index = 0;  ///< PMP entry, or clock edges of kLatency
  std::uint64_t va = 0;
  std::uint64_t ppn = 0;    ///< of the page's first smallest page
  std::uint64_t pa = 0;     ///< physical bytes
  std::uint64_t value = 0;  ///< written
  translation::Context context;
  std::uint32_t line = 0;  ///< of the file it was read from; not compared

  translation::Fence fence() const { return {form, va, asid}; }
};
bool operator==(const Operation& a, const Operation& b);
inline bool operator!=(const Operation& a, const Operation& b) {
  return !(a == b);
}

// One function for each kind, so that nobody fills in a member too many.
Operation lookup(std::uint64_t va, std::uint32_t asid);
Operation fill(std::uint64_t va, std::uint32_t asid, std::uint64_t ppn, unsigned level, bool global,
               unsigned perm);
Operation drop(std::uint64_t va, std::uint32_t asid);
Operation fence(const translation::Fence& fence, unsigned phase = 0);
Operation context(const translation::Context& context);
Operation pmp(unsigned index, std::uint8_t cfg, std::uint64_t addr);
Operation write(std::uint64_t pa, unsigned bytes, std::uint64_t value, unsigned phase = 0);
Operation bus_error(std::uint64_t pa);
Operation latency(unsigned edges);
Operation access(translation::Access access, std::uint64_t va, unsigned bytes);

/// One key=value of the block line.
struct BlockSetting {
  std::string key;
  std::string value;
};

struct Stimulus {
  std::string file;   ///< for messages
  std::string block;  ///< "tlb", "mmu"
  std::vector<BlockSetting> settings;
  std::vector<Operation> operations;

  /// A setting of the block line; `otherwise` when it is not given. number() throws StimulusError
  /// when it is none.
  std::string setting(const std::string& key, const std::string& otherwise) const;
  std::uint64_t number(const std::string& key, std::uint64_t otherwise) const;
  /// Throws StimulusError for the first key that is none of `known`, with the nearest one.
  void expect_settings(const std::vector<std::string>& known) const;
  /// Throws StimulusError if there is none: running it would compare nothing.
  void expect_operations() const;
};

/// The operation as its line, without newline. Members that do not count do not show.
std::string line_of(const Operation& operation);
/// The whole file: reads back to the same.
std::string text_of(const Stimulus& stimulus);

/// Throws StimulusError; `name` stands for the file in messages.
Stimulus parse_stimulus(const std::string& text, const std::string& name);
/// Throws StimulusError, or platform::FileError when the file cannot be read.
Stimulus read_stimulus(const std::string& path);

}  // namespace lookaside::cosim
