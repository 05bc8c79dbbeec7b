// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/record/core/process.h>
#include <lookaside/record/core/render.h>
#include <lookaside/record/core/save_file.h>

namespace lookaside::record {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMarkers = 26;
constexpr unsigned kFrame = 60;  ///< pixels that window decorations may add

constexpr const char* kSaveFile = "save.gtkw";

void link(const fs::path& name, const fs::path& target) {
  std::error_code error;
  fs::create_symlink(fs::absolute(target), name, error);
  if (error) throw RecordError(fmt::format("{}: {}", name.string(), error.message()));
}

/// Copies the save file with its filters behind links: GTKWave runs none whose path has a blank.
void copy_save_file(const std::string& path, const std::string& directory) {
  std::vector<std::string> filters;
  for (const SavedSignal& signal : read_save_file(path)) {
    if (!signal.filter.empty()) filters.push_back(signal.filter);
  }
  std::ifstream in(path);
  std::ofstream out(directory + "/" + kSaveFile);
  std::size_t next = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, 2, "^>") == 0 && next < filters.size()) {
      const std::string name = fmt::format("{}/filter{}", directory, next);
      link(name, filters[next++]);
      line = line.substr(0, line.find(' ') + 1) + name;
    }
    // Without the path it claims to have, GTKWave takes the others as they stand.
    if (line.compare(0, 10, "[savefile]") != 0) out << line << '\n';
  }
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string required(const char* program, const char* package) {
  std::string file = find_program(program);
  if (file.empty()) {
    throw RecordError(
        fmt::format("the program '{}' is missing: pictures are made with it. Install the "
                    "Debian package '{}'",
                    program, package));
  }
  return file;
}

/// Quotes for Tcl: no character is special but the ones that are escaped here.
std::string tcl(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '[' || c == ']' || c == '{' || c == '}') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + "\"";
}

std::string script(const Picture& picture, const std::string& grab) {
  std::string text =
      fmt::format("gtkwave::setZoomRangeTimes {}ps {}ps\n", picture.from_ps, picture.to_ps);
  char letter = 'A';
  for (const WaveMarker& marker : picture.markers) {
    text += fmt::format("gtkwave::setNamedMarker {} {} {}\n", letter++, marker.time_ps,
                        tcl(marker.label));
  }
  return text + fmt::format("gtkwave::/File/Grab_To_File {}\ngtkwave::/File/Quit\n", tcl(grab));
}

/// A whole PNG: signature, and the end chunk at its end.
bool is_png(const std::string& bytes) {
  static const std::string kSignature("\x89PNG\r\n\x1a\n", 8);
  static const std::string kEnd("IEND\xae\x42\x60\x82", 8);
  return bytes.size() > 1000 && bytes.compare(0, 8, kSignature) == 0 &&
         bytes.compare(bytes.size() - 8, 8, kEnd) == 0;
}

std::string last_line(const std::string& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

std::vector<std::string> arguments(const Picture& picture, const std::string& xvfb,
                                   const std::string& gtkwave, const std::string& script_file) {
  std::vector<std::string> result = {
      xvfb, "-a", "-s",
      fmt::format("-screen 0 {}x{}x24", picture.width + kFrame, picture.height + 2 * kFrame),
      gtkwave};
  const std::vector<std::string> settings = {"splash_disable on",
                                             "hide_sst on",
                                             "fontname_signals Monospace 11",
                                             "fontname_waves Monospace 11",
                                             fmt::format("initial_window_x {}", picture.width),
                                             fmt::format("initial_window_y {}", picture.height)};
  for (const std::string& setting : settings) {
    result.emplace_back("--rcvar");
    result.push_back(setting);
  }
  result.push_back(fs::path(picture.fst).filename().string());
  result.emplace_back(kSaveFile);
  result.emplace_back("--script");
  result.push_back(script_file);
  return result;
}

void check(const Picture& picture) {
  if (picture.from_ps >= picture.to_ps) {
    throw RecordError(
        fmt::format("a picture from {} ps to {} ps shows nothing", picture.from_ps, picture.to_ps));
  }
  if (picture.markers.size() > kMaxMarkers) {
    throw RecordError(fmt::format("a picture has at most {} markers, found {}", kMaxMarkers,
                                  picture.markers.size()));
  }
  check_writable(picture.png);
}

}  // namespace

void render_png(const Picture& picture) {
  check(picture);
  const std::string gtkwave = required("gtkwave", "gtkwave");
  const std::string xvfb = required("xvfb-run", "xvfb");
  (void)required("xauth", "xauth");  // xvfb-run needs it and its package only recommends it
  const ScratchDirectory scratch;
  const std::string grabbed = scratch.path() + "/picture.png";
  const std::string script_file = scratch.path() + "/script.tcl";
  const std::string log = scratch.path() + "/log";
  std::ofstream(script_file) << script(picture, grabbed);
  // GTKWave shows the dump's name in its title: a link keeps its path out of the picture.
  link(scratch.path() + "/" + fs::path(picture.fst).filename().string(), picture.fst);
  copy_save_file(picture.save, scratch.path());
  Command command;
  command.arguments = arguments(picture, xvfb, gtkwave, script_file);
  // A home of its own: the user's may be read-only, and his settings must not change the picture.
  command.environment = {"HOME=" + scratch.path(),
                         "XDG_RUNTIME_DIR=" + scratch.path(),
                         "XDG_CONFIG_HOME=" + scratch.path(),
                         "XDG_CACHE_HOME=" + scratch.path(),
                         "GSETTINGS_BACKEND=memory",
                         "GDK_BACKEND=x11",
                         "NO_AT_BRIDGE=1",
                         "LC_ALL=C.UTF-8"};
  command.directory = scratch.path();
  command.output = log;
  command.timeout_s = picture.timeout_s;
  const Ending ending = run_command(command);
  // GTKWave's exit status says nothing: only the picture counts.
  const std::string bytes = slurp(grabbed);
  if (!is_png(bytes)) {
    throw RecordError(fmt::format(
        "{}: GTKWave made no picture of {}{}; it said last: {}", picture.png, picture.fst,
        ending == Ending::kTimeout ? fmt::format(" in {} s", picture.timeout_s) : "",
        last_line(log)));
  }
  write_file(picture.png, bytes);
}

}  // namespace lookaside::record
