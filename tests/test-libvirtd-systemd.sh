#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hand-over if systemd runs: the command that plugs the drive is a unit
# of systemd's own, which outlives the daemon whose hook asked for it.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
# shellcheck source=tests/lib/systemd.sh
. "$VP_SRCDIR/tests/lib/systemd.sh"
private_world --staged "$0" "$@"
guest_need
ok "systemd" systemd_start || done_testing

# The command waits at a gate, and tells what it is given.
gate=/run/gate
command=/usr/sbin/virt-payload
cp $command /run/virt-payload.real
cat >/run/virt-payload.gated <<SH
#!/bin/sh
{
    tr '\0' ' ' </proc/\$\$/cmdline; echo
    tr '\0' '\n' </proc/\$\$/environ
    cat /proc/\$\$/cgroup
    ps -o ppid=,pid=,sid= -p \$\$
    ls -l /proc/\$\$/fd
} >/run/told.new 2>&1
mv /run/told.new /run/told
while [ -e $gate ]; do sleep 0.02; done
exec /run/virt-payload.real "\$@"
SH
chmod +x /run/virt-payload.gated
mount --bind /run/virt-payload.gated $command
nsenter -t "$systemd_pid" -m -r mount --bind /run/virt-payload.gated $command
sed -i 's|^exec|echo "$@" >>/run/asked\n&|' /usr/bin/systemd-run

define()
{
    guest_define "$1" memory=64 "metadata=$(payload_metadata "$1")"
    uuid=$(virsh domuuid "$1" | head -n 1)
    rm -f /run/told /run/asked
}

# shellcheck disable=SC2317  # called by payload_wait
nothing_runs()
{
    ! pgrep -f 'virt-payload.* attach --live' >/dev/null
}

# shellcheck disable=SC2317  # called by payload_wait
unit_is_gone()
{
    [ "$(systemd_unit "$unit")" = inactive ]
}

# no field of the guest's metadata
secrets='abc123|me@laptop|AAAAC3Nza|ready'

# --- as it should be ---

define web1
: >$gate
ok "a guest starts" guest_start web1 --paused
ok "  the command is run" payload_wait test -e /run/told
unit=virt-payload-attach-$uuid-$(virsh domid web1 | head -n 1).service
is "  as a unit named by guest and run" "$(systemd_unit "$unit")" active
like "  in a control group of its own" "$(cat /run/told)" "^0::/system.slice/$unit\$"
like "  as a child of systemd's" "$(cat /run/told)" '^ *1 +([0-9]+) +\1$'
unlike "  its environment is not the hook's" "$(cat /run/told)" 'LIBVIRT|XDG|^HOME=|VP_'
unlike "  its descriptors are not the hook's" "$(cat /run/told)" 'pipe:|libvirt'
unlike "  no secret is in arguments and environment" "$(cat /run/told /run/asked)" "$secrets"
# the daemon goes, and what it started with it
payload_restart_libvirtd
rm $gate
ok "libvirtd restarts meanwhile: the drive is plugged" payload_wait payload_plugged web1
is "  one drive" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
ok "  the unit ends" payload_wait unit_is_gone
guest_stop web1
virsh -q undefine web1
is "  nothing is left" "$(payload_leftovers)" ""

# --- a unit of that name: the same run is handed over twice ---

define web1
: >$gate
guest_start web1 --paused
payload_wait test -e /run/told
virsh dumpxml web1 >"$tap_dir/web1.xml"
ok "the hook again, for the same run" sh -c "/etc/libvirt/hooks/qemu web1 started begin - <'$tap_dir/web1.xml'"
rm $gate
ok "  the drive is plugged" payload_wait payload_plugged web1
payload_wait nothing_runs
is "  once" "$(virsh -q domblklist web1 | grep -c /payload/)" 1
guest_stop web1
virsh -q undefine web1

# --- systemd refuses, or says nothing: the hook does it itself ---

# refused NAME COMMAND: with a systemd-run that does that
refused()
{
    printf '#!/bin/sh\necho asked >>/run/asked\n%s\n' "$2" >/usr/bin/systemd-run
    define web1
    ok "$1: the guest starts" guest_start web1 --paused
    ok "  the drive is plugged" payload_wait payload_plugged web1
    is "  after systemd was asked once" "$(cat /run/asked)" asked
    like "  by a process of its own" "$(cat /run/told)" '^LC_ALL=C$'
    unlike "  with no descriptor of the hook's" "$(cat /run/told)" 'pipe:|libvirt'
    unlike "  no secret" "$(cat /run/told)" "$secrets"
    payload_wait nothing_runs
    guest_stop web1
    virsh -q undefine web1
    is "  nothing is left" "$(payload_leftovers)" ""
}

refused "systemd-run fails" 'exit 1'
refused "systemd-run crashes" "kill -SEGV \$\$"
refused "systemd-run hangs" 'exec sleep 120'
is "  is ended" "$(pgrep -f 'sleep 120')" ""
rm /usr/bin/systemd-run
define web1
ok "there is no systemd-run: the guest starts" guest_start web1 --paused
ok "  the drive is plugged" payload_wait payload_plugged web1
payload_wait nothing_runs
guest_stop web1
is "  nothing is left" "$(payload_leftovers)" ""

done_testing
