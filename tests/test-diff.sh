#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload diff: what a running guest has against its definition, and the status of diff(1).
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/pty.sh
. "$VP_SRCDIR/tests/lib/pty.sh"
need_terminals "$0" "$@"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
image=$tap_dir/c7a5fdbd-cdaf-9455-926a-d65c16db1809.img
TERM=xterm
export TERM
unset NO_COLOR

sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$image'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$web1" >"$tap_dir/web1.xml"
sed -e 's/>web1</>web2</' -e 's/c7a5fdbd/c7a5fdbe/' "$web1" >"$tap_dir/web2.xml"
node_guest running "$tap_dir/web1.xml"
node_guest shutoff "$tap_dir/web2.xml"

differ()
{
    virt-payload -c "$node_uri" diff "$@" 2>"$tap_dir/err"
}

virt-payload render "$web1" -o "$image"
out=$(differ web1)
is "  the same: the status, and nothing to say" "$?-$out" 0-

sed -e 's/touch/rm -f/' -e 's/web1\.example/web0.example/' "$web1" >"$tap_dir/old.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
out=$(differ web1)
is "  another: the status" $? 1
like "the file" "$out" '^--- attached/openstack/latest/user_data$'
like "what is attached" "$out" '^-.*rm -f /var/tmp/ready'
like "what is defined" "$out" '^\+.*touch /var/tmp/ready'
like "the other file" "$out" '^\+.*web1\.example\.com'
unlike "no secret" "$out" canary
like "colour on a terminal" "$(on_terminal virt-payload -c "$node_uri" diff web1)" \
    "$(printf '\033')\\[32m\\+"

sed 's/>canary</>canary2</' "$web1" >"$tap_dir/old.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
out=$(differ web1)
is "  another secret: the status" $? 1
like "  a different secret is reported, and not shown" "$out" 'differs in what is masked'
unlike "in no form" "$out" canary

commands=$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    echo "<payload:run-cmd>echo line $i</payload:run-cmd>"
done)
many()
{
    awk -v commands="$1" '/<payload:run-cmd>/ { print commands; next } { print }' "$web1"
}
many "$commands" >"$tap_dir/new.xml"
many "$(echo "$commands" | sed -e 's/line 2</line two</' -e '/line 13</d')" >"$tap_dir/old.xml"
sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$image'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$tap_dir/new.xml" >"$tap_dir/web1.xml"
node_guests=''
node_guest running "$tap_dir/web1.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
out=$(differ web1)
is "what is far apart: two hunks" "$(echo "$out" | grep -c '^@@')" 2
if command -v diff >/dev/null; then
    for side in old new; do
        virt-payload dump "$tap_dir/$side.xml" -f user_data >"$tap_dir/$side"
    done
    is "  as diff -u has them" "$(echo "$out" | sed 1,2d)" \
        "$(diff -u "$tap_dir/old" "$tap_dir/new" | sed 1,2d)"
else
    skip "  as diff -u has them" "no diff"
fi

virt-payload render "$web1" --tree "$tap_dir/tree"
if command -v genisoimage >/dev/null; then
    rm "$tap_dir/tree/openstack/latest/user_data"
    : >"$tap_dir/tree/more"
    genisoimage -quiet -R -J -V config-2 -o "$image" "$tap_dir/tree" 2>/dev/null
    out=$(differ web1)
    is "files come and go: the status" $? 1
    like "one that comes" "$out" '^\+\+\+ defined/openstack/latest/user_data$'
    like "one that goes" "$out" '^--- attached/more$'
else
    skip "files come and go" "no genisoimage"
fi

rm "$image"
differ web1
is "no image: trouble" $? 2
differ web2
is "a guest that is not running: an error" $? 2
differ none
is "no guest: an error" $? 2

done_testing
