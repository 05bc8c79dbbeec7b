// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/framebuffer.h>

namespace lookaside::devices {
namespace {

enum Register : unsigned {
  kId,
  kControl,
  kStatus,
  kAck,
  kWidth,
  kHeight,
  kStride,
  kFormat,
  kBase,
  kFrame,
  kVramBytes,
};

constexpr std::uint32_t kIdentity = 0x4246'4B4C;  ///< "LKFB"
constexpr std::uint32_t kEnable = 1;
constexpr std::uint32_t kVsyncEnable = 2;
constexpr std::uint32_t kVsync = 1;
constexpr std::uint32_t kValid = 2;
constexpr std::uint32_t kMaxSide = 16384;
constexpr std::uint64_t kPsPerSecond = 1'000'000'000'000;
constexpr std::uint64_t kMaxVramBytes = 1ULL << 32;

RegisterMap make_table() {
  constexpr RegisterMode kRo = RegisterMode::kReadOnly;
  constexpr RegisterMode kRw = RegisterMode::kReadWrite;
  return {"framebuffer",
          0x1000,
          {{kId, 0x00, 4, kRo, kIdentity, "ID", "The letters \"LKFB\"."},
           {kControl,
            0x04,
            4,
            kRw,
            0,
            "CONTROL",
            "What the device does.",
            {{0, 1, "ENABLE", "Show the picture and count frames."},
             {1, 1, "VSYNC_IRQ_ENABLE", "The interrupt follows STATUS.VSYNC."}}},
           {kStatus,
            0x08,
            4,
            kRo,
            0,
            "STATUS",
            "State of the device.",
            {{0, 1, "VSYNC", "A frame ended since the last ACK; set only with VSYNC_IRQ_ENABLE."},
             {1, 1, "VALID", "The registers describe a picture inside VRAM."}}},
           {kAck, 0x0C, 4, RegisterMode::kWriteClear, 0, "ACK",
            "Clears VSYNC (same bit as in STATUS) and with it the interrupt; reads 0."},
           {kWidth, 0x10, 4, kRw, 0, "WIDTH", "Pixels in a row, 1 to 16384."},
           {kHeight, 0x14, 4, kRw, 0, "HEIGHT", "Rows, 1 to 16384."},
           {kStride, 0x18, 4, kRw, 0, "STRIDE", "Bytes from one row to the next."},
           {kFormat, 0x1C, 4, kRw, 0, "FORMAT", "0 grey8, 1 rgb565, 2 xrgb8888."},
           {kBase, 0x20, 4, kRw, 0, "BASE_OFFSET", "Offset of the first pixel in VRAM, bytes."},
           {kFrame, 0x24, 4, kRo, 0, "FRAME", "Frames shown, modulo 2^32."},
           {kVramBytes, 0x28, 4, kRo, 0, "VRAM_BYTES", "Size of VRAM (0 means 4 GiB)."}}};
}

}  // namespace

const RegisterMap& framebuffer_registers() {
  static const RegisterMap table = make_table();
  return table;
}

Framebuffer::Framebuffer(const sc_core::sc_module_name& name, const Config& config,
                         observe::SignalSink* sink)
    : RegisterTarget(name, framebuffer_registers(), config.access_ns * 1000),
      vram("vram"),
      irq("irq"),
      config_(config),
      // Zero pages come from the operating system at the first touch, not now.
      memory_(static_cast<std::uint8_t*>(std::calloc(config.vram_bytes, 1))),
      period_ps_(config.frame_hz == 0 ? 0 : kPsPerSecond / config.frame_hz),
      statistics_(basename()) {
  if (config.vram_bytes == 0 || config.vram_bytes > kMaxVramBytes || config.frame_hz == 0) {
    throw DeviceSetupError(fmt::format(
        "{}: vram_bytes is {} and frame_hz is {}, but both must be positive and VRAM at most 4 GiB",
        basename(), config.vram_bytes, config.frame_hz));
  }
  if (memory_ == nullptr) throw std::bad_alloc();
  vram.register_b_transport(this, &Framebuffer::vram_b_transport);
  vram.register_transport_dbg(this, &Framebuffer::vram_transport_dbg);
  vram.register_get_direct_mem_ptr(this, &Framebuffer::vram_direct);
  declare(sink);
  SC_METHOD(vsync);
  sensitive << vsync_event_;
  dont_initialize();
}

void Framebuffer::declare(observe::SignalSink* sink) {
  statistics_.add({"mode_changes", "writes", "Writes to the registers that describe the picture."},
                  mode_changes_);
  statistics_.add({"interrupts", "interrupts", "Frame interrupts raised."}, interrupts_);
  statistics_.add_derived({"frames", "frames", "Frames shown up to now."}, [this] {
    return static_cast<double>(frames_at(absolute_ps(sc_core::SC_ZERO_TIME)));
  });
  enable_signal_ = {
      sink, {basename(), "enable", observe::SignalKind::kBits, 1, {}, "The picture is shown."}};
  mode_signal_ = {
      sink,
      {basename(), "mode", observe::SignalKind::kText, 0, {}, "Size and format of the picture."}};
}

std::uint64_t Framebuffer::frames_at(std::uint64_t time_ps) const {
  // A reader may be behind the writer that enabled the picture.
  const bool shown = enable_ && time_ps > enabled_at_ps_;
  return frames_before_ + (shown ? (time_ps - enabled_at_ps_) / period_ps_ : 0);
}

std::uint32_t Framebuffer::read_register(unsigned id, const AccessTime& when, bool) {
  switch (id) {
    case kId:
      return kIdentity;
    case kControl:
      return (enable_ ? kEnable : 0) | (vsync_enable_ ? kVsyncEnable : 0);
    case kStatus:
      return (vsync_pending_ ? kVsync : 0) | (mode_error().empty() ? kValid : 0);
    case kWidth:
      return mode_.width;
    case kHeight:
      return mode_.height;
    case kStride:
      return mode_.stride;
    case kFormat:
      return mode_.format;
    case kBase:
      return mode_.base;
    case kFrame:
      return static_cast<std::uint32_t>(frames_at(when.at_ps));
    case kVramBytes:
      return static_cast<std::uint32_t>(config_.vram_bytes);
    default:
      return 0;
  }
}

void Framebuffer::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  switch (id) {
    case kControl:
      return write_control(value, when);
    case kAck:
      if ((value & kVsync) != 0) vsync_pending_ = false;
      return update_irq();
    case kWidth:
      mode_.width = value;
      break;
    case kHeight:
      mode_.height = value;
      break;
    case kStride:
      mode_.stride = value;
      break;
    case kFormat:
      mode_.format = value;
      break;
    case kBase:
      mode_.base = value;
      break;
    default:
      return;
  }
  ++mode_changes_.value;
  if (mode_signal_ && mode_error().empty()) {
    mode_signal_.set(when.at_ps,
                     fmt::format("{}x{} {}", mode_.width, mode_.height,
                                 devices::name(static_cast<PixelFormat>(mode_.format))));
  }
}

