// SPDX-License-Identifier: Apache-2.0
#include "build.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

#include "cosim/foreign/cache.h"
#include "cosim/foreign/complaint.h"
#include "cosim/foreign/process.h"
#include "cosim/foreign/verilated_header.h"

namespace lookaside::foreign {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Ours to write, and nobody else's: what is found there is loaded.
bool usable(const std::string& directory) {
  std::error_code failed;
  if (fs::create_directories(directory, failed)) chmod(directory.c_str(), S_IRWXU);
  struct stat is {};
  return stat(directory.c_str(), &is) == 0 && S_ISDIR(is.st_mode) && is.st_uid == geteuid() &&
         (is.st_mode & S_IWOTH) == 0 && access(directory.c_str(), W_OK | X_OK) == 0;
}

/// A path that no program takes for an option, whatever it begins with.
std::string as_path(const std::string& base, const std::string& path) {
  const std::string joined = (fs::path(base.empty() ? "." : base) / path).string();
  return joined[0] == '-' || joined[0] == '+' ? "./" + joined : joined;
}

std::string tool(const Words& words, const char* package) {
  const Finished finished = run_process(words);
  if (finished.status != 0) {
    throw std::runtime_error(
        fmt::format("{} cannot be run; install the Debian package '{}'", words[0], package));
  }
  return finished.output.substr(0, finished.output.find('\n'));
}

class Builder {
 public:
  Builder(const PortMap& map, const BuildOptions& options) : map_(map), options_(options) {}

  Build run() {
    check_sources();
    cache_ = options_.cache.empty() ? cache_directory() : options_.cache;
    if (!usable(cache_)) throw std::runtime_error(cache_ + ": cannot be written");
    version_ =
        tool({"verilator", "--version"}, "verilator") + tool({compiler(), "--version"}, "g++");
    const std::string kept = cache_ + "/rtl-" + key();
    const Lock lock(kept + ".lock");
    Build build{kept + "/block.so", true};
    if (access(build.object.c_str(), R_OK) == 0 && Inputs::unchanged(kept + "/inputs"))
      return build;
    build.from_cache = false;
    options_.progress(
        fmt::format("building '{}' with Verilator, to be kept in {}", map_.top.text, kept));
    WorkDirectory work(cache_);
    verilate(work.path());
    write_glue(work.path());
    compile(work.path());
    work.keep_as(kept);
    return build;
  }

 private:
  static std::string compiler() {
    const std::string wanted = environment("CXX");
    return wanted.empty() || wanted.find(' ') != std::string::npos ? LOOKASIDE_CXX : wanted;
  }

