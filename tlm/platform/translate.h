// SPDX-License-Identifier: Apache-2.0
// From configuration keys to the plain Config structs of the blocks. Keys that no block has are
// read where they are used.
#pragma once

#include <memory>
#include <string>

#include <lookaside/bus/router.h>
#include <lookaside/devices/clint.h>
#include <lookaside/devices/ddr_registers.h>
#include <lookaside/devices/disk.h>
#include <lookaside/devices/dma.h>
#include <lookaside/devices/fifo.h>
#include <lookaside/devices/framebuffer.h>
#include <lookaside/devices/plic.h>
#include <lookaside/devices/uart.h>
#include <lookaside/devices/virtio_block.h>
#include <lookaside/mmu/config.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/riscv/core/config.h>
#include <lookaside/tlb/interface.h>

namespace lookaside::platform {

/// Shape of the TLB `part` ("l1i", "l1d", "l2"): it holds every page size of Sv32 to Sv57.
tlb::Geometry tlb_geometry(const Configuration& configuration, const std::string& part);

riscv::HartConfig hart_config(const Configuration& configuration, unsigned xlen);
/// `direct`: whether the fast path may be used.
mmu::Config mmu_config(const Configuration& configuration, unsigned xlen, bool direct);
bus::RouterConfig bus_config(const Configuration& configuration);
devices::ClintConfig clint_config(const Configuration& configuration);
devices::PlicConfig plic_config(const Configuration& configuration);
devices::UartConfig uart_config(const Configuration& configuration);
devices::VirtioBlock::Config virtio_config(const Configuration& configuration);
devices::Dma::Config dma_config(const Configuration& configuration);
devices::Fifo::Config fifo_config(const Configuration& configuration);
devices::DdrRegisters::Config ddr_registers_config(const Configuration& configuration);
devices::Framebuffer::Config framebuffer_config(const Configuration& configuration);

/// The disk of virtio slot 0; nullptr if there is none. Throws devices::DiskError.
std::unique_ptr<devices::Disk> make_disk(const Configuration& configuration);

/// Nanoseconds of a kReal key as picoseconds.
std::uint64_t picoseconds(const Configuration& configuration, const std::string& key);

}  // namespace lookaside::platform
