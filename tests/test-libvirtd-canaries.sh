#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests with secrets planted all over their payloads, many of them with mistakes: nothing that an administrator
# reads about them on a real host shows one. The guests have no system to boot, and are started without running.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"

count=26
elements=$tap_dir/elements
read=$tap_dir/read
started=0
refused=0

# whether a secret can be read in the file
canary_in()
{
    "${VP_BUILDDIR:?}/tests/canary-elements" "$1"
}

# definition NUMBER ELEMENT: of the guest of that number, with that element
definition()
{
    guest_xml "g$1" system=none machine=pc uuid="6695eb01-f6a4-8304-79aa-97f2502e1$(printf %03d "$1")" \
        metadata-file="$elements/$2.xml"
}

# define NUMBER ELEMENT; libvirt's own error would quote XML that is not well-formed
define()
{
    definition "$1" "$2" >"$tap_dir/g.xml"
    xmllint --noout "$tap_dir/g.xml" 2>/dev/null && virsh -q define "$tap_dir/g.xml" >/dev/null
}

# reads NAME COMMAND...: what the command says, however it ends, is part of what is read under that name
reads()
{
    local name=$1

    shift
    setsid "$@" >>"$read/$name" 2>&1 </dev/null
}

start()
{
    if reads "virsh start" virsh -q start "$1" --paused; then
        started=$((started + 1))
        payload_wait payload_plugged "$1"
    else
        refused=$((refused + 1))
    fi
}

# What is asked of a guest, of its definition and, if it runs, of its image.
ask()
{
    local format file

    reads validate virt-payload validate "$1"
    for format in '' --json --xml --yaml; do
        reads "show $format" virt-payload show ${format:+"$format"} "$1"
    done
    reads edit env TMPDIR="$tap_dir" EDITOR="sed -i '\$s|</[a-z:-]*>\$|<pasword>x</pasword>&|'" virt-payload edit "$1"
    reads dump virt-payload dump "$1"
    reads "dump --json" virt-payload dump --json "$1"
    virt-payload dump --list "$1" 2>/dev/null | while read -r file; do
        reads "dump --file" virt-payload dump --file "$file" "$1"
    done
}

mkdir "$elements" "$read"
"$VP_BUILDDIR/tests/canary-elements" $count "$elements"
payload_journal_start

for ((i = 0; i < count; i++)); do
    definition "$i" "$i" >"$tap_dir/file.xml"
    reads "validate FILE" virt-payload validate "$tap_dir/file.xml"
    define "$i" "$i" || continue
    virsh dumpxml "g$i" >>"$tap_dir/stored"
    start "g$i"
    ask "g$i"
    virt-payload dump --show-secrets "g$i" >>"$tap_dir/secrets" 2>/dev/null
    # what a running guest was given differs from its definition from now on
    define "$i" $(((i + 1) % count))
    reads diff virt-payload diff "g$i"
done
reads list virt-payload list
reads "list --json" virt-payload list --json
reads doctor virt-payload doctor
for guest in $(virsh -q list --all --name); do
    reads update virt-payload update --dry-run "$guest"
    reads set virt-payload set "$guest" --timezone UTC
    reads "virsh destroy" virsh destroy "$guest"
done
cat "$payload_journal" >"$read/journal"
cat /run/libvirtd.log /var/log/libvirt/qemu/*.log >"$read/log of libvirt" 2>/dev/null

diag "$started started, $refused refused"
ok "guests that start are among them" test $started -ge 5
ok "guests whose start is refused are among them" test $refused -ge 10
ok "libvirt has the secrets" canary_in "$tap_dir/stored"
ok "dump --show-secrets shows them" canary_in "$tap_dir/secrets"
for text in "$read"/*; do
    name=${text##*/}
    ok "$name: says something" test -s "$text"
    not_ok "$name: shows no secret" canary_in "$text" || diag "$(grep -a -m 3 -n cAnArY0 "$text")"
done
like "virsh start: the hook's error is in what was read" "$(cat "$read/virsh start")" 'virt-payload: g[0-9]*: '
like "journal: a hot-plug is in what was read" "$(cat "$read/journal")" 'virt-payload\[[0-9]*\]: '

is "nothing is left" "$(payload_leftovers)" ""
done_testing
