#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs test-threats.py in a private world with the hook installed.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
private_world --bare --staged "$0" "$@"

rm -rf "$tap_dir"
exec python3 -B "$VP_SRCDIR/tests/test-threats.py"
