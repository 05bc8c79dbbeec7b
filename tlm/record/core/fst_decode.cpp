// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstapi.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_decode.h>

namespace lookaside::record {
namespace {

/// What the child sends for each change, followed by `size` bytes. The last record says that all is
/// well: handle 0.
struct Record {
  std::uint64_t time;
  std::uint32_t handle;
  std::uint32_t size;
};
constexpr std::uint32_t kMaxValue = 1U << 24U;
constexpr rlim_t kCpuSeconds = 600;

struct Child {
  std::FILE* out;
  std::uint64_t end;
};

void send(void* user, std::uint64_t time, fstHandle handle, const unsigned char* value,
          std::uint32_t size) {
  const auto* child = static_cast<Child*>(user);
  if (time > child->end) return;
  const Record record{time, handle, size};
  if (std::fwrite(&record, sizeof record, 1, child->out) != 1 ||
      std::fwrite(value, 1, size, child->out) != size) {
    _exit(1);  // nobody listens any more
  }
}

void send_fixed(void* user, std::uint64_t time, fstHandle handle, const unsigned char* value) {
  send(user, time, handle, value,
       static_cast<std::uint32_t>(std::strlen(reinterpret_cast<const char*>(value))));
}

/// The child's whole life. Leaves with _exit, so that nothing of the parent is flushed or
/// destroyed.
[[noreturn]] void decode(const std::string& path, const std::vector<std::uint32_t>& handles,
                         std::uint64_t end, int out) {
  const int null = open("/dev/null", O_WRONLY);
  (void)dup2(null, STDOUT_FILENO);
  (void)dup2(null, STDERR_FILENO);
  const rlimit no_core{0, 0};
  const rlimit cpu{kCpuSeconds, kCpuSeconds};
  (void)setrlimit(RLIMIT_CORE, &no_core);
  (void)setrlimit(RLIMIT_CPU, &cpu);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) (void)std::signal(signal, SIG_DFL);
  Child child{fdopen(out, "wb"), end};
  void* reader = fstReaderOpen(path.c_str());
  if (child.out == nullptr || reader == nullptr) _exit(1);
  for (const std::uint32_t handle : handles) fstReaderSetFacProcessMask(reader, handle);
  fstReaderIterBlocks2(reader, send_fixed, send, &child, nullptr);
  const Record done{0, 0, 0};
  if (std::fwrite(&done, sizeof done, 1, child.out) != 1 || std::fflush(child.out) != 0) _exit(1);
  _exit(0);
}

/// Reads what the child sends; true if it came to the end.
bool receive(std::FILE* in, const RawVisit& visit) {
  Record record{};
  std::string value;
  while (std::fread(&record, sizeof record, 1, in) == 1) {
    if (record.handle == 0) return true;
    if (record.size > kMaxValue) return false;
    value.resize(record.size);
    if (std::fread(value.data(), 1, record.size, in) != record.size) return false;
    visit(record.time, record.handle, value);
  }
  return false;
}

/// Ends the child and gives the pipe back, also when the visitor throws.
class Guard {
 public:
  Guard(std::FILE* in, pid_t pid) : in_(in), pid_(pid) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    (void)std::fclose(in_);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

 private:
  std::FILE* in_;
  pid_t pid_;
};

}  // namespace

void decode_values(const std::string& path, const std::vector<std::uint32_t>& handles,
                   std::uint64_t end, const RawVisit& visit) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    throw RecordError(fmt::format("{}: cannot be decoded: {}", path, std::strerror(errno)));
  }
  const pid_t pid = fork();
  if (pid == 0) {
    (void)close(ends[0]);
    decode(path, handles, end, ends[1]);
  }
  (void)close(ends[1]);
  std::FILE* in = pid > 0 ? fdopen(ends[0], "rb") : nullptr;
  if (in == nullptr) {
    (void)close(ends[0]);
    throw RecordError(fmt::format("{}: cannot be decoded: {}", path, std::strerror(errno)));
  }
  const Guard guard(in, pid);
  if (!receive(in, visit)) {
    throw RecordError(fmt::format("{}: is damaged: its value blocks cannot be decoded", path));
  }
}

}  // namespace lookaside::record
