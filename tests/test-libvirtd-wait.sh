#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `virt-payload wait` with a real guest, whose agent (guest/agent) has what each claim puts there.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/pty.sh
. "$VP_SRCDIR/tests/lib/pty.sh"
private_world --staged "$0" "$@"
guest_need
TERM=xterm
export TERM
unset NO_COLOR

# in_guest SCRIPT: run by the guest's agent
in_guest()
{
    virsh -q qemu-agent-command web1 \
        "{\"execute\":\"vp-run\",\"arguments\":{\"script\":\"$(printf %s "$1" | base64 -w 0)\"}}" >/dev/null
}

# waits ARGUMENT...: $out and $status
waits()
{
    out=$(virt-payload wait "$@" 2>&1)
    status=$?
}

result()
{
    in_guest "printf '%s' '{\"v1\":{\"datasource\":\"DataSourceConfigDrive [net]\",\"errors\":$1}}' >/run/cloud-init/result.json"
}

channel="<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
guest_define web1 memory=128 append=vp.agent "devices=$channel"
waits web1
is "a guest that does not run" "$status-$out" \
    "1-virt-payload: web1: the guest is not running; start it first [drive]"
guest_start web1
waits web1 --timeout 0
is "a guest that boots: the status of a time-out" $status 4
like "  what is waited for" "$out" "^web1: not done after [0-9]+ s: the guest agent does not answer yet; .*--for=ssh$"
waits web1 --timeout x
is "a time-out that is not a number" "$status-$out" \
    "2-virt-payload: --timeout takes a number, 0 or more [usage]"

ok "the agent comes" guest_wait web1 'waiting for a drive'
for _ in 1 2 3 4 5 6 7 8 9 10; do
    in_guest : 2>/dev/null && break
    sleep 0.5
done
waits web1 -t 1
is "no cloud-init: the status" $status 4
like "  what is waited for" "$out" "^web1: not done after [0-9]+ s: .*cloud-init has not started$"

# --- the way it goes, on a terminal

in_guest 'mkdir /run/cloud-init; echo "{\"v1\":{\"stage\":\"modules-config\"}}" >/run/cloud-init/status.json'
(sleep 6; result '[]') &
out=$(on_terminal virt-payload wait web1 -t 60)
wait $!
like "  the stage while it is on" "$out" 'web1: cloud-init runs modules-config \([0-9]+ s\)'
like "  which its end takes away" "$out" "$(printf '\033')\\[Kweb1: cloud-init is done, from DataSourceConfigDrive\$"
like "  the guest's address" "$out" '^  eth0 +52:54:00:00:00:01 +192\.0\.2\.5/24$'
unlike "  not its loopback" "$out" 127.0.0.1
waits web1
is "elsewhere no progress is shown" "$status-$out" "0-web1: cloud-init is done, from DataSourceConfigDrive
  eth0       52:54:00:00:00:01 192.0.2.5/24"

# --- the ways it can end

result '["a","b"]'
waits web1
is "errors: the status" $status 3
like "  how many" "$out" "^web1: cloud-init is done, with errors \(2\); 'cloud-init status --long'"
in_guest 'printf "\033]0;x" >/run/cloud-init/result.json'
waits web1
is "what cannot be read: the status" $status 3
like "  that it is so" "$out" 'result\.json in the guest cannot be read$'
unlike "  none of it" "$out" "$(printf '\033')"
in_guest 'touch /run/hostile'
waits web1
is "no content at all: the status" $status 3
like "  that it is so" "$out" 'result\.json in the guest cannot be read$'
unlike "  nothing that is not an address" "$out" "oProxyCommand|$(printf '\033')"
is "what is not an address, or this host's own: address" "$(virt-payload address --all web1 2>/dev/null)" ""
is "what is not an address, or this host's own: ssh" "$(virt-payload ssh --print --timeout 0 web1 2>/dev/null)" ""
in_guest 'rm /run/hostile /run/cloud-init/*; touch /run/cloud-init/disabled'
waits web1
is "disabled: the status" $status 3
like "  that it is so" "$out" '^web1: cloud-init is disabled in the guest$'

result '[]'
in_guest 'echo guest-file-open >/run/forbidden'
waits web1
like "an agent that may not read files runs cat" "$status-$out" '^0-web1: cloud-init is done'
in_guest 'rm /run/cloud-init/*'
waits web1 -t 0
is "  which tells what is missing, too" $status 4
in_guest 'echo guest-exec >>/run/forbidden'
waits web1
like "one that may do neither" "$status-$out" \
    '^1-virt-payload: web1: .*may neither read files nor run commands.*\[missing\]$'
in_guest 'echo guest-file-open >/run/forbidden; touch /run/slow'
SECONDS=0
waits web1 -t 2
is "an agent that is late with each answer: the status" $status 4
# if each question waited for its answer, it would take three minutes
ok "  soon after the time is up" test $SECONDS -lt 60 || diag "it took $SECONDS s"
in_guest 'rm /run/forbidden /run/slow'

# --- given up, and the guest's end

# a shell has what it runs in the background ignore it
env --default-signal=INT virt-payload wait web1 >/dev/null 2>&1 &
pid=$!
sleep 1.5
kill -INT $pid
wait $pid
is "interrupted" $? 130
virt-payload wait web1 >"$tap_dir/out" 2>&1 &
pid=$!
sleep 1.5
guest_stop web1
wait $pid
is "the guest stops: the status" $? 1
like "  that it is so" "$(cat "$tap_dir/out")" '^virt-payload: web1: .*stopped.*\[drive\]$'

guest_define web2 memory=64 disk=none
guest_start web2
waits web2
like "no channel for an agent" "$status-$out" "^1-virt-payload: web2: .*<channel type='unix'>.*\[missing\]$"
waits nobody
like "no such guest" "$status-$out" '^1-virt-payload: nobody: .*\[not-found\]$'

done_testing
