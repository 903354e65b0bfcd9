#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `virt-payload attach` and `detach` with real guests, on every bus.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

# --- cold-plugged: the bus of the guest's own disk, and its kernel sees it ---

# cold MACHINE DISK TARGET BUS SEEN: attached, started, seen as device SEEN
cold()
{
    local guest=$1-$2

    guest_define "$guest" machine="$1" disk="$2" memory=128 "metadata=$(payload_metadata "$guest")"
    ok "$guest: attach" virt-payload attach "$guest"
    is "$guest: the definition has the drive" "$(payload_drive "$guest" --inactive | cut -d ' ' -f 1,2)" \
        "$3 $4"
    before=$(virsh dumpxml --inactive "$guest")
    ok "$guest: attach again" virt-payload attach "$guest"
    is "$guest: changes nothing" "$(virsh dumpxml --inactive "$guest")" "$before"
    ok "$guest: starts" guest_start "$guest"
    ok "$guest: its kernel sees the drive" guest_wait "$guest" "drive $5, bus $4, label config-2"
    ok "$guest: and reads it" guest_wait "$guest" 'end of files'
    is "$guest: one drive" "$(virsh -q domblklist "$guest" | grep -c /payload/)" 1
    guest_stop "$guest"
    ok "$guest: detach" virt-payload detach "$guest"
    is "$guest: the drive is gone" "$(payload_drive "$guest" --inactive)" ""
    virsh -q undefine "$guest"
}

cold q35 virtio vdb virtio vdb
cold q35 sata sdb sata sr0
cold q35 scsi sdb scsi sr0
cold q35 usb sdb usb sdb
cold pc virtio vdb virtio vdb
cold pc ide hdb ide sr0
cold pc scsi sdb scsi sr0
cold pc sata sdb sata sr0

# --- hot-plugged by a start: SATA and IDE cannot be, virtio serves once ---

# hot MACHINE DISK TARGET BUS LATER: plugged on BUS now, on LATER from the next start
hot()
{
    local guest=$1-$2

    guest_define "$guest" machine="$1" disk="$2" memory=128 "metadata=$(payload_metadata "$guest")"
    guest_start "$guest"
    ok "$guest: the start plugs a drive" payload_wait payload_plugged "$guest"
    is "$guest: on $4" "$(payload_drive "$guest" | cut -d ' ' -f 1,2)" "$3 $4"
    ok "$guest: its kernel sees it" guest_wait "$guest" "drive [a-z0-9]*, bus $4, label config-2"
    ok "$guest: the definition has one" payload_wait payload_defined "$guest"
    is "$guest: on $5" "$(payload_drive "$guest" --inactive | cut -d ' ' -f 2)" "$5"
    guest_stop "$guest"
    ok "$guest: starts with it" guest_start "$guest" --paused
    is "$guest: on $5" "$(payload_drive "$guest" | cut -d ' ' -f 2)" "$5"
    guest_stop "$guest"
    virsh -q undefine "$guest"
}

hot q35 scsi sdb scsi scsi
hot q35 sata vda virtio sata
hot pc ide vda virtio ide
hot q35 none vda virtio sata

# --- a guest of this metadata that runs already ---

guest_define late
guest_start late
not_ok "attach --live: no metadata, no drive" virt-payload attach --live late
like "  and it says so" "$(virt-payload attach --live late 2>&1)" \
    'virt-payload: late: the metadata of the running guest has no payload \[not-found\]'
virsh -q metadata late urn:virt-payload:1 --key payload --live --set \
    '<cloud-init><hostname>late</hostname></cloud-init>'
ok "attach --live" virt-payload attach --live late
image=$payload_dir/$(virsh domuuid late | head -n 1).img
is "  the drive is there" "$(payload_drive late)" "vdb virtio $image"
is "  the definition has none" "$(payload_drive late --inactive)" ""
ok "  the guest sees it" guest_wait late 'drive vdb, bus virtio, label config-2'
ok "attach --live again" virt-payload attach --live late
is "  changes nothing" "$(payload_drive late)" "vdb virtio $image"
not_ok "attach --config: the definition's metadata is another" virt-payload attach --config late
ok "detach --live" virt-payload detach --live late
ok "  the drive goes" payload_wait sh -c '! virsh -q domblklist late | grep -q /payload/'
ok "detach --live again" virt-payload detach --live late
not_ok "  with its image" test -e "$image"
guest_stop late
not_ok "attach --live needs a running guest" virt-payload attach --live late
like "  and says so" "$(virt-payload attach --live late 2>&1)" \
    'virt-payload: late: the guest does not run \[drive\]'

# --- media of a CD-ROM that cannot be unplugged ---

guest_define disc machine=pc disk=ide memory=128 "metadata=$(payload_metadata disc)"
ok "attach an IDE CD-ROM" virt-payload attach disc
guest_start disc --paused
image=$payload_dir/$(virsh domuuid disc | head -n 1).img
ok "detach --live takes the media" virt-payload detach --live disc
is "  the CD-ROM is empty" "$(virsh -q domblklist disc | awk '$1 == "hdb" { print $2 }')" -
not_ok "  the image is gone" test -e "$image"
ok "attach --live puts it back" virt-payload attach --live disc
is "  into the same CD-ROM" "$(payload_drive disc)" "hdb ide $image"
printf '[virt-payload]\ndirectory = /run/elsewhere\n' >/etc/virt-payload.conf
ok "detach --live, the payload directory is another by now" virt-payload detach --live disc
not_ok "  the image is gone from where it was" test -e "$image"
rm /etc/virt-payload.conf
guest_stop disc

# --- refusals ---

not_ok "no such guest" virt-payload attach nobody
like "  it says so" "$(virt-payload attach nobody 2>&1)" 'virt-payload: nobody: .*\[not-found\]'
not_ok "--id alone" virt-payload attach --id 3 late
guest_define taken "metadata=$(payload_metadata taken 'target="vda"')"
like "a target that is taken" "$(virt-payload attach taken 2>&1)" 'virt-payload: taken: .*\[target\]'
is "  the definition stays" "$(payload_drive taken --inactive)" ""

done_testing
