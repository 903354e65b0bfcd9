#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Clones and copied definitions: no guest is given the image of another, every refusal names a command that
# works when it is run as it is printed, and a clone is given its own payload.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

uuid_of()
{
    virsh domuuid "$1" | head -n 1
}

# copy_of NAME NEW: the definition as "dumpxml | sed" copies it
copy_of()
{
    virsh dumpxml --inactive "$1" | sed -e "s|<name>$1</name>|<name>$2</name>|" -e '/<uuid>/d' \
        -e '/<mac address/d' -e "s|<hostname>$1<|<hostname>$2<|" -e "s|/$1\.console|/$2.console|" \
        -e "s|/$1\.img|/$2.img|" -e "s|hostname>$1<|hostname>$2<|"
    cp "$guest_dir/$1.img" "$guest_dir/$2.img" 2>/dev/null
}

# refused GUEST: its start is; runs what the refusal says
refused()
{
    said=$(virsh start "$1" 2>&1)
    like "$2: the start is refused" "$said" "virt-payload: $1: drive [a-z]* "
    is "$2: no image is left" "$(payload_leftovers)" ""
    like "$2: list says it" "$(virt-payload list)" "$1 .*; run: virt-payload "
    like "$2: doctor says it" "$(virt-payload doctor)" "^$1: its start will be refused: drive [a-z]* "
    like "$2: validate says it" "$(virt-payload validate "$1")" "error: drive [a-z]* .*\[drive\]"
    advice=$(echo "$said" | sed -n 's/.*; run: \(virt-payload [a-z]* [^ ]*\) .*/\1/p')
    ok "$2: what it says: $advice" sh -c "$advice"
    unlike "$2: validate does not repeat it" "$(virt-payload validate "$1")" "error"
    unlike "$2: doctor neither" "$(virt-payload doctor)" "^$1:"
}

# own_image GUEST TEXT: it starts, and the image that its drive shows is its own
own_image()
{
    ok "$2: it starts" guest_start "$1" --paused
    ok "$2: it has a drive" payload_wait payload_plugged "$1"
    is "$2: which shows its own image" "$(payload_drive "$1" | cut -d ' ' -f 3 | sed 's|.*/||')" "$(uuid_of "$1").img"
    like "$2: of its own name" "$(virt-payload dump "$1")" "hostname.?: .?$1"
    guest_stop "$1"
    is "$2: nothing is left" "$(payload_leftovers)" ""
}

# --- a copied definition, on every bus; the original runs meanwhile ---

for bus in virtio scsi sata usb; do
    guest_define "orig-$bus" disk="$bus" memory=64 "metadata=$(payload_metadata "orig-$bus")"
    virt-payload attach "orig-$bus" >/dev/null
    copy_of "orig-$bus" "copy-$bus" >"$tap_dir/copy.xml"
    ok "$bus: the copy is defined" virsh -q define "$tap_dir/copy.xml"
    guest_start "orig-$bus" --paused
    said=$(virsh start "copy-$bus" 2>&1)
    like "$bus: beside the original that runs, too" "$said" 'shows an image that is not this guest'
    guest_stop "orig-$bus"
    refused "copy-$bus" "$bus"
    own_image "copy-$bus" "$bus"
    ok "$bus: the original keeps its own" test "$(payload_drive "orig-$bus" --inactive | sed 's|.*/||')" = "$(uuid_of "orig-$bus").img"
done
guest_define orig-ide machine=pc disk=ide memory=64 "metadata=$(payload_metadata orig-ide)"
virt-payload attach orig-ide >/dev/null
copy_of orig-ide copy-ide >"$tap_dir/copy.xml"
virsh -q define "$tap_dir/copy.xml"
refused copy-ide ide
own_image copy-ide ide

# --- the other commands that put it right ---

