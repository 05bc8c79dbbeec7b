// SPDX-License-Identifier: Apache-2.0
// A driver that means harm: whatever it hands over ends in an error status or in
// DEVICE_NEEDS_RESET, and the device serves the next honest driver.
#include <lookaside/devices/virtio_block.h>

#include "virtio_fixture.h"

namespace lookaside::tests {
namespace {

using namespace virtio;

class VirtioHostileTest : public VirtioTest, public ::testing::WithParamInterface<bool> {
 protected:
  using Plant = std::function<void()>;

  bool legacy() const { return GetParam(); }
  bool broken() { return (cpu.read(kStatus) & kNeedsReset) != 0; }
  /// Offers descriptor 0 as the head of whatever `plant` wrote; true: the device gave up on the
  /// queue.
  bool breaks(const Plant& plant, bool indirect = true) {
    driver.start(legacy(), kRings, 16, indirect);
    line.rises = 0;
    driver.put_header(kBuffers, kIn, 0);
    driver.offer(0);
    plant();
    driver.notify();
    cpu.sleep_ns(1e6);
    const bool gave_up = broken();
    EXPECT_EQ(gave_up, (cpu.read(kInterruptStatus) & 2) != 0) << "configuration change announced";
    if (gave_up) {
      EXPECT_TRUE(line.high);
      EXPECT_FALSE(driver.has_used());
    }
    driver.start(legacy(), kRings, 16);
    EXPECT_FALSE(line.high) << "a reset clears the interrupt";
    EXPECT_EQ(request(kIn, 0, kBuffers + 0x1000, 512), kOk) << "usable after a reset";
    return gave_up;
  }
  void describe(std::uint16_t index, std::uint64_t address, std::uint32_t length,
                std::uint16_t flags, std::uint16_t next) {
    driver.describe(driver.table, index, address, length, flags, next);
  }
  void start_device() {
    devices::VirtioBlock::Config config;
    config.legacy = legacy();
    build(config);
  }
};

TEST_P(VirtioHostileTest, BrokenChainsNeedAReset) {
  start_device();
  run([&] {
    EXPECT_FALSE(breaks([&] {
      describe(0, kBuffers, 16, kNext, 1);
      describe(1, kBuffers + 16, 1, kWrite, 0);
    })) << "the honest chain";
    EXPECT_TRUE(breaks([&] { describe(0, kBuffers, 16, kNext, 0); })) << "a loop of one";
    EXPECT_TRUE(breaks([&] {
      describe(0, kBuffers, 16, kNext, 1);
      describe(1, kBuffers + 16, 1, kWrite | kNext, 2);
      describe(2, kBuffers + 16, 1, kWrite | kNext, 1);
    })) << "a loop of two";
    EXPECT_TRUE(breaks([&] { describe(0, kBuffers, 16, kNext, 16); })) << "next outside the table";
    EXPECT_TRUE(breaks([&] {
      describe(0, kBuffers + 16, 1, kWrite | kNext, 1);
      describe(1, kBuffers, 16, 0, 0);
    })) << "readable after writable";
    EXPECT_TRUE(breaks([&] { describe(0, kBuffers, 16, 0, 0); })) << "no status byte";
    EXPECT_TRUE(breaks([&] {
      describe(0, kBuffers, 15, kNext, 1);
      describe(1, kBuffers + 16, 1, kWrite, 0);
    })) << "short header";
    EXPECT_TRUE(breaks([&] { describe(0, kBuffers, 17, kWrite, 0); })) << "no header";
    EXPECT_TRUE(breaks([&] {
      describe(0, 0x1000, 16, kNext, 1);
      describe(1, kBuffers + 16, 1, kWrite, 0);
    })) << "header outside memory";
    EXPECT_TRUE(breaks([&] {
      describe(0, kBuffers, 16, kNext, 1);
      describe(1, 0x1000, 1, kWrite, 0);
    })) << "status byte outside memory";
    EXPECT_TRUE(breaks([&] {
      describe(0, kBuffers, 0, kNext, 1);
      describe(1, kBuffers, 0, kWrite, 0);
    })) << "nothing at all";
  });
}

TEST_P(VirtioHostileTest, BrokenRingsNeedAReset) {
  start_device();
  const auto honest = [&] {
    describe(0, kBuffers, 16, kNext, 1);
    describe(1, kBuffers + 16, 1, kWrite, 0);
  };
  run([&] {
    EXPECT_TRUE(breaks([&] {
      honest();
      memory.put<std::uint16_t>(driver.available + 2, 17);
    })) << "more available than the queue has";
    EXPECT_TRUE(breaks([&] {
      honest();
      memory.put<std::uint16_t>(driver.available + 2, 0xFFFF);
    })) << "available index runs backwards";
    EXPECT_TRUE(breaks([&] {
      honest();
      memory.put<std::uint16_t>(driver.available + 4, 16);
    })) << "head outside the table";
  });
}

TEST_P(VirtioHostileTest, BrokenIndirectTablesNeedAReset) {
  start_device();
  const std::uint64_t table = kBuffers + 0x400;
  const auto honest_table = [&] {
    driver.describe(table, 0, kBuffers, 16, kNext, 1);
    driver.describe(table, 1, kBuffers + 16, 1, kWrite, 0);
  };
  run([&] {
    const auto hang = [&](std::uint64_t where, std::uint32_t length, std::uint16_t flags) {
      return [&, where, length, flags] {
        honest_table();
        describe(0, where, length, flags, 1);
      };
    };
    EXPECT_FALSE(breaks(hang(table, 32, kIndirect))) << "the honest table";
    EXPECT_TRUE(breaks(hang(table, 32, kIndirect), false)) << "not negotiated";
    EXPECT_TRUE(breaks(hang(table, 31, kIndirect))) << "odd size";
    EXPECT_TRUE(breaks(hang(table, 0, kIndirect))) << "empty";
    EXPECT_TRUE(breaks(hang(table, 16, kIndirect))) << "next outside the indirect table";
    EXPECT_TRUE(breaks(hang(table, 32, kIndirect | kNext))) << "chained on";
    EXPECT_TRUE(breaks(hang(0x1000, 32, kIndirect))) << "outside memory";
    EXPECT_TRUE(breaks([&] {
      driver.describe(table, 0, table, 32, kIndirect, 0);
      describe(0, table, 32, kIndirect, 0);
    })) << "nested";
    EXPECT_TRUE(breaks([&] {
      driver.describe(table, 0, kBuffers, 16, kNext, 0);
      describe(0, table, 0xFFFF'FFF0, kIndirect, 0);
    })) << "an endless loop in a huge table";
  });
}

TEST_P(VirtioHostileTest, HugeBuffersEndAtTheDiskOrTheMemory) {
  start_device();
  run([&] {
    driver.start(legacy(), kRings, 16);
    const std::uint32_t huge = 0xFFFF'FE00;
    for (std::uint32_t type : {kIn, kOut}) {
      driver.put_header(kBuffers, type, 0);
      const bool in = type == kIn;
      driver.offer(driver.chain({{kBuffers, 16, false},
                                 {kBase, huge, in},
                                 {kBase, huge, in},
                                 {kBase, huge, in},
                                 {kBuffers + 16, 1, true}},
                                {0, 1, 2, 3, 4}));
      driver.notify();
      EXPECT_EQ(driver.take_used().first, 0u);
      EXPECT_EQ(memory.get<std::uint8_t>(kBuffers + 16), kIoError);
    }
    EXPECT_FALSE(broken());
  });
}

TEST_P(VirtioHostileTest, RingsOutsideMemoryNeedAReset) {
  start_device();
  run([&] {
    if (legacy()) {
      cpu.write(kGuestPageSize, 4096u);
      cpu.write(kQueuePfn, 0xFFFF'FFFFu);
    } else {
      driver.start(false, kRings, 16);
      cpu.write(kQueueReady, 0u);
      cpu.write(kQueueDriver + 4, 0xFFFF'FFFFu);
      cpu.write(kQueueReady, 1u);
    }
    cpu.write(kStatus, kAcknowledge | kDriver | kDriverOk);
    driver.notify();
    cpu.sleep_ns(1e6);
    EXPECT_TRUE(broken());
    driver.notify();  // ignored until the reset
    cpu.sleep_ns(1e6);
    cpu.write(kStatus, 0u);
    EXPECT_FALSE(broken());
  });
}

TEST_P(VirtioHostileTest, DataOverTheOwnRingsDoesNotStopTime) {
  start_device();
  run([&] {
    // A disk full of a ring in which there is always one more request: the device must come back to
    // the simulation between any two of them.
    driver.start(legacy(), kRings, 16);
    for (std::size_t i = 0; i + 1 < disk->bytes.size(); i += 2) disk->bytes[i] = 1;
    driver.put_header(kBuffers, kIn, 0);
    describe(0, kBuffers, 16, kNext, 1);
    describe(1, driver.available & ~std::uint64_t{1}, 512, kWrite | kNext, 2);
    describe(2, kBuffers + 16, 1, kWrite, 0);
    driver.offer(0);
    driver.notify();
    cpu.sleep_ns(1e7);
    cpu.write(kStatus, 0u);
    EXPECT_FALSE(broken());
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, VirtioHostileTest, ::testing::Values(false, true),
                         [](const auto& version) { return version.param ? "legacy" : "modern"; });

/// Rings and data of a hostile driver may even lie on the device's own registers.
class VirtioSelfTest : public SystemCTest {
 protected:
  /// A bus: the device at [0x1000, 0x2000), memory elsewhere.
  struct Bus : sc_core::sc_module {
    tlm_utils::simple_target_socket<Bus, 64> in{"in"};
    tlm_utils::simple_initiator_socket<Bus, 64> device{"device"}, memory{"memory"};
    explicit Bus(const sc_core::sc_module_name& name) : sc_module(name) {
      in.register_b_transport(this, &Bus::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
      const std::uint64_t address = payload.get_address();
      const bool own = address >= 0x1000 && address < 0x2000;
      if (own) payload.set_address(address - 0x1000);
      (own ? device : memory)->b_transport(payload, delay);
      payload.set_address(address);
    }
  };
};

TEST_F(VirtioSelfTest, ADeviceThatResetsItselfSurvives) {
  ScriptedCpu cpu("cpu");
  FlatMemory memory("memory", 0x8000'0000, 0x10000);
  Bus bus("bus");
  devices::VirtioBlock device("virtio0", {}, std::make_unique<TestDisk>(8));
  NaiveDriver driver(cpu, memory);
  struct Pass : sc_core::sc_module {
    tlm_utils::simple_target_socket<Pass, 64> a{"a"}, b{"b"};
    tlm_utils::simple_initiator_socket<Pass, 64> out{"out"};
    explicit Pass(const sc_core::sc_module_name& name) : sc_module(name) {
      a.register_b_transport(this, &Pass::b_transport);
      b.register_b_transport(this, &Pass::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
      out->b_transport(payload, delay);
    }
  } pass("pass");
  cpu.socket.bind(pass.a);
  bus.device.bind(pass.b);
  pass.out.bind(device.socket);
  device.bus.bind(bus.in);
  bus.memory.bind(memory.socket);
  cpu.script = [&] {
    // Used rings placed so that an element's half or the data land on any register.
    for (std::uint64_t used = 0x1000; used < 0x1100; used += 4) {
      driver.start(false, 0x8000'0000, 16);
      cpu.write(kQueueReady, 0u);
      cpu.write(kQueueDevice, static_cast<std::uint32_t>(used));
      cpu.write(kQueueReady, 1u);
      driver.put_header(0x8000'8000, kIn, 0);
      driver.offer(driver.chain(
          {{0x8000'8000, 16, false}, {used, 4, true}, {used, 508, true}, {0x8000'8010, 1, true}},
          {0, 1, 2, 3}));
      driver.notify();
      cpu.sleep_ns(1e6);
      // A data buffer of 4 bytes writes zero to the status register: reset in mid-flight.
      cpu.write(kStatus, 0u);
      EXPECT_EQ(cpu.read(kStatus), 0u);
    }
  };
  sc_core::sc_start();
  EXPECT_TRUE(cpu.finished);
}

}  // namespace
}  // namespace lookaside::tests
