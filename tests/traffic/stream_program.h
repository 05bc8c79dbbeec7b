// SPDX-License-Identifier: Apache-2.0
// A fixture that writes command streams.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <lookaside/dram/command_stream.h>
#include <lookaside/dram/preset.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {

class DdrStream : public DdrProgram {
 protected:
  /// A stream of DDR4-2400 that ends at clock 200.
  std::string write_stream(const std::string& name, const std::vector<dram::Command>& commands) {
    std::ostringstream out;
    dram::CommandWriter writer(out, dram::builtin_device("DDR4-2400"), 1);
    for (const dram::Command& c : commands) writer.write(c);
    writer.finish(200);
    return write(name, out.str());
  }
};

}  // namespace lookaside::tests
