# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Payload drives of real guests: source it after guest.sh.
#
#   payload_metadata HOSTNAME [ATTRIBUTES]   an element of our namespace
#   payload_drive NAME [--inactive]   "TARGET BUS PATH" of the payload drive; empty if none
#   payload_plugged NAME, payload_defined NAME   whether the run, the definition has the drive
#   payload_recorded NAME   whether the time from its start to the drive has been recorded
#   payload_wait COMMAND...   until it succeeds, a minute at most
#   payload_appears NAME      wait for the drive; print the milliseconds that took
#   payload_journal_start     then: payload_logged REGEX
#   payload_leftovers         images and processes that are left; empty is good
#   payload_restart_libvirtd, payload_stop_libvirtd, payload_start_libvirtd
#   payload_reads_on NAME     a guest with vp.loop reads its drive on, without an error
#   $payload_dir              where images are stored

: "${guest_dir:?source guest.sh first}" "${tap_dir:?source tap.sh first}"
# shellcheck disable=SC2034  # for who sources this
payload_dir=/var/run/payload

payload_metadata()
{
    cat <<XML
<payload:cloud-init xmlns:payload="urn:virt-payload:1" ${2-}>
  <payload:hostname>$1</payload:hostname>
  <payload:user name="root">
    <payload:password>abc123</payload:password>
    <payload:ssh-key>ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3ZxLxQ2wG0mJ5n0Jv8m5dK2u0pYJ9b5Yw1nQb5o1zV me@laptop</payload:ssh-key>
  </payload:user>
  <payload:run-cmd>touch /var/tmp/ready</payload:run-cmd>
</payload:cloud-init>
XML
}

payload_drive()
{
    virsh dumpxml "$@" 2>/dev/null >"$tap_dir/.drive.xml" || return
    xmllint --xpath '//disk[contains(source/@file, "/payload/")]' "$tap_dir/.drive.xml" 2>/dev/null |
        tr -d '\n' | sed -E "
            s|.*<source file=[\"']([^\"']*)[\"'].*<target dev=[\"']([^\"']*)[\"'] bus=[\"']([^\"']*)[\"'].*|\2 \3 \1|"
}

payload_plugged()
{
    [ -n "$(payload_drive "$1")" ]
}

payload_defined()
{
    [ -n "$(payload_drive "$1" --inactive)" ]
}

payload_recorded()
{
    [ -s "$payload_dir/$(virsh domuuid "$1" | head -n 1).plugged" ]
}

payload_wait()
{
    local tries=600

    until "$@" >/dev/null 2>&1; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

payload_appears()
{
    local began now

    began=$(date +%s%N)
    while now=$(date +%s%N); [ $((now - began)) -lt 20000000000 ]; do
        if virsh -q domblklist "$1" | grep -q "/payload/.*\.img"; then
            now=$(date +%s%N)
            echo $(((now - began) / 1000000))
            return
        fi
    done
    return 1
}

# From here on what is sent to the journal is in $payload_journal.
payload_journal_start()
{
    payload_journal=$tap_dir/journal
    : >"$payload_journal"
    busybox syslogd -n -O "$payload_journal" &
    at_exit "kill $!; wait $!"
    payload_wait test -S /dev/log
}

# payload_logged REGEX: whether the journal has such a line of ours
payload_logged()
{
    grep -Eq -e "virt-payload\[[0-9]*\]: $1" "$payload_journal"
}

# What is left of payloads: images and processes. Empty is good.
payload_leftovers()
{
    find "$payload_dir" /run/elsewhere/payload -type f 2>/dev/null
    pgrep -af 'sbin/virt-payload.* attach'
}

# Guests run on.
payload_restart_libvirtd()
{
    payload_stop_libvirtd
    payload_start_libvirtd
}

payload_stop_libvirtd()
{
    kill "${VP_PRIVATE_LIBVIRTD:?}"
    payload_wait payload_is_gone "$VP_PRIVATE_LIBVIRTD"
}

payload_start_libvirtd()
{
    setsid libvirtd >>/run/libvirtd.log 2>&1 </dev/null &
    VP_PRIVATE_LIBVIRTD=$!
    payload_wait virsh -q version
}

payload_is_gone()
{
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"
}

# payload_ticks NAME: how often the guest has read its drive so far (vp.loop)
payload_ticks()
{
    guest_console "$1" | grep -c '^VP-GUEST: tick'
}

# payload_reads_on NAME: the guest reads its drive three times more, always the same
payload_reads_on()
{
    local had

    had=$(payload_ticks "$1")
    guest_until "$1" payload_has_read "$1" $((had + 3)) &&
        ! guest_console "$1" | grep '^VP-GUEST: tick .*failed' &&
        [ "$(payload_sums "$1" | wc -l)" = 1 ] && return
    diag "$1 had read $had times; now: $(guest_console "$1" | tail -n 5)"
    return 1
}

# payload_sums NAME: over all that it has read, one line for each that differs. A line that is cut off
# does not count: the console may be read, or the guest leave this host, in the middle of one.
payload_sums()
{
    guest_console "$1" | awk '/^VP-GUEST: tick [0-9]+ / && length($4) == 64 { print $4 }' | sort -u
}

payload_has_read()
{
    [ "$(payload_ticks "$1")" -ge "$2" ]
}
