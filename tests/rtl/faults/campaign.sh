#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# campaign.sh UNITS OUT_DIR [FAULT ...]
#
# Puts each hand-made fault into a copy of the RTL; asks the proofs of the block if they still hold;
# Verilates the unit that must find it, links the unit's random test with it and runs it. Prints a
# table: which fault was found after how many operations, and which proofs fail. Fails if the random
# test does not find one. UNITS is written by CMake: what to run, and how to build it.
set -eu

units=$1 out=$2
shift 2
. "$units.sh"
mkdir -p "$out"
here=$(dirname "$0")

# The proofs that speak of a file, those that end in seconds. None: the fuzz alone judges it.
proofs_of() {
  case $1 in
  lookaside_tlb_match.sv) echo match line ;;
  lookaside_tlb_line.sv) echo line pair ;;
  lookaside_tlb.sv) echo tlb-4 tlb-sets ;;
  lookaside_tlb_merge.sv | lookaside_tlb_fit.sv) echo fit tlb-4 ;;
  lookaside_permission_check.sv) echo permission-check ;;
  lookaside_pmp_entry.sv) echo pmp-entry ;;
  lookaside_pmp.sv) echo pmp-4 ;;
  lookaside_plru.sv) echo plru ;;
  lookaside_lru.sv) echo lru ;;
  lookaside_replacement.sv) echo replacement-plru ;;
  lookaside_page_walker.sv) echo walker-sv39 ;;
  lookaside_pkg.sv) echo fit walker-sv39 walker-sv57 ;;
  esac
}

# Everything about one fault; called again by xargs.
if [ "${1:-}" = --one ]; then
  name=$2
  dir=$out/$name
  rm -rf "$dir"
  mkdir -p "$dir"
  line=$("$rtl_fault" "$table" list | awk -F '\t' -v n="$name" '$1 == n')
  [ -n "$line" ] || { echo "no fault '$name' in $table" >&2; exit 2; }
  unit=$(printf '%s' "$line" | cut -f2)
  file=$(printf '%s' "$line" | cut -f3)
  # unit  library  program  filter  module  prefix  parameters
  row=$(awk -v u="$unit" '$1 == u' "$units")
  [ -n "$row" ] || { echo "no unit '$unit' in $units" >&2; exit 2; }
  # shellcheck disable=SC2086
  set -- $row
  filter=$4 module=$5
  shift 6
  "$rtl_fault" "$table" apply "$name" "$rtl" "$dir/rtl"

  failing=
  for proof in $(proofs_of "$file"); do
    status=0
    "$lookaside" rtl prove "$proof" --no-covers --rtl "$dir/rtl" -j 1 >"$dir/proof.$proof" 2>&1 || status=$?
    case $status in
    0) ;;
    1) failing="$failing${failing:+,}$proof" ;;
    *) echo "$name: rtl prove $proof: $(tail -n 1 "$dir/proof.$proof")" >&2; exit 2 ;;
    esac
  done
  if [ -z "$(proofs_of "$file")" ]; then failing=-; elif [ -z "$failing" ]; then failing=none; fi

  if sh "$here/unit.sh" "$units" "$unit" "$module" "$dir" -y "$dir/rtl" "$@" \
    "$dir/rtl/lookaside_pkg.sv" "$dir/rtl/$module.sv" >"$dir/log" 2>&1; then
    LOOKASIDE_OPERATIONS=1000000 timeout 600 "$dir/test" --gtest_fail_fast --gtest_filter="$filter" >"$dir/run" 2>&1 || :
    operations=$(grep -aoE 'operation [0-9]+' "$dir/run" | head -n 1 | cut -d ' ' -f2)
    what=$(grep -aE '^ *Which is: "operation|^[^ ].*(Failure|does not|stale|no answer)' -A 3 "$dir/run" |
      grep -avE 'Failure|^Expected|^--|LOOKASIDE' | head -n 1 | sed 's/^ *//; s/^Which is: //' | cut -c 1-70)
    operations=${operations:-NOT FOUND}
  else
    operations='NOT BUILT' what=$(tail -n 1 "$dir/log")
  fi
  printf '%s\t%s\t%s\t%s\n' "$line" "$operations" "$failing" "$what" >"$dir/result"
  rm -rf "$dir/obj" "$dir/rtl" "$dir/test"
  exit 0
fi

names=${*:-$("$rtl_fault" "$table" list | cut -f1)}
# shellcheck disable=SC2086
printf '%s\n' $names | xargs -P "$(nproc)" -n 1 sh "$0" "$units" "$out" --one

status=0
printf '%-56s %-10s %10s  %-14s %s\n' fault fuzz operations 'proof fails' kind
for name in $names; do
  awk -F '\t' '{ printf "%-56s %-10s %10s  %-14s %s\n", $1, $2, $5, $6, $4 }' "$out/$name/result"
  # Not found, not built, or not noticed by any of the proofs that speak of its file.
  if awk -F '\t' '$5 ~ /^NOT / || $6 == "none" { exit 1 }' "$out/$name/result"; then :; else status=1; fi
done
# shellcheck disable=SC2086
total=$(printf '%s\n' $names | wc -l)
results=$(for name in $names; do cat "$out/$name/result"; done)
found=$(printf '%s\n' "$results" | grep -vcE 'NOT (FOUND|BUILT)' || :)
spoken=$(printf '%s\n' "$results" | awk -F '\t' '$6 != "-"' | wc -l)
proven=$(printf '%s\n' "$results" | awk -F '\t' '$6 != "-" && $6 != "none"' | wc -l)
echo "$found of $total faults found by fuzz, $proven of $spoken by the proofs of their block"
exit "$status"