void Framebuffer::write_control(std::uint32_t value, const AccessTime& when) {
  const bool enable = (value & kEnable) != 0;
  vsync_enable_ = (value & kVsyncEnable) != 0;
  if (enable != enable_) {
    frames_before_ = frames_at(when.at_ps);
    enabled_at_ps_ = when.at_ps;
    enable_ = enable;
    enable_signal_.set(when.at_ps, enable ? 1 : 0);
  }
  if (!vsync_enable_) vsync_pending_ = false;
  schedule_vsync();
  update_irq();
}

void Framebuffer::schedule_vsync() {
  vsync_event_.cancel();
  if (!enable_ || !vsync_enable_) return;
  const std::uint64_t now = absolute_ps(sc_core::SC_ZERO_TIME);
  const std::uint64_t shown = now < enabled_at_ps_ ? 0 : (now - enabled_at_ps_) / period_ps_;
  const std::uint64_t next = enabled_at_ps_ + (shown + 1) * period_ps_;
  vsync_event_.notify(sc_core::sc_time(static_cast<double>(next - now), sc_core::SC_PS));
}

void Framebuffer::vsync() {
  vsync_pending_ = true;
  ++interrupts_.value;
  update_irq();
  schedule_vsync();
}

void Framebuffer::update_irq() {
  if (irq.size() > 0) irq->set_interrupt(config_.irq_line, vsync_enable_ && vsync_pending_);
}

