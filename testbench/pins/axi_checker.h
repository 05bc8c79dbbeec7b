// SPDX-License-Identifier: Apache-2.0
// Protocol checker of one AXI4 or AXI4-Lite interface without IDs: looks at the pins at each rising
// clock edge, before it. Sections are those of the AMBA AXI and ACE Protocol Specification, ARM IHI
// 0022E. No SystemC.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace lookaside::pins {

struct AxiAddress {
  bool valid = false, ready = false;
  std::uint64_t addr = 0;
  unsigned len = 0;    ///< beats - 1
  unsigned size = 0;   ///< log2 of the bytes of a beat
  unsigned burst = 1;  ///< 0 fixed, 1 incrementing, 2 wrapping
  bool lock = false;
};
struct AxiRead {
  bool valid = false, ready = false;
  std::uint64_t data = 0;
  unsigned resp = 0;
  bool last = true;
};
struct AxiWrite {
  bool valid = false, ready = false;
  std::uint64_t data = 0;
  unsigned strb = 0;
  bool last = true;
};
struct AxiResponse {
  bool valid = false, ready = false;
  unsigned resp = 0;
};

/// All channels in one cycle. A signal that a port does not have keeps its default.
struct AxiPins {
  bool reset_n = true;
  AxiAddress ar, aw;
  AxiRead r;
  AxiWrite w;
  AxiResponse b;
};

enum class AxiRule : std::uint8_t {
  kValidInReset,       ///< A3.1.2
  kValidDropped,       ///< A3.2.1: VALID stays until READY
  kChanged,            ///< A3.2.1: what is offered stays as it is until READY
  kReadDataUnasked,    ///< A3.3.1: RVALID only after an address was taken
  kResponseUnasked,    ///< A3.3.1: BVALID only after address and last data were taken
  kReadLast,           ///< A3.4.1: RLAST with the last beat and no other
  kWriteLast,          ///< A3.4.1: WLAST with the last beat and no other
  kReservedBurst,      ///< A3.4.1, Table A3-3
  kBurstLength,        ///< A3.4.1: wrapping 2, 4, 8, 16 beats; fixed at most 16
  kSizeAboveWidth,     ///< A3.4.1, Table A3-2
  kCrosses4K,          ///< A3.4.1
  kWrapUnaligned,      ///< A3.4.1: a wrapping burst starts aligned to its beats
  kStrobeOutside,      ///< A3.4.3: strobes only on the lanes of the beat
  kExclusiveShape,     ///< A7.2.4: aligned, a power of two, at most 128 bytes and 16 beats
  kExclusiveUnpaired,  ///< A7.2.4: an exclusive write is like the exclusive read before it
  kExOkayForNormal,    ///< A3.4.4: EXOKAY only for exclusive accesses
  kReadRespInBurst,    ///< A7.2.3: no mix of OKAY and EXOKAY in an exclusive read
  kLiteShape,          ///< B1.1.1: one beat, full width, no exclusive access
  kLiteExOkay,         ///< B1.1.1: EXOKAY is not supported
};
inline constexpr unsigned kAxiRules = static_cast<unsigned>(AxiRule::kLiteExOkay) + 1;
/// "valid_in_reset" and so on.
const char* name(AxiRule rule);
/// "A3.2.1".
const char* section(AxiRule rule);

struct AxiViolation {
  AxiRule rule = AxiRule::kValidInReset;
  std::uint64_t cycle = 0;
  const char* channel = "";  ///< "AR", "R", "AW", "W", "B"
};
/// "cycle 17, AR: valid_dropped (IHI 0022E, A3.2.1)".
std::string text(const AxiViolation& violation);

class AxiChecker {
 public:
  /// `data_bytes`: width of the data channels, 4 or 8.
  explicit AxiChecker(unsigned data_bytes, bool lite = false)
      : data_bytes_(data_bytes), lite_(lite) {}

  /// Once for each rising edge, with what stands before it.
  void clock(const AxiPins& pins);
  const std::vector<AxiViolation>& violations() const { return violations_; }
  /// Handshakes seen, so that a test can tell that something was checked.
  std::uint64_t reads() const { return reads_; }
  std::uint64_t writes() const { return writes_; }

 private:
  struct Burst {
    AxiAddress address;
    unsigned beat = 0;
    std::optional<bool> exclusive_ok;  ///< as the first beat of an exclusive read said
  };

  void violate(AxiRule rule, const char* channel) {
    violations_.push_back({rule, cycle_, channel});
  }
  void check_reset(const AxiPins& pins);
  void check_held(const AxiPins& pins);
  void check_address(const AxiAddress& address, const char* channel);
  void check_exclusive(const AxiAddress& address, const char* channel);
  void check_read(const AxiPins& pins);
  void check_write(const AxiPins& pins);
  void match_write_data();
  void check_response(const AxiPins& pins);

  unsigned data_bytes_;
  bool lite_;
  std::uint64_t cycle_ = 0;
  AxiPins before_;
  std::deque<Burst> read_;             ///< addresses taken, data not complete
  std::deque<Burst> write_;            ///< addresses taken, response not given
  std::deque<AxiWrite> data_;          ///< beats taken before their address
  std::optional<AxiAddress> monitor_;  ///< the last exclusive read
  unsigned complete_ = 0;              ///< bursts at the front of write_ with all their data
  std::uint64_t reads_ = 0, writes_ = 0;
  std::vector<AxiViolation> violations_;
};

}  // namespace lookaside::pins
