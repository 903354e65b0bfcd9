#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hosts on which libvirt does not give images to QEMU's user: dynamic_ownership = 0, a DAC label with
# relabel='no', a payload directory that QEMU's user cannot enter.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

qemu_uid=$(id -u libvirt-qemu 2>/dev/null || id -u qemu 2>/dev/null) || skip_all "QEMU has no user of its own here"
qemu_gid=$(id -g "$qemu_uid" 2>/dev/null || getent passwd "$qemu_uid" | cut -d: -f4)
qemu_name=$(getent passwd "$qemu_uid" | cut -d: -f1)

image_of()
{
    echo "$payload_dir/$(virsh domuuid "$1" | head -n 1).img"
}

# What libvirt would own otherwise: the kernel, the guests' disks and consoles.
give_guests()
{
    chown -R "$qemu_uid" "$guest_dir"
}

guest_define web1 memory=128 "metadata=$(payload_metadata web1)"
virt-payload attach web1 >/dev/null
echo 'dynamic_ownership = 0' >>/etc/libvirt/qemu.conf
payload_restart_libvirtd
touch "$guest_dir/web1.console"
give_guests
like "dynamic_ownership = 0: a guest does not start" "$(virsh start web1 2>&1)" '/run/payload/.*Permission denied'
said=$(virt-payload doctor)
like "  doctor says why" "$said" '^/etc/libvirt/qemu.conf: has dynamic_ownership = 0'
line=$(echo "$said" | sed -n 's/.*; add to \/etc\/virt-payload.conf: //p')
like "  what to add" "$line" "^image-owner = $qemu_name"
echo "$line" >>/etc/virt-payload.conf
is "  added: doctor has nothing to say" "$(virt-payload doctor)" "no problems found"
ok "  the guest starts" virsh -q start web1
is "  only QEMU's user can read the image" "$(stat -c '%u %a' "$(image_of web1)")" "$qemu_uid 600"
ok "  its kernel reads it" guest_wait web1 'end of files' 240
guest_stop web1
is "  nothing is left" "$(payload_leftovers)" ""

guest_define hot memory=128 "metadata=$(payload_metadata hot)"
touch "$guest_dir/hot.console"
give_guests
ok "  a guest without the drive starts" virsh -q start hot
ok "  is given it" payload_wait payload_plugged hot
ok "  the kernel of the guest without the drive reads it" guest_wait hot 'end of files' 240
virt-payload set hot --hostname other.example.com --no-drive >/dev/null
ok "  update" virt-payload update hot
is "  the new image is QEMU's user's, too" "$(stat -c '%u %a' "$(image_of hot)")" "$qemu_uid 600"
guest_stop hot

sed -i "s|^image-owner.*|image-owner = nobody|" /etc/virt-payload.conf
like "  another user: doctor says so" "$(virt-payload doctor)" "image-owner = $qemu_name"
sed -i "s|^image-owner.*|image-owner = +$qemu_uid:+$qemu_gid|" /etc/virt-payload.conf
is "in numbers: doctor has nothing to say" "$(virt-payload doctor)" "no problems found"
ok "  the guest starts" virsh -q start web1 --paused
is "  the image is QEMU's user's" "$(stat -c '%u %g %a' "$(image_of web1)")" "$qemu_uid $qemu_gid 600"
guest_stop web1
sed -i "s|^image-owner.*|image-owner = nosuchuser|" /etc/virt-payload.conf
like "an unknown user: the start says so" "$(virsh start web1 2>&1)" 'key image-owner: must be USER or USER:GROUP of this host'
sed -i '/^image-owner/d' /etc/virt-payload.conf

# --- relabel='no' in the definition says who it is ---

sed -i '/^dynamic_ownership/d' /etc/libvirt/qemu.conf
payload_restart_libvirtd
label="<seclabel type='static' model='dac' relabel='no'><label>+$qemu_uid:+$qemu_gid</label></seclabel>"
virsh dumpxml --inactive web1 | sed "s|</domain>|$label</domain>|" >"$tap_dir/web1.xml"
virsh -q define "$tap_dir/web1.xml"
ok "relabel='no': the guest starts" virsh -q start web1
is "  the image is the label's user's" "$(stat -c '%u %g %a' "$(image_of web1)")" "$qemu_uid $qemu_gid 600"
ok "  its kernel reads it" guest_wait web1 'end of files' 240
guest_stop web1

# --- a directory that QEMU's user cannot enter ---

mkdir -p /srv/closed/payload
chmod 0700 /srv/closed
chmod 0711 /srv/closed/payload
echo 'directory = /srv/closed/payload' >>/etc/virt-payload.conf
said=$(virt-payload doctor)
like "a directory that is closed: doctor names it" "$said" "^/srv/closed: QEMU's user $qemu_name cannot search"
ok "  what it says" sh -c "$(echo "$said" | sed -n 's/.*; run: \(chmod .*\)/\1/p')"
unlike "  doctor has nothing more to say of it" "$(virt-payload doctor)" '^/srv/closed'
sed -i "s|<seclabel.*</seclabel>||" "$tap_dir/web1.xml"
virsh -q define "$tap_dir/web1.xml"
virt-payload attach web1 >/dev/null
ok "  the guest starts" virsh -q start web1 --paused
ok "  with the image there" test -s "/srv/closed/payload/$(virsh domuuid web1 | head -n 1).img"
guest_stop web1
rm -rf /srv/closed

done_testing