std::string Framebuffer::mode_error() const {
  const Mode& m = mode_;
  if (m.width == 0 || m.height == 0 || m.width > kMaxSide || m.height > kMaxSide) {
    return fmt::format("{}: the picture is {} x {} pixels, but each side must be 1 to {}",
                       basename(), m.width, m.height, kMaxSide);
  }
  if (m.format >= kPixelFormatCount) {
    return fmt::format("{}: FORMAT is {}, but must be 0 (grey8), 1 (rgb565) or 2 (xrgb8888)",
                       basename(), m.format);
  }
  const std::uint64_t row =
      std::uint64_t{m.width} * bytes_per_pixel(static_cast<PixelFormat>(m.format));
  if (m.stride < row) {
    return fmt::format("{}: STRIDE is {}, but a row has {} bytes", basename(), m.stride, row);
  }
  const std::uint64_t end = m.base + std::uint64_t{m.stride} * (m.height - 1) + row;
  if (end > config_.vram_bytes) {
    return fmt::format("{}: the picture ends at offset {}, but VRAM has {} bytes", basename(), end,
                       config_.vram_bytes);
  }
  return {};
}

void Framebuffer::move(tlm::tlm_generic_payload& payload, std::uint64_t bytes) {
  std::uint8_t* const here = memory_.get() + payload.get_address();
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), here, bytes);
  if (payload.is_write()) std::memcpy(here, payload.get_data_ptr(), bytes);
}

void Framebuffer::vram_b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  delay += sc_core::sc_time(static_cast<double>(config_.vram_access_ns), sc_core::SC_NS);
  const tlm::tlm_response_status refused = refuse_malformed(payload);
  if (refused != tlm::TLM_OK_RESPONSE) return payload.set_response_status(refused);
  const std::uint64_t bytes = payload.get_data_length();
  if (bytes > config_.vram_bytes || payload.get_address() > config_.vram_bytes - bytes) {
    return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  move(payload, bytes);
  payload.set_dmi_allowed(true);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned Framebuffer::vram_transport_dbg(tlm::tlm_generic_payload& payload) {
  if (payload.get_address() >= config_.vram_bytes) return 0;
  const std::uint64_t room = config_.vram_bytes - payload.get_address();
  const auto bytes =
      static_cast<unsigned>(std::min<std::uint64_t>(room, payload.get_data_length()));
  move(payload, bytes);
  return bytes;
}

bool Framebuffer::vram_direct(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  const sc_core::sc_time latency(static_cast<double>(config_.vram_access_ns), sc_core::SC_NS);
  dmi.set_dmi_ptr(memory_.get());
  dmi.set_start_address(0);
  dmi.set_end_address(config_.vram_bytes - 1);
  dmi.set_read_latency(latency);
  dmi.set_write_latency(latency);
  dmi.allow_read_write();
  return true;
}

std::string Framebuffer::picture(Image& image) const {
  std::string error = mode_error();
  if (!error.empty()) return error;
  if (!enable_) return fmt::format("{}: CONTROL.ENABLE is 0, there is no picture", basename());
  const auto format = static_cast<PixelFormat>(mode_.format);
  image = {mode_.width, mode_.height, format == PixelFormat::kGrey8 ? 1U : 3U, {}};
  image.pixels.reserve(std::size_t{image.width} * image.height * image.channels);
  for (std::uint32_t y = 0; y < mode_.height; ++y) {
    const std::uint8_t* pixel = memory_.get() + mode_.base + std::uint64_t{mode_.stride} * y;
    for (std::uint32_t x = 0; x < mode_.width; ++x, pixel += bytes_per_pixel(format)) {
      append_pixel(image.pixels, format, pixel);
    }
  }
  return {};
}

std::string Framebuffer::write_png(const std::string& path) const {
  Image image;
  std::string error = picture(image);
  return error.empty() ? devices::write_png(path, image) : error;
}

}  // namespace lookaside::devices
