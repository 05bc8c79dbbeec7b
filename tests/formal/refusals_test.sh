#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `lookaside rtl area`, `mutate` and `netlist` refuse: exit status 2, one message, no file.
# Usage: refusals_test.sh LOOKASIDE
set -u
lookaside=$1
here=$(dirname "$0")/prover
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

# refused MESSAGE COMMAND [OPTION...]
refused() {
  message=$1
  shift
  "$lookaside" rtl "$@" --work "$out/work" >"$out/out" 2>"$out/err"
  got=$?
  if [ $got -ne 2 ] || [ -s "$out/out" ] || [ "$(wc -l <"$out/err")" -ne 1 ] ||
     ! grep -q "^lookaside: $message" "$out/err"; then
    echo "FAILED: rtl $*: status $got, expected 2 and '$message'; found:"
    cat "$out/out" "$out/err"
    failed=1
  fi
}

refused "no module 'lookaside_countr', did you mean 'lookaside_counter'; expected one of" \
  area --rtl "$here/rtl" --generic --module lookaside_countr
refused "no parameter of lookaside_counter 'Top'; expected none" \
  area --rtl "$here/rtl" --generic --module lookaside_counter --set Top=4
refused "no parameter of lookaside_plru 'Way', did you mean 'Ways'; expected one of Ways" \
  area --generic --module lookaside_plru --set Way=4
rm -rf "$out/work"
refused "/proc/no/x.json: cannot be written" area --generic --json /proc/no/x.json
refused "/proc/no/x.json: cannot be written" mutate plru --json /proc/no/x.json
echo "tlb library program filter lookaside_tlb Tlb" >"$out/units"
refused "no unit 'tbl', did you mean 'tlb'; expected one of tlb" netlist tbl --units "$out/units"
refused "/proc/no/x.json: cannot be written" \
  netlist tlb --units "$out/units" --json /proc/no/x.json
if [ -e "$out/work" ]; then
  echo "FAILED: a run that is refused at once leaves a directory behind"
  failed=1
fi
exit $failed
