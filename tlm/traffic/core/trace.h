// SPDX-License-Identifier: Apache-2.0
// What a memory trace is: requests in order, each with its place, its size and when it may come.
//
// As text, a line each, of at most kLongestLine bytes; words are separated by blanks, '#' begins a
// comment:
//
//   R 0x1000                 read the 64-byte line that holds the address
//   W 4096 16                write 16 bytes
//   R 0x2000 64 100          ... no earlier than 100 memory clocks after the request before
//   R 0x3000 <1              ... not before the request one line above has been answered
//   R 0x4000 64 20 <4        ... and 20 clocks: after the answer to the request four lines above
//
// Requests start in the order of the trace; `<K` makes chains of dependent requests, K of them
// interleaved when every line says `<K`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace lookaside::traffic {

inline constexpr std::uint32_t kLineBytes = 64;    ///< size of a request that names none
inline constexpr std::uint32_t kMaxSize = 65536;   ///< bytes of a request
inline constexpr std::uint32_t kMaxAfter = 1024;   ///< requests that a dependence reaches back
inline constexpr std::size_t kLongestLine = 4096;  ///< bytes; comment included, line end not
inline constexpr std::uint32_t kMaxDelay = (1U << 31) - 1;  ///< clocks

/// One request of a trace.
struct Record {
  std::uint64_t address = 0;
  std::uint32_t size = kLineBytes;  ///< bytes, 1 to kMaxSize
  std::uint32_t delay = 0;          ///< memory clocks after the request before, or after the answer
  std::uint32_t after = 0;  ///< 0: independent; K: not before the Kth request before is answered
  bool write = false;

  bool operator==(const Record& o) const {
    return address == o.address && size == o.size && delay == o.delay && after == o.after &&
           write == o.write;
  }
};

/// What is wrong with a trace: file, line, what was found, what was expected.
class TraceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where requests come from: a file or a generator.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  /// The next request; false at the end. Throws TraceError.
  virtual bool next(Record& record) = 0;
  /// Of the request that next() gave last, for messages: "x.trace:17".
  virtual std::string place() const = 0;
  /// Share of the trace that has been read, 0 to 1; negative when nobody knows.
  virtual double progress() const { return -1; }
};

}  // namespace lookaside::traffic
