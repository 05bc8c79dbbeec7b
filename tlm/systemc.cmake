# SPDX-License-Identifier: Apache-2.0
# Finds SystemC as Debian ships it (pkg-config only, no CMake package) and says in words what is
# missing. Defines the target lookaside::systemc.
find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
  message(FATAL_ERROR "pkg-config was not found. Install the Debian package 'pkg-config'.")
endif()
pkg_check_modules(SYSTEMC QUIET IMPORTED_TARGET systemc)
if(NOT SYSTEMC_FOUND)
  message(FATAL_ERROR "SystemC was not found: pkg-config knows no module 'systemc'. "
                      "Install the Debian package 'libsystemc-dev' (2.3.4 on Debian 12).")
endif()

# The symbol sc_api_version_* encodes the standard SystemC was built with; another one links only
# with an undefined reference that nobody understands.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::SYSTEMC)
set(CMAKE_REQUIRED_FLAGS "-std=c++17")
check_cxx_source_compiles("
  #include <systemc>
  int sc_main(int, char**) { sc_core::sc_time t(1, sc_core::SC_NS); return t == sc_core::SC_ZERO_TIME; }
" LOOKASIDE_SYSTEMC_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT LOOKASIDE_SYSTEMC_LINKS)
  message(FATAL_ERROR "SystemC ${SYSTEMC_VERSION} was found, but a C++17 program does not link with it: "
                      "it was built for another C++ standard, or is incomplete. Lookaside needs the C++17 "
                      "build, as in Debian 12's package 'libsystemc-dev'. "
                      "Details: ${CMAKE_BINARY_DIR}/CMakeFiles/CMakeError.log")
endif()
add_library(lookaside_systemc INTERFACE)
target_link_libraries(lookaside_systemc INTERFACE PkgConfig::SYSTEMC)
add_library(lookaside::systemc ALIAS lookaside_systemc)
