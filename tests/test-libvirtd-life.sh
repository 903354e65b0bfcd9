#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What else happens to a guest: reboots, crashes, restarts of the daemon and the
# host, undefine, rename, metadata that changes, autostart.

# shellcheck disable=SC2317  # a function that payload_wait calls

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

image_of()
{
    echo "$payload_dir/$(virsh domuuid "$1" | head -n 1).img"
}

set_metadata()
{
    local guest=$1 hostname=$2
    shift 2
    virsh -q metadata "$guest" urn:virt-payload:1 --key payload "$@" --set \
        "<cloud-init><hostname>$hostname</hostname></cloud-init>"
}

hostname_of()
{
    isoinfo -i "$1" -R -x /openstack/latest/meta_data.json | sed -n 's/.*"hostname": "\([^"]*\)".*/\1/p'
}

guest_define web1 memory=128 "metadata=$(payload_metadata web1)"
virt-payload attach web1 >/dev/null
image=$(image_of web1)

# --- it reboots, and shuts down ---

# has_read GUEST COUNT: it has begun to read its drive so often, again after each boot
has_read()
{
    [ "$(guest_console "$1" | grep -c '^VP-GUEST: tick 1 ')" -ge "$2" ]
}

guest_define boots disk=none memory=96 append='vp.loop vp.ticks=2 vp.reboot' \
    "metadata=$(payload_metadata boots)"
guest_start boots
inode=$(stat -c %i "$(image_of boots)")
payload_wait has_read boots 1
ok "a reboot from within: it reads its drive after" payload_wait has_read boots 2
is "  from the same image" "$(stat -c %i "$(image_of boots)")" "$inode"
is "  the same files" "$(payload_sums boots | wc -l)" 1
guest_stop boots

guest_define boots disk=none memory=96 append='vp.loop vp.ticks=4 vp.poweroff' \
    "uuid=$(virsh domuuid boots | head -n 1)" "metadata=$(payload_metadata boots)"
virt-payload attach boots >/dev/null
guest_start boots
inode=$(stat -c %i "$(image_of boots)")
payload_wait has_read boots 1
ok "virsh reboot" virsh -q reboot boots
ok "  it reads its drive after" payload_wait has_read boots 2
is "  from the same image" "$(stat -c %i "$(image_of boots)")" "$inode"
ok "virsh shutdown" virsh -q shutdown boots
ok "  it ends" payload_wait sh -c 'virsh domstate boots | grep -q "shut off"'
is "  leaves nothing" "$(payload_leftovers)" ""
virsh -q undefine boots

# start_with_drive GUEST: paused, and until it has its drive
start_with_drive()
{
    guest_start "$1" --paused && payload_wait payload_plugged "$1"
}

# fragile MODE: with a drive in the definition, or hot-plugged
fragile()
{
    local inode

    # --- QEMU is killed ---

    start_with_drive web1
    kill -9 "$(cat /run/libvirt/qemu/web1.pid)"
    ok "$1: the crash of QEMU is noticed" payload_wait sh -c 'virsh domstate web1 | grep -q "shut off"'
    ok "$1:   the image goes" payload_wait test ! -e "$image"
    ok "$1:   the guest starts again" start_with_drive web1
    ok "$1:   with its image" test -s "$image"

    # --- the daemon is restarted ---

    inode=$(stat -c %i "$image")
    ok "$1: libvirtd restarts" payload_restart_libvirtd
    is "$1:   the guest runs on" "$(virsh domstate web1 | head -n 1)" paused
    is "$1:   with the same image" "$(stat -c %i "$image")" "$inode"
    set_metadata web1 'a b' --live
    ok "$1: it restarts, and a guest's metadata is broken" payload_restart_libvirtd
    is "$1:   the guest runs on" "$(virsh domstate web1 | head -n 1)" paused
    guest_stop web1
    is "$1:   leaves nothing" "$(payload_leftovers)" ""

    start_with_drive web1
    payload_stop_libvirtd
    kill -9 "$(cat /run/libvirt/qemu/web1.pid)"
    ok "$1: QEMU is killed while there is no libvirtd" payload_start_libvirtd
    ok "$1:   the image goes when there is" payload_wait test ! -e "$image"
    is "$1: the drive in the definition" "$(payload_drive web1 --inactive)" "$2"
    set_metadata web1 web1 --config
}

fragile attached "vdz virtio $image"
virt-payload detach web1 >/dev/null
fragile hotplug ""
virt-payload attach web1 >/dev/null

# --- the host loses power ---

# no_power: QEMU, the daemon and all of /run that is theirs are gone, without a word to anybody
no_power()
{
    kill -9 "$VP_PRIVATE_LIBVIRTD" "$(cat /run/libvirt/qemu/web1.pid)"
    payload_wait payload_is_gone "$VP_PRIVATE_LIBVIRTD"
    rm -rf /run/libvirt/qemu /run/libvirt/libvirt-sock* /run/libvirtd.pid
}

