// SPDX-License-Identifier: Apache-2.0
// A block of rtl/ alone, elaborated by yosys: its ports, and Verilog that stands around it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lookaside::formal {

struct Port {
  std::string name;
  unsigned width = 0;
  bool input = false;
  std::string type;  ///< the structure that it is, if it is one
};

/// The modules of a directory's RTL, each with its parameters, as yosys reads them. Throws Error
/// with yosys' message if it refuses the RTL.
std::map<std::string, std::vector<std::string>> modules_of(const std::filesystem::path& rtl,
                                                           const std::filesystem::path& work);

/// A script that reads the RTL and elaborates one block with parameters as the top, under the name
/// `as`; processes are gone, memories and the hierarchy are left.
std::string elaborate_script(const std::filesystem::path& rtl, const std::string& module,
                             const std::map<std::string, std::string>& parameters,
                             const std::string& as);

/// The ports of module `name` in a file that yosys' `json` wrote, in their order.
std::vector<Port> ports_of(const std::filesystem::path& json, const std::string& name);

/// Puts ports into the order of their declaration in the file of the block, which is not yosys',
/// and says which are structures. Both decide about the class that Verilator makes.
void as_declared(std::vector<Port>& ports, const std::filesystem::path& source);

/// Makes each net of a flat netlist one bit wide, with a buffer before each bit of an output, which
/// the modules below define. Without it, Verilator takes a vector whose bits depend on each other
/// for a loop; 5.006 then computes some netlists wrong, or shows outputs that have not settled.
std::string split_script();

/// Is there a port clk_i?
bool clocked(const std::vector<Port>& ports);

/// A module with the ports of a block around the netlist `netlist`, whose input `mutant_i` says
/// which of its mutations is active: LOOKASIDE_MUTANT, see tests/rtl/faults/wrapper.cpp.
std::string around_mutants(const std::string& top, const std::vector<Port>& ports);

/// The same, around the RTL too: its outputs leave, and in every cycle (of a block without clock:
/// at every change) those of the netlist are compared with them.
std::string around_twins(const std::string& top, const std::vector<Port>& ports,
                         const std::string& module,
                         const std::map<std::string, std::string>& parameters);

}  // namespace lookaside::formal
