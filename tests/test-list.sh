#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload list, doctor and sweep: what guests have, and that no image of a running guest goes.
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
images=$tap_dir/payload
running=$images/c7a5fdbd-cdaf-9455-926a-d65c16db1809.img
stopped=$images/c7a5fdbe-cdaf-9455-926a-d65c16db1809.img
unknown=$images/c7a5fdbf-cdaf-9455-926a-d65c16db1809.img
conf=$tap_dir/virt-payload.conf
TERM=xterm
export TERM
unset NO_COLOR

mkdir -m 0711 "$images"
printf '[virt-payload]\ndirectory = %s\n' "$images" >"$conf"
sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$running'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$web1" >"$tap_dir/web1.xml"
sed -e 's/>web1</>web2</' -e 's/c7a5fdbd/c7a5fdbe/' -e 's/web1\.ex/web1 ex/' "$web1" >"$tap_dir/web2.xml"
sed -e 's/>web1</>web3</' -e 's/c7a5fdbd/c7a5fdba/' -e '/<metadata>/,/<\/metadata>/d' "$web1" \
    >"$tap_dir/web3.xml"
node_guest running "$tap_dir/web1.xml"
node_guest shutoff "$tap_dir/web2.xml" "$tap_dir/web3.xml"

payload()
{
    virt-payload --config-file "$conf" -c "$node_uri" "$@"
}

make_images()
{
    for image in "$running" "$stopped" "$unknown" "$images/.$(basename "$unknown").tmp"; do
        : >"$image"
        chmod 0600 "$image"
    done
    echo kept >"$images/notes.txt"
}

# --- list

is "list: a missing image, an invalid payload, no guest without" "$(payload list | tr -s ' ')" \
    "guest state kind drive image payload
web1 running config-drive sda (sata) missing current
web2 shut off - none - invalid"
make_images
like "list: the image is there" "$(payload list)" '^web1 .* there +current$'
is "list --json" "$(payload list --json | python3 -c '
import json, sys
print([(g["guest"], g["payload"], g["uuid"][:8], g["next-drive"]) for g in json.load(sys.stdin)])')" \
    "[('web1', 'current', 'c7a5fdbd', 'sda'), ('web2', 'invalid', 'c7a5fdbe', 'none')]"
like "list: colour on a terminal" "$(on_terminal virt-payload -c "$node_uri" list)" \
    "$(printf '\033')\\[31minvalid"
unlike "list: none elsewhere" "$(payload list)" "$(printf '\033')"

# --- doctor

out=$(payload doctor)
is "doctor: its status" $? 1
like "doctor: a stale image" "$out" "^$(basename "$unknown"): its guest does not run"
unlike "doctor: not that of a guest that runs" "$out" "^$(basename "$running")"
like "doctor: a payload that a start would refuse" "$out" '^web2: .*hostname.*refused'
unlike "doctor: no value of it" "$out" 'web1 ex'
chmod 0777 "$images"
like "doctor: the directory" "$(payload doctor)" "^$images: "
chmod 0711 "$images"
like "doctor: libvirt" "$(virt-payload -c test:///nonexistent/node.xml doctor)" '^libvirt: '

# --- sweep

is "60: sweep lists what is stale" "$(payload sweep | sort)" \
    "c7a5fdbe-cdaf-9455-926a-d65c16db1809: stale; --remove takes it away
c7a5fdbf-cdaf-9455-926a-d65c16db1809: stale; --remove takes it away"
ok "and removes nothing" test -e "$stopped"
not_ok "libvirt cannot be asked" virt-payload --config-file "$conf" \
    -c test:///nonexistent/node.xml sweep --remove
ok "then nothing goes" test -e "$stopped"
ok "sweep --remove" payload sweep --remove
is "leaves the image of the running guest, and what is not ours" "$(ls -A "$images")" \
    "$(basename "$running")
notes.txt"
is "a second time there is nothing" "$(payload sweep)" ""
rm -r "$images"
ok "nor where there is no directory" payload sweep --remove

done_testing
