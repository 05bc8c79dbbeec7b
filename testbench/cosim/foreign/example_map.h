// SPDX-License-Identifier: Apache-2.0
// A port map with comments, for `lookaside cosim --example`; a test reads it back.
#pragma once

namespace lookaside::foreign {

extern const char* const kExampleMap;

}  // namespace lookaside::foreign
