// SPDX-License-Identifier: Apache-2.0
#include "block.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "yosys.h"

namespace lookaside::formal {
namespace {

std::string range(unsigned width) {
  return width == 1 ? "" : fmt::format("[{}:0] ", width - 1);
}

std::string header(const std::string& top, const std::vector<Port>& ports) {
  std::string list;
  for (const Port& port : ports) {
    list += fmt::format("{}\n  {} {} {}", list.empty() ? "" : ",", port.input ? "input" : "output",
                        port.type.empty() ? "wire " + range(port.width) : port.type, port.name);
  }
  return fmt::format("module {} ({}\n);\n", top, list);
}

/// An instance whose outputs go to wires with a prefix.
std::string instance(const std::string& what, const std::string& name,
                     const std::vector<Port>& ports, const std::string& prefix, bool mutants) {
  std::string list;
  for (const Port& port : ports) {
    list += fmt::format("{}\n    .{}({}{})", list.empty() ? "" : ",", port.name,
                        port.input ? "" : prefix, port.name);
  }
  if (mutants) list += ",\n    .mutant_i(mutant)";
  return fmt::format("  {} {} ({}\n  );\n", what, name, list);
}

constexpr const char* kMutant =
    "  import \"DPI-C\" function int lookaside_mutant();\n"
    "  reg [15:0] mutant;\n"
    "  initial mutant = 16'(lookaside_mutant());\n";

constexpr const char* kOutputBuffer = "lookaside_output_buffer";

std::string buffer() {
  return fmt::format("module {}(input A, output Y);\n  assign Y = A;\nendmodule\n", kOutputBuffer);
}

}  // namespace

std::string split_script() {
  return fmt::format("iopadmap -bits -outpad {} A:Y\nsplitnets\n", kOutputBuffer);
}

std::map<std::string, std::vector<std::string>> modules_of(const std::filesystem::path& rtl,
                                                           const std::filesystem::path& work) {
  constexpr unsigned kReadSeconds = 120;
  const std::filesystem::path file = work / "modules.il";
  must_yosys(work, "modules", read_rtl(rtl) + "write_rtlil " + file.string() + "\n", kReadSeconds);
  std::map<std::string, std::vector<std::string>> modules;
  std::string module;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what;
    std::string name;
    words >> what >> name;
    if (name.empty() || name[0] != '\\') continue;
    name.erase(0, 1);
    if (line.rfind("module ", 0) == 0) modules[module = name];
    // Of the module itself; those of instances stand deeper.
    if (line.rfind("  parameter ", 0) == 0) modules[module].push_back(name);
  }
  return modules;
}

std::string elaborate_script(const std::filesystem::path& rtl, const std::string& module,
                             const std::map<std::string, std::string>& parameters,
                             const std::string& as) {
  std::string script = read_rtl(rtl);
  if (!parameters.empty()) {
    script += "chparam";
    for (const auto& [name, value] : parameters) script += fmt::format(" -set {} {}", name, value);
    script += fmt::format(" {}\n", module);
  }
  return script + fmt::format("hierarchy -check -top {}\nrename -top {}\nproc\n", module, as);
}

std::vector<Port> ports_of(const std::filesystem::path& json, const std::string& name) {
  const auto design = nlohmann::ordered_json::parse(read_text(json));
  std::vector<Port> ports;
  for (const auto& [port, value] : design["modules"][name]["ports"].items()) {
    ports.push_back(
        {port, static_cast<unsigned>(value["bits"].size()), value["direction"] == "input", ""});
  }
  return ports;
}

void as_declared(std::vector<Port>& ports, const std::filesystem::path& source) {
  const std::string text = read_text(source);
  static const std::regex kPort(
      "\n *(?:input|output) +(logic|lookaside_pkg::\\w+) *(?:\\[.*\\])? *(\\w+)");
  std::vector<Port> declared;
  for (std::sregex_iterator at(text.begin(), text.end(), kPort), end; at != end; ++at) {
    const auto port =
        std::find_if(ports.begin(), ports.end(), [&](const Port& p) { return p.name == (*at)[2]; });
    if (port == ports.end()) continue;
    declared.push_back(*port);
    const std::string type = (*at)[1];
    if (type.size() > 2 && type.compare(type.size() - 2, 2, "_t") == 0) declared.back().type = type;
  }
  if (declared.size() != ports.size()) {
    throw Error(fmt::format("{}: {} ports are declared, yosys knows {}", source.string(),
                            declared.size(), ports.size()));
  }
  ports = declared;
}

bool clocked(const std::vector<Port>& ports) {
  return std::any_of(ports.begin(), ports.end(),
                     [](const Port& port) { return port.name == "clk_i"; });
}

std::string around_mutants(const std::string& top, const std::vector<Port>& ports) {
  return header(top, ports) + kMutant + instance("netlist", "u_netlist", ports, "", true) +
         "endmodule\n" + buffer();
}

std::string around_twins(const std::string& top, const std::vector<Port>& ports,
                         const std::string& module,
                         const std::map<std::string, std::string>& parameters) {
  std::string list;
  for (const auto& [name, value] : parameters) {
    list += fmt::format("{}.{}({})", list.empty() ? "" : ", ", name, value);
  }
  std::string text = header(top, ports) + kMutant;
  text +=
      "  import \"DPI-C\" function void lookaside_compared();\n"
      "  import \"DPI-C\" function void lookaside_differs(input string port);\n";
  std::string compare = "    lookaside_compared();\n";
  for (const Port& port : ports) {
    if (port.input) continue;
    text += fmt::format("  wire {0}netlist_{1};\n", range(port.width), port.name);
    compare += fmt::format("    if (netlist_{0} != {0}) lookaside_differs(\"{0}\");\n", port.name);
  }
  text += instance(fmt::format("{}{}", module, list.empty() ? "" : " #(" + list + ")"), "u_rtl",
                   ports, "", false);
  text += instance("netlist", "u_netlist", ports, "netlist_", true);
  if (clocked(ports)) {
    // Before the first reset the two may start as they like.
    text += fmt::format(
        "  logic was_reset = 1'b0;\n"
        "  always @(posedge clk_i) was_reset <= was_reset | ~rst_ni;\n"
        "  always @(posedge clk_i) if (was_reset) begin\n{}  end\nendmodule\n",
        compare);
  } else {
    text += fmt::format("  always @(*) begin\n{}  end\nendmodule\n", compare);
  }
  return text + buffer();
}

}  // namespace lookaside::formal