again()
{
    virsh -q undefine copy-virtio
    copy_of orig-virtio copy-virtio >"$tap_dir/copy.xml"
    virsh -q define "$tap_dir/copy.xml"
}
again
ok "set on a copy" virt-payload set copy-virtio --timezone Europe/Berlin
own_image copy-virtio "set on a copy"
again
ok "detach on a copy" virt-payload detach copy-virtio
is "  takes the drive" "$(payload_drive copy-virtio --inactive)" ""
own_image copy-virtio "detach on a copy"
again
virsh -q undefine copy-virtio
not_ok "virsh create of a copy" virsh -q create "$tap_dir/copy.xml" --paused
said=$(virsh create "$tap_dir/copy.xml" --paused 2>&1)
advice=$(echo "$said" | sed -n 's/.*(a definition in a file, with a uuid: \(.*\) FILE).*/\1/p')
sed -i "s|<name>.*|&<uuid>$(cat /proc/sys/kernel/random/uuid)</uuid>|" "$tap_dir/copy.xml"
ok "  what it says for a definition in a file: $advice" sh -c "$advice $tap_dir/copy.xml"
ok "  it is created" virsh -q create "$tap_dir/copy.xml" --paused
ok "  given its drive" payload_wait payload_plugged copy-virtio
is "  which shows its own image" "$(payload_drive copy-virtio | sed 's|.*/||')" "$(uuid_of copy-virtio).img"
guest_stop copy-virtio

# --- virt-clone, with a guest of which nothing is in the definition, and with an attached drive ---

if command -v virt-clone >/dev/null; then
    guest_define web1 memory=128 "metadata=$(payload_metadata web1)"
    ok "virt-clone of a guest with only the metadata" virt-clone -q --original web1 --name web2 --auto-clone
    virsh dumpxml --inactive web2 | sed "s|/web1.console|/web2.console|; s|hostname>web1<|hostname>web2<|" >"$tap_dir/web2.xml"
    virsh -q define "$tap_dir/web2.xml"
    guest_start web1
    ok "  the clone starts" guest_start web2
    ok "  the original's kernel reads its payload" guest_wait web1 'end of files' 240
    ok "  the clone's too" guest_wait web2 'end of files' 240
    like "  the original read its own" "$(guest_file web1 openstack/latest/meta_data.json)" '"hostname": "web1"'
    like "  the clone its own" "$(guest_file web2 openstack/latest/meta_data.json)" '"hostname": "web2"'
    guest_stop web1
    guest_stop web2
    virsh -q undefine web2
    ok "virt-clone of a guest with the drive" sh -c 'virt-payload attach web1 && virt-clone -q --original web1 --name web2 --auto-clone --check path_exists=off'
    virsh dumpxml --inactive web2 | sed "s|hostname>web1<|hostname>web2<|" >"$tap_dir/web2.xml"
    virsh -q define "$tap_dir/web2.xml"
    refused web2 "virt-clone"
    own_image web2 "virt-clone"
else
    skip "virt-clone" "virt-clone is not installed"
fi

# --- a copy that runs with the original's image, as it could before the hook looked at that ---

# taken BUS: "update" gives the copy its own image, while the original runs
taken()
{
    guest_define orig disk="$1" memory=128 "metadata=$(payload_metadata orig)"
    virt-payload attach orig >/dev/null
    copy_of orig copy >"$tap_dir/copy.xml"
    virsh -q define "$tap_dir/copy.xml"
    guest_start orig --paused
    chmod -x /etc/libvirt/hooks/qemu
    ok "$1: a copy that shows the original's image" guest_start copy
    chmod +x /etc/libvirt/hooks/qemu
    is "$1: it does" "$(payload_drive copy | sed 's|.*/||')" "$(uuid_of orig).img"
    # a guest releases a disk once its kernel drives it
    [ "$1" = scsi ] || guest_wait copy 'end of files'
    ok "$1: update of the copy" virt-payload update copy
    is "$1: it shows its own" "$(payload_drive copy | sed 's|.*/||')" "$(uuid_of copy).img"
    like "$1: of its own name" "$(virt-payload dump copy)" 'hostname.?: .?copy'
    is "$1: the original shows its own" "$(payload_drive orig | sed 's|.*/||')" "$(uuid_of orig).img"
    ok "$1: which is still there" test -s "$payload_dir/$(uuid_of orig).img"
    guest_stop copy
    guest_stop orig
    is "$1: nothing is left" "$(payload_leftovers)" ""
    virsh -q undefine copy
    virsh -q undefine orig
}

taken virtio
taken scsi

