// SPDX-License-Identifier: Apache-2.0
// Where everything is: the addresses and interrupt lines of QEMU's `virt` machine, so that one ELF
// runs unchanged on both, and our own devices at addresses that `virt` leaves free.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lookaside::platform {

struct Window {
  std::string_view name;
  std::uint64_t base;
  std::uint64_t size;

  constexpr std::uint64_t last() const { return base + size - 1; }
};

inline constexpr Window kRom{"rom", 0x1000, 0xf000};
inline constexpr Window kFinisher{"finisher", 0x10'0000, 0x1000};
inline constexpr Window kClint{"clint", 0x200'0000, 0x1'0000};
inline constexpr Window kPlic{"plic", 0xc00'0000, 0x60'0000};
inline constexpr Window kUart{"uart0", 0x1000'0000, 0x100};
/// Eight slots of kVirtioSlotSize; the disk sits in the first.
inline constexpr Window kVirtio{"virtio", 0x1000'1000, 0x8000};
inline constexpr std::uint64_t kVirtioSlotSize = 0x1000;
inline constexpr unsigned kVirtioSlots = 8;
inline constexpr Window kDma{"dma", 0x1001'0000, 0x1000};
inline constexpr Window kFifo{"fifo", 0x1001'1000, 0x1000};
inline constexpr Window kFramebuffer{"framebuffer", 0x1001'2000, 0x1000};
inline constexpr Window kDdrRegisters{"ddr_registers", 0x1001'3000, 0x1000};
inline constexpr Window kVideoMemory{"framebuffer.vram", 0x1800'0000, 32U << 20};
inline constexpr std::uint64_t kRamBase = 0x8000'0000;

/// Everything a RAM region must stay clear of.
inline constexpr std::array<Window, 11> kDeviceWindows{
    kRom, kFinisher, kClint,       kPlic,         kUart,       kVirtio,
    kDma, kFifo,     kFramebuffer, kDdrRegisters, kVideoMemory};

/// PLIC sources.
inline constexpr unsigned kVirtioLine = 1;  ///< of slot 0; slot n has line 1 + n
inline constexpr unsigned kUartLine = 10;
inline constexpr unsigned kDmaLine = 12;
inline constexpr unsigned kFifoLine = 13;
inline constexpr unsigned kFramebufferLine = 14;
inline constexpr unsigned kDdrLine = 15;
inline constexpr unsigned kPlicSources = 95;

}  // namespace lookaside::platform
