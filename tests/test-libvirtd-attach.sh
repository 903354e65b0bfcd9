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

# cold MACHINE DISK TARGET BUS SEEN: attached, started, seen as device SEEN, a regular expression
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
    ok "$guest: reads it" guest_wait "$guest" 'end of files'
    is "$guest: one drive" "$(virsh -q domblklist "$guest" | grep -c /payload/)" 1
    guest_stop "$guest"
    ok "$guest: detach" virt-payload detach "$guest"
    is "$guest: the drive is gone" "$(payload_drive "$guest" --inactive)" ""
    virsh -q undefine "$guest"
}

cold q35 virtio vdz virtio vdb
cold q35 sata sdz sata sr0
cold q35 scsi sdz scsi sr0
# a kernel numbers USB disks in the order in which they answer; from QEMU 11 on libvirt uses usb-bot for a CD-ROM
cold q35 usb sdz usb 's[dr][0ab]'
cold pc virtio vdz virtio vdb
cold pc ide hdd ide sr0
cold pc scsi sdz scsi sr0
cold pc sata sdz sata sr0

# --- hot-plugged by a start: a CD-ROM on virtio-scsi, otherwise a virtio disk ---

# hot MACHINE DISK TARGET BUS: plugged on BUS, at each start; the definition stays
hot()
{
    local guest=$1-$2 before

    guest_define "$guest" machine="$1" disk="$2" memory=128 "metadata=$(payload_metadata "$guest")"
    before=$(virsh dumpxml --inactive "$guest")
    guest_start "$guest"
    ok "$guest: the start plugs a drive" payload_wait payload_plugged "$guest"
    is "$guest: on $4" "$(payload_drive "$guest" | cut -d ' ' -f 1,2)" "$3 $4"
    ok "$guest: its kernel sees it" guest_wait "$guest" "drive [a-z0-9]*, bus $4, label config-2"
    is "$guest: the definition is as it was" "$(virsh dumpxml --inactive "$guest")" "$before"
    guest_stop "$guest"
    virsh -q undefine "$guest"
}

hot q35 virtio vdz virtio
hot q35 scsi sdz scsi
hot q35 sata vdz virtio
hot pc ide vdz virtio
hot q35 none vdz virtio

# --- no free PCIe port: a CD-ROM on USB ---

# ports N [MODEL]: a q35 machine that has N root ports for a network card, and a USB controller
ports()
{
    echo "<controller type='pci' index='0' model='pcie-root'/>"
    for i in $(seq "$1"); do
        echo "<controller type='pci' index='$i' model='pcie-root-port'/>"
    done
    cat <<XML
<controller type='usb' index='0' model='${2-none}'/>
<memballoon model='none'/>
<interface type='user'><model type='virtio'/></interface>
XML
}

guest_define crowded memory=128 "metadata=$(payload_metadata crowded)" "devices=$(ports 2 piix3-uhci)"
guest_start crowded
ok "no free port: the start plugs a drive" payload_wait payload_plugged crowded
is "  on USB" "$(payload_drive crowded | cut -d ' ' -f 1,2)" "sdz usb"
ok "  its kernel sees it" guest_wait crowded "drive [a-z0-9]*, bus usb, label config-2"
guest_stop crowded

# --- a hot-plug that cannot work is known before the guest boots ---

# cannot WHY OPTION...: the guest's start is refused, and "attach" makes it startable
cannot()
{
    local why=$1 before said
    shift

    guest_define cannot memory=128 "$@"
    before=$(virsh dumpxml --inactive cannot)
    said=$(virsh -q start cannot 2>&1)
    is "$why: the start is refused" $? 1
    like "  with the command to run" "$said" 'virt-payload: cannot: .*hot-plugged.*run: virt-payload attach cannot'
    is "  nothing is left" "$(payload_leftovers)" ""
    is "  the definition is as it was" "$(virsh dumpxml --inactive cannot)" "$before"
    ok "  that command" virt-payload attach cannot
    ok "  makes it start" guest_start cannot
    ok "  its kernel sees the drive" guest_wait cannot 'drive [a-z0-9]*, bus .*, label config-2'
    guest_stop cannot
    virsh -q undefine cannot
}

cannot "every port is taken" "metadata=$(payload_metadata cannot)" "devices=$(ports 2)"
cannot "the metadata asks for SATA" "metadata=$(payload_metadata cannot 'bus="sata"')"
cannot "the metadata asks for IDE" "metadata=$(payload_metadata cannot 'bus="ide"')" machine=pc
cannot "the metadata asks for a target of SATA" "metadata=$(payload_metadata cannot 'target="sdc"')"

# pc without ACPI: nobody tells the kernel of a new PCI device
guest_define noacpi machine=pc disk=ide "metadata=$(payload_metadata noacpi)" \
    "devices=<controller type='usb' model='none'/>"
