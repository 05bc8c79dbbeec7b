#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# campaign.sh UNITS OUT_DIR [FAULT ...]
#
# Puts each hand-made fault into a copy of the RTL, Verilates the unit that must find it, links the
# unit's random test with it and runs it. Prints a table: which fault was found after how many
# operations, and what differed. Fails if one is not found. UNITS is written by CMake: what to run,
# and how to build it.
set -eu

units=$1 out=$2
shift 2
. "$units.sh"
mkdir -p "$out"

# Everything about one fault; called again by xargs.
if [ "${1:-}" = --one ]; then
  name=$2
  dir=$out/$name
  rm -rf "$dir"
  mkdir -p "$dir/obj"
  line=$("$rtl_fault" "$table" list | awk -F '\t' -v n="$name" '$1 == n')
  [ -n "$line" ] || { echo "no fault '$name' in $table" >&2; exit 2; }
  unit=$(printf '%s' "$line" | cut -f2)
  # unit  library  program  filter  module  prefix  parameters
  row=$(awk -v u="$unit" '$1 == u' "$units")
  [ -n "$row" ] || { echo "no unit '$unit' in $units" >&2; exit 2; }
  # shellcheck disable=SC2086
  set -- $row
  library=$2 program=$3 filter=$4 module=$5 prefix=$6
  shift 6

  not_built() {
    printf '%s\tNOT BUILT\t%s\n' "$line" "$1" >"$dir/result"
    exit 0
  }
  "$rtl_fault" "$table" apply "$name" "$rtl" "$dir/rtl"
  # A fault may leave signals unused: warnings do not count here.
  "$verilator" --cc -Wno-fatal -Wno-lint -O3 --x-assign fast --x-initial fast --noassert \
    --top-module "$module" --prefix "$prefix" --Mdir "$dir/obj" -y "$dir/rtl" "$@" \
    "$dir/rtl/lookaside_pkg.sv" "$dir/rtl/$module.sv" >"$dir/log" 2>&1 || not_built verilator
  (cd "$dir/obj" && for f in *.cpp; do echo "#include \"$f\""; done >all.cc)
  "$cxx" -std=c++17 -O1 -w -I "$dir/obj" -isystem "$verilator_include" \
    -isystem "$verilator_include/vltstd" -c "$dir/obj/all.cc" -o "$dir/obj/all.o" \
    >>"$dir/log" 2>&1 || not_built compiler
  # The program's own link command, with the faulty module in the place of the sound one.
  link=$("$ninja" -C "$build" -t commands "$program" | tail -n 1 | sed 's/^: && //; s/ && .*$//' |
    sed "s|tests/rtl/lib$library\.a|$dir/obj/all.o|g; s| -o [^ ]*| -o $dir/test|")
  (cd "$build" && eval "$link") >>"$dir/log" 2>&1 || not_built linker

  LOOKASIDE_OPERATIONS=1000000 timeout 600 "$dir/test" --gtest_filter="$filter" >"$dir/run" 2>&1 || :
  operations=$(grep -aoE 'operation [0-9]+' "$dir/run" | head -n 1 | cut -d ' ' -f2)
  what=$(grep -aE '^ *Which is: "operation|^[^ ].*(Failure|does not|stale|no answer)' -A 3 "$dir/run" |
    grep -avE 'Failure|^Expected|^--|LOOKASIDE' | head -n 1 | sed 's/^ *//; s/^Which is: //' | cut -c 1-70)
  printf '%s\t%s\t%s\n' "$line" "${operations:-NOT FOUND}" "$what" >"$dir/result"
  rm -rf "$dir/obj" "$dir/rtl" "$dir/test"
  exit 0
fi

names=${*:-$("$rtl_fault" "$table" list | cut -f1)}
# shellcheck disable=SC2086
printf '%s\n' $names | xargs -P "$(nproc)" -n 1 sh "$0" "$units" "$out" --one

status=0
printf '%-56s %-10s %10s  %s\n' fault unit operations kind
for name in $names; do
  awk -F '\t' '{ printf "%-56s %-10s %10s  %s\n", $1, $2, $5, $4 }' "$out/$name/result"
  if grep -qE 'NOT (FOUND|BUILT)' "$out/$name/result"; then status=1; fi
done
# shellcheck disable=SC2086
total=$(printf '%s\n' $names | wc -l)
found=$(for name in $names; do cat "$out/$name/result"; done | grep -vcE 'NOT (FOUND|BUILT)' || :)
echo "$found of $total faults found"
exit "$status"
