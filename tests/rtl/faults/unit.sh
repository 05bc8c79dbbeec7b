#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# unit.sh UNITS UNIT TOP OUT_DIR ARG ...
#
# Verilates the module TOP (ARG: its sources and other arguments of Verilator) and links the test of
# a unit with it, in the place of the block that the test was built with: OUT_DIR/test. The module
# must have the block's ports, in their order. UNITS is written by CMake: what to run, and how to
# build it. Exit status 1, and the last line says which tool refused.
set -eu

units=$1 unit=$2 top=$3 out=$4
shift 4
. "$units.sh"
here=$(dirname "$0")

# unit  library  program  filter  module  prefix  parameters
row=$(awk -v u="$unit" '$1 == u { print $2, $3, $6 }' "$units")
[ -n "$row" ] || { echo "no unit '$unit' in $units"; exit 1; }
library=${row%% *} prefix=${row##* } program=${row#* }
program=${program%% *}

refused() {
  echo "$1"
  exit 1
}
mkdir -p "$out/obj"
# Netlists, and RTL with a fault in it, leave signals unused: warnings do not count here.
# Verilator 5.006 makes wrong code of the netlist of the PMP with its optimisation of bit operations.
"$verilator" --cc -Wno-fatal -Wno-lint -O3 -fno-const-bit-op-tree --x-assign fast --x-initial fast --noassert \
  --top-module "$top" --prefix "$prefix" --Mdir "$out/obj" "$@" || refused "Verilator refuses $top"
# The test knows its block by reference to its ports: they must be the same.
ports() { grep -E '^ *VL_(IN|OUT)' "$1"; }
ports "$build"/tests/*/CMakeFiles/"$library.dir/$prefix.dir/$prefix.h" >"$out/obj/ports.test"
ports "$out/obj/$prefix.h" | cmp -s - "$out/obj/ports.test" ||
  refused "$top has not the ports of the block in $library"
(cd "$out/obj" && for f in *.cpp; do echo "#include \"$f\""; done >all.cc)
cat "$here/wrapper.cpp" >>"$out/obj/all.cc"
"$cxx" -std=c++17 -O1 -w -I "$out/obj" -isystem "$verilator_include" \
  -isystem "$verilator_include/vltstd" -c "$out/obj/all.cc" -o "$out/obj/all.o" ||
  refused "the compiler refuses the Verilated $top"
# The program's own link command.
link=$("$ninja" -C "$build" -t commands "$program" | tail -n 1 | sed 's/^: && //; s/ && .*$//' |
  sed "s|tests/[a-z]*/lib$library\.a|$out/obj/all.o|g; s| -o [^ ]*| -o $out/test|")
(cd "$build" && eval "$link") || refused "the linker refuses; is $program built?"
rm -rf "$out/obj"
