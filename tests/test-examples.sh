#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guests of data/examples: a real libvirt takes them, with their drive, and what it makes of the
# definition gives the guest the same bytes.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
private_world "$0" "$@"

PATH=${VP_BUILDDIR:?}:$PATH
conf=$tap_dir/virt-payload.conf

for secret in fedora/root shared/joiner win1/admin win2/admin; do
    mkdir -p "$tap_dir/secrets/${secret%/*}"
    (umask 077 && echo 'Passw0rd!' >"$tap_dir/secrets/$secret")
done
printf '[virt-payload]\nsecrets-directory = %s\n' "$tap_dir/secrets" >"$conf"

payload()
{
    virt-payload --config-file "$conf" "$@"
}

# there may be no KVM here
emulated()
{
    sed -e "s/type='kvm'/type='qemu'/" -e '/host-model/d' "$1"
}

define()
{
    payload rewrite <"$1" >"$tap_dir/with-drive.xml" &&
        virsh -q define --validate "$tap_dir/with-drive.xml"
}

has_drive()
{
    virsh dumpxml "$1" | grep -q "<source file='[^']*/payload/[^']*\.img'/>"
}

for example in "$VP_SRCDIR"/data/examples/*.xml; do
    file=${example##*/}
    emulated "$example" >"$tap_dir/$file"
    guest=$(sed -n 's|^  <name>\(.*\)</name>|\1|p' "$example")
    ok "$file: libvirt takes it with its drive" define "$tap_dir/$file"
    ok "$file: keeps that" has_drive "$guest"
    ok "$file: is rendered" payload render "$tap_dir/$file" -o "$tap_dir/before.img"
    virsh dumpxml "$guest" >"$tap_dir/after.xml"
    ok "$file: is what libvirt keeps" payload render "$tap_dir/after.xml" -o "$tap_dir/after.img"
    ok "$file: to the same bytes" cmp "$tap_dir/before.img" "$tap_dir/after.img"
    virsh -q undefine "$guest"
done
done_testing
