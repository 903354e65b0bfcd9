#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload validate: every error, each once, at its place.
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"
need_terminals "$0" "$@"

sed 's/web1\.example/web1 example/' "$web1" >"$tap_dir/bad.xml"
sed 's|<uuid>.*</uuid>|<uuid>canary</uuid>|' "$web1" >"$tap_dir/uuid.xml"
is "validate: the place of a wrong UUID" "$(virt-payload validate "$tap_dir/uuid.xml" | sed 's|^.*/||')" \
    "uuid.xml:$(grep -n '<uuid>' "$web1" | sed 's/:.*//'): error: uuid: is not a UUID [uuid]"
not_ok "validate --strict" virt-payload validate --strict "$web1"
not_ok "validate: no XML" virt-payload validate "$keys"
not_ok "validate: empty" virt-payload validate /dev/null
like "validate: colour on a terminal" "$(on_terminal virt-payload validate "$tap_dir/bad.xml")" \
    "$(printf '\033')\\[31merror"
for example in "$VP_SRCDIR"/data/examples/*.xml; do
    out=$(virt-payload validate --schema "$schema" "$example")
    is "validate: $(basename "$example")" "$?-$(printf '%s\n' "$out" | grep -c '\[schema\]')" 0-0
done
if [ -x /usr/bin/cloud-init ]; then
    printf '#cloud-config\nruncmd: 5\n' >"$tap_dir/user-data"
    virt-payload set - --user-data "$tap_dir/user-data" <"$plain" >"$tap_dir/raw.xml"
    out=$(virt-payload validate --cloud-init "$tap_dir/raw.xml")
    is "validate --cloud-init: its status" $? 1
    like "validate --cloud-init" "$out" 'raw.xml: cloud-init: .*runcmd'
    printf '#cloud-config\npassword: [canary]\n' >"$tap_dir/user-data"
    virt-payload set - --user-data "$tap_dir/user-data" <"$plain" >"$tap_dir/raw.xml"
    out=$(virt-payload validate --cloud-init "$tap_dir/raw.xml")
    like "validate --cloud-init: a secret that is a mistake" "$out" 'raw.xml: cloud-init: .*password: .*is not of type'
    unlike "  is not quoted" "$out" canary
else
    skip "validate --cloud-init" "no cloud-init"
fi

done_testing