  void check_sources() const {
    if (!fs::is_directory(options_.rtl)) {
      throw MapError(fmt::format("--rtl: found '{}', expected a directory", options_.rtl));
    }
    for (const Written& source : map_.sources) {
      const std::string path = as_path(options_.rtl, source.text);
      if (fs::is_regular_file(path)) continue;
      Words there;
      std::error_code none;
      for (const auto& entry : fs::directory_iterator(options_.rtl, none)) {
        if (entry.is_regular_file()) there.push_back(entry.path().filename().string());
      }
      std::sort(there.begin(), there.end());
      const std::string near = platform::nearest(source.text, there);
      map_.fail(source.line,
                fmt::format("sources: there is no file '{}'{}", path,
                            near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
    }
    for (const Written& include : map_.includes) {
      const std::string path = as_path(options_.rtl, include.text);
      if (fs::is_directory(path)) continue;
      map_.fail(include.line, fmt::format("include: there is no directory '{}'", path));
    }
  }

  /// Verilator's messages cut a path at a blank: such a path is reached through a link in the work
  /// directory, and named by original() afterwards.
  std::string plain(const std::string& directory, const std::string& path) {
    if (directory.empty() || path.find(' ') == std::string::npos) return path;
    const std::string extension = fs::is_directory(path) ? "" : fs::path(path).extension().string();
    const std::string link = fmt::format("{}/path-{}{}", directory, links_.size(), extension);
    fs::create_symlink(fs::absolute(path), link);
    links_.emplace_back(link, path);
    return link;
  }
  std::string original(std::string text) const {
    for (const auto& [link, path] : links_) {
      for (std::size_t at = 0; (at = text.find(link, at)) != std::string::npos; at += path.size()) {
        text.replace(at, link.size(), path);
      }
    }
    return text;
  }

  Words verilator_words(const std::string& directory) {
    Words words = {"verilator", "--cc",         "-Mdir",       directory, "--prefix",
                   "Foreign",   "--top-module", map_.top.text, "-O3",     "--x-assign",
                   "fast",      "--x-initial",  "fast",        "--assert"};
    if (!map_.warnings_refused) {
      words.insert(words.end(), {"-Wno-fatal", "-Wno-lint", "-Wno-style"});
    }
    if (options_.trace) words.insert(words.end(), {"--trace-fst", "--trace-structs"});
    words.insert(words.end(), map_.verilator.begin(), map_.verilator.end());
    for (const Written& include : map_.includes) {
      const std::string path = plain(directory, as_path(options_.rtl, include.text));
      words.insert(words.end(), {"-I" + path, "-y", path});
    }
    for (const auto& [name, value] : map_.defines) {
      words.push_back("-D" + name + (value.empty() ? "" : "=" + value));
    }
    for (const auto& [name, value] : map_.parameters) words.push_back("-G" + name + "=" + value);
    for (const Written& source : map_.sources) {
      words.push_back(plain(directory, as_path(options_.rtl, source.text)));
    }
    return words;
  }

  std::string key() {
    Hash hash;
    hash.add(version_);
    hash.add(kGlueText);
    for (const std::string& word : verilator_words("")) hash.add(word);
    hash.add(fs::absolute(options_.rtl).string());
    for (const Written& source : map_.sources) {
      hash.add(hash_of_file(as_path(options_.rtl, source.text)));
    }
    return hash.text();
  }

  void verilate(const std::string& directory) {
    const Finished finished = run_process(verilator_words(directory));
    if (finished.status != 0) refuse(map_, options_.rtl, original(finished.output));
    Inputs inputs;
    for (const std::string& path : files_read(directory + "/Foreign__verFiles.dat"))
      inputs.add(original(path));
    inputs.write(directory + "/inputs");
  }

  void write_glue(const std::string& directory) const {
    std::ofstream file(directory + "/block.cc");
    std::vector<std::string> sources;
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().extension() == ".cpp") sources.push_back(entry.path().filename().string());
    }
    std::sort(sources.begin(), sources.end());
    for (const std::string& source : sources) file << "#include \"" << source << "\"\n";
    std::string ports;
    for (const HeaderPort& port : header_ports(directory + "/Foreign.h")) {
      const std::string member = "m." + port.member;
      ports += fmt::format("      {{\"{}\", {}, {}, sizeof({}), &{}}},\n", port.name,
                           port.input ? 1 : 0, port.width, member, member);
    }
    std::string glue = kGlueText;
    const std::string mark = "@PORTS@\n";
    glue.replace(glue.find(mark), mark.size(), ports);
    file << glue;
    std::ofstream(directory + "/foreign_api.h") << kApiText;
    std::ofstream(directory + "/symbols.map") << "{ global: lookaside_foreign_api; local: *; };\n";
    file.close();
    if (!file) throw std::runtime_error(directory + ": cannot be written");
  }

  /// Objects of Verilator's runtime, compiled once for all blocks; empty when they are there.
  std::vector<Words> runtime(const std::string& directory, const Words& flags,
                             Words& objects) const {
    Hash hash;
    hash.add(version_);
    for (const std::string& flag : flags) hash.add(flag);
    const std::string kept = cache_ + "/runtime-" + hash.text();
    std::vector<Words> commands;
    Words parts = {"verilated", "verilated_threads"};
    if (options_.trace) parts.emplace_back("verilated_fst_c");
    usable(kept);
    for (const std::string& part : parts) {
      objects.push_back(fmt::format("{}/{}.o", kept, part));
      if (access(objects.back().c_str(), R_OK) == 0) continue;
      Words words = flags;
      words.insert(words.end(), {"-c", root_ + "/include/" + part + ".cpp", "-o",
                                 fmt::format("{}/{}.o", directory, part)});
      commands.push_back(words);
    }
    return commands;
  }

