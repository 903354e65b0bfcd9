#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages of mistakes that newcomers make: each says what to do next, and no value.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
head="<domain type='kvm'><name>a</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>"

# What the command says on standard error, with the definition on standard input.
says()
{
    { "$@" >/dev/null; } 2>&1
}

like "set --password VALUE: it asks, and does not repeat the value" \
    "$(says virt-payload set --password hunter2 web1)" \
    'it takes GUEST.*; --password takes no value: it asks for the password; use --password-file to read it \[usage\]$'
unlike "set --password VALUE: the value is not repeated" "$(says virt-payload set --password hunter2 web1)" hunter2
like "set --network: the nearest word is named" \
    "$(says virt-payload set --network addr=192.0.2.5/24 - <"$web1")" "has no addr; did you mean 'address'\\?"
like "set --network: the valid words are named" \
    "$(says virt-payload set --network zzzz=1 - <"$web1")" 'it has mac, target, name, .*address, .*mtu \[unknown\]$'
like "set --write-file: its form is named" "$(says virt-payload set --write-file x - <"$web1")" \
    '[-]-write-file: takes PATH=FILE \[usage\]$'
like "set --meta: its form is named" "$(says virt-payload set --meta x - <"$web1")" '[-]-meta: takes KEY=VALUE \[usage\]$'
like "dump: NoCloud's meta-data on a config drive" \
    "$(echo "$head<cloud-init xmlns='urn:virt-payload:1'><meta-data>instance-id: x</meta-data></cloud-init></metadata></domain>" |
        says virt-payload dump -)" 'is not a JSON object, .*set --datasource nocloud\) \[value\]$'
like "dump: two definitions" "$(cat "$web1" "$web1" | says virt-payload dump -)" 'print-xml 2'
like "unset: the message names edit for a misspelt field" "$(says virt-payload unset - hostnam <"$web1")" "virt-payload edit'"
like "unset: the nearest field is named" "$(says virt-payload unset - runcmd <"$web1")" \
    "runcmd: the payload has no such field; did you mean 'run-cmd'\\? "
cat >"$tap_dir/ovirt.xml" <<'XML'
<domain type='kvm'><name>a</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>
<metadata xmlns:o="http://ovirt.org/vm/1.0"><o:vm><o:device name='hdd' devtype='disk'><o:specParams>
<o:vmPayload><o:file path="a">YQ==</o:file></o:vmPayload></o:specParams></o:device></o:vm></metadata></domain>
XML
like "show: oVirt's payload is named" "$(says virt-payload show "$tap_dir/ovirt.xml")" \
    "has oVirt's payload, .*see 'dump'"

done_testing
