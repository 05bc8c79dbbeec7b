#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# coverage.sh SOURCE_DIR BUILD_DIR RTL_COVERAGE FUNCTIONAL_DIR
#
# Builds the RTL tests once more with Verilator's counters of lines, branches and toggles, runs them,
# merges what every variant of a module reached, and prints the table (rtl_coverage.cpp says when it
# fails). What FUNCTIONAL_DIR holds of the functional coverage of other runs is printed below it.
# LOOKASIDE_OPERATIONS: random operations of each test, default 200000.
set -eu

source=$1 build=$2 rtl_coverage=$3 functional=$4
here=$(dirname "$0")
tests='rtl/rtl_tlb_test rtl/rtl_page_walker_test rtl/rtl_protection_test rtl/rtl_mmu_test pins/axi_test'

cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG' -DLOOKASIDE_RTL_COVERAGE=ON \
  -DLOOKASIDE_BENCHMARKS=OFF -DLOOKASIDE_FIRMWARE=OFF >/dev/null
# shellcheck disable=SC2046
cmake --build "$build" --target $(basename -a $tests) >"$build/build.log" 2>&1 || {
  tail -n 30 "$build/build.log"
  exit 1
}

data=$build/coverage
rm -rf "$data"
mkdir -p "$data"
export LOOKASIDE_COVERAGE_DIR="$data" LOOKASIDE_OPERATIONS="${LOOKASIDE_OPERATIONS:-200000}"
for test in $tests; do
  log=$data/$(basename "$test").log
  "$build/tests/$test" >"$log" 2>&1 || {
    cat "$log"
    exit 1
  }
done
verilator_coverage --write "$data/merged" "$data"/*.dat
set --
for file in "$functional"/*.functional.json; do
  [ ! -f "$file" ] || set -- "$@" "$file"
done
[ $# -ne 0 ] || echo "cover points: none of the long tests has left its table in $functional"
"$rtl_coverage" "$here/exclusions.yaml" "$source/rtl" "$data/merged" "$@"
