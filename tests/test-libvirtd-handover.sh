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
ok "a drive is plugged" payload_wait payload_defined web1
payload_wait nothing_runs
ok "  the journal says so" payload_logged 'web1: payload drive plugged into the running guest'
ok "  and that it stays" payload_logged 'web1: payload drive there from the next start'
guest_stop web1
virsh -q undefine web1

# --- destroyed before the hand-over reaches it ---

define web1
hold
guest_start web1 --paused
guest_stop web1
let_go
ok "a guest that is gone is left alone" payload_logged "web1: the run that began is over"
is "  its definition too" "$(payload_drive web1 --inactive)" ""
is "  nothing is left" "$(payload_leftovers)" ""

# --- and started again: another run, with a hand-over of its own ---

hold
guest_start web1 --paused
guest_stop web1
guest_start web1 --paused
payload_wait test "$(wc -l </run/waiting)" -ge 2
let_go
ok "of two hand-overs the later plugs" payload_wait payload_defined web1
is "  one drive" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
is "  and defines one" "$(virsh -q domblklist --inactive web1 | grep -c /payload/)" 1
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
ok "another guest of the same name is left alone" payload_logged "$its_uuid: the run that began is over"
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
not_ok "  and is not defined again" virsh domuuid web1

# --- another definition meanwhile ---

define web1
hold
guest_start web1 --paused
virsh dumpxml --inactive web1 | sed 's|</name>|</name><title>mine</title>|' >"$tap_dir/edited.xml"
virsh -q define "$tap_dir/edited.xml"
let_go
ok "an edit meanwhile" payload_defined web1
is "  is kept" "$(virsh desc --title --config web1)" mine
guest_stop web1
virsh -q undefine web1

# --- somebody else was quicker ---

define web1
hold
guest_start web1 --paused
ok "attach by hand before the hand-over" /run/virt-payload.real attach --live --config web1
let_go
is "  one drive" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
ok "  the journal says so" payload_logged 'web1: the running guest has its payload drive already'
guest_stop web1
virsh -q undefine web1

# --- libvirtd stopped in between ---

define web1
hold
guest_start web1 --paused
payload_stop_libvirtd
rm -f /run/libvirt/libvirt-sock*
let_go
ok "without libvirtd the journal says so" payload_logged "$its_uuid: libvirt cannot be reached: .*\[libvirt\]"
ok "  libvirtd starts" payload_start_libvirtd
is "  the guest runs" "$(virsh domstate web1 | head -n 1)" paused
is "  without a drive" "$(payload_drive web1)" ""
like "  list says why" "$(virt-payload list)" '^web1 .* libvirt cannot be reached: .*\[libvirt\]$'
ok "  attach brings it" virt-payload attach --live --config web1
ok "  it is there" payload_plugged web1
unlike "  and list has nothing more to say" "$(virt-payload list)" 'libvirt|error'
guest_stop web1
virsh -q undefine web1

# --- no bus left: every root port is taken, and there is no USB ---

ports()
{
    cat <<XML
<controller type='usb' model='none'/>
<controller type='pci' index='0' model='pcie-root'/>
<controller type='pci' index='1' model='pcie-root-port'/>
<controller type='pci' index='2' model='pcie-root-port'/>
<memballoon model='none'/>
<interface type='user'><model type='virtio'/></interface>
XML
}
guest_define full memory=64 "metadata=$(payload_metadata full)" "devices=$(ports)"
guest_start full --paused
ok "a guest with no free slot gets its drive later" payload_wait payload_defined full
is "  not now" "$(payload_drive full)" ""
ok "  the journal says why" payload_logged 'full: no bus of the running guest takes the drive: .*\[drive\]'
payload_wait nothing_runs
like "  so does list" "$(virt-payload list)" '^full .* no bus of the running guest takes the drive: .*\[drive\]$'
like "  and its JSON" "$(virt-payload list --json)" '"error": "no bus of the running guest'
is "  which is root's alone" "$(stat -c '%U %a' "$payload_dir"/*.error)" 'root 600'
guest_stop full
is "  and forgotten with the run" "$(payload_leftovers)" ""
ok "  it starts" guest_start full --paused
is "  with the drive" "$(payload_drive full | cut -d ' ' -f 1,2)" "vdb virtio"
guest_stop full
virsh -q undefine full

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
    payload_wait payload_defined "$name"
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
