#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every man page is without a warning of man's and groff's.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v man >/dev/null || skip_all "man is not installed"
command -v groff >/dev/null || skip_all "groff is not installed"

warnings()
{
    groff -t -man -ww -z "$1" 2>&1
    {
        LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
            man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null
    } 2>&1
}

for page in "$VP_SRCDIR"/man/*.[1-8]; do
    is "${page##*/}: no warning" "$(warnings "$page")" ""
done
done_testing
