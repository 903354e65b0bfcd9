#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The host's /etc is what it was before the tests that ran with this one, which comes last.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

before=${VP_BUILDDIR:?}/tests/host-etc.before
[ -s "$before" ] || skip_all "nothing was noted before: run it by make check"
"$VP_SRCDIR/tests/lib/host-etc" >"$tap_dir/after"

ok "/etc of the host is as it was before the tests" diff "$before" "$tap_dir/after"

echo x >>"$tap_dir/after"
not_ok "a difference would be seen" diff "$before" "$tap_dir/after"

done_testing
