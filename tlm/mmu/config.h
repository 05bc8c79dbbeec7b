// SPDX-License-Identifier: Apache-2.0
// Shape and timing of an MMU.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <lookaside/tlb/interface.h>

namespace lookaside::mmu {

/// A configuration that cannot be built; the message says what was found and what is expected.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What get_direct_mem_ptr may lend to initiators that do not use translation_port_if. Accesses
/// made through such a pointer are seen by no counter, so all counts become lower bounds.
enum class DmiPolicy : std::uint8_t {
  kOff,       ///< every request is refused
  kResident,  ///< as long as the page stays in the L1 TLB of the port (H-DMI-07)
  kMapped,    ///< until a fence, whatever the TLB holds; found by a walk without side effects
};

/// One TLB. The ASID width of `geometry` is replaced by Config::asid_bits.
struct TlbConfig {
  bool enabled = true;
  tlb::Geometry geometry;
  unsigned lookup_cycles = 0;  ///< added to every access that looks here, hit or miss
};

/// Makes the TLB called `name` ("l1i", "l1d", "l2"): the model array unless replaced, e.g. by RTL
/// or by both in lockstep.
using TlbFactory =
    std::function<std::unique_ptr<tlb::Tlb>(const std::string& name, const tlb::Geometry&)>;
/// Builds a tlb::Array.
std::unique_ptr<tlb::Tlb> make_array(const std::string& name, const tlb::Geometry& geometry);

struct Config;
struct Counters;
class Waves;
class Engine;
/// Makes what translates. Counters and Waves outlive it. Throws ConfigError if it cannot be what
/// Config asks for.
using EngineFactory = std::function<std::unique_ptr<Engine>(const Config&, Counters&, Waves&)>;

/// Defaults: 16-entry fully associative L1s and a 512-entry 4-way L2, all page sizes of Sv32 to
/// Sv57.
struct Config {
  Config();

  std::string scope = "hart0.mmu";  ///< dotted name for statistics and signals
  unsigned hart = 0;                ///< index the control interface expects
  std::uint64_t clock_ps = 1000;    ///< one cycle of the latencies below
  TlbConfig l1i;
  TlbConfig l1d;
  TlbConfig l2;
  unsigned asid_bits = 16;     ///< ASIDLEN: 0..9 for Sv32, 0..16 for the others (SATP-07)
  unsigned miss_cycles = 1;    ///< from an L1 miss to the L2 lookup or the walk
  unsigned refill_cycles = 1;  ///< from the translation at hand to the access
  unsigned fault_cycles = 1;   ///< from a refusal to the response
  unsigned fence_cycles = 1;   ///< one SFENCE.VMA
  DmiPolicy dmi = DmiPolicy::kResident;
  /// translation_port_if::direct() answers; false: every access goes through the sockets. It is
  /// also off while signals are recorded, because nobody would see what goes that way.
  bool direct = true;
  TlbFactory make_tlb = make_array;
  EngineFactory make_engine;  ///< empty: the model, a Translator
};

/// Empty, or one sentence saying what is wrong, with the name of the TLB or key.
std::string validate(const Config& config);

}  // namespace lookaside::mmu
