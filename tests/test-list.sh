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
printf '[virt-payload]\ndirectory = %s\nuri = %s\n' "$images" "$node_uri" >"$conf"
sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$running'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|
s|</payload:cloud-init>|  <payload:user name=\"op\">\n        <payload:uid>1500</payload:uid>\n\
      </payload:user>\n    &|" "$web1" \
    >"$tap_dir/web1.xml"
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

make_images
like "list: colour on a terminal" "$(on_terminal virt-payload -c "$node_uri" list)" \
    "$(printf '\033')\\[31minvalid"
unlike "list: no line ends with a blank" "$(payload list)" ' $'
unlike "list: none elsewhere" "$(payload list)" "$(printf '\033')"

note=$images/c7a5fdbd-cdaf-9455-926a-d65c16db1809.error
printf 'the drive cannot be hot-plugged: \033[2J [drive]' >"$note"
like "list: what the hand-over failed with, escaped" "$(payload list)" \
    '^web1 .* current +the drive cannot be hot-plugged: \\x1b\[2J \[drive\]$'
is "list --json has it" "$(payload list --json | python3 -c '
import json, sys
print([g["errors"][0][:9] for g in json.load(sys.stdin)])')" "['the drive', 'its start']"
for columns in 100 80 60; do
    out=$(LC_ALL=C.UTF-8 COLUMNS_OF_TERMINAL=$columns NO_COLOR=1 on_terminal \
        virt-payload --config-file "$conf" -c "$node_uri" list)
    is "list: $columns columns" "$(printf '%s\n' "$out" |
        python3 -c 'import sys; print(max(len(l.rstrip("\n")) for l in sys.stdin))')" $columns
    like "list: what is cut" "$out" '…$'
done
like "list: another character set" "$(LC_ALL=C COLUMNS_OF_TERMINAL=80 NO_COLOR=1 on_terminal \
    virt-payload --config-file "$conf" -c "$node_uri" list)" '~$'
rm "$note"

# --- doctor

mkdir "$tap_dir/secrets"
echo abc123 >"$tap_dir/secrets/flat"
cp "$conf" "$tap_dir/secrets.conf"
echo "secrets-directory = $tap_dir/secrets" >>"$tap_dir/secrets.conf"
like "doctor: a secret that no guest may use" \
    "$(virt-payload --config-file "$tap_dir/secrets.conf" -c "$node_uri" doctor)" \
    "^$tap_dir/secrets/flat: is not in a guest's directory"
chmod 0777 "$images"
like "doctor: the directory" "$(payload doctor)" "^$images: "
chmod 0711 "$images"
like "doctor: libvirt" "$(virt-payload -c test:///nonexistent/node.xml doctor)" '^libvirt: '

# --- a host with many guests

many=$tap_dir/many
mkdir -m 0711 "$many"
printf '[virt-payload]\ndirectory = %s\nuri = %s\n' "$many" "$node_uri" >"$tap_dir/many.conf"
node_before=$node_guests
awk -v many="$many" -v home="$tap_dir" '
    { all = all $0 "\n" }
    END {
        for (i = 0; i < 1000; i++) {
            guest = all
            uuid = sprintf("c7a5fdbd-cdaf-9455-926a-%012d", i)
            gsub("c7a5fdbd-cdaf-9455-926a-d65c16db1809", uuid, guest)
            sub("<name>web1<", "<name>guest" i "<", guest)
            gsub("<source file=.[^/]*" home "/payload", "<source file='"'"'" many, guest)
            printf "%s", guest >home "/many" i ".xml"
            printf "" >many "/" uuid ".img"
        }
    }' "$tap_dir/web1.xml"
chmod 0600 "$many"/*
node_guests=''
# shellcheck disable=SC2046 # names without blanks
node_guest running $(seq -f "$tap_dir/many%.0f.xml" 0 999)
# Milliseconds of processor time, for other tests run beside this one
took()
{
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=open("'"$tap_dir"'/out", "w"), stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(int((used.ru_utime + used.ru_stime) * 1000))' "$@"
}
libvirt=$(took virsh -c "$node_uri" list --all)
for command in list doctor sweep; do
    milliseconds=$(took virt-payload --config-file "$tap_dir/many.conf" -c "$node_uri" "$command")
    diag "$command of 1,000 guests: $milliseconds ms; virsh list: $libvirt ms"
    ok "$command of 1,000 guests: below two seconds beside the test driver's own" \
        test $((milliseconds - libvirt)) -lt 2000
    case $command in
        list) is "  all of them" "$(grep -c current "$tap_dir/out")" 1000 ;;
        sweep) is "  none of them stale" "$(cat "$tap_dir/out")" "" ;;
    esac
done
node_guests=$node_before
node_guest running
rm -r "$many" "$tap_dir"/many*.xml

# --- sweep

is "60: sweep lists what is stale" "$(payload sweep | sort)" \
    "c7a5fdbe-cdaf-9455-926a-d65c16db1809: stale; --remove removes it
c7a5fdbf-cdaf-9455-926a-d65c16db1809: stale; --remove removes it"
ok "  removes nothing" test -e "$stopped"
not_ok "libvirt cannot be asked" virt-payload --config-file "$conf" \
    -c test:///nonexistent/node.xml sweep --remove
ok "  nothing goes" test -e "$stopped"
printf '[virt-payload]\ndirectory = %s\n' "$images" >"$tap_dir/own.conf"
for uri in "$node_uri" test:///default; do
    like "82: sweep on $uri, which is not this host's daemon" \
        "$(virt-payload --config-file "$tap_dir/own.conf" -c "$uri" sweep --remove 2>&1)" \
        'not to the daemon of this host that uses .* connect to qemu:///system \[libvirt\]$'
done
ok "82: sweep on another daemon removes nothing" test -e "$stopped" -a -e "$running" -a -e "$unknown"
unlike "82: doctor on another daemon calls no image stale" \
    "$(virt-payload --config-file "$tap_dir/own.conf" -c test:///default doctor)" 'sweep'
ok "sweep --remove" payload sweep --remove
is "  leaves the image of the running guest, and what is not ours" "$(ls -A "$images")" \
    "$(basename "$running")
notes.txt"
is "a second time there is nothing" "$(payload sweep)" ""
rm -r "$images"
ok "  nothing without a directory" payload sweep --remove

done_testing
