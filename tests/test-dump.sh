#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload dump: the files of an image, wherever it comes from; masked, escaped, and never trusted.
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
xml=$VP_SRCDIR/tests/data/command/web1.xml
uuid=c7a5fdbd-cdaf-9455-926a-d65c16db1809
user_data=openstack/latest/user_data
esc=$(printf '\033')
TERM=xterm
export TERM
unset NO_COLOR

dump()
{
    virt-payload dump "$@" 2>"$tap_dir/err"
}

fails_with()
{
    wanted=$1
    shift
    "$@" >"$tap_dir/out" 2>"$tap_dir/err" </dev/null
    status=$?
    cat "$tap_dir/err"
    [ "$status" = "$wanted" ] && [ "$(wc -l <"$tap_dir/err")" = 1 ]
}

virt-payload render "$xml" -o "$tap_dir/$uuid.img"

# --- the forms of output

out=$(dump "$xml")
like "70: with passwords masked" "$out" 'password.*: "\*{8}"'
unlike "dump shows no secret" "$out" canary
unlike "  no colour without a terminal" "$out" "$esc"
is "dump says nothing more of a definition" "$(cat "$tap_dir/err")" ""
like "--show-secrets shows them" "$(dump --show-secrets "$xml")" canary
is "a definition on standard input" "$(dump -l - <"$xml")" "$(dump -l "$xml")"
is "  from a pipe" "$(sed -n p "$xml" | dump -l /dev/fd/0)" "$(dump -l "$xml")"
is "an image has the same files" "$(dump -l "$tap_dir/$uuid.img")" "$(dump -l "$xml")"
(cd "$tap_dir" && virt-payload dump -c "test:///default" -l "$uuid.img") >"$tap_dir/out" 2>&1
is "  by a name without slash" "$(cat "$tap_dir/out")" "$(dump -l "$xml")"

virt-payload render "$xml" --tree "$tap_dir/tree"
dump --show-secrets --file $user_data "$xml" >"$tap_dir/one"
ok "--file gives a file byte for byte" cmp "$tap_dir/one" "$tap_dir/tree/$user_data"
dump -s -f user_data "$tap_dir/$uuid.img" >"$tap_dir/one"
ok "--file takes a path's last component" cmp "$tap_dir/one" "$tap_dir/tree/$user_data"
unlike "  masked else" "$(dump -f user_data "$xml")" canary
ok "no such file" fails_with 1 virt-payload dump -f none "$xml"

ok "the forms exclude each other" fails_with 2 virt-payload dump --json --list "$xml"

ok "--extract writes the files" dump --extract "$tap_dir/x" -s "$xml"
ok "  as they are" diff -r "$tap_dir/x" "$tap_dir/tree"
is "  that none but the owner reads" "$(find "$tap_dir/x" -perm /077)" ""
ok "  writes over none" fails_with 1 virt-payload dump -x "$tap_dir/x" -s "$xml"
mkdir "$tap_dir/y" "$tap_dir/elsewhere"
ln -s "$tap_dir/elsewhere" "$tap_dir/y/openstack"
ok "67: --extract does not follow a link" fails_with 1 virt-payload dump -x "$tap_dir/y" "$xml"
is "  nothing was written there" "$(ls "$tap_dir/elsewhere")" ""
ok "masked without --show-secrets" dump -x "$tap_dir/z" "$xml"
ok "in every file" sh -c "! grep -r canary '$tap_dir/z'"

# --- guests

sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$tap_dir/$uuid.img'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$xml" >"$tap_dir/web1.xml"
sed -e 's/>web1</>web2</' -e 's/c7a5fdbd/c7a5fdbe/' "$xml" >"$tap_dir/web2.xml"
sed -e 's/>web1</>web3</' -e 's/c7a5fdbd/c7a5fdbf/' -e '/<metadata>/,/<\/metadata>/d' "$xml" \
    >"$tap_dir/web3.xml"
sed -e 's/>web1</>web4</' -e 's/c7a5fdbd/c7a5fdba/g' "$tap_dir/web1.xml" >"$tap_dir/web4.xml"
node_guest running "$tap_dir/web1.xml" "$tap_dir/web4.xml"
node_guest shutoff "$tap_dir/web2.xml" "$tap_dir/web3.xml"

