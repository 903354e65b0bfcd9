#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload show: the fields of a definition, with its secrets masked unless they are asked for.
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

node_guest shutoff "$web1"

like "show --show-secrets does not" "$(virt-payload show -s "$web1")" canary
esc=$(sed "s|</payload:cloud-init>|<payload:final-message>$(printf '\302\233\342\200\256\177')<\!\[CDATA[$(
    printf '\342\200\256')]]></payload:final-message>&|" "$web1")
for format in json xml yaml; do
    is "84: show --$format has no character that a terminal acts on" "$(echo "$esc" |
        virt-payload show --$format - | LC_ALL=C grep -c "$(printf '\302\233\|\342\200\256\|\177')")" 0
    is "84: show --$format has them as escapes" "$(echo "$esc" | virt-payload show --$format - |
        grep -ci '202e.*202e')" 1
done
is "show --yaml says the same" "$(virt-payload show -y "$web1" | python3 -c '
import json, subprocess, sys
try:
    import yaml
except ImportError:
    print(True)
else:
    other = json.loads(subprocess.check_output(["virt-payload", "show", "-j", sys.argv[1]]))
    print(yaml.safe_load(sys.stdin) == other)' "$web1")" True
virt-payload show -x -s "$web1" >"$tap_dir/element.xml"
ok "show --xml is a payload element" virt-payload validate --schema "$schema" "$tap_dir/element.xml"
ok "show: one form at a time" usage virt-payload show -x -j "$web1"

done_testing
