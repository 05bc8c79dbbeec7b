// SPDX-License-Identifier: Apache-2.0
#include "cosim/difference.h"

#include <algorithm>

#include <fmt/format.h>

#include <lookaside/platform/text.h>

namespace lookaside::cosim {

namespace {

std::string table(const std::vector<ComparedField>& fields) {
  std::size_t name = 5;
  std::size_t model = 5;
  for (const ComparedField& f : fields) {
    name = std::max(name, f.name.size());
    model = std::max(model, f.model.size());
  }
  std::string text = fmt::format("    {:<{}}  {:<{}}  {}\n", "", name, "model", model, "RTL");
  for (const ComparedField& f : fields) {
    text += fmt::format("  {} {:<{}}  {:<{}}  {}{}\n", f.differs() ? '>' : ' ', f.name, name,
                        f.model, model, f.rtl, f.differs() ? "   <-- differs" : "");
  }
  return text;
}

std::string file_line(const char* what, const std::string& path, const std::string& note) {
  if (path.empty() && note.empty()) return "";
  return fmt::format("  {:<10}{}{}{}\n", what, path, path.empty() || note.empty() ? "" : "  ",
                     note.empty() ? "" : "(" + note + ")");
}

}  // namespace

std::string Difference::what() const {
  std::string names;
  for (const ComparedField& f : fields) {
    if (f.differs()) names += (names.empty() ? "" : ", ") + f.name;
  }
  return names.empty() ? "no answer" : names;
}

std::string headline(const Difference& d) {
  return fmt::format("{}: RTL and model differ in {} at {}", d.block, d.what(),
                     platform::format_duration(d.time_ps));
}

std::string report(const Difference& d, const ReportFiles& files) {
  std::string text = fmt::format("\n=== RTL and model differ: {} ===\n\n", d.block);
  text += fmt::format("  operation {} of this block, at {} simulated time:\n    {}\n\n", d.number,
                      platform::format_duration(d.time_ps), d.operation);
  text += table(d.fields);
  if (!d.remark.empty()) text += fmt::format("\n  {}\n", d.remark);
  if (!d.before.empty()) {
    text += fmt::format("\n  the last {} operations before it, oldest first:\n", d.before.size());
    std::size_t width = 0;
    for (const PastEvent& event : d.before) width = std::max(width, event.text.size());
    for (const PastEvent& event : d.before) {
      text += fmt::format("    {:>14}  {:<{}}  {}\n", platform::format_duration(event.time_ps),
                          event.text, width, event.outcome);
    }
  }
  text += "\n";
  text += file_line("stimulus", files.stimulus, files.stimulus_note);
  text += file_line("waveform", files.wave, files.wave_note);
  text += file_line("save file", files.save, "");
  if (!files.replay_command.empty()) {
    text += fmt::format("  {:<10}{}\n", "replay", files.replay_command);
  }
  if (!files.wave_command.empty()) {
    text += fmt::format("  {:<10}{}\n", "look", files.wave_command);
  }
  return text;
}

}  // namespace lookaside::cosim
