#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Profiles of the host: which apply, which field wins, what is refused, and what never gets into a definition.
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

profiles=$tap_dir/profiles
secrets=$tap_dir/secrets
mkdir -p "$profiles" "$secrets"
printf '[virt-payload]\nprofiles-directory = %s\nsecrets-directory = %s\n' "$profiles" "$secrets" >"$tap_dir/conf"

vp()
{
    virt-payload --config-file "$tap_dir/conf" "$@"
}

# NAME ELEMENTS [ATTRIBUTES]
profile()
{
    printf '<cloud-init xmlns="urn:virt-payload:1" %s>\n%s\n</cloud-init>\n' "$3" "$2" >"$profiles/$1.xml"
}

effective()
{
    vp set - "$@" <"$plain" 2>"$tap_dir/err" | vp show --effective - 2>>"$tap_dir/err" | tr -s ' '
}

profile web "<timezone>Europe/Vienna</timezone><package>nginx</package><package>vim</package>
<run-cmd>web</run-cmd><write-file path='/etc/motd'>web</write-file>
<user name='admin'><shell>/bin/bash</shell><ssh-key>$key</ssh-key><group>adm</group></user>"
profile db "<timezone>UTC</timezone><package>postgresql</package><run-cmd>db</run-cmd>
<write-file path='/etc/motd'>db</write-file>" 'bus="scsi" ec2="yes"'

# --- one profile, several, none

is "without a profile nothing is read" "$(effective --hostname web1)" "hostname web1"
out=$(effective --profile web --package own --run-cmd own)
is "lists add up, the guest's own last, texts once" "$(echo "$out" | grep -e package -e run-cmd)" "package nginx
package vim
package own
run-cmd web
run-cmd own"
like "a scalar comes from the profile" "$out" '^timezone Europe/Vienna$'
like "the guest's own wins" "$(effective --profile web --timezone Asia/Tokyo)" '^timezone Asia/Tokyo$'
out=$(effective --profile 'web db')
like "of two profiles the later wins" "$out" '^timezone UTC$'
is "lists of two profiles have the order of the names" "$(echo "$out" | grep run-cmd)" "run-cmd web
run-cmd db"
like "a file of one path is the winner's" "$out" '^write-file /etc/motd db$'
is "  there once" "$(echo "$out" | grep -c motd)" 1
like "attributes too" "$out" '^bus scsi$'
out=$(effective --profile web -u admin --shell /bin/sh --group sudo)
is "a user of the same name is merged" "$(echo "$out" | grep -e '^user' -e '^ ' | sort)" " group adm
 group sudo
 shell /bin/sh
 ssh-key $key
user admin"

# --- the default

profile default "<timezone>Europe/Rome</timezone><package>qemu-guest-agent</package>"
out=$(effective --package own)
is "default.xml is for every guest with a payload" "$out" "package qemu-guest-agent
package own
timezone Europe/Rome"
like "  the weakest of all" "$(effective --profile web)" '^timezone Europe/Vienna$'
is "  its lists come first" "$(effective --profile web | grep package | head -n 1)" "package qemu-guest-agent"
is "a guest without a payload is left alone" "$(vp show --effective - <"$plain" 2>&1)" \
    "virt-payload: web1: the metadata has no fields of virt-payload [not-found]"
is "sysprep has none" "$(effective --sysprep --organization x)" "organization x"

# --- what the guest is given, and what is stored

vp set - --profile 'web db' --package own <"$plain" >"$tap_dir/own.xml"
unlike "the definition holds only the names" "$(cat "$tap_dir/own.xml")" 'nginx|Vienna|/etc/motd'
like "  dump what they give" "$(vp dump "$tap_dir/own.xml" -f user_data)" '^- "nginx"'
ok "the definition is valid" vp validate --schema "$schema" "$tap_dir/own.xml"
vp rewrite <"$tap_dir/own.xml" >"$tap_dir/rewritten.xml"
unlike "rewrite adds no field of theirs" "$(cat "$tap_dir/rewritten.xml")" 'nginx'
like "  the drive follows the profile" "$(cat "$tap_dir/rewritten.xml")" "bus=.scsi."
before=$(vp set - --profile web --instance-id content <"$plain" | vp dump - -f meta_data.json | grep uuid)
sed -i 's/nginx/apache2/' "$profiles/web.xml"
after=$(vp set - --profile web --instance-id content <"$plain" | vp dump - -f meta_data.json | grep uuid)
not_ok "with instance-id=content another profile is another instance" test "$before" = "$after"

