# SPDX-License-Identifier: Apache-2.0
# lookaside_room(NAME FOLDER [SOURCES ...] [USES rooms...] [LIBRARIES targets...])
#
# One room of the architecture = one target lookaside::NAME, whose public headers are included as
# <lookaside/FOLDER/x.h>. Each room gets an include directory of its own that shows nothing but its
# folder, so that a room sees only what it USES: the compiler holds the dependency rule.
# Without SOURCES the room is header-only.
function(lookaside_room NAME FOLDER)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(view ${CMAKE_BINARY_DIR}/rooms/${NAME})
  cmake_path(GET FOLDER PARENT_PATH parent)
  file(MAKE_DIRECTORY ${view}/lookaside/${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/tlm/${FOLDER} ${view}/lookaside/${FOLDER} SYMBOLIC)
  set(target lookaside_${NAME})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE lookaside_warnings)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${view})
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(${target} ${scope} lookaside::${used})
  endforeach()
  if(ROOM_LIBRARIES)
    target_link_libraries(${target} ${scope} ${ROOM_LIBRARIES})
  endif()
  add_library(lookaside::${NAME} ALIAS ${target})
endfunction()

add_library(lookaside_warnings INTERFACE)
target_compile_options(lookaside_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wunused -Wconversion -Wno-sign-conversion -Werror)

if(LOOKASIDE_SANITIZE)
  # GCC's own manual: sanitizers make this warning report what is no fault, here in <regex>.
  target_compile_options(lookaside_warnings INTERFACE -Wno-maybe-uninitialized)
  # Without the checks of pointers that AddressSanitizer makes as well: they are a quarter of the time
  # to compile.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null,object-size,vptr
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  # A program of that many descriptions of globals needs half a second to relocate itself.
  add_compile_options(-fno-pie)
  add_link_options(-no-pie)
endif()
if(LOOKASIDE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
