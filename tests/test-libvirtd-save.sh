#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that are saved and restored, reverted to a snapshot, and reset: the
# image is there again, byte for byte, and a guest that reads it reads on.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need
mkdir -p /run/elsewhere

# life MACHINE DISK MODE: one guest that reads its drive all the time, which is hot-plugged at its starts
# or attached to its definition
life()
{
    local guest=$1-$2 image sum

    guest_define "$guest" machine="$1" disk="$2" memory=128 append=vp.loop \
        "metadata=$(payload_metadata "$guest")"
    [ "$3" = hotplug ] || virt-payload attach "$guest" >/dev/null
    inactive=$(virsh dumpxml --inactive "$guest")
    image=$(virsh domuuid "$guest" | head -n 1).img
    guest_start "$guest"
    ok "$guest: reads its drive" guest_wait "$guest" 'tick 2 '
    sum=$(sha256sum <"$payload_dir/$image")

    # --- save and restore, as after a reboot of the host ---

    ok "$guest: save" virsh -q save "$guest" "$guest_dir/$guest.save"
    is "$guest: nothing is left" "$(payload_leftovers)" ""
    rm -rf "$payload_dir"
    ok "$guest: restore" virsh -q restore "$guest_dir/$guest.save"
    is "$guest: the same image is back" "$(sha256sum <"$payload_dir/$image")" "$sum"
    ok "$guest: reads on" payload_reads_on "$guest"

    # --- the same if the payload directory is another ---

    ok "$guest: managed save" virsh -q managedsave "$guest"
    mkdir -m 0711 /run/elsewhere/payload
    printf '[virt-payload]\ndirectory = /run/elsewhere/payload\n' >/etc/virt-payload.conf
    ok "$guest: start with another directory" virsh -q start "$guest"
    is "$guest: the drive is elsewhere" "$(payload_drive "$guest" | cut -d ' ' -f 3)" "/run/elsewhere/payload/$image"
    is "$guest: the image too" "$(sha256sum <"/run/elsewhere/payload/$image")" "$sum"
    is "$guest: not where it was" "$(ls "$payload_dir")" ""
    ok "$guest: reads on from there" payload_reads_on "$guest"

    # --- a definition of before ---

    guest_stop "$guest"
    is "$guest: nothing is left of the managed save" "$(payload_leftovers)" ""
    is "$guest: the definition is as it was" "$(virsh dumpxml --inactive "$guest")" "$inactive"
    [ "$3" = hotplug ] || elsewhere "$guest" "$image"
    rm -rf /etc/virt-payload.conf /run/elsewhere/payload
    # --- reset, reboot, suspend ---

    guest_start "$guest"
    guest_wait "$guest" 'tick 2 '
    ok "$guest: reset" virsh -q reset "$guest"
    ok "$guest: reads its drive after" guest_until "$guest" payload_booted_again "$guest"
    is "$guest: from the same image" "$(sha256sum <"$payload_dir/$image")" "$sum"
    ok "$guest: suspend" virsh -q suspend "$guest"
    ok "$guest: resume" virsh -q resume "$guest"
    ok "$guest: reads on after suspend and resume" payload_reads_on "$guest"
    guest_stop "$guest"
    is "$guest: nothing is left after the reset" "$(payload_leftovers)" ""
    is "$guest: the definition is as it was after the reset" "$(virsh dumpxml --inactive "$guest")" "$inactive"
    virsh -q undefine "$guest"
}

# elsewhere GUEST IMAGE: its definition names the payload directory of before
elsewhere()
{
    local guest=$1

    like "$guest: a start names what helps" "$(virsh start "$guest" 2>&1)" \
        "virt-payload: $guest: .*virt-payload attach $guest \[drive\]"
    is "$guest: nothing is left of a refused start" "$(payload_leftovers)" ""
    ok "$guest: attach repoints it" virt-payload attach "$guest"
    ok "$guest: start once repointed" guest_start "$guest" --paused
    is "$guest: the repointed drive is elsewhere" "$(payload_drive "$guest" | cut -d ' ' -f 3)" "/run/elsewhere/payload/$2"
    guest_stop "$guest"
    rm -rf /etc/virt-payload.conf /run/elsewhere/payload
    virt-payload attach "$guest" >/dev/null
}

# shellcheck disable=SC2317  # called by guest_until
payload_booted_again()
{
    [ "$(guest_console "$1" | grep -c '^VP-GUEST: tick 2 ')" -ge 2 ]
}

life q35 virtio hotplug
life q35 scsi hotplug
life pc ide attached

# --- snapshots ---

snapshot_guest()
{
    guest_define "$1" memory=128 append=vp.loop "metadata=$(payload_metadata "$1")"
    rm -f "$guest_dir/$1".*
    qemu-img create -q -f qcow2 "$guest_dir/$1.img" 1M
    virsh dumpxml --inactive "$1" | sed "/<disk/,/<\/disk/s/type='raw'/type='qcow2'/" >"$tap_dir/snap.xml"
    virsh -q define "$tap_dir/snap.xml"
    [ "$2" = hotplug ] || virt-payload attach "$1" >/dev/null
}

# snapshots MODE
snapshots()
{
    local image sum inactive

    snapshot_guest snap "$1"
    image=$payload_dir/$(virsh domuuid snap | head -n 1).img
    inactive=$(virsh dumpxml --inactive snap)
    guest_start snap
    guest_wait snap 'tick 1 '
    sum=$(sha256sum <"$image")
    ok "$1: an internal snapshot of a running guest" virsh -q snapshot-create-as snap first
    ok "$1:   it reads on" payload_reads_on snap
    ok "$1: revert to it while running" virsh -q snapshot-revert snap first
    is "$1:   the same image is there" "$(sha256sum <"$image")" "$sum"
    ok "$1:   it reads on" payload_reads_on snap
    guest_stop snap
    is "$1:   nothing is left" "$(payload_leftovers)" ""
    ok "$1: revert to it when stopped" virsh -q snapshot-revert snap first
    is "$1:   the same image is there" "$(sha256sum <"$image")" "$sum"
    ok "$1:   it reads on" payload_reads_on snap
    virsh -q snapshot-delete snap first
    ok "$1: an external snapshot" virsh -q snapshot-create-as snap outer --disk-only --no-metadata
    is "$1:   leaves the payload alone" "$(payload_drive snap | cut -d ' ' -f 3)" "$image"
    ok "$1:   it reads on" payload_reads_on snap
    ok "$1: an external snapshot with the memory" virsh -q snapshot-create-as snap whole --no-metadata \
        --memspec "file=$guest_dir/snap.memory"
    is "$1:   leaves the payload alone" "$(payload_drive snap | cut -d ' ' -f 3)" "$image"
    ok "$1:   it reads on" payload_reads_on snap
    guest_stop snap
    is "$1:   nothing is left" "$(payload_leftovers)" ""
    # libvirt reverts to an external snapshot by itself since 9.9 only
    ok "$1: back to its memory" virsh -q restore "$guest_dir/snap.memory"
    is "$1:   the same image is there" "$(sha256sum <"$image")" "$sum"
    ok "$1:   it reads on" payload_reads_on snap
    guest_stop snap
    is "$1:   nothing is left" "$(payload_leftovers)" ""
    is "$1: the definition is as it was" "$(virsh dumpxml --inactive snap | sed '/<disk/,/<\/disk/d')" \
        "$(echo "$inactive" | sed '/<disk/,/<\/disk/d')"
    [ "$1" != hotplug ] || is "$1: it has no drive" "$(payload_drive snap --inactive)" ""
    virsh -q undefine snap
}

snapshots hotplug
snapshots attached

done_testing
