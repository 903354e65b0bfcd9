#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `./bootstrap demo` shows is what really happens.
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
. "${VP_SRCDIR:?}/tests/lib/guest.sh"
private_world --staged "$0" "$@"
guest_need

shown=$("$VP_SRCDIR/tests/demo" 2>&1)
is "the demonstration works" $? 0
like "virsh shows the drive" "$shown" '^ +vdz +/.*/payload/[0-9a-f-]{36}\.img$'
like "the guest finds it" "$shown" '\| drive vdb, bus virtio, label config-2$'
like "  with its host name" "$shown" '\| +"hostname": "web1\.example\.com"'
like "  its password, hashed" "$shown" '\| +password: "[$]6[$]'
like "the host shows it masked" "$shown" '^ +password: "\*+"$'
like "in the end there is no image" "$shown" '^ +total 0$'
is "  no guest" "$(virsh -q list --all --name)" ""
is "  no file of it" "$(ls -d "$guest_dir"/virt-payload-demo 2>/dev/null)" ""

virsh -q define --validate /dev/stdin <<XML
<domain type='qemu'><name>virt-payload-demo</name><memory>65536</memory>
<os><type>hvm</type></os></domain>
XML
not_ok "a guest of that name is left alone" "$VP_SRCDIR/tests/demo"
like "entirely" "$(virsh -q list --all --name)" '^virt-payload-demo$'

done_testing