virsh dumpxml --inactive noacpi | sed '/<acpi\/>/d' >"$tap_dir/noacpi.xml"
virsh -q define "$tap_dir/noacpi.xml"
like "pc without ACPI: the start is refused" "$(virsh start noacpi 2>&1)" 'hot-plugged.*virt-payload attach noacpi'
virsh -q undefine noacpi

guest_define fixed memory=128 "metadata=$(payload_metadata fixed 'target="vdq"')"
guest_start fixed --paused
ok "the metadata asks for a target of virtio: it is plugged" payload_wait payload_plugged fixed
is "  there" "$(payload_drive fixed | cut -d ' ' -f 1,2)" "vdq virtio"
guest_stop fixed

# --- as an earlier version put it ---

guest_define old memory=128 "metadata=$(payload_metadata old)"
image=$payload_dir/$(virsh domuuid old | head -n 1).img
virsh -q attach-disk old "$image" vdb --mode readonly --targetbus virtio --config
ok "a drive that took the next letter" guest_start old --paused
is "  is served where it is" "$(payload_drive old)" "vdb virtio $image"
guest_stop old
like "  doctor names it, and both commands" "$(virt-payload doctor)" \
    "^old: .*vdb.*virt-payload attach old.*virt-payload detach old"
ok "  attach" virt-payload attach old
is "  moves it" "$(payload_drive old --inactive)" "vdz virtio $image"
unlike "  doctor has nothing to say" "$(virt-payload doctor)" '^old:'
ok "  detach" virt-payload detach old
guest_start old --paused
ok "  returns to the default" payload_wait payload_plugged old
is "  the definition has none" "$(payload_drive old --inactive)" ""
guest_stop old

# --- a guest of this metadata that runs already ---

guest_define late
guest_start late
not_ok "attach --live: no metadata, no drive" virt-payload attach --live late
like "  it says so" "$(virt-payload attach --live late 2>&1)" \
    'virt-payload: late: the metadata of the running guest has no payload \[not-found\]'
virsh -q metadata late urn:virt-payload:1 --key payload --live --set \
    '<cloud-init><hostname>late</hostname></cloud-init>'
ok "attach --live" virt-payload attach --live late
image=$payload_dir/$(virsh domuuid late | head -n 1).img
is "  the drive is there" "$(payload_drive late)" "vdz virtio $image"
is "  the definition has none" "$(payload_drive late --inactive)" ""
ok "  the guest sees it" guest_wait late 'drive vdb, bus virtio, label config-2'
ok "attach --live again" virt-payload attach --live late
is "  changes nothing" "$(payload_drive late)" "vdz virtio $image"
not_ok "attach --config: the definition's metadata is another" virt-payload attach --config late
ok "detach --live" virt-payload detach --live late
ok "  the drive goes" payload_wait sh -c '! virsh -q domblklist late | grep -q /payload/'
ok "detach --live again" virt-payload detach --live late
not_ok "  with its image" test -e "$image"
guest_stop late
not_ok "attach --live needs a running guest" virt-payload attach --live late
like "  says so" "$(virt-payload attach --live late 2>&1)" \
    'virt-payload: late: the guest is not running \[drive\]'

# --- media of a CD-ROM that cannot be unplugged ---

guest_define disc machine=pc disk=ide memory=128 "metadata=$(payload_metadata disc)"
ok "attach an IDE CD-ROM" virt-payload attach disc
guest_start disc --paused
image=$payload_dir/$(virsh domuuid disc | head -n 1).img
ok "detach --live takes the media" virt-payload detach --live disc
is "  the CD-ROM is empty" "$(virsh -q domblklist disc | awk '$1 == "hdd" { print $2 }')" -
not_ok "  the image is gone" test -e "$image"
ok "attach --live puts it back" virt-payload attach --live disc
is "  into the same CD-ROM" "$(payload_drive disc)" "hdd ide $image"
printf '[virt-payload]\ndirectory = /run/elsewhere\n' >/etc/virt-payload.conf
ok "detach --live, the payload directory is now another" virt-payload detach --live disc
ok "  its image in the former directory stays: nothing outside the configured one is removed" test -e "$image"
rm /etc/virt-payload.conf
guest_stop disc

# --- refusals ---

not_ok "no such guest" virt-payload attach nobody
like "  it says so" "$(virt-payload attach nobody 2>&1)" 'virt-payload: nobody: .*\[not-found\]'
not_ok "only --id" virt-payload attach --id 3 late
guest_define taken "metadata=$(payload_metadata taken 'target="vda"')"
like "a target that is taken" "$(virt-payload attach taken 2>&1)" 'virt-payload: taken: .*\[target\]'
is "  the definition stays" "$(payload_drive taken --inactive)" ""

done_testing
