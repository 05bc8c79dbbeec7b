# SPDX-License-Identifier: Apache-2.0
# The one copy of GTKWave's FST reader and writer, compiled from the sources that Debian's package
# `verilator` ships. Verilator's verilated_fst_c.cpp includes the same sources as text: a program
# must not link that object and this library, because both define the same symbols. Defines
# lookaside::fstapi.
find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  message(FATAL_ERROR "zlib was not found. Install the Debian package 'zlib1g-dev'.")
endif()
find_path(LOOKASIDE_FSTAPI_DIR fstapi.h
  HINTS ENV VERILATOR_ROOT PATH_SUFFIXES include/gtkwave
  PATHS /usr/share/verilator /usr/local/share/verilator)
if(NOT LOOKASIDE_FSTAPI_DIR)
  message(FATAL_ERROR "fstapi.h was not found: waveforms are written with the FST library that comes "
                      "with Verilator. Install the Debian package 'verilator' "
                      "(it holds /usr/share/verilator/include/gtkwave/fstapi.h).")
endif()
add_library(lookaside_fstapi STATIC
  ${LOOKASIDE_FSTAPI_DIR}/fstapi.c
  ${LOOKASIDE_FSTAPI_DIR}/lz4.c
  ${LOOKASIDE_FSTAPI_DIR}/fastlz.c)
target_include_directories(lookaside_fstapi SYSTEM PUBLIC ${LOOKASIDE_FSTAPI_DIR})
target_link_libraries(lookaside_fstapi PUBLIC ZLIB::ZLIB)
target_compile_options(lookaside_fstapi PRIVATE -w)
target_compile_definitions(lookaside_fstapi PRIVATE FST_CONFIG_INCLUDE="fst_config.h")
if(LOOKASIDE_SANITIZE)
  # Foreign code: its unaligned reads are no findings of ours. AddressSanitizer stays on.
  target_compile_options(lookaside_fstapi PRIVATE -fno-sanitize=undefined)
endif()
add_library(lookaside::fstapi ALIAS lookaside_fstapi)
