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

# define FILE: the running guest web1, with a drive that shows the image
define()
{
    sed "s|<console type='pty'/>|<disk type='file' device='cdrom'><source file='$image'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$1" >"$tap_dir/web1.xml"
    node_guests=''
    node_guest running "$tap_dir/web1.xml"
}
define "$web1"

differ()
{
    virt-payload -c "$node_uri" diff "$@" 2>"$tap_dir/err"
}

virt-payload render "$web1" -o "$image"
out=$(differ web1)
is "diff of the same: status 0, and no output" "$?-$out" 0-

sed -e 's/touch/rm -f/' -e 's/web1\.example/web0.example/' "$web1" >"$tap_dir/old.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
like "diff: colour on a terminal" "$(on_terminal virt-payload -c "$node_uri" diff web1)" \
    "$(printf '\033')\\[32m\\+"

sed 's/>canary</>canary2</' "$web1" >"$tap_dir/old.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
out=$(differ web1)
is "diff of another secret: status 1" $? 1
like "diff of another secret: says that it differs" "$out" 'differs in what is masked'
unlike "diff of another secret: shows neither" "$out" canary

commands=$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    echo "<payload:run-cmd>echo line $i</payload:run-cmd>"
done)
many()
{
    awk -v commands="$1" '/<payload:run-cmd>/ { print commands; next } { print }' "$web1"
}
many "$commands" >"$tap_dir/new.xml"
many "$(echo "$commands" | sed -e 's/line 2</line two</' -e '/line 13</d')" >"$tap_dir/old.xml"
define "$tap_dir/new.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
out=$(differ web1)
is "diff of changes that are far apart: two hunks" "$(echo "$out" | grep -c '^@@')" 2
if command -v diff >/dev/null; then
    for side in old new; do
        virt-payload dump "$tap_dir/$side.xml" -f user_data >"$tap_dir/$side"
    done
    is "diff of changes that are far apart: as diff -u has them" "$(echo "$out" | sed 1,2d)" \
        "$(diff -u "$tap_dir/old" "$tap_dir/new" | sed 1,2d)"
else
    skip "diff of changes that are far apart: as diff -u has them" "no diff"
fi

# Files that differ, but in no line that is shown: what is said of them is true.
file()
{
    echo "<payload:file path='$1' encoding='base64'>$(printf %b "$2" | base64 -w 0)</payload:file>"
}
with_files()
{
    awk -v files="$1" '/<payload:run-cmd>/ { print files } { print }' "$web1"
}
with_files "$(file end 'a\nb\n')$(file bin '\0\01')$(file same '\n')$(file gone '')" >"$tap_dir/old.xml"
with_files "$(file end 'a\nb')$(file bin '\0\02')$(file same '\n')$(file come '\n')" >"$tap_dir/with.xml"
define "$tap_dir/with.xml"
virt-payload render "$tap_dir/old.xml" -o "$image"
is "diff of files without a line that differs: what is said" "$(differ web1)" "--- attached/bin
+++ defined/bin
 (it differs in what is not shown)
--- attached/end
+++ defined/end
 (only one of the two ends with a line feed)
--- attached/gone
+++ /dev/null
 (it is empty)
--- /dev/null
+++ defined/come
@@ -0,0 +1,1 @@
+"
is "diff --json of files without a line that differs: no lines" \
    "$(differ web1 --json | grep -c '"diff": \[\]')" 3

differ none
is "diff of no guest: status 2" $? 2

done_testing
