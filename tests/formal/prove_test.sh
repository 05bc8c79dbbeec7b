#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `lookaside rtl prove` on a block so small that every answer is known: what it says, and with which
# exit status. Usage: prove_test.sh LOOKASIDE
set -u
lookaside=$1
here=$(dirname "$0")/prover
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

# expect STATUS TEXT LIST [OPTION...]
expect() {
  status=$1 text=$2 list=$3
  shift 3
  "$lookaside" rtl prove --rtl "$here/rtl" --proofs "$here/$list.yaml" "$@" >"$out/log" 2>&1
  got=$?
  if [ $got -ne "$status" ] || ! grep -q "$text" "$out/log"; then
    echo "FAILED: $list $*: status $got, expected $status and '$text'; found:"
    cat "$out/log"
    failed=1
  fi
}

# Counted by hand: reset is cycle 1, so cycle 2 shows 0, cycle 7 shows 5, and cycle 8 would show 6.
expect 0 "full  *reached in cycle 7" good
expect 0 "never above the top .*broken by passes-the-top (cycle 8)" good --faults
expect 0 "full at the top .*broken by full-too-early (cycle 6)" good --faults
expect 0 "assumes: starts with reset" good
expect 1 "a_full_at_the_top: no fault breaks it" property_without_fault --faults
expect 1 "a_never_above_the_top: holds in spite of fault never-counts" fault_without_effect --faults
expect 2 "fault nowhere: 'count_o - 3'd1' must stand exactly once in" fault_that_does_not_fit --faults
expect 2 "fault_of_no_proof_faults.yaml:7: found 'counters'" fault_of_no_proof --faults
expect 2 "fault misspelt: proof counter has no property 'a_full_at_top'" fault_of_no_property --faults

# Without covers nothing is said of them, neither that they are reached nor that they are not.
expect 0 "full  *not asked" good --no-covers --json "$out/no_covers.json"
expect 0 "never above the top .*antecedent not asked" good --no-covers
expect 0 "never above the top .*broken by passes-the-top (cycle 8)" good --no-covers --faults
if ! grep -q '"antecedent_reached": null' "$out/no_covers.json" ||
   ! grep -q '"reached": null' "$out/no_covers.json"; then
  echo "FAILED: --no-covers --json says more than null:"
  cat "$out/no_covers.json"
  failed=1
fi
expect 2 "no-covers" good --no-covers --waves "$out/none"

# What cannot be written is refused before anything is proven, and nothing is left behind.
expect 2 "/proc/no/x.json: cannot be written" good --json /proc/no/x.json --waves "$out/none"
expect 2 "/proc/no: cannot be written: .*, expected a directory or a free name" good --waves /proc/no
if [ -e "$out/none" ]; then
  echo "FAILED: a run that is refused leaves a directory behind"
  failed=1
fi
expect 2 "^lookaside: found 'counter' with --quick, expected only quick proofs" good counter --quick
expect 2 "^lookaside: found no quick proof in .*, expected at least one to run" good --quick

# The second engine: it proves what holds, and does not prove what does not.
expect 0 "induction (yosys-smtbmc, cvc5)" good --smt
cp -r "$here" "$out/faulty"
(
  here=$out/faulty
  sed -i 's/ && !full_o//' "$here/rtl/lookaside_counter.sv"
  expect 1 "a_never_above_the_top.*: not proven" good --smt --no-covers
  expect 1 "a_never_above_the_top.*: not proven" good --no-covers
  sed -i 's/depth: 9/smt_solver: yices/' "$here/good.yaml"
  expect 2 "good.yaml:7: found smt_solver 'yices', expected cvc5 or z3" good --smt
  exit $failed
) || failed=1

# The witness of the cover is a VCD with the block's signals by name, in which `count` ends at 5.
expect 0 "1 proofs" good --waves "$out/waves"
vcd=$out/waves/counter.c_full.vcd
id=$(sed -n 's/^\$var wire 3 \([^ ]*\) count \$end$/\1/p' "$vcd")
if ! grep -q '^\$enddefinitions' "$vcd" || [ -z "$id" ] ||
   [ "$(grep -F " $id" "$vcd" | grep '^b' | tail -1)" != "b101 $id" ]; then
  echo "FAILED: the witness $vcd does not end with count = 5:"
  cat "$vcd"
  failed=1
fi
# GTKWave's own reader takes it, where that is installed.
if command -v vcd2fst >/dev/null && ! vcd2fst "$vcd" "$out/count.fst" >"$out/log" 2>&1; then
  echo "FAILED: vcd2fst refuses the witness:"
  cat "$out/log"
  failed=1
fi
exit $failed