out=$(dump -c "$node_uri" web1)
like "of a running guest, its image" "$out" "^$tap_dir/$uuid.img: iso9660, label config-2"
is "  without any other message" "$(cat "$tap_dir/err")" ""
is "a guest's UUID names it as well" "$(dump -c "$node_uri" $uuid)" "$out"
virt-payload render "$xml" | sed 's/hostname/HOSTNAME/g' >"$tap_dir/$uuid.img"
like "the image itself, not its definition" "$(dump -c "$node_uri" web1 -f meta_data.json)" HOSTNAME
dump -c "$node_uri" -l web2 >"$tap_dir/one"
like "of a guest shut off, says so" "$(cat "$tap_dir/err")" '^virt-payload: web2: is not running;'
is "  what it would be given" "$(cat "$tap_dir/one")" "$(dump -l "$xml")"
ok "a guest without payload" fails_with 1 virt-payload dump -c "$node_uri" web3
like "  is named" "$(cat "$tap_dir/err")" '^virt-payload: web3: .*\[not-found\]$'
ok "an image that is gone" fails_with 1 virt-payload dump -c "$node_uri" web4
like "  is named" "$(cat "$tap_dir/err")" "^virt-payload: web4: .*: no such image \[not-found\]$"
ok "an unknown guest" fails_with 1 virt-payload dump -c "$node_uri" "we${esc}b"
like "  is escaped" "$(cat "$tap_dir/err")" '^virt-payload: we\\x1bb: .*\[not-found\]$'

# --- terminals

out=$(on_terminal virt-payload dump "$xml")
like "colours on a terminal" "$out" "$esc\\[1m==> "
unlike "  no colour with NO_COLOR" "$(NO_COLOR=1 on_terminal virt-payload dump "$xml")" "$esc"
unlike "  no colour on a dumb terminal" "$(TERM=dumb on_terminal virt-payload dump "$xml")" "$esc"
like "an image is not for a terminal" "$(on_terminal virt-payload render "$xml")" '\[usage\]$'

# --- foreign and hostile images

mkdir -p "$tap_dir/src/dir"
printf '#cloud-config\npassword: canary\n' >"$tap_dir/src/user-data"
printf 'a%s[2Jb\n' "$esc" >"$tap_dir/src/dir/escapes"
printf 'a\000b' >"$tap_dir/src/binary"
gzip -nc "$tap_dir/src/user-data" >"$tap_dir/src/packed"
if command -v genisoimage >/dev/null; then
    genisoimage -quiet -R -J -V cidata -o "$tap_dir/foreign.iso" "$tap_dir/src" 2>/dev/null
    out=$(dump "$tap_dir/foreign.iso")
    like "an ISO image of genisoimage" "$out" 'label cidata'
    like "  its files" "$out" '^==> user-data <==$'
    unlike "masked" "$out" canary
    unlike "63: without what a terminal acts on" "$out" "$esc"
    like "  visible" "$out" '^a\\x1b\[2Jb$'
    like "binary content is not shown" "$out" '^\(binary\)$'
    like "  not compressed" "$out" '^\(compressed data, not searched'
    ok "  not as a file" fails_with 1 virt-payload dump -f packed "$tap_dir/foreign.iso"
    dump -f packed -s "$tap_dir/foreign.iso" >"$tap_dir/one"
    ok "  as it is with --show-secrets" cmp "$tap_dir/one" "$tap_dir/src/packed"
    dump -f escapes "$tap_dir/foreign.iso" >"$tap_dir/one"
    ok "one file is as it is in a pipe" cmp "$tap_dir/one" "$tap_dir/src/dir/escapes"
    unlike "  escaped on a terminal" \
        "$(on_terminal virt-payload dump -f escapes "$tap_dir/foreign.iso")" "$esc"
else
    skip "a foreign ISO image" "no genisoimage"
fi
if command -v mcopy >/dev/null; then
    truncate -s 1440k "$tap_dir/foreign.img"
    mformat -i "$tap_dir/foreign.img" -f 1440 -v CIDATA ::
    mcopy -s -i "$tap_dir/foreign.img" "$tap_dir/src/user-data" "$tap_dir/src/dir" ::
    like "a FAT image of mtools" "$(dump "$tap_dir/foreign.img")" 'vfat, label CIDATA'
    is "  its files" "$(dump -l "$tap_dir/foreign.img" | sort)" "dir/escapes
user-data"
else
    skip "a foreign FAT image" "no mtools"
fi

printf 'QFI\373\000\000\000\003' >"$tap_dir/disk.qcow2"
truncate -s 1M "$tap_dir/disk.qcow2"
truncate -s 1T "$tap_dir/sparse.img"
mkfifo "$tap_dir/fifo"
: >"$tap_dir/empty.img"
for file in disk.qcow2 empty.img; do
    ok "68: $file is refused" fails_with 1 timeout 10 virt-payload dump "$tap_dir/$file"
    like "$file is not an image" "$(cat "$tap_dir/err")" '\[image-format\]$'
done
ok "66: a sparse terabyte is refused" fails_with 1 timeout 10 virt-payload dump "$tap_dir/sparse.img"
ok "69: a FIFO is refused" fails_with 1 timeout 10 virt-payload dump "$tap_dir/fifo"
ok "69: a device is refused" fails_with 1 timeout 10 virt-payload dump /dev/zero
ok "69: a directory is refused" fails_with 1 virt-payload dump "$tap_dir/"

done_testing
