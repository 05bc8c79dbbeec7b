// SPDX-License-Identifier: Apache-2.0
// Running a Soc: who may end it, and why.
#include <algorithm>

#include <fmt/format.h>

#include <lookaside/platform/soc.h>
#include <lookaside/platform/text.h>

namespace lookaside::platform {
namespace {

constexpr std::uint64_t kSlicePs = 1'000'000'000;  // 1 ms: how often the host is looked after
constexpr std::uint64_t kDebugChunk = 1 << 20;

sc_core::sc_time from_ps(std::uint64_t ps) {
  return sc_core::sc_time::from_value(ps);  // the kernel's resolution is 1 ps
}

}  // namespace

void Soc::set_output(std::function<void(std::string_view)> output) {
  output_ = std::move(output);
}

void Soc::set_input(std::function<int()> input) {
  input_ = std::move(input);
  uart_.set_input([this] { return typed(); });
}

int Soc::typed() {
  const int byte = input_();
  if (byte == -2) input_ended_ = true;
  return byte < 0 ? -1 : byte;
}

void Soc::printed(std::string_view bytes) {
  if (uart_limit_ != 0 && printed_bytes_ + bytes.size() >= uart_limit_) {
    bytes = bytes.substr(0, uart_limit_ - printed_bytes_);
    end(Outcome::Kind::kLimit, 0,
        fmt::format("the guest wrote {} to the UART (limits.uart_output)",
                    format_size(uart_limit_)));
  }
  printed_bytes_ += bytes.size();
  if (output_ && !bytes.empty()) output_(bytes);
}

void Soc::end(Outcome::Kind kind, std::uint64_t code, std::string reason) {
  if (outcome_) return;
  outcome_ = Outcome{kind, code, std::move(reason)};
  hart_.request_stop();
}

void Soc::finished(devices::Finish finish, std::uint32_t code) {
  switch (finish) {
    case devices::Finish::kPass:
      return end(Outcome::Kind::kPassed, 0, "the guest wrote pass to the finisher");
    case devices::Finish::kFail:
      return end(Outcome::Kind::kFailed, code,
                 fmt::format("the guest wrote fail to the finisher, code {}", code));
    case devices::Finish::kReset:
      return end(Outcome::Kind::kPassed, 0, "the guest asked for a reset");
  }
}

void Soc::watch_tohost(std::uint64_t address) {
  ddr_.watch(address, address + 7, [this, address](const ddr::WriteEvent&) {
    std::vector<std::uint8_t> bytes(8);
    if (!read(address, bytes)) return;
    // Device and command (bits 63:48) other than 0 are requests to a host, which nobody serves.
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
    if ((value & 1) == 0 || value >> 48 != 0) return;
    if (value == 1) return end(Outcome::Kind::kPassed, 0, "the guest wrote 1 to tohost");
    end(Outcome::Kind::kFailed, value >> 1,
        fmt::format("the guest wrote {:#x} to tohost: test case {} failed", value, value >> 1));
  });
}

/// Why the hart stopped, when the guest did not say.
Outcome Soc::stopped() const {
  using Kind = Outcome::Kind;
  if (outcome_) return *outcome_;
  std::string reason = hart_.stop_sentence();
  if (reason.empty()) reason = "the hart waits for an interrupt that no device will raise";
  return {Kind::kLimit, 0, std::move(reason)};
}

Outcome Soc::run(const std::function<void()>& progress) {
  while (sc_core::sc_get_status() != sc_core::SC_STOPPED) {
    sc_core::sc_start(from_ps(kSlicePs), sc_core::SC_RUN_TO_TIME);
    if (sc_core::sc_get_status() == sc_core::SC_STOPPED) break;
    if (input_ended_) uart_.set_input({});
    if (progress) progress();
    if (!sc_core::sc_pending_activity()) {
      sc_core::sc_stop();
      break;  // the status changes only when the kernel runs again
    }
  }
  uart_.flush();
  return stopped();
}

void Soc::preload(std::uint64_t address, std::vector<std::uint8_t> bytes) {
  images_.push_back({address, std::move(bytes)});
}

/// Only now are the sockets connected.
void Soc::start_of_simulation() {
  for (Image& image : images_) {
    if (debug(tlm::TLM_WRITE_COMMAND, image.address, image.bytes.data(), image.bytes.size()))
      continue;
    throw ConfigurationError(fmt::format("{} bytes at {:#x} cannot be loaded: not all of it is RAM",
                                         image.bytes.size(), image.address));
  }
  images_.clear();
}

bool Soc::read(std::uint64_t address, std::vector<std::uint8_t>& bytes) {
  return debug(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size());
}

bool Soc::debug(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                std::uint64_t bytes) {
  for (std::uint64_t done = 0; done < bytes;) {
    const auto chunk = static_cast<unsigned>(std::min(kDebugChunk, bytes - done));
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address + done);
    payload.set_data_ptr(data + done);
    payload.set_data_length(chunk);
    payload.set_streaming_width(chunk);
    if (loader_->transport_dbg(payload) != chunk) return false;
    done += chunk;
  }
  return true;
}

}  // namespace lookaside::platform
