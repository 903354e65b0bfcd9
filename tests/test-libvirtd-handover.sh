#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hand-over from the hook to the command that plugs the drive, when the
# world changes between the two: no wrong guest is touched, nothing is left,
# and the journal says what came of it.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
command -v busybox >/dev/null || skip_all "busybox is not installed"
guest_need
payload_journal_start

# The command waits at a gate: hold, then let_go.
gate=/run/gate
command=/usr/sbin/virt-payload
cp $command /run/virt-payload.real
cat >/run/virt-payload.gated <<SH
#!/bin/sh
echo \$\$ >>/run/waiting
while [ -e $gate ]; do sleep 0.02; done
exec /run/virt-payload.real "\$@"
SH
chmod +x /run/virt-payload.gated
mount --bind /run/virt-payload.gated $command

hold()
{
    : >$gate
    : >/run/waiting
}

let_go()
{
    payload_wait test -s /run/waiting
    rm $gate
    payload_wait nothing_runs
}

# shellcheck disable=SC2317  # called by payload_wait
nothing_runs()
{
    ! pgrep -f 'virt-payload.* attach --live' >/dev/null
}

define()
{
    guest_define "$1" memory=64 "metadata=$(payload_metadata "$1")"
    its_uuid=$(virsh domuuid "$1" | head -n 1)
}

# --- as it should be ---

define web1
guest_start web1 --paused
ok "a drive is plugged" payload_wait payload_plugged web1
payload_wait nothing_runs
ok "  the journal says so" payload_logged 'web1: payload drive plugged into the running guest, 0 ms after its start'
is "  the definition has none" "$(payload_drive web1 --inactive)" ""
guest_stop web1
virsh -q undefine web1

# --- destroyed before the hand-over reaches it ---

define web1
hold
guest_start web1 --paused
guest_stop web1
let_go
ok "a guest that is gone is left alone" payload_logged "web1: the guest has stopped or restarted"
is "  its definition too" "$(payload_drive web1 --inactive)" ""
is "  nothing is left" "$(payload_leftovers)" ""

# --- and started again: another run, with a hand-over of its own ---

hold
guest_start web1 --paused
guest_stop web1
guest_start web1 --paused
payload_wait test "$(wc -l </run/waiting)" -ge 2
let_go
ok "of two hand-overs the later plugs" payload_wait payload_plugged web1
is "  one drive" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
guest_stop web1
virsh -q undefine web1

# --- another guest of that name ---

define web1
hold
guest_start web1 --paused
guest_stop web1
virsh -q undefine web1
guest_define web1 memory=64
guest_start web1 --paused
let_go
ok "  another guest of the same name is left alone" payload_logged "$its_uuid: the guest has stopped or restarted"
is "  it has its own disk" "$(virsh -q domblklist web1 | wc -l)" 1
guest_stop web1
virsh -q undefine web1

# a guest that is named like the other's UUID
hold
define web1
guest_start web1 --paused
guest_stop web1
virsh -q undefine web1
guest_define "$its_uuid" memory=64 "metadata=$(payload_metadata web1)"
let_go
is "a guest named like its UUID is left alone" "$(payload_drive "$its_uuid" --inactive)" ""
virsh -q undefine "$its_uuid"

# --- undefined meanwhile: transient now ---

define web1
hold
guest_start web1 --paused
virsh -q undefine web1
let_go
ok "a guest undefined meanwhile gets its drive" payload_plugged web1
guest_stop web1
not_ok "  is not defined again" virsh domuuid web1

# --- another definition meanwhile ---

define web1
hold
guest_start web1 --paused
virsh dumpxml --inactive web1 | sed 's|</name>|</name><title>mine</title>|' >"$tap_dir/edited.xml"
virsh -q define "$tap_dir/edited.xml"
virsh dumpxml --inactive web1 >"$tap_dir/redefined.xml"
let_go
ok "an edit meanwhile" payload_plugged web1
is "  is kept" "$(virsh dumpxml --inactive web1)" "$(cat "$tap_dir/redefined.xml")"
guest_stop web1
virsh -q undefine web1

# --- somebody else was quicker ---

define web1
hold
guest_start web1 --paused
ok "attach by hand before the hand-over" /run/virt-payload.real attach --live web1
let_go
is "  one drive" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
ok "  the journal says so" payload_logged 'web1: the running guest already has its payload drive'
guest_stop web1
virsh -q undefine web1

