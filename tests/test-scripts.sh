#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every script of the tree is clean to shellcheck; bootstrap explains itself.
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
command -v shellcheck >/dev/null || skip_all "shellcheck is not installed"

# shell scripts among "$@" and below
scripts()
{
    find "$@" \( -name stage -o -name corpus \) -prune -o -type f ! -name '*.[cho]' ! -name '*.log' -print | while read -r file; do
        if head -n 1 "$file" | grep -aqE '^#!.*[/ ](ba|da)?sh( |$)|^# shellcheck shell='; then
            echo "$file"
        fi
    done | LC_ALL=C sort
}

cd "$VP_SRCDIR" || exit 1
for script in $(scripts bootstrap .ci debian data doc hooks tests 2>/dev/null); do
    ok "$script" shellcheck -x "$script"
done

like "bootstrap has a help" "$(./bootstrap --help)" '^  check '
for wrong in '' bake 'demo --now' 'check --host'; do
    # shellcheck disable=SC2086  # words
    ./bootstrap $wrong >"$tap_dir/out" 2>"$tap_dir/err"
    is "'bootstrap $wrong' is refused" $? 64
    is "  without output" "$(cat "$tap_dir/out")" ""
done

done_testing