# --- secrets are looked up for the guest that uses the profile

profile login "<user name='admin'><password secret='admin'/></user>"
like "a secret of a profile that the guest does not have" "$(vp set - --profile login <"$plain" 2>&1)" \
    "$secrets/.*admin.*\[reference\]"
mkdir -p "$secrets/web1"
printf 'canary\n' >"$secrets/web1/admin"
chmod 600 "$secrets/web1/admin"
ok "one that it has" sh -c "virt-payload --config-file '$tap_dir/conf' set - --profile login <'$plain' >/dev/null"
profile login "<user name='admin'><password>canary</password></user>"
unlike "show --effective masks" "$(effective --profile login)" canary

# --- refused, with the path

refuses()
{
    vp set - --profile "$1" <"$plain" 2>&1 >/dev/null
}

is "a missing profile" "$(refuses none)" "virt-payload: web1: profile: no such file: $profiles/none.xml [reference]"
like "a name with a path" "$(refuses ../web)" '\[value\]$'
chmod o+w "$profiles/db.xml"
like "a file that others may write to" "$(refuses db)" 'db\.xml: others may write to the file.*\[reference\]$'
chmod o-w "$profiles/db.xml"
ln -s web.xml "$profiles/link.xml"
like "a link" "$(refuses link)" '\[reference\]$'
profile wrong "<package>a b</package>"
like "a wrong value" "$(refuses wrong)" 'with the fields of profile default, wrong: cloud-init/package.*\[value\]$'
unlike "  without the value" "$(refuses wrong)" 'a b'
profile wrong "<nonsense/>"
like "an unknown element" "$(refuses wrong)" 'nonsense.*\[unknown\]$'
profile wrong "" 'profile="web"'
like "a profile of profiles" "$(refuses wrong)" "wrong\.xml: is not a cloud-init element"
echo '<html/>' >"$profiles/wrong.xml"
like "something else" "$(refuses wrong)" 'wrong\.xml: is not a cloud-init element'
echo '<!DOCTYPE x><cloud-init/>' >"$profiles/wrong.xml"
like "a DOCTYPE" "$(refuses wrong)" 'wrong\.xml: .*\[reference\]$'
node_guest shutoff "$tap_dir/own.xml"
rm "$profiles/wrong.xml" "$profiles/link.xml"
compare()
{
    vp -c "$node_uri" doctor --compare-profiles=- 2>&1 | grep -e "^$profiles/" -e checksums
}
sums=$(cd "$profiles" && sha256sum ./*.xml)
is "doctor: the same profiles on another host" "$(echo "$sums" | compare)" ""
like "doctor: one that differs" "$(echo "$sums" | sed '/web.xml/s/^[0-9a-f]\{4\}/0000/' | compare)" \
    "^$profiles/web\.xml: differs from the other host's"
like "doctor: one that is missing there" "$(echo "$sums" | grep -v db.xml | compare)" \
    "^$profiles/db\.xml: is missing on the other host$"
like "doctor: one that is missing here" "$(echo "$sums" | sed 's/db\.xml/other.xml/' | compare)" \
    "^$profiles/other\.xml: is missing on this host, but the other host has it$"
like "doctor: no checksums" "$(echo hello | compare)" 'the checksums are not those of sha256sum \[value\]$'
echo '<!DOCTYPE x><cloud-init/>' >"$profiles/wrong.xml"
ln -s web.xml "$profiles/link.xml"
like "doctor finds it" "$(vp -c "$node_uri" doctor 2>&1)" "^$profiles/wrong\.xml: domain XML .*document type"
like "list --json has the names" "$(vp -c "$node_uri" list --json 2>/dev/null | tr -d ' \n')" '"profiles":\["default","web","db"\]'
like "list has them" "$(vp -c "$node_uri" list 2>/dev/null | tr -s ' ')" '^web1 .* default web db( |$)'
like "validate warns of one that is missing here" \
    "$(sed 's/web db/none/' "$tap_dir/own.xml" | vp validate --schema "$schema" - 2>&1)" 'warning: profile: no such file'
rm "$profiles/default.xml"
is "without a default and a name there is no profile" "$(effective --package own)" "package own"

done_testing