# --- the same guest under another UUID, and without its metadata ---

guest_define moved memory=64 "metadata=$(payload_metadata moved)"
virt-payload attach moved >/dev/null
virsh dumpxml --inactive moved >"$tap_dir/moved.xml"
virsh -q undefine moved
sed '/<uuid>/d' "$tap_dir/moved.xml" | virsh -q define /dev/stdin
refused moved "another UUID"
own_image moved "another UUID"

virsh -q metadata moved urn:virt-payload:1 --remove --config >/dev/null
refused moved "no metadata"
ok "  it starts without a drive" virsh -q start moved --paused
is "  is given none" "$(payload_drive moved)" ""
guest_stop moved
sed "s|<metadata>.*|<metadata/>|; /<payload:/d; /<\/payload:/d; /<\/metadata>/d" "$tap_dir/moved.xml" |
    sed "s|<name>moved|<name>stray|; /<uuid>/d" >"$tap_dir/stray.xml"
virsh -q define "$tap_dir/stray.xml"
unlike "a copy without the metadata" "$(virsh dumpxml stray)" 'urn:virt-payload'
refused stray "a copy without metadata"

# --- with a managed save: what was saved is served, what the definition has is judged at its own start ---

guest_define saved memory=64 "metadata=$(payload_metadata saved)"
virt-payload attach saved >/dev/null
guest_start saved --paused
virsh -q managedsave saved
virsh -q metadata saved urn:virt-payload:1 --remove --config >/dev/null
ok "metadata removed while the guest is saved: it is restored" virsh -q start saved
ok "  with its image" test -s "$payload_dir/$(uuid_of saved).img"
guest_stop saved
refused saved "the start after it"

# --- an external snapshot of the drive itself, which libvirt takes only if it is asked for ---

guest_define snapped memory=64 "metadata=$(payload_metadata snapped)"
virt-payload attach snapped >/dev/null
guest_start snapped --paused
target=$(payload_drive snapped | cut -d ' ' -f 1)
ok "a snapshot of the drive" virsh -q snapshot-create-as snapped bk --disk-only --diskspec "$target,snapshot=external"
like "  the definition shows the overlay" "$(virsh -q domblklist snapped --inactive)" "/$(uuid_of snapped)\.bk\$"
guest_stop snapped
rm -f "$payload_dir"/*.bk
refused snapped "a snapshot's overlay"
own_image snapped "a snapshot's overlay"

# --- tools that take all disks of a running guest, or write its whole definition ---

guest_define edited memory=64 "metadata=$(payload_metadata edited)"
metadata=$(virsh dumpxml --inactive edited --xpath //metadata)
ok "virt-xml edits a definition" virt-xml -q edited --edit --vcpus 2
is "  keeps the metadata" "$(virsh dumpxml --inactive edited --xpath //metadata)" "$metadata"
guest_start edited --paused
payload_wait payload_plugged edited
virsh dumpxml edited >"$tap_dir/live.xml"
ok "a backup of all disks" virsh -q backup-begin edited
is "  has no copy of the drive" "$(find "$payload_dir/" -name '*.img*')" "$payload_dir/$(uuid_of edited).img"
payload_wait sh -c 'virsh domjobinfo edited | grep -q None'
rm -f "$guest_dir"/edited.img.[0-9]*
guest_stop edited
ok "a live definition is defined" virsh -q define "$tap_dir/live.xml"
own_image edited "a live definition"
is "nothing is left" "$(payload_leftovers)" ""

# --- what is not a payload drive is left alone ---

guest_define plain memory=64 "devices=<disk type='file' device='cdrom'>
  <source file='$guest_dir/99999999-2222-4333-8444-555555555555.img'/><target dev='sda' bus='sata'/><readonly/></disk>"
truncate -s 1M "$guest_dir/99999999-2222-4333-8444-555555555555.img"
before=$(virsh dumpxml --inactive plain)
ok "a CD-ROM elsewhere that is named like an image: it starts" virsh -q start plain --paused
guest_stop plain
ok "  detach" virt-payload detach plain
is "  leaves it" "$(virsh dumpxml --inactive plain)" "$before"
is "  nothing is left" "$(payload_leftovers)" ""

done_testing
