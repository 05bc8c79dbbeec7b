# SPDX-License-Identifier: Apache-2.0
# lookaside_embed_presets(OUTPUT): writes C++ with the text of every preset, so that the program
# needs no files when it runs.
function(lookaside_embed_presets OUTPUT)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/presets/*.yaml)
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    cmake_path(GET file FILENAME name)
    string(REGEX MATCH "\nname: ([^\n]+)" ignored "${text}")
    string(APPEND entries "      {\"${CMAKE_MATCH_1}\", \"${name}\", R\"preset(${text})preset\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
// SPDX-License-Identifier: Apache-2.0
// Made by presets/embed.cmake.
#include <lookaside/dram/preset.h>

namespace lookaside::dram {

const std::vector<BuiltinPreset>& builtin_presets() {
  static const std::vector<BuiltinPreset> kPresets = {
@entries@  };
  return kPresets;
}

}  // namespace lookaside::dram
]])
endfunction()
