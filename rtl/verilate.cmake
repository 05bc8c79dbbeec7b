# SPDX-License-Identifier: Apache-2.0
# lookaside_verilate(TARGET MODULE module PREFIX class [SYSTEMC] [PARAMETERS Name=value ...]
#                    [SOURCES files...] [ARGS verilator options...])
#
# A static library with one Verilated variant of a module of rtl/, or of SOURCES that use rtl/. The
# Verilated runtime, which costs more to compile than a TLB, is compiled once for all of them.
# SYSTEMC: the class is an sc_module whose ports are pins; else it is driven by eval().
find_package(verilator 5.006 REQUIRED HINTS /usr/share/verilator)

function(lookaside_verilate TARGET)
  cmake_parse_arguments(RTL "SYSTEMC" "MODULE;PREFIX" "PARAMETERS;SOURCES;ARGS" ${ARGN})
  if(NOT RTL_SOURCES)
    set(RTL_SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${RTL_MODULE}.sv)
  endif()
  list(TRANSFORM RTL_PARAMETERS PREPEND -G)
  set(coverage)
  if(LOOKASIDE_RTL_COVERAGE)
    # Registers of PMP are the widest signals.
    set(coverage COVERAGE)
    list(APPEND RTL_ARGS --coverage-max-width 2048)
  endif()
  add_library(${TARGET} STATIC)
  # For whoever Verilates the same once more, from other sources.
  set_target_properties(${TARGET} PROPERTIES
    LOOKASIDE_RTL_SHAPE "${RTL_MODULE};${RTL_PREFIX};${RTL_PARAMETERS}")
  set(kind)
  if(RTL_SYSTEMC)
    set(kind SYSTEMC)
    target_link_libraries(${TARGET} PUBLIC lookaside::systemc)
  endif()
  verilate(${TARGET} ${kind} ${coverage}
    PREFIX ${RTL_PREFIX}
    TOP_MODULE ${RTL_MODULE}
    SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/lookaside_pkg.sv ${RTL_SOURCES}
    INCLUDE_DIRS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}
    VERILATOR_ARGS -Wall -O3 --x-assign fast --x-initial fast --noassert ${RTL_PARAMETERS} ${RTL_ARGS})

  # verilate() adds the runtime to every target; it stands in one library instead.
  get_target_property(sources ${TARGET} SOURCES)
  set(runtime ${sources})
  list(FILTER runtime INCLUDE REGEX "^${VERILATOR_ROOT}/include/")
  list(REMOVE_ITEM sources ${runtime})
  # A variant is many small files behind the same large headers: one compilation instead of eight.
  set_target_properties(${TARGET} PROPERTIES SOURCES "${sources}" UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  if(NOT TARGET lookaside_verilated_runtime)
    add_library(lookaside_verilated_runtime STATIC ${runtime})
    target_include_directories(lookaside_verilated_runtime SYSTEM PUBLIC
      ${VERILATOR_ROOT}/include ${VERILATOR_ROOT}/include/vltstd)
    find_package(Threads REQUIRED)
    target_link_libraries(lookaside_verilated_runtime PUBLIC Threads::Threads)
  endif()
  target_link_libraries(${TARGET} PUBLIC lookaside_verilated_runtime)

  # Generated code shifts promoted values that are negative as int, which every compiler that Verilator
  # supports defines and the sanitizer reports; its checks would also double the time to compile.
  if(LOOKASIDE_SANITIZE)
    target_compile_options(${TARGET} PRIVATE -O1 -fno-sanitize=undefined)
  endif()

  # Counters make the code too large to be worth optimising: it would compile for many minutes.
  if(LOOKASIDE_RTL_COVERAGE)
    target_compile_options(${TARGET} PRIVATE -O0)
  endif()

  # Verilated headers are not ours to keep free of warnings.
  get_target_property(includes ${TARGET} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(${TARGET} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${includes}")
endfunction()
