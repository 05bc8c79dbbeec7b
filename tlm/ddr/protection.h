// SPDX-License-Identifier: Apache-2.0
// Wrong bits in memory: where they come from, what the error-correcting code makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <lookaside/ddr/bursts.h>
#include <lookaside/ddr/memory.h>
#include <lookaside/dram/retention.h>
#include <lookaside/dram/secded.h>

namespace lookaside::ddr {

/// Who found an error.
enum class EccFinder : std::uint8_t {
  kRead = 0,      ///< a read, or an atomic
  kPartialWrite,  ///< a write of less than a word, which reads the rest
  kPatrol,        ///< the patrol scrubber
};

/// One error the decoder took notice of.
struct EccError {
  std::uint64_t address = 0;  ///< physical, of the word of 8 bytes
  std::uint64_t time_ps = 0;
  dram::EccVerdict verdict = dram::EccVerdict::kClean;
  EccFinder finder = EccFinder::kRead;
  std::uint8_t syndrome = 0;
  std::uint8_t bit = 0;  ///< 0 to 63 of data, 64 to 71 of check bits; if corrected
};

/// SECDED over words of 64 bits, bits flipped by injection, and bits lost without refresh.
///
/// Only wrong words are kept, so an undamaged memory costs nothing. The backing store holds what a
/// reader gets: of a wrong word its corrected data while the code is on and can, else the wrong
/// bits. Check bits are written with every write, also while the code is off. While it is on, a
/// write of part of a word reads the word before, which the controller times and counts: RD and WR
/// where a whole word is a WR. A write of part of a word takes the rest as a reader would get it,
/// so with the code off it makes wrong bits right for good in the eyes of the code, and with the
/// code on it ends a correctable error and keeps an uncorrectable word uncorrectable. An
/// uncorrectable word answers reads with TLM_GENERIC_ERROR_RESPONSE, which a hart sees as an access
/// fault; writes pass. An atomic that reads and writes notices an error once, as a read. While a
/// word is wrong, or refresh is off, pointers are denied. Debug accesses see the backing store and
/// log nothing.
class Protection : public DataGuard {
 public:
  struct Hooks {
    std::function<void(const EccError&)> found;
    std::function<void(bool denied)> deny;  ///< pointers to all memory
    std::function<void()> changed;          ///< there are other wrong words than before
  };
  /// Errors of one bit and of more are counted each time somebody finds them. Scrubbed: words with
  /// a single-bit error made right in memory, by demand, by a partial write or by the patrol.
  struct Counts {
    std::uint64_t corrected = 0, uncorrectable = 0, scrubbed = 0, injected = 0, decayed = 0;
  };

  /// `store` must outlive this. `window_ps`: the refresh window of the device.
  Protection(const BackingStore& store, std::uint64_t window_ps, std::uint64_t seed, Hooks hooks);

  void enable(bool on);
  bool enabled() const { return enabled_; }
  /// Whether a read that corrects a word also repairs it.
  void set_demand_scrub(bool on) { demand_scrub_ = on; }
  bool demand_scrub() const { return demand_scrub_; }

  /// Flips the bits of the masks in the word that holds `address`. False: there is no memory.
  bool inject(std::uint64_t address, std::uint64_t data_mask, std::uint8_t check_mask);

  void stop_refresh(std::uint64_t time_ps);
  void start_refresh(std::uint64_t time_ps);
  /// Memory has refreshed itself, whatever stop_refresh() said: it was in self-refresh.
  void slept(std::uint64_t from_ps, std::uint64_t to_ps);

  /// From now on the patrol scrubber's rounds restore cells while refresh is off; nullopt: there
  /// are none.
  void patrolled(const std::optional<dram::Rounds>& rounds, std::uint64_t time_ps);
  /// When find() should be called next; the last ps of time: never. It spoils the words whose lost
  /// cells the patrol comes by, so that patrol() finds them.
  std::uint64_t next_find() const { return retention_.next_find(); }
  void find(std::uint64_t time_ps);
  /// The patrol scrubber reads the word at `address`, repairs it if it can, and says what it found.
  void patrol(std::uint64_t address, std::uint64_t time_ps);
  /// The lowest wrong word at `address` or above; none: all are right.
  std::optional<std::uint64_t> next_wrong(std::uint64_t address) const;
  /// Physical addresses of the wrong words, rising.
  std::vector<std::uint64_t> wrong_words() const;
  /// Of the DRAM, from its beginning to the end of the last region.
  std::uint64_t bytes() const;
  const Counts& counts() const { return counts_; }

  tlm::tlm_response_status reading(std::uint64_t first, std::uint64_t last,
                                   std::uint64_t time_ps) override;
  void written(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps,
               WriteKind kind) override;
  bool whole_words() const override { return enabled_; }

 private:
  struct Wrong {
    dram::EccWord stored;
    std::uint64_t decayed = 0;  // cells that have lost their charge: they cannot lose it again
  };
  using Words = std::map<std::uint64_t, Wrong>;  // by physical address

  std::uint8_t* host(std::uint64_t word) const;
  std::uint64_t load(std::uint64_t word) const;
  void show(std::uint64_t word, const dram::EccWord& stored) const;
  Words::iterator repair(Words::iterator at);
  void settle();
  void flip(std::uint64_t word, std::uint64_t data_mask, std::uint8_t check_mask);
  void lose(std::uint64_t word, std::uint64_t bit);
  void lose(const std::vector<dram::Retention::Cell>& cells);
  void decay(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps,
             std::uint64_t kept_first, std::uint64_t kept_last);
  void log(std::uint64_t word, const dram::EccResult& result, EccFinder finder,
           std::uint64_t time_ps);
  void overwrite(Words::iterator at, std::uint64_t time_ps, WriteKind kind);
  Words::iterator first_in(std::uint64_t first) { return wrong_.lower_bound(first & ~kInWord); }

  static constexpr std::uint64_t kInWord = kWordBytes - 1;

  const BackingStore& store_;
  Hooks hooks_;
  dram::Retention retention_;
  bool enabled_ = false;
  bool demand_scrub_ = false;
  bool denied_ = false;
  bool changed_ = false;
  Words wrong_;
  Counts counts_;
};

}  // namespace lookaside::ddr
