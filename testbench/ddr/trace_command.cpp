// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr trace`: makes traces, and turns one form into another.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/platform/configuration.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/traffic/core/generator.h>
#include <lookaside/traffic/core/trace_reader.h>
#include <lookaside/traffic/core/trace_text.h>
#include <lookaside/traffic/core/trace_writer.h>

#include "apart.h"
#include "console.h"
#include "ddr/subcommands.h"
#include "ddr/trace_input.h"
#include "interrupt.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

struct TraceOptions {
  TraceInput input;
  std::string output;
  std::string form;
};

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// Prints the text form, until it is interrupted.
void print(traffic::Source& source) {
  std::string text;
  for (traffic::Record record; !interrupted() && source.next(record);) {
    text += traffic::text_line(record) + "\n";
    if (text.size() > 1U << 16) {
      print_console(text);
      text.clear();
    }
  }
  print_console(text);
}

int convert(const TraceOptions& o) {
  end_in_order_on_signals();
  const auto source = o.input.open();
  if (o.output.empty()) {
    print(*source);
    return interrupted() ? kLimit : kPassed;
  }
  check_apart(o.output, {o.input.file});
  record::check_writable(o.output);
  const bool compressed = ends_with(o.output, ".gz");
  const bool binary = o.form.empty() ? ends_with(o.output, ".bin") || ends_with(o.output, ".bin.gz")
                                     : o.form == "binary";
  const std::string target = record::temporary_name(o.output);
  std::uint64_t count = 0;
  try {
    traffic::TraceWriter writer(o.output, target,
                                binary ? traffic::Form::kBinary : traffic::Form::kText, compressed);
    for (traffic::Record record; !interrupted() && source->next(record);) writer.write(record);
    writer.finish();
    count = writer.count();
  } catch (...) {
    (void)std::remove(target.c_str());
    throw;
  }
  if (interrupted()) {
    (void)std::remove(target.c_str());
    print_message(fmt::format("{}: not written: interrupted after {} requests\n", o.output, count));
    return kLimit;
  }
  record::finish_output(o.output);
  print_message(fmt::format("{}: {} requests, {}{}\n", o.output, count, binary ? "binary" : "text",
                            compressed ? ", compressed" : ""));
  return kPassed;
}

}  // namespace

void TraceInput::add_to(CLI::App& command) {
  command.add_option("TRACE", file,
                     "Trace to read: text or binary, plain or gzip; '-' is standard input");
  command
      .add_option("--generate", generator,
                  "Makes the requests instead, e.g. random:200000 (see below)")
      ->type_name("PATTERN:COUNT");
}

std::unique_ptr<traffic::Source> TraceInput::open(std::uint64_t memory_bytes) const {
  if (file.empty() == generator.empty()) {
    throw platform::ConfigurationError(
        fmt::format("found {}, expected a trace or --generate PATTERN:COUNT",
                    file.empty() ? "neither a trace nor --generate" : "a trace and --generate"));
  }
  if (generator.empty()) return traffic::open_trace(file, interrupted);
  try {
    return traffic::generate(traffic::parse_generation(generator, memory_bytes));
  } catch (const traffic::TraceError& error) {
    throw traffic::TraceError(fmt::format("--generate {}", error.what()));
  }
}

void add_ddr_trace(CLI::App& ddr, Actions& actions) {
  CLI::App* command =
      ddr.add_subcommand("trace", "Makes a trace, or turns one form of it into another");
  auto o = std::make_shared<TraceOptions>();
  o->input.add_to(*command);
  command
      ->add_option("-o,--output", o->output,
                   "File to write; '.gz' compresses it, '.bin' or '.bin.gz' is the binary form. "
                   "Default: prints the text form")
      ->type_name("FILE");
  command->add_option("--form", o->form, "Form of the output, whatever its name")
      ->transform(one_of({"text", "binary"}))
      ->needs("--output");
  command->footer(
      "A trace as text, a request a line of at most 4096 bytes, '#' begins a comment:\n"
      "  R 0x1000               reads the 64-byte line that holds the address\n"
      "  W 4096 16              writes 16 bytes\n"
      "  R 0x2000 64 100        ... no earlier than 100 memory clocks after the request before\n"
      "  R 0x3000 <1            ... not before the request one line above is answered\n"
      "  R 0x4000 64 20 <4      ... 20 clocks after the answer to the request four lines above\n\n"
      "--generate " +
      traffic::generation_help() +
      "\nExamples:\n"
      "  lookaside ddr trace --generate mix:100000,seed=7 -o mix.trace.gz\n"
      "  lookaside ddr trace mix.trace.gz -o mix.bin      three times as fast to read\n"
      "  lookaside ddr trace mix.bin | head\n\n"
      "Exit status: 0 made, 2 bad usage or input, 3 interrupted: then there is no file.");
  actions.emplace_back(command, [o] { return convert(*o); });
}

}  // namespace lookaside::testbench
