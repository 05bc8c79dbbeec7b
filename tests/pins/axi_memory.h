// SPDX-License-Identifier: Apache-2.0
// A subordinate behind the pins of lookaside_axi: stalls as it likes, has an exclusive monitor, and
// shows every cycle to the protocol checker.
#pragma once

#include <cstdint>
#include <map>

#include "pins/axi_checker.h"
#include "rtl/clocked.h"
#include "translation/random.h"

namespace lookaside::tests {

class AxiMemory {
 public:
  AxiMemory(std::uint64_t seed, unsigned data_bytes, bool lite)
      : checker(data_bytes, lite), random_(seed) {}

  pins::AxiChecker checker;
  std::map<std::uint64_t, std::uint64_t> words;
  unsigned stall_percent = 40;
  unsigned error_percent = 0;
  unsigned rival_percent = 0;  ///< somebody else writes between exclusive read and write
  bool exclusive = true;       ///< knows exclusive accesses
  std::uint64_t reads = 0, writes = 0, lost = 0;

  /// With the clock low; inputs of the model are set, to be settled by the caller.
  template <typename Model>
  void drive(Model& m) {
    m.axi_arready_i = !read_ && go();
    m.axi_awready_i = !aw_ && go();
    m.axi_wready_i = !w_ && go();
    if (read_ && !r_shown_ && go()) show_read();
    m.axi_rvalid_i = r_shown_;
    put(m.axi_rdata_i, r_shown_ ? r_data_ : random_.next());
    put(m.axi_rresp_i, r_shown_ ? r_resp_ : random_.below(4));
    if (aw_ && w_ && !b_shown_ && go()) show_response();
    m.axi_bvalid_i = b_shown_;
    put(m.axi_bresp_i, b_shown_ ? b_resp_ : random_.below(4));
  }

  /// Settled, before the rising edge.
  template <typename Model>
  void clocked(Model& m) {
    pins::AxiPins p;
    p.reset_n = m.rst_ni != 0;
    p.ar = {m.axi_arvalid_o != 0, m.axi_arready_i != 0, m.axi_araddr_o,     m.axi_arlen_o,
            m.axi_arsize_o,       m.axi_arburst_o,      m.axi_arlock_o != 0};
    p.aw = {m.axi_awvalid_o != 0, m.axi_awready_i != 0, m.axi_awaddr_o,     m.axi_awlen_o,
            m.axi_awsize_o,       m.axi_awburst_o,      m.axi_awlock_o != 0};
    p.r = {m.axi_rvalid_i != 0, m.axi_rready_o != 0, m.axi_rdata_i, m.axi_rresp_i, true};
    p.w = {m.axi_wvalid_o != 0, m.axi_wready_i != 0, m.axi_wdata_o, m.axi_wstrb_o,
           m.axi_wlast_o != 0};
    p.b = {m.axi_bvalid_i != 0, m.axi_bready_o != 0, m.axi_bresp_i};
    checker.clock(p);
    if (p.r.valid && p.r.ready) read_ = r_shown_ = false;
    if (p.b.valid && p.b.ready) aw_ = w_ = b_shown_ = false;
    if (p.ar.valid && p.ar.ready) {
      read_ = true;
      ar_ = p.ar;
    }
    if (p.aw.valid && p.aw.ready) {
      aw_ = true;
      write_ = p.aw;
    }
    if (p.w.valid && p.w.ready) {
      w_ = true;
      data_ = p.w.data;
    }
  }

 private:
  static constexpr unsigned kOkay = 0, kExOkay = 1, kSlaveError = 2, kDecodeError = 3;
  bool go() { return !random_.chance(stall_percent); }
  unsigned failed() { return random_.chance(50) ? kSlaveError : kDecodeError; }

  void show_read() {
    ++reads;
    r_shown_ = true;
    r_data_ = words[ar_.addr];
    r_resp_ = ar_.lock && exclusive ? kExOkay : kOkay;
    if (random_.chance(error_percent)) r_resp_ = failed();
    reserved_ = r_resp_ == kExOkay;
    if (reserved_ && random_.chance(rival_percent)) {
      words[ar_.addr] ^= 1U << 6;
      reserved_ = false;
    }
  }
  void show_response() {
    ++writes;
    b_shown_ = true;
    b_resp_ = kOkay;
    if (random_.chance(error_percent)) {
      b_resp_ = failed();
    } else if (reserved_) {
      words[write_.addr] = data_;
      b_resp_ = kExOkay;
    } else {
      ++lost;
    }
    reserved_ = false;
  }

  Random random_;
  bool read_ = false, r_shown_ = false, aw_ = false, w_ = false, b_shown_ = false;
  bool reserved_ = false;
  pins::AxiAddress ar_, write_;
  std::uint64_t r_data_ = 0, data_ = 0;
  unsigned r_resp_ = 0, b_resp_ = 0;
};

}  // namespace lookaside::tests
