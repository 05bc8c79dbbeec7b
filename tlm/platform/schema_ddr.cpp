// SPDX-License-Identifier: Apache-2.0
// The rows of ddr.*: devices, their arrangement, the controller.
#include <lookaside/dram/preset.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/schema_rows.h>

namespace lookaside::platform {
namespace {

void append(Table& table, Table rows) {
  for (Parameter& row : rows) table.push_back(std::move(row));
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
    names.push_back(preset_key(preset));
  }
  return names;
}

Table dram_rows() {
  return {
      choice("ddr.preset", preset_names(), "ddr4-2400",
             "Standard and speed of the memory devices: their geometry, timing and currents."),
      text(
          "ddr.preset_file", "",
          "A file in the format of the presets, which takes the place of ddr.preset; empty: none."),
      integer("ddr.density_gb", "0", 0, 64, "Gbit",
              "Density of a device; 0: the preset's usual one."),
      integer("ddr.width_bits", "0", 0, 32, "bits",
              "Data pins of a device; 0: the preset's usual number."),
      text("ddr.speed_bin", "",
           "Speed bin of the devices, such as T; empty: the preset's usual one."),
      integer("ddr.bus_bits", "0", 0, 512, "bits",
              "Data bus of a channel; 0: the standard's usual one, 64 for DDR3 and DDR4, 32 for "
              "DDR5, 16 for LPDDR4."),
      choice("ddr.channels", {"1", "2", "4", "8"}, "1",
             "Channels, each with a bus, queues and a scheduler of its own."),
      choice("ddr.ranks", {"1", "2", "4", "8"}, "1", "Ranks of each channel."),
      text("ddr.map", "row:rank:bank:bank_group:column:channel",
           "Which bits of an address choose what, from the most significant bit down; the bytes of "
           "a burst lie below. Fields may be split, such as column[6:2] and column[1:0]. With the "
           "default a stream stays in one bank group and runs at tCCD_L, 73 % of the peak of "
           "DDR4-2400; bank_group (and channel) below the column gives most of it, such as "
           "row:rank:column:bank:bank_group:channel."),
      text("ddr.map_xor", "",
           "Exclusive ors added to the map, such as 'bank[0]^row[0], bank[1]^row[1]': the first "
           "bit becomes the exclusive or of itself and the others."),
  };
}

Table scheduler_rows() {
  return {
      choice("ddr.queue", {"shared", "split"}, "shared",
             "One queue of a channel for reads and writes, or one for each."),
      integer("ddr.queue_depth", "32", 1, 4096, "requests",
              "Places in a channel's queue; of the read queue when split."),
      integer("ddr.write_queue_depth", "32", 1, 4096, "requests",
              "Places in a channel's write queue when split."),
      choice("ddr.scheduler", {"fcfs", "fr-fcfs", "fr-fcfs-capped"}, "fr-fcfs-capped",
             "Which request goes next: the oldest; row hits first (a conflicting request may "
             "starve); or row hits first until a request reaches the age cap. Requests for one row "
             "keep their order, reads and writes alike unless writes are posted."),
      integer("ddr.age_cap_clocks", "4000", 1, 4e9, "clocks",
              "Age at which a request has its channel for itself, under fr-fcfs-capped. Below "
              "about ddr.queue_depth times tRC, requests reach it while they wait for their turn, "
              "and a full queue is served by age instead of row hits first, at a fraction of the "
              "bandwidth: queues of 256 and more need a larger cap than the default."),
      integer("ddr.longest_wait_ns", "0", 0, 1e9, "ns",
              "No request may wait longer for its turn: the age cap is chosen so that this holds, "
              "and ddr.age_cap_clocks is not looked at. 0: the age cap decides. Where requests "
              "queue (nb_transport), the bound is among the statistics; temporal timing answers "
              "before a turn has come, so single answers may differ from the wait they stand for."),
      choice("ddr.page_policy", {"open", "closed", "adaptive", "timeout"}, "open",
             "When a row is closed: when another is needed; after its last waiting request; as the "
             "bank's past suggests; or after a while."),
      integer("ddr.page_timeout_clocks", "200", 1, 1e9, "clocks",
              "Clocks after which the timeout policy closes an idle row."),
      choice("ddr.write_policy", {"unbuffered", "posted"}, "unbuffered",
             "Writes are answered when their data is on the bus, or when accepted; posted writes "
             "go in batches, join each other, and are forwarded to reads."),
      integer("ddr.write_high_watermark", "24", 1, 4096, "requests",
              "Posted writes at which a batch begins although reads wait."),
      integer("ddr.write_low_watermark", "8", 0, 4095, "requests",
              "Posted writes at which such a batch ends."),
      integer("ddr.controller_clocks", "0", 0, 1e6, "clocks",
              "Added to every access: the controller's own stages before and behind the queues."),
  };
}

Table power_rows() {
  return {
      choice("ddr.refresh", {"rank", "bank", "none"}, "rank",
             "Refresh of all banks of a rank at once, of single banks (LPDDR4) or one bank of each "
             "group (DDR5) at a time, or by nobody: then cells lose their bits in time, and every "
             "access to memory is a transaction."),
      integer(
          "ddr.postponed_refreshes", "0", 0, 64, "refreshes",
          "Refreshes that may be owed before one is forced; they are done once a rank has rested "
          "for tRFC."),
      integer("ddr.early_refreshes", "0", 0, 64, "refreshes",
              "Refreshes that may be done ahead of time once a rank has rested for tRFC."),
      integer("ddr.power_down_clocks", "0", 0, 4e9, "clocks",
              "Idle clocks after which a rank goes into power-down; 0: never."),
      integer("ddr.self_refresh_clocks", "0", 0, 4e9, "clocks",
              "Idle clocks after which a rank goes into self-refresh; 0: never."),
  };
}

Parameter qos(const char* who, const char* sentence) {
  return integer(std::string("ddr.qos.") + who, "0", 0, 15, "", sentence);
}

Table service_rows() {
  return {
      qos("instruction",
          "Priority of instruction fetches: the higher goes first among queued requests that could "
          "be served now; the bound on waiting holds for all."),
      qos("data", "Priority of the harts' loads and stores."),
      qos("walk", "Priority of page-table walks."),
      qos("dma", "Priority of the DMA engine."),
      qos("device", "Priority of devices that read and write memory themselves."),
      qos("unknown", "Priority of transactions that do not say who caused them."),
      flag("ddr.check", true,
           "Checks every DRAM command against the rules of the standard, apart from the "
           "scheduler."),
      flag("ddr.ecc", false,
           "The error-correcting code (SECDED on 64 bits) is on at reset; register CONTROL of the "
           "DDR controller switches it. With the code on, a write of part of a word of 8 bytes "
           "reads "
           "the word first: RD and WR instead of WR, answered when it has read."),
      integer("ddr.retention_seed", "1", 0, 4294967295.0, "",
              "Draws the cells that lose their charge first when nobody refreshes them."),
      integer("ddr.register_access_ns", "10", 0, 1e6, "ns",
              "One access to a register of the DDR controller."),
      real("ddr.calibrated_access_ns", "20", 0, 1e6, "ns",
           "What a plain access of the hart costs under platform.timing calibrated."),
  };
}

}  // namespace

Table ddr_rows() {
  Table table;
  append(table, dram_rows());
  append(table, scheduler_rows());
  append(table, power_rows());
  append(table, service_rows());
  return table;
}

}  // namespace lookaside::platform
