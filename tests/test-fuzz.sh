#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make fuzz` runs: executions are summed over runs, however these end. The targets are scripts that say what
# libFuzzer would.
# shellcheck disable=SC2317,SC2016 # functions are called through ok; shell in quotes

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

kept=$tap_dir/kept

# target NAME SHELL: what it does besides
target()
{
    printf '#!/bin/bash\necho "$*" >>"%s/called-%s"\n%s\n' "$tap_dir" "$1" "$2" >"$tap_dir/fuzz-$1"
    chmod +x "$tap_dir/fuzz-$1"
}

run()
{
    "$VP_SRCDIR/tests/fuzz/run-fuzz" "$kept" 50 "$tap_dir/fuzz-domain" "$tap_dir/fuzz-mime" -- -timeout=10 \
        >"$tap_dir/out" 2>&1
}

sum()
{
    tail -n 3 "$tap_dir/out" | awk -v name="$1" '$1 == name { print $2 }'
}

says='echo "stat::number_of_executed_units: $((40 + 2))" >&2'
target domain "$says"
target mime "$says; echo 'stat::average_exec_per_sec: 7'"
ok "a run" run
is "  the sum is what was executed" "$(sum domain) $(sum mime)" "42 42"
ok "another run" run
is "  the sum has both" "$(sum domain) $(sum mime)" "84 84"
like "flags, runs and inputs are the target's" "$(cat "$tap_dir/called-domain")" \
    "^-timeout=10 -dict=.*/domain.dict -runs=50 .*-artifact_prefix=$kept/domain- $kept/corpus-domain .*/corpus/domain\$"

target domain "$says; exit 77"
not_ok "a target that breaks a promise" run
is "  what it executed counts, and the others are run" "$(sum domain) $(sum mime)" "126 126"

# SIGTERM as well as SIGINT ends it; the latter is ignored below a shell's background job
target domain "trap '$says; exit 72' TERM; kill \$PPID; kill \$\$"
ok "a run that is interrupted" run
is "  what it executed counts, and it ends" "$(sum domain) $(sum mime)" "168 126"

target domain 'exit 1'
not_ok "a target that does not begin" run
is "  it adds nothing" "$(sum domain)" 168

done_testing
