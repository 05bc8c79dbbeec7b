// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

namespace lookaside::testbench {
namespace {

/// The command that was chosen last on the command line.
const CLI::App& chosen(const CLI::App& program) {
  const CLI::App* at = &program;
  for (auto next = at->get_subcommands(); !next.empty(); next = at->get_subcommands()) {
    at = next.front();
  }
  return *at;
}

/// "lookaside ddr play".
std::string called(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return (parent == nullptr ? "" : called(*parent) + " ") + command.get_name();
}

/// The first word that nothing took: what comes after a mistyped option may be its value.
std::string unexpected(const CLI::App& program, const CLI::App& command) {
  const std::vector<std::string> words = program.remaining(true);
  const auto option = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word.size() > 1 && word[0] == '-';
  });
  if (option == words.end()) {
    return words.empty() ? "" : fmt::format("found '{}', which nothing takes", words.front());
  }
  std::vector<std::string> known;
  for (const CLI::Option* one : command.get_options()) {
    for (const std::string& name : one->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = option->substr(0, option->find('='));
  const std::string near = platform::nearest(name, known);
  return fmt::format("unknown option '{}'{}", name,
                     near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
}

}  // namespace

std::string unknown_command(const CLI::App& parent, int argc, char** argv,
                            const std::string& called) {
  const auto commands = parent.get_subcommands({});
  const std::string word = argc > 1 ? argv[1] : "";
  if (commands.empty() || word.empty() || word[0] == '-') return "";
  std::vector<std::string> names;
  for (const CLI::App* command : commands) {
    if (command->get_name() == word) {
      return unknown_command(*command, argc - 1, argv + 1, called + " " + word);
    }
    names.push_back(command->get_name());
  }
  const std::string nearest = platform::nearest(word, names);
  return fmt::format("unknown command '{}'{}; expected one of {} (see '{} --help')", word,
                     nearest.empty() ? "" : fmt::format(", did you mean '{}'", nearest),
                     fmt::join(names, ", "), called);
}

std::string usage_message(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App& command = chosen(program);
  std::string what;
  // A mistyped option often leaves a required one without its value: the typing error is named.
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::ExtrasError:
    case CLI::ExitCodes::RequiredError:
      what = unexpected(program, command);
      break;
    default:
      break;
  }
  return fmt::format("{} (see '{} --help')", what.empty() ? error.what() : what, called(command));
}

CLI::Validator one_of(std::vector<std::string> words) {
  const std::string list = fmt::format("{}", fmt::join(words, ", "));
  const auto check = [words = std::move(words), list](std::string& word) -> std::string {
    for (const std::string& meant : words) {
      if (platform::edit_distance(word, meant) != 0) continue;
      word = meant;  // in its own case
      return "";
    }
    const std::string near = platform::nearest(word, words);
    return fmt::format("found '{}'{}, expected one of {}", word,
                       near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), list);
  };
  return {check, "{" + list + "}"};
}

CLI::Validator whole_number(std::uint64_t min, std::uint64_t max) {
  return {
      [min, max](std::string& word) -> std::string {
        const auto number = platform::parse_integer(word);
        if (!number || *number < min || *number > max) {
          return fmt::format("found '{}', expected an integer from {} to {}", word, min, max);
        }
        word = fmt::format("{}", *number);
        return "";
      },
      max == std::numeric_limits<std::uint64_t>::max() ? "" : fmt::format("{} to {}", min, max)};
}

}  // namespace lookaside::testbench
