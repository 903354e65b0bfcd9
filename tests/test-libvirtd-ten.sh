#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ten guests from one image, by the lines of doc/coming-from.md as they are, with a real virt-install: each runs with
# its own host name, host key and MAC address, and none waited for another. Then README's quick start, in the same way.
# The image is empty, so no system boots.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
command -v virt-install >/dev/null || skip_all "virt-install is not installed"
private_world --staged "$0" "$@"

HOME=$tap_dir
export HOME
lines=$(sed -n '/^    for i in 1 2 3/,/^    done$/s/^    //p' "$VP_SRCDIR/doc/coming-from.md")
like "doc/coming-from.md: the lines are there" "$lines" '^  virsh start web[$]i$'
cd "$guest_dir" || exit 1
qemu-img create -q -f qcow2 debian.qcow2 2G
ssh-keygen -q -t ed25519 -N '' -C me@laptop -f "$tap_dir/key" || skip_all "no ssh-keygen"

# What they begin with: a guest that has booted from the image, with a key and DHCP
virt-install --name web0 --memory 64 --import --osinfo linux2022 --network user --disk none --boot hd --print-xml |
    virt-payload set - --hostname web0 --ssh-key "$tap_dir/key.pub" --dhcp --package nginx |
    virsh -q define /dev/stdin
# as on a host with libvirt's default network
mkdir "$tap_dir/bin"
printf '#!/bin/sh\nexec %s --network user "$@"\n' "$(command -v virt-install)" >"$tap_dir/bin/virt-install"
chmod 0755 "$tap_dir/bin/virt-install"
PATH=$tap_dir/bin:$PATH

ok "the lines, run as they are" bash -ec "set -o pipefail; ${lines//--memory 1024/--memory 64}"
is "ten guests run" "$(virsh -q list --name | grep -c '^web[0-9]')" 10
all_plugged()
{
    local i

    for i in 1 2 3 4 5 6 7 8 9 10; do
        payload_plugged "web$i" || return
    done
}
ok "  each with its drive" payload_wait all_plugged

# facts REGEX: how many different lines of the ten drives match
facts()
{
    local i

    for i in 1 2 3 4 5 6 7 8 9 10; do
        virt-payload dump "web$i" --show-secrets | grep -E -m1 "$1"
    done | sort -u | wc -l
}
is "each drive: its own host name" "$(facts '"hostname"')" 10
is "each drive: its own identity" "$(facts '"uuid"')" 10
is "each drive: its own host key" "$(facts 'ed25519_private')" 10
is "each drive: its own interface" "$(facts 'ethernet_mac_address')" 10
is "each drive: the same user's key" "$(facts 'me@laptop')" 1
is "the host keys are secrets of each" "$(find /etc/virt-payload/secrets -name ssh_host_ed25519_key | wc -l)" 10
is "list: all are current" "$(virt-payload list | grep -c ' there .*current')" 10
for i in 1 2 3 4 5 6 7 8 9 10; do
    virsh -q destroy "web$i"
done
is "nothing is left" "$(payload_leftovers)" ""

# --- by virt-clone, which copies the fields, too

ok "virt-clone" virt-clone -q --original web1 --name clone1 --auto-clone
ok "  its own fields, in one command" virt-payload set clone1 --hostname clone1 --generate-host-key
unlike "  its own host key" "$(virt-payload show clone1)" \
    "$(virt-payload show web1 | sed -n 's/.*public ssh-ed25519 \([A-Za-z0-9]*\).*/\1/p')"
ok "  it starts" virsh -q start clone1 --paused
ok "  with its drive" payload_wait payload_plugged clone1
like "  with its name" "$(virt-payload dump clone1)" '"hostname": "clone1"'
virsh -q destroy clone1

# --- README's quick start, as it is, up to the call of ssh (test-libvirtd-ssh.sh logs in to a guest that boots)

virsh -q undefine web1
# user-mode networks answer no ARP, so that the address has to be a field: of the host's default, as with static ones
address=10.0.2.15
ip route add local $address/32 dev lo src 127.0.0.1
cat >/etc/virt-payload/profiles/default.xml <<XML
<cloud-init xmlns="urn:virt-payload:1"><network><interface>
  <address>$address/24</address><gateway>10.0.2.2</gateway></interface></network></cloud-init>
XML
python3 - $address <<'PYTHON' &
import socket, sys
server = socket.create_server((sys.argv[1], 22))
while True:
    server.accept()[0].sendall(b"SSH-2.0-test\r\n")
PYTHON
at_exit "kill $!"
printf '#!/bin/sh\necho "$@"\n' >"$tap_dir/bin/ssh"
chmod 0755 "$tap_dir/bin/ssh"
mkdir "$tap_dir/.ssh"
cp "$tap_dir/key.pub" "$tap_dir/.ssh/id_ed25519.pub"

# command_of NUMBER: of the three
command_of()
{
    sed -n '/^    # virt-install --name web1/,/^$/s/^    //p' "$VP_SRCDIR/README.md" |
        awk -v number="$1" '/^# / { n++; sub(/^# /, "") } n == number'
}
like "README.md: the first command makes the guest" "$(command_of 1 | tail -n 1)" 'virt-payload set - .* virsh define'
is "README.md: the second starts it" "$(command_of 2)" "virsh start web1"
is "README.md: the third logs in" "$(command_of 3)" "virt-payload ssh web1"
ok "README's first command" sh -c "$(command_of 1)"
ok "README's second command" sh -c "$(command_of 2)"
ok "  with its drive" payload_wait payload_plugged web1
out=$(sh -c "$(command_of 3)" 2>&1)
like "README's third command: calls ssh as the key's user, at the guest's address" "$out" \
    "root@$address|-l root .*$address"
like "  asks nothing about its host key" "$out" 'StrictHostKeyChecking=yes'
like "  knows it" "$(cat "$tap_dir"/.cache/virt-payload/known_hosts/*)" \
    "$(virt-payload show web1 | sed -n 's/.*public \(ssh-ed25519 [A-Za-z0-9]*\).*/\1/p')"
virsh -q destroy web1

done_testing
