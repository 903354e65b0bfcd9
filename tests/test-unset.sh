#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload unset: fields out of a definition.
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

with_nics=$tap_dir/with-nics.xml
sed "s|</devices>|<interface type='user'><mac address='52:54:00:00:00:02'/></interface>&|" "$plain" >"$with_nics"
virt-payload set - -u a -k "$key" --package vim --package less --timezone UTC --bus scsi \
    --write-file "/etc/motd=$keys" <"$plain" >"$tap_dir/set.xml"
is "unset: elements, attributes, one of several, a user's" \
    "$(virt-payload unset - timezone bus package=vim write-file=/etc/motd ssh-key <"$tap_dir/set.xml" |
    virt-payload show - | tr -s ' ')" "user a
package less"
is "unset: a user" "$(virt-payload unset - user=a <"$tap_dir/set.xml" | virt-payload show - |
    grep -c user)" 0
is "unset: of a user by name" "$(virt-payload unset - user=a/ssh-key <"$tap_dir/set.xml" |
    virt-payload show - | grep -c ssh-key)" 0
out=$(virt-payload unset - hostname=canary <"$tap_dir/set.xml" 2>&1)
is "unset: a field that the payload lacks" "$out" \
    "virt-payload: web1: hostname: the payload has no such field; to correct a misspelt one, use \
'virt-payload edit' [not-found]"
virt-payload set - --network eth0,dhcp4 --network eth1,address=192.0.2.5/24 <"$with_nics" >"$tap_dir/nics.xml"
is "unset: an interface by its name" "$(virt-payload unset - interface=eth1 <"$tap_dir/nics.xml" |
    virt-payload show - | tr -s ' ')" "network
 interface eth0
 dhcp4 yes"
is "unset: all of them, and with them the network" \
    "$(virt-payload unset - interface <"$tap_dir/nics.xml" | virt-payload show - | grep -c network)" 0
like "unset: an unknown interface" "$(virt-payload unset - interface=eth7 <"$tap_dir/nics.xml" 2>&1)" \
    '^virt-payload: web1: interface: the payload has no such field'
is "unset: a user's field without a name" "$(virt-payload unset - user=a/ <"$tap_dir/set.xml" 2>&1)" \
    "virt-payload: web1: user: the payload has no such field; to correct a misspelt one, use \
'virt-payload edit' [not-found]"
sed 's|<devices>|<metadata><cloud-init xmlns="urn:virt-payload:1"><user name="a"><shell>/bin/sh</shell></user>\
<timezone>UTC</timezone><user name="b"/></cloud-init></metadata>&|' "$plain" >"$tap_dir/apart.xml"
like "unset: a user's field without the user, of two that are apart" \
    "$(virt-payload unset - shell <"$tap_dir/apart.xml" 2>&1)" '^virt-payload: web1: shell: the payload has no such field'
ok "unset: no field" usage virt-payload unset web1
ok "unset: no payload" sh -c "! virt-payload unset - --all <'$plain' 2>/dev/null"

done_testing