# --- libvirtd stopped in between ---

define web1
hold
guest_start web1 --paused
payload_stop_libvirtd
rm -f /run/libvirt/libvirt-sock*
let_go
ok "  without libvirtd the journal says so" payload_logged "$its_uuid: libvirt cannot be reached: .*\[libvirt\]"
ok "  libvirtd starts" payload_start_libvirtd
is "  the guest runs" "$(virsh domstate web1 | head -n 1)" paused
is "  without a drive" "$(payload_drive web1)" ""
like "  list says why" "$(virt-payload list)" '^web1 .* libvirt cannot be reached: .*\[libvirt\]$'
like "  doctor says why" "$(virt-payload doctor)" '^web1: .*libvirt cannot be reached'
ok "  attach brings it" virt-payload attach --live web1
ok "  it is there" payload_plugged web1
unlike "  list has nothing more to say" "$(virt-payload list)" 'libvirt|error'
guest_stop web1
virsh -q undefine web1

# --- the drive comes late ---

define web1
hold
guest_start web1
payload_wait test -s /run/waiting
sleep 1.5
let_go
ok "a drive that comes late is plugged" payload_plugged web1
ok "  the journal says so" payload_logged "web1: the drive was hot-plugged [0-9]+ ms after the start.*virt-payload attach $its_uuid"
like "  list says so" "$(virt-payload list)" '^web1 .* the drive was hot-plugged [0-9]+ ms after the start'
like "  doctor" "$(virt-payload doctor)" "^web1: the drive was hot-plugged [0-9]+ ms after the start.*virt-payload attach $its_uuid"
ok "  that command" virt-payload attach "$its_uuid"
guest_stop web1
guest_start web1 --paused
unlike "  list has nothing more to say" "$(virt-payload list)" 'hot-plugged|error'
is "  the drive is there from the start" "$(payload_drive web1 | cut -d ' ' -f 1,2)" "vdz virtio"
guest_stop web1
virsh -q undefine web1

# --- the only free port is taken meanwhile ---

ports()
{
    cat <<XML
<controller type='usb' model='none'/>
<controller type='pci' index='0' model='pcie-root'/>
<controller type='pci' index='1' model='pcie-root-port'/>
<controller type='pci' index='2' model='pcie-root-port'/>
<controller type='pci' index='3' model='pcie-root-port'/>
<memballoon model='none'/>
<interface type='user'><model type='virtio'/></interface>
XML
}
guest_define full memory=64 "metadata=$(payload_metadata full)" "devices=$(ports)"
before=$(virsh dumpxml --inactive full)
hold
guest_start full --paused
cat >"$tap_dir/nic.xml" <<'XML'
<interface type='user'><model type='virtio'/></interface>
XML
ok "somebody takes the only free port" virsh -q attach-device full "$tap_dir/nic.xml" --live
controllers=$(virsh dumpxml full | grep -c '<controller')
let_go
is "  the guest has no drive" "$(payload_drive full)" ""
ok "  the journal says why" payload_logged 'full: the drive cannot be hot-plugged: .*\[drive\]'
like "  list says why" "$(virt-payload list)" '^full .* the drive cannot be hot-plugged: .*\[drive\]$'
like "  its JSON" "$(virt-payload list --json)" '^ *"the drive cannot be hot-plugged'
like "  doctor, with the command" "$(virt-payload doctor)" '^full: the drive cannot be hot-plugged: .*virt-payload attach'
is "  no controller is left" "$(virsh dumpxml full | grep -c '<controller')" "$controllers"
is "  the definition is as it was" "$(virsh dumpxml --inactive full)" "$before"
is "  only root can read the note" "$(stat -c '%U %a' "$payload_dir"/*.error)" 'root 600'
guest_stop full
is "  forgotten with the run" "$(payload_leftovers)" ""
ok "  that command" virt-payload attach full
ok "  it starts" guest_start full --paused
is "  with the drive" "$(payload_drive full | cut -d ' ' -f 1,2)" "vdz virtio"
guest_stop full
virsh -q undefine full

# --- a guest that was saved without the drive goes on without it ---

