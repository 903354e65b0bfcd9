# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Payload drives of real guests: source it after guest.sh.
#
#   payload_metadata HOSTNAME [ATTRIBUTES]   an element of our namespace
#   payload_drive NAME [--inactive]   "TARGET BUS PATH" of the payload drive; empty where none
#   payload_plugged NAME, payload_defined NAME   whether the run, the definition has the drive
#   payload_wait COMMAND...   until it succeeds, 20 seconds at most
#   payload_appears NAME      wait for the drive; print the milliseconds that took
#   $payload_dir              where images stand

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

payload_wait()
{
    local tries=200

    until "$@"; do
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