guest_start web1 --paused
sum=$(sha256sum <"$image")
no_power
rm -rf "$payload_dir"
ok "the host reboots" payload_start_libvirtd
is "  the guest is off" "$(virsh domstate web1 | head -n 1)" "shut off"
ok "  it starts" guest_start web1 --paused
is "  with the same image" "$(sha256sum <"$image")" "$sum"
no_power
payload_start_libvirtd
ok "a directory that outlives the reboot: the image is still there" test -s "$image"
like "  doctor says so" "$(virt-payload doctor)" "$(basename "$image"): its guest is not running"
ok "  sweep removes it" virt-payload sweep --remove
is "  nothing is left" "$(payload_leftovers)" ""

# --- metadata that changes ---

ok "metadata changed between starts" set_metadata web1 web2 --config
guest_start web1 --paused
is "  is in the next image" "$(hostname_of "$image")" web2
inode=$(stat -c %i "$image")
ok "metadata changed while running" set_metadata web1 web3 --live --config
is "  leaves the image alone" "$(stat -c %i "$image") $(hostname_of "$image")" "$inode web2"
guest_stop web1
guest_start web1 --paused
is "  is in the next one" "$(hostname_of "$image")" web3
ok "metadata taken away while running" \
    virsh -q metadata web1 urn:virt-payload:1 --live --config --remove
guest_stop web1
is "  leaves nothing" "$(payload_leftovers)" ""
ok "  detach makes the guest startable" virt-payload detach web1
ok "  it starts" guest_start web1 --paused
is "  without a drive" "$(payload_drive web1)" ""
guest_stop web1

# --- the payload directory is configured elsewhere meanwhile ---

set_metadata web1 web1 --config
virt-payload attach web1 >/dev/null
guest_start web1 --paused
printf '[virt-payload]\ndirectory = /run/elsewhere/payload\n' >/etc/virt-payload.conf
guest_stop web1
ok "the directory changed while it ran: its image stays where it was" test -s "$image"
like "  doctor names it, with the command" "$(virt-payload doctor)" "^$image: .* run: rm '$image'\$"
rm "$image"
unlike "  no longer once it is removed" "$(virt-payload doctor)" "$image"
rm /etc/virt-payload.conf
# a disk of the guest's own, in a directory of images, with the marker of an image of ours
mkdir -p /run/images
own=/run/images/$(virsh domuuid web1 | tr -d '\n').img
virsh -q dumpxml web1 >"$tap_dir/before.xml"
guest_start web1 --paused
cp "$image" "$own"
cp "$image" "${own%.img}-data.img"
guest_stop web1
sed -e '/<metadata>/,/<\/metadata>/d' -e "s|<source file='$image'/>|<source file='$own'/>|" -e '/<readonly\/>/d' \
    "$tap_dir/before.xml" >"$tap_dir/own.xml"
ok "a guest without a payload whose own disk looks like an image" virsh -q define "$tap_dir/own.xml"
guest_start web1 --paused
guest_stop web1
ok "  keeps it, and what lies beside it" test -s "$own" -a -s "${own%.img}-data.img"
virsh -q define "$tap_dir/before.xml"
rm -r /run/images

# --- other names ---

guest_start web1 --paused
like "rename while running: libvirt refuses" "$(virsh domrename web1 db1 2>&1)" 'running|active'
is "  the drive stays" "$(payload_drive web1)" "vdz virtio $image"
guest_stop web1
ok "rename" virsh -q domrename web1 db1
ok "  it starts" guest_start db1 --paused
is "  with the image of its UUID" "$(payload_drive db1)" "vdz virtio $image"
virsh -q undefine db1
ok "undefined while running, it keeps its image" test -s "$image"
guest_stop db1
is "  leaves nothing" "$(payload_leftovers)" ""

guest_define '--help' memory=128 "metadata=$(payload_metadata web1)"
ok "a guest named --help starts" virsh -q start --domain=--help --paused
ok "  is given its drive" payload_wait sh -c 'virsh -q domblklist --domain=--help | grep -q /payload/'
virsh -q destroy --domain=--help
virsh -q undefine --domain=--help

# --- autostart ---

autostarted='auto1 auto2 auto3'
for guest in $autostarted; do
    guest_define "$guest" memory=128 disk=none "metadata=$(payload_metadata "$guest")"
    virsh -q autostart "$guest"
done
virt-payload attach auto1 >/dev/null
advised=$(virt-payload doctor)
like "doctor advises to attach what starts with the host" "$advised" '^auto2: advice: .*virt-payload attach auto2'
unlike "  not what is attached" "$advised" '^auto1:'
rm -f /run/libvirt/qemu/autostarted # as after a reboot of the host
ok "libvirtd starts guests by itself" payload_restart_libvirtd
for guest in $autostarted; do
    ok "  $guest runs" payload_wait sh -c "virsh domstate $guest | grep -q running"
    ok "  with its image" test -s "$(image_of "$guest")"
    ok "  its drive" payload_wait payload_plugged "$guest"
done
diag "$(virt-payload list --json | grep plugged-after)"
for guest in $autostarted; do
    guest_stop "$guest"
done
is "  leave nothing" "$(payload_leftovers)" ""

done_testing
