#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Defined, started, saved, restored and destroyed, over and over: nothing is
# left. VP_CYCLES says how often (10).

# shellcheck disable=SC2317  # a function that payload_wait calls

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need
cycles=${VP_CYCLES:-10}

cycle()
{
    guest_define web1 memory=64 disk=none "metadata=$(payload_metadata web1)" &&
        virsh -q start web1 --paused && payload_wait payload_plugged web1 &&
        virsh -q save web1 "$guest_dir/web1.save" && virsh -q restore "$guest_dir/web1.save" &&
        payload_plugged web1 && virsh -q destroy web1 && virsh -q undefine web1
}

nothing_runs()
{
    ! pgrep -f 'sbin/virt-payload|qemu-system' >/dev/null
}

descriptors()
{
    find "/proc/$VP_PRIVATE_LIBVIRTD/fd" | wc -l
}

ok "a first cycle" cycle
before=$(descriptors)
done=0
while [ $done -lt "$cycles" ] && cycle; do
    done=$((done + 1))
    [ $((done % 100)) != 0 ] || diag "$done cycles"
done
is "$cycles cycles" $done "$cycles"
ok "  no process is left" payload_wait nothing_runs
is "  no file is left" "$(ls -A "$payload_dir")" ""
is "  no definition is left" "$(virsh -q list --all --name)" ""
# each run ends because it was saved or destroyed
unlike "  no guest was killed" "$(cat /var/log/libvirt/qemu/web1.log*)" 'reason=(crashed|failed|unknown|daemon)'
ok "  libvirtd has no more descriptors" test "$(descriptors)" -le $((before + 2))

done_testing