  void compile(const std::string& directory) {
    root_ = tool({"verilator", "--getenv", "VERILATOR_ROOT"}, "verilator");
    const Words flags = {compiler(),
                         "-std=c++17",
                         "-O2",
                         "-w",
                         "-fPIC",
                         "-fvisibility=hidden",
                         "-isystem",
                         root_ + "/include",
                         "-isystem",
                         root_ + "/include/vltstd",
                         "-DVL_USER_FINISH",
                         "-DVL_USER_STOP",
                         "-DVL_USER_FATAL",
                         options_.trace ? "-DVM_TRACE=1" : "-DVM_TRACE=0",
                         options_.trace ? "-DVM_TRACE_FST=1" : "-DVM_TRACE_FST=0",
                         options_.trace ? "-DLOOKASIDE_TRACE=1" : "-DLOOKASIDE_TRACE=0"};
    Words objects;
    std::vector<Words> commands = runtime(directory, flags, objects);
    Words block = flags;
    block.insert(block.end(), {"-c", directory + "/block.cc", "-o", directory + "/block.o"});
    commands.push_back(block);
    for (const Finished& finished : run_processes(commands)) check(finished);
    for (std::string& object : objects) publish(directory, object);
    Words link = {compiler(), "-shared", "-o", directory + "/block.so", directory + "/block.o"};
    link.insert(link.end(), objects.begin(), objects.end());
    link.insert(link.end(), {"-Wl,--version-script=" + directory + "/symbols.map", "-Wl,-Bsymbolic",
                             "-Wl,--no-undefined", "-pthread"});
    if (options_.trace) link.emplace_back("-lz");
    check(run_process(link));
  }

  /// A runtime object made here moves to where all blocks find it.
  static void publish(const std::string& directory, const std::string& object) {
    const std::string made = directory + "/" + fs::path(object).filename().string();
    std::error_code none;
    if (fs::exists(made, none)) fs::rename(made, object);
  }

  void check(const Finished& finished) const {
    if (finished.status == 0) return;
    std::string first = finished.output;
    const std::size_t at = first.find("error");
    const std::size_t begin = at == std::string::npos ? 0 : first.rfind('\n', at) + 1;
    first = first.substr(begin, first.find('\n', begin) - begin);
    map_.fail(map_.top.line, fmt::format("top: what Verilator made of '{}' does not compile: {}",
                                         map_.top.text, first));
  }

  const PortMap& map_;
  const BuildOptions& options_;
  std::string cache_;
  std::string version_;
  std::string root_;
  std::vector<std::pair<std::string, std::string>> links_;
};

}  // namespace

std::string cache_directory() {
  const std::string xdg = environment("XDG_CACHE_HOME"), home = environment("HOME");
  Words candidates;
  if (!xdg.empty() && xdg[0] == '/') candidates.push_back(xdg + "/lookaside");
  if (!home.empty()) candidates.push_back(home + "/.cache/lookaside");
  candidates.emplace_back(LOOKASIDE_BUILD_DIRECTORY "/cosim-cache");
  const std::string temporary = environment("TMPDIR");
  candidates.push_back(
      fmt::format("{}/lookaside-{}", temporary.empty() ? "/tmp" : temporary, getuid()));
  for (const std::string& candidate : candidates) {
    if (usable(candidate)) return candidate;
  }
  throw std::runtime_error(fmt::format("no directory for the cache: none of {} can be written",
                                       fmt::join(candidates, ", ")));
}

Build build(const PortMap& map, const BuildOptions& options) {
  return Builder(map, options).run();
}

}  // namespace lookaside::foreign
