#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook for VDSM, run as VDSM runs it: not as root, with next to no
# environment, the definition in a file of its own.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

data=$VP_SRCDIR/tests/data/rewrite
uuid=11111111-2222-4333-8444-555555555555
file=$tap_dir/domain.xml

# another user may not reach the build directory
cp "${VP_BUILDDIR:?}/virt-payload" "$tap_dir/virt-payload"
sed "s|^[^ ]*/virt-payload rewrite|$tap_dir/virt-payload rewrite|; s|^conf=.*|conf=$tap_dir/conf|" \
    "$VP_BUILDDIR/hooks/vdsm" >"$tap_dir/50_virt_payload"
chmod 0755 "$tap_dir/50_virt_payload"
mkdir "$tap_dir/work"
file=$tap_dir/work/domain.xml

# vdsm DEFINITION: the hook's status; what it did is in $file, what it said in $tap_dir/stderr
vdsm()
{
    cp "$1" "$file"
    chmod 0600 "$file"
    if [ "$(id -u)" = 0 ]; then
        chown -R 36:36 "$tap_dir/work"
        set -- setpriv --reuid=36 --regid=36 --clear-groups
    else
        set --
    fi
    "$@" env -i PATH=/usr/bin:/bin HOME=/var/lib/vdsm LC_ALL=C _hook_domxml="$file" vmId=$uuid \
        "$tap_dir/50_virt_payload" >"$tap_dir/stdout" 2>"$tap_dir/stderr"
}

vdsm "$data/foreign.in.xml"
is "a guest with metadata: go on" $? 0
is "  the definition has the drive" "$(cat "$file")" "$(cat "$data/foreign.out.xml")"
is "  nothing is said" "$(cat "$tap_dir/stdout" "$tap_dir/stderr")" ""
is "  the file keeps its mode" "$(stat -c %a "$file")" 600

vdsm "$data/ovirt-vdsm-path.in.xml"
is "oVirt's own payload: go on" $? 0
is "  its drive is taken over" "$(cat "$file")" "$(cat "$data/ovirt-vdsm-path.out.xml")"

vdsm "$data/virtio.in.xml"
is "a guest without metadata: go on" $? 0
ok "  not a byte is changed" cmp "$file" "$data/virtio.in.xml"

printf '[virt-payload]\n  directory = /srv/payload\n' >"$tap_dir/conf"
vdsm "$data/foreign.in.xml"
like "the configured directory is what the drive shows" "$(cat "$file")" "\"/srv/payload/$uuid.img\""
printf '[virt-payload]\ndirectory=/srv/pay load//\t \r\n' >"$tap_dir/conf"
vdsm "$data/foreign.in.xml"
like "  as the hook reads it, without slashes and blanks at the end" "$(cat "$file")" \
    "\"/srv/pay load/$uuid.img\""

sed 's|<payload:hostname>.*</payload:hostname>|<payload:hostname>a b</payload:hostname>|' \
    "$data/foreign.in.xml" >"$tap_dir/broken.xml"
vdsm "$tap_dir/broken.xml"
is "a broken field: the start is stopped" $? 2
like "  VDSM's log says which" "$(cat "$tap_dir/stderr")" '^virt-payload: .*hostname.*\[hostname\]$'
ok "  the definition is as it was" cmp "$file" "$tap_dir/broken.xml"

"$tap_dir/50_virt_payload" 2>/dev/null
is "  without VDSM: stop" $? 2

done_testing