# resumed HOW: it runs, and nothing is plugged, though a start would be refused
resumed()
{
    payload_wait nothing_runs
    is "$1: no drive is plugged" "$(payload_drive saved)" ""
    is "  nothing is wrong" "$(find "$payload_dir" -name '*.error')" ""
    is "  no note is left" "$(find "$payload_dir" -name '*.resumed')" ""
}

off='[virt-payload]\nattach = off\n'
# shellcheck disable=SC2059
printf "$off" >/etc/virt-payload.conf
guest_define saved memory=64 "metadata=$(payload_metadata saved 'bus="sata"')"
rm -f "$guest_dir/saved.img"
qemu-img create -q -f qcow2 "$guest_dir/saved.img" 1M
virsh dumpxml --inactive saved | sed "/<disk/,/<\/disk/s/type='raw'/type='qcow2'/" >"$tap_dir/saved.xml"
virsh -q define "$tap_dir/saved.xml"
guest_start saved
virsh -q snapshot-create-as saved one
virsh -q save saved "$guest_dir/saved.save"
rm /etc/virt-payload.conf
not_ok "a start is refused" virsh -q start saved
for mode in hotplug persistent refuse; do
    printf '[virt-payload]\nattach = %s\n' $mode >/etc/virt-payload.conf
    ok "attach = $mode: a restore gets through" virsh -q restore "$guest_dir/saved.save"
    resumed restore
    is "  nothing is put into the definition" "$(payload_drive saved --inactive)" ""
    ok "  managed save" virsh -q managedsave saved
    ok "  a start from it gets through" virsh -q start saved
    resumed "start after managedsave"
    virsh -q save saved "$guest_dir/saved.save"
done
rm /etc/virt-payload.conf
ok "restore --paused gets through" virsh -q restore "$guest_dir/saved.save" --paused
resumed "restore --paused"
guest_stop saved
said=$(virsh snapshot-revert saved one 2>&1)
like "a revert is refused, and says how to do it" "$said" 'to revert.*attach = off'
# shellcheck disable=SC2059
printf "$off" >/etc/virt-payload.conf
ok "  which does" virsh -q snapshot-revert saved one
rm /etc/virt-payload.conf
is "  it runs" "$(virsh domstate saved | head -n 1)" running
guest_stop saved
ok "a restore that libvirt refuses afterwards" sh -c "! virsh -q restore /dev/null 2>/dev/null"
not_ok "  a start is refused again" virsh -q start saved
virsh -q snapshot-delete saved one
virsh -q undefine saved

# one that could be plugged: a revert is distinguished from a start by what libvirt says of the guest
# shellcheck disable=SC2059
printf "$off" >/etc/virt-payload.conf
guest_define saved memory=64 "metadata=$(payload_metadata saved)"
qemu-img create -q -f qcow2 "$guest_dir/saved.img" 1M
virsh dumpxml --inactive saved | sed "/<disk/,/<\/disk/s/type='raw'/type='qcow2'/" >"$tap_dir/saved.xml"
virsh -q define "$tap_dir/saved.xml"
guest_start saved
virsh -q snapshot-create-as saved one
virsh -q suspend saved
virsh -q snapshot-create-as saved two
rm /etc/virt-payload.conf
for from in running off; do
    for snapshot in one two; do
        [ $from = running ] || guest_stop saved
        ok "revert to snapshot $snapshot, $from" virsh -q snapshot-revert saved $snapshot
        resumed revert
    done
done
ok "  the journal says so" payload_logged "saved: the guest was resumed without a payload drive"
ok "  attach --live plugs it" virt-payload attach --live saved
ok "  there it is" payload_plugged saved
guest_stop saved
virsh -q snapshot-delete saved one
virsh -q snapshot-delete saved two
virsh -q undefine saved

# --- many at once ---

names=
for i in 1 2 3 4 5 6 7 8; do
    guest_define "many$i" memory=64 disk=none "metadata=$(payload_metadata "many$i")"
    names="$names many$i"
done
pids=
for name in $names; do
    virsh -q start "$name" --paused &
    pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
for name in $names; do
    payload_wait payload_plugged "$name"
done
payload_wait nothing_runs
with=0
for name in $names; do
    [ "$(virsh -q domblklist "$name" | grep -c /payload/)" = 1 ] && with=$((with + 1))
    guest_stop "$name"
done
is "eight guests started at once have a drive each" $with 8
is "  nothing is left" "$(payload_leftovers)" ""

done_testing
