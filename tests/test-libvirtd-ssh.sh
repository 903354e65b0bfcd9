#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a cloud image to a shell in three commands: a Debian guest with no agent, its host key made beforehand, so
# that ssh asks nothing.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/debian.sh
. "$VP_SRCDIR/tests/lib/debian.sh"

private_world --staged --debian "$0" "$@"
debian_need
HOME=$tap_dir
export HOME

# QEMU's user-mode network has no way in: the guest's address leads to this world's loopback, where QEMU listens. The
# guest would drop what came from its own address.
address=10.0.1.15
ip route add local $address/32 dev lo src 127.0.0.1
echo 22 >/proc/sys/net/ipv4/ip_unprivileged_port_start
debian_define web1
ok "set" virt-payload set web1 --ssh-key "$tap_dir/key.pub" --generate-host-key \
    --network "eth0,mac=52:54:00:00:00:01,address=$address/24,gateway=10.0.1.2"
ok "start" virsh start web1
is "address" "$(virt-payload address web1)" $address
is "QEMU forwards" "$(virsh -q qemu-monitor-command --hmp web1 "hostfwd_add hostnet0 tcp:$address:22-$address:22")" ""
out=$(timeout 900 virt-payload ssh --timeout 900 -i "$tap_dir/key" web1 -- id -un </dev/null 2>"$tap_dir/err")
is "ssh: a shell, with nothing asked" "$out" root
unlike "ssh: no host key is new" "$(cat "$tap_dir/err")" 'Permanently added|authenticity'
is "the guest has the key" "$(virt-payload ssh -i "$tap_dir/key" web1 -- cat /etc/ssh/ssh_host_ed25519_key.pub </dev/null | cut -d ' ' -f 1,2)" \
    "$(ssh-keygen -y -f "/etc/virt-payload/secrets/$(virsh domuuid web1 | head -n 1)/ssh_host_ed25519_key" | cut -d ' ' -f 1,2)"
is "wait --for ssh" "$(virt-payload wait --for ssh web1 2>&1)" "web1: sshd answers at $address"
sed -i 's/ ssh-ed25519 A/ ssh-ed25519 B/' "$tap_dir"/.cache/virt-payload/known_hosts/*
ok "the file is written again at each call" virt-payload ssh -i "$tap_dir/key" web1 true </dev/null
virsh -q destroy web1

done_testing
