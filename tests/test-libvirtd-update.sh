#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `virt-payload update` with real guests: what they read, what QEMU holds, and what libvirt knows
# afterwards.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
# shellcheck source=tests/lib/pty.sh
. "$VP_SRCDIR/tests/lib/pty.sh"
private_world --staged "$0" "$@"
guest_need
TERM=xterm
export TERM

image_of()
{
    echo "$payload_dir/$(virsh domuuid "$1" | head -n 1).img"
}

# The inode of the image that QEMU holds open, by /proc, because the name may now lead to another
held_inode()
{
    local pid

    pid=$(cat "/run/libvirt/qemu/$1.pid")
    for fd in "/proc/$pid/fd"/*; do
        [[ $(readlink "$fd") == */payload/*.img* ]] && stat -Lc %i "$fd"
    done | sort -u
}

metadata_of()
{
    virsh metadata "$1" urn:virt-payload:1 "$2"
}

# given GUEST DRIVE: changes its host name, and claims all that an update means
given()
{
    local guest=$1 drive=$2 before

    before=$(payload_drive "$guest")
    ok "$guest: the definition changes" virt-payload set "$guest" --hostname "new.$guest"
    virt-payload diff "$guest" >/dev/null
    is "$guest: that is pending" $? 1
    like "$guest: --dry-run says what it would do" "$(virt-payload update -n "$guest")" \
        "^$guest: drive ${before%% *}: .*would be"
    virt-payload diff "$guest" >/dev/null
    is "$guest: does nothing" $? 1
    like "$guest: list says that a guest that has booted will not read it" \
        "$(virt-payload list | grep "^$guest ")" ' unread *$'
    is "$guest: update" "$(virt-payload update "$guest" 2>"$tap_dir/advice")" "$guest: $drive"
    like "$guest: so does update, and what to do" "$(cat "$tap_dir/advice")" \
        "^virt-payload: $guest: .*instance-id 'content'"
    is "$guest: nothing is pending" "$(virt-payload diff "$guest" 2>&1)" ""
    is "$guest: the drive is where it was" "$(payload_drive "$guest")" "$before"
    is "$guest: QEMU holds the new image" "$(held_inode "$guest")" "$(stat -c %i "$(image_of "$guest")")"
    is "$guest: which only QEMU can read" "$(stat -c '%U %a' "$(image_of "$guest")")" \
        "$(stat -c %U "/proc/$(cat "/run/libvirt/qemu/$guest.pid")") 600"
    is "$guest: the run's metadata is the definition's" "$(metadata_of "$guest" --live)" \
        "$(metadata_of "$guest" --config)"
    like "$guest: list says so" "$(virt-payload list)" "^$guest .*current"
    is "$guest: a second time there is nothing to do" "$(virt-payload update "$guest")" \
        "$guest: the running guest has what the definition says"
}

# --- a disk: the guest releases it, and finds the new one ---

guest_define web1 memory=128 append=vp.watch "metadata=$(payload_metadata old.web1)"
virt-payload attach web1 >/dev/null
is "a guest that does not run" "$(virt-payload update web1)" \
    "web1: is not running; its next start uses the definition"
guest_start web1
guest_wait web1 'end of files'
given web1 'drive vdz: unplugged and plugged in again'
ok "web1: the guest reads the update" guest_wait web1 '"hostname": "new\.web1"'
ok "web1: a change of only the running guest's metadata counts too" virsh -q metadata web1 \
    urn:virt-payload:1 --key payload --live --set '<cloud-init><hostname>other</hostname></cloud-init>'
ok "web1: update" virt-payload update web1
is "web1: the run's metadata is the definition's" "$(metadata_of web1 --live)" \
    "$(metadata_of web1 --config)"

# --- a guest that does not release the drive: it keeps what it has, until it does

virsh -q suspend web1
virt-payload set web1 --hostname late.web1 >/dev/null
sum=$(sha256sum <"$(image_of web1)")
out=$(on_terminal virt-payload update web1)
like "web1: progress on a terminal" "$out" 'waiting for the guest to release drive vdz \([0-9]+ s\)'
like "web1: what it waits for" "$out" 'virt-payload: web1: .*has not released drive vdz.*try again later \[drive\]$'
is "web1: the image is the old one" "$(sha256sum <"$(image_of web1)")" "$sum"
like "web1: and the run's metadata" "$(virt-payload show --live web1)" '^hostname +new\.web1'
virsh -q resume web1
ok "web1: it releases the drive" payload_wait sh -c '! virsh -q domblklist web1 | grep -q /payload/'
is "web1: update again" "$(virt-payload update web1 2>&1)" "web1: payload drive plugged in"
ok "web1: the guest reads what is plugged in again" guest_wait web1 '"hostname": "late\.web1"'
guest_stop web1
not_ok "web1: no image is left" test -e "$(image_of web1)"

# --- a CD-ROM: the guest sees other media ---

guest_define disc disk=sata memory=128 append=vp.watch "metadata=$(payload_metadata old.disc)"
virt-payload attach disc >/dev/null
guest_start disc
guest_wait disc 'end of files'
given disc 'drive sdz: media changed'
ok "disc: the guest reads it" guest_wait disc '"hostname": "new\.disc"'
like "disc: QEMU's block layer has it" "$(virsh -q qemu-monitor-command disc --pretty '{"execute":"query-block"}')" \
    "\"filename\": \"$(image_of disc)\""

# --- set and unset of the run, in virsh's words ---

is "set --live" "$(virt-payload set disc --live --hostname live.disc 2>/dev/null)" \
    "disc: payload updated in the running guest"
ok "  the guest reads it" guest_wait disc '"hostname": "live\.disc"'
like "  show --live" "$(virt-payload show --live disc)" '^hostname +live\.disc'
like "  the definition keeps its own" "$(virt-payload show disc)" '^hostname +new\.disc'
is "set --current: a running guest" "$(virt-payload set disc --current --timezone UTC 2>/dev/null)" \
    "disc: payload updated in the running guest"
like "  the run has it" "$(virt-payload show --live disc)" '^timezone +UTC'
unlike "  the definition has not" "$(virt-payload show disc)" timezone
is "unset --live" "$(virt-payload unset disc --live timezone 2>/dev/null)" \
    "disc: payload updated in the running guest"
unlike "  the image no longer has it" "$(virt-payload dump disc)" timezone
is "set --live --config" "$(virt-payload set disc --live --config --hostname both.disc 2>/dev/null)" \
    "disc: payload stored and updated in the running guest"
is "  one and the same" "$(metadata_of disc --live)" "$(metadata_of disc --config)"
is "  nothing is pending" "$(virt-payload diff disc)" ""
like "an invalid value is given to neither" "$(virt-payload set disc --live --hostname 'a b' 2>&1)" \
    '\[hostname\]$'
is "  nothing is pending" "$(virt-payload diff disc)" ""
is "unset --live --all" "$(virt-payload unset disc --live --all 2>&1)" "disc: no payload in the running guest"
is "  the CD-ROM is empty" "$(virsh -q domblklist disc | awk '$1 == "sdz" { print $2 }')" -
is "  it takes effect at the next start" "$(virt-payload show disc | sed -n 's/^hostname *//p')" both.disc
is "update brings it back" "$(virt-payload update disc 2>&1)" "disc: payload drive plugged in"
is "  into the same CD-ROM" "$(payload_drive disc)" "sdz sata $(image_of disc)"
virt-payload set disc --config --live --hostname new.disc >/dev/null

# --- what cannot be given ---

virt-payload set disc --bus usb --no-drive >/dev/null
like "  another bus" "$(virt-payload update disc 2>&1)" \
    '^virt-payload: disc: .*new bus.*at the next start \[drive\]'
virt-payload unset disc bus --no-drive >/dev/null
virsh -q metadata disc urn:virt-payload:1 --key payload --config --set \
    '<cloud-init><hostname>a b</hostname></cloud-init>'
like "an invalid definition" "$(virt-payload update disc 2>&1)" '^virt-payload: disc: .*\[hostname\]$'
like "  the running guest keeps what it has" "$(virt-payload dump disc -f meta_data.json)" '"hostname": "new.disc"'
virsh -q metadata disc urn:virt-payload:1 --config --remove
like "no payload" "$(virt-payload update disc 2>&1)" '^virt-payload: disc: the definition has no payload'
guest_stop disc

# --- a CD-ROM that the guest has locked ---

guest_define locked disk=sata memory=128 append=vp.loop "metadata=$(payload_metadata old.locked)"
virt-payload attach locked >/dev/null
guest_start locked
guest_wait locked 'tick'
virt-payload set locked --hostname new.locked >/dev/null
like "a mounted CD-ROM is left alone" "$(virt-payload update locked 2>&1)" \
    '^virt-payload: locked: .*tray.*\[libvirt\]'
ok "  with its image" payload_reads_on locked
virt-payload diff locked >/dev/null
is "  the change stays pending" $? 1
is "  --force opens it" "$(virt-payload update --force locked 2>/dev/null)" "locked: drive sdz: media changed"
is "  nothing is pending" "$(virt-payload diff locked)" ""
guest_stop locked

# --- a CD-ROM that libvirt has hot-plugged: it does not open its tray ---

guest_define scsi disk=scsi memory=32 "metadata=$(payload_metadata old.scsi)"
guest_start scsi --paused
ok "hot-plugged: a CD-ROM on virtio-scsi" payload_wait payload_plugged scsi
was=$(payload_drive scsi)
virt-payload set scsi --hostname new.scsi >/dev/null 2>&1
out=$(virt-payload update scsi 2>&1)
# a later libvirt may be able to
if ! echo "$out" | grep -qx "scsi: drive sdz: media changed"; then
    like "  what helps is said" "$out" "medium cannot be changed.*; 'update --force' unplugs the drive .*\[libvirt\]\$"
    ok "  its image is kept" test -s "$(image_of scsi)"
    like "update --force replaces it" "$(virt-payload update --force scsi 2>&1)" '^scsi: drive sdz: media changed$'
fi
is "  at the same place" "$(payload_drive scsi)" "$was"
is "  nothing is pending" "$(virt-payload diff scsi)" ""

# --- an interface that only the definition has ---

virsh -q attach-device scsi --config /dev/stdin <<XML
<interface type='user'><model type='virtio'/></interface>
XML
virt-payload set scsi --dhcp >/dev/null 2>&1
like "update: an interface that only the definition has" "$(virt-payload update --force scsi 2>&1)" \
    '^virt-payload: scsi: the running guest may lack an interface .*attach-device --live.*\[network\]$'
like "  the next start has it" "$(virt-payload validate scsi 2>&1; virt-payload list)" '^scsi .* (unread|pending)'
guest_stop scsi

# --- no drive yet, and no definition ---

guest_define late memory=128
guest_start late
virt-payload set late --hostname late --no-drive >/dev/null
is "a run without a drive is given one" "$(virt-payload update late 2>&1)" \
    "late: payload drive plugged in"
ok "  which the guest sees" guest_wait late 'drive vdb, bus virtio, label config-2'
is "  nothing is pending" "$(virt-payload diff late)" ""
guest_stop late

guest_xml passing memory=128 "metadata=$(payload_metadata old.passing)" append=vp.watch >"$tap_dir/passing.xml"
virsh -q create "$tap_dir/passing.xml"
payload_wait payload_plugged passing
guest_wait passing 'end of files'
is "set of a transient guest is of its run" "$(virt-payload set passing --hostname set.passing 2>/dev/null)" \
    "passing: payload updated in the running guest"
ok "  which the guest reads" guest_wait passing '"hostname": "set\.passing"'
like "  it has no next start" "$(virt-payload set passing --config --hostname no 2>&1)" '\[drive\]$'
virsh -q metadata passing urn:virt-payload:1 --key payload --live --set \
    '<cloud-init><hostname>new.passing</hostname></cloud-init>'
is "a transient guest gets what its live definition says" "$(virt-payload update passing)" \
    "passing: drive vdz: unplugged and plugged in again"
ok "  reads it" guest_wait passing '"hostname": "new\.passing"'
guest_stop passing

done_testing
