#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every man page is without a warning of man's and groff's, and its pipe of virt-install works as written.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v man >/dev/null || skip_all "man is not installed"
command -v groff >/dev/null || skip_all "groff is not installed"

warnings()
{
    groff -t -man -ww -z "$1" 2>&1
    {
        LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
            man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null
    } 2>&1
}

for page in "$VP_SRCDIR"/man/*.[1-8]; do
    is "${page##*/}: no warning" "$(warnings "$page")" ""
done

# --- the examples, as written, on libvirt's test driver

# the pipe that begins with $1
example()
{
    sed -n "/^$1/,/^\.EE/{/^\.EE/d;s/\\\\-/-/g;s/\\\\e\$/\\\\/;p}" "$VP_SRCDIR/man/virt-payload.1"
}

if command -v virt-install >/dev/null && command -v qemu-img >/dev/null; then
    example virt-install >"$tap_dir/example"
    mkdir -p "$tap_dir/.ssh"
    echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me' \
        >"$tap_dir/.ssh/id_ed25519.pub"
    qemu-img create -q -f qcow2 "$tap_dir/web1.qcow2" 1M
    like "virt-payload.1: the pipe of virt-install defines a guest" \
        "$(cd "$tap_dir" && HOME=$tap_dir PATH=$VP_BUILDDIR:$PATH LIBVIRT_DEFAULT_URI=test:///default \
            timeout 120 sh ./example 2>&1)" "Domain 'web1' defined"
else
    skip "virt-payload.1: the pipe of virt-install defines a guest" "no virt-install or qemu-img"
fi

done_testing
