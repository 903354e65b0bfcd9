# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real systemd in a private world: source it after tap.sh.
#
#   systemd_start      as the first process of a namespace of its own, with units that do nothing,
#                      and systemd-run, which reaches it
#   systemd_unit NAME  its state: "active", "failed", ...; "inactive" if it has gone or never was
#   $systemd_log       what it says
#
# It needs a control group to begin with: one below the host's root, removed at the end.

: "${tap_dir:?source tap.sh first}"
systemd_log=$tap_dir/systemd.log
systemd_group=virt-payload-test-$$
systemd_pid=''

systemd_need()
{
    if [ ! -x /lib/systemd/systemd ] || [ ! -x /usr/bin/systemd-run ]; then
        skip_all "systemd is not installed"
    fi
    mkdir -p /run/cgroup
    mount -t cgroup2 cgroup2 /run/cgroup 2>/dev/null || skip_all "there are no control groups (v2) here"
    mkdir "/run/cgroup/$systemd_group" 2>/dev/null || skip_all "no control group can be made here"
}

systemd_start()
{
    local unit outer

    systemd_need
    at_exit systemd_stop
    mkdir -p /run/units
    for unit in default sysinit basic shutdown; do
        printf '[Unit]\nDescription=Nothing\n' >"/run/units/$unit.target"
    done
    cat >/run/systemd-begin <<SH
#!/bin/sh
echo \$\$ >/run/cgroup/$systemd_group/cgroup.procs
exec unshare --cgroup --mount sh -c '
    mount -t tmpfs tmpfs /sys/fs
    mkdir /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec env -i container=other SYSTEMD_UNIT_PATH=/run/units /lib/systemd/systemd --system \
        --log-target=console --show-status=no'
SH
    setsid unshare --pid --fork --kill-child=KILL --mount --mount-proc sh /run/systemd-begin \
        >"$systemd_log" 2>&1 </dev/null &
    outer=$!
    systemd_tries=600
    until [ -S /run/systemd/private ]; do
        [ $((systemd_tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
    read -r systemd_pid <"/proc/$outer/task/$outer/children"
    # it answers only to processes that it can see
    mv /usr/bin/systemd-run /usr/bin/systemd-run.real
    printf '#!/bin/sh\nexec nsenter -t %s -p -m -r /usr/bin/systemd-run.real "$@"\n' "$systemd_pid" \
        >/usr/bin/systemd-run
    chmod +x /usr/bin/systemd-run
}

systemd_unit()
{
    nsenter -t "$systemd_pid" -p -m -r systemctl is-active "$1"
}

systemd_stop()
{
    [ -z "$systemd_pid" ] || kill -KILL "$systemd_pid"
    systemd_tries=50
    until find "/run/cgroup/$systemd_group" -depth -type d -exec rmdir {} + 2>/dev/null ||
        [ $((systemd_tries -= 1)) = 0 ]; do
        sleep 0.1
    done
}
