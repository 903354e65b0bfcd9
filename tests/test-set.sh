#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload set: fields into a definition, no secret on the way, nothing stored that is not valid.
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"
need_terminals "$0" "$@"

# --- which part: libvirt's test driver, whose guest runs, and forgets at the end of a connection

on_test()
{
    virt-payload -c test:///default "$@"
}

ok "usage: --current excludes --live" usage on_test set test --live --current --hostname web1
ok "usage: --current excludes --config" usage on_test unset test --config --current hostname
ok "usage: standard input has no running guest" usage virt-payload set - --live --hostname web1
is "set --live: the run" "$(on_test set test --live --no-drive --hostname web1 2>&1)" \
    "test: payload updated in the running guest"
is "set --current: the running guest, because there is one" \
    "$(on_test set test --current --no-drive --hostname web1 2>&1)" \
    "test: payload updated in the running guest"
is "set --config: the next start" "$(on_test set test --config --no-drive --hostname web1 2>&1)" \
    "test: payload stored; takes effect at the next start, the running guest is unchanged"
is "set: the next start" "$(on_test set test --no-drive --hostname web1 2>&1)" \
    "test: payload stored; takes effect at the next start, the running guest is unchanged"
node_guest shutoff "$plain"
is "set --live: the guest is not running" "$(virt-payload -c "$node_uri" set web1 --live --hostname web1 2>&1)" \
    "virt-payload: web1: the guest is not running [drive]"
is "set --current: the next start, because there is no running guest" \
    "$(virt-payload -c "$node_uri" set web1 --current --no-drive --hostname web1 2>&1)" \
    "web1: payload stored; takes effect at the next start"

# --- set

unlike "set adds no drive" "$(virt-payload set - --hostname a <"$plain")" '/c7a5fdbd-[-0-9a-f]*\.img'
virt-payload set - --drive --hostname web1.example.com -k "$keys" <"$plain" >"$tap_dir/set.xml"
like "set --drive adds the drive" "$(cat "$tap_dir/set.xml")" '/c7a5fdbd-[-0-9a-f]*\.img'
ok "set: what it writes is taken for a definition" virt-payload validate --schema "$schema" "$tap_dir/set.xml"
virt-payload set - --hostname web1.example.com -k "$keys" <"$tap_dir/set.xml" >"$tap_dir/again.xml"
ok "set: the same again changes nothing" cmp "$tap_dir/set.xml" "$tap_dir/again.xml"
virt-payload unset - --all <"$tap_dir/set.xml" | grep -v '^ *$' >"$tap_dir/unset.xml"
unlike "set: unset --all leaves no trace" "$(cat "$tap_dir/unset.xml")" 'payload'
like "set has an existing drive follow" "$(virt-payload set - --bus usb <"$tap_dir/set.xml")" \
    "<target dev=.sdz. bus=.usb./>"
unlike "set --no-drive leaves it" "$(virt-payload set - --no-drive --bus usb <"$tap_dir/set.xml")" \
    "<target dev=.sdz. bus=.usb./>"
virt-payload set - --bus usb <"$tap_dir/set.xml" >"$tap_dir/usb.xml"
like "set --bus auto moves it to the bus of the guest's own disk" \
    "$(virt-payload set - --bus auto <"$tap_dir/usb.xml")" "<target dev=.vdz. bus=.virtio./>"
like "unset bus does so, too" "$(virt-payload unset - bus <"$tap_dir/usb.xml")" "<target dev=.vdz. bus=.virtio./>"
like "set of another field leaves it" "$(virt-payload set - --timezone UTC <"$tap_dir/usb.xml")" \
    "<target dev=.sdz. bus=.usb./>"

is "set: a key from a file" "$(field ssh-key -k "$keys")" "$key"
is "set: a key as it is" "$(field ssh-key -k "$key")" "$key"
is "set: a key belongs to root" "$(field user -k "$key")" root
is "set: a key belongs to whom --user says" "$(field user -u bob -k "$key")" bob
is "set: a key given twice is there once" "$(field ssh-key -k "$key" -k "$keys")" "$key"
is "set: two users, two keys" "$(fields_of -u a -k "$key" -u b -k "$key" | grep -c ssh-key)" 2
is "set: a field that comes once is replaced" "$(field hostname --hostname a --hostname b)" b
is "set: a control character is refused at once" \
    "$(virt-payload set - --run-cmd "$(printf 'a\033b')" <"$plain" 2>&1)" \
    "virt-payload: web1: --run-cmd: has a control character [text]"
is "set: so is text that is not UTF-8" "$(virt-payload set - --run-cmd "$(printf 'a\377b')" <"$plain" 2>&1)" \
    "virt-payload: web1: --run-cmd: is not UTF-8 text [text]"
is "set: commands are added, as often as given" "$(fields_of --run-cmd x --run-cmd x | grep -c run-cmd)" 2
is "set: packages once" "$(fields_of --package x --package x | grep -c package)" 1
is "set: attributes" "$(fields_of --datasource nocloud --bus scsi --instance-id content | tr -s ' ')" \
    "datasource nocloud
bus scsi
instance-id content"
is "set: interfaces" "$(fields_of --network 'eth0,mac=52:54:00:00:00:01,address=192.0.2.5/24,gateway=192.0.2.1,route=198.51.100.0/24 via 192.0.2.9,mtu=1400' |
    tr -s ' ')" "network
 interface 52:54:00:00:00:01 (name eth0)
 address 192.0.2.5/24
 gateway 192.0.2.1
 route 198.51.100.0/24 (gateway 192.0.2.9)
 mtu 1400"
is "set: the same interface replaces it" "$(fields_of --network eth0,dhcp6 --network eth0,dhcp4 | tr -s ' ')" \
    "network
 interface eth0
 dhcp4 yes"
is "set: --dhcp" "$(field dhcp4 --dhcp)" yes
for word in slaac dhcp6-stateless wake-on-lan accept-ra; do
    is "set: --network $word is a setting, and not a name" "$(fields_of --network "$word,dhcp4" | tr -s ' ' | grep -v dhcp4)" \
        "network
 interface
 $word yes"
done
is "set: meta" "$(fields_of --meta a=b=c --meta a=d | tr -s ' ')" "meta a d"
ok "set: meta that XML cannot hold is refused" refused text --meta "$(printf 'a=b\001c')"
sed 's|<devices>|<metadata><cloud-init xmlns="urn:virt-payload:1"><user name="a"/><timezone>UTC</timezone>\
<user name="b"/></cloud-init></metadata>&|' "$plain" >"$tap_dir/apart.xml"
like "set: without --user, two users that are apart are two" \
    "$(virt-payload set - --shell /bin/sh <"$tap_dir/apart.xml" | virt-payload show - | tr -s ' ')" '^user root$'
printf '#!/bin/sh\n\ttrue <&>\n' >"$tap_dir/script"
virt-payload set - --user-data "$tap_dir/script" <"$plain" >"$tap_dir/out"
virt-payload dump "$tap_dir/out" -s -f user_data >"$tap_dir/script-out"
ok "set: user-data reaches the guest byte for byte" cmp "$tap_dir/script" "$tap_dir/script-out"
printf '\n\r\000\377' >"$tap_dir/binary"
virt-payload set - --file extra/b="$tap_dir/binary" --write-file /b="$tap_dir/binary,permissions=0640" \
    <"$plain" >"$tap_dir/out"
virt-payload dump "$tap_dir/out" -s -f extra/b >"$tap_dir/binary-out"
ok "set: other files replace those of their path" cmp "$tap_dir/binary" "$tap_dir/binary-out"
like "set: write-file with its mode" "$(virt-payload show - <"$tap_dir/out" | tr -s ' ')" \
    '^write-file /b \(permissions 0640, encoding base64\)'
is "set: a file on the host" "$(fields_of --user-data src:big | tr -s ' ')" ""
like "set: a file on the host is looked up before it is stored" \
    "$(virt-payload set - --user-data src:big <"$plain" 2>&1)" '\[reference\]$'

ok "set: a bad value is refused" refused hostname --hostname "ca nary"
unlike "set: a bad value is not repeated" "$(cat "$tap_dir/err")" 'ca nary|line [0-9]'
ok "set: a private key is refused" refused ssh-key -k "$VP_SRCDIR/tests/view/test-mask.c"
{ head -n 1 "$keys"; printf '\0\n'; tail -n 1 "$keys"; } >"$tap_dir/cut-keys"
ok "set: a file of keys with a NUL byte is refused" refused ssh-key -k "$tap_dir/cut-keys"
ok "set: a file that is not there" refused failed -k "$tap_dir/none"
ok "set: an unknown user attribute" refused value --write-file "/a=$keys,permissions=9"
ok "set: sysprep's fields are sysprep's" refused unknown --product-key canary
unlike "set: a bad key is not repeated" "$(cat "$tap_dir/err")" canary
ok "set: no field at all" usage virt-payload set web1
ok "set: no guest" usage virt-payload set --hostname a
ok "set: no password on the command line" usage virt-payload set web1 --password=canary
unlike "set: the message has no password" "$(cat "$tap_dir/err")" canary
like "set: sysprep" "$(fields_of --sysprep --organization 'Example Ltd' --admin-password-file \
    "$tap_dir/password" | tr -s ' ')" '^admin-password \*{8}$'

# --- passwords

out=$(virt-payload set - --password-file "$tap_dir/password" <"$plain")
# shellcheck disable=SC2016
like "set: a password is stored as a hash" "$out" '<payload:password hashed="yes">\$6\$'
unlike "set: a password is not stored as it is" "$out" canary
like "set: from standard input" "$(virt-payload set - --password-file - <"$plain" 2>&1)" 'once only.*\[usage\]$'
node_guest shutoff "$web1"
like "set: a password of a guest is stored as a hash" "$(virt-payload set -c "$node_uri" --no-drive web1 --password-file - \
    <"$tap_dir/password" 2>&1)" '^web1: payload stored'
out=$(virt-payload set - -u bob --generate-password --expire-password yes <"$plain" 2>"$tap_dir/err")
password=$(sed -n 's/^password of bob: //p' "$tap_dir/err")
like "set: a password is generated" "$password" '^([a-z2-9]{5}-){3}[a-z2-9]{5}$'
unlike "set: a password that was made up is shown once" "$out" "$password"
like "set: a password expires" "$out" 'expire="yes"'
is "set: another each time" "$(virt-payload set - --generate-password <"$plain" 2>&1 >/dev/null |
    grep -c -e "$password")" 0
hash=$(printf %s "$out" | sed -n 's/.*<payload:password[^>]*>\(.*\)<.*/\1/p')
is "set: its hash is what crypt(3) makes of it" "$(printf %s "$password" | openssl passwd -6 -stdin \
    -salt "$(printf %s "$hash" | cut -d'$' -f3)")" "$hash"

out=$(answer 'canary\ncanary\n' virt-payload set -c "$node_uri" --no-drive web1 --password)
is "set: a password is asked for, twice, and not shown" "$out" "Password of root: 
Again: 
web1: payload stored; takes effect at the next start
virt-payload: web1: if the guest has booted before, it does not read the change, because its \
instance-id stays the same; instance-id 'content' makes each change a new instance"
is "  with instance-id content there is nothing to say" "$(virt-payload set -c "$node_uri" --no-drive \
    web1 --instance-id content --hostname other 2>&1)" "web1: payload stored; takes effect at the next start"
out=$(answer 'canary\nanother\n' virt-payload set -c "$node_uri" --no-drive web1 --password)
like "set: two passwords that differ are refused" "$out" '^virt-payload: web1: .*differ \[password\]$'
like "set: a password cannot be asked for without a terminal" \
    "$(setsid virt-payload set - --password <"$plain" 2>&1)" '\[usage\]$'
is "set: a password below secrets-directory" "$(virt-payload set - --password-secret x <"$plain" 2>&1 |
    grep -o '\[reference\]$')" "[reference]"

# --- the system

is "fields of the system" "$(fields_of --ntp-server ntp.example.com --keyboard de --swap 2G --growpart off \
    --apt-mirror http://deb.example.com/debian --power-state poweroff --power-state reboot \
    --default-user no -u op --gecos 'Olga P' --uid 1500 --ssh-import-id gh:octocat | tr -s ' ')" \
    "user op
 gecos Olga P
 uid 1500
 ssh-import-id gh:octocat
default-user no
ntp-server ntp.example.com
keyboard de
swap 2G
growpart off
apt-mirror http://deb.example.com/debian
power-state reboot"
ok "a file that is not a certificate is refused" refused value --ca-cert "$keys"
is "a host key without a name" "$(virt-payload set - --ssh-host-key ed25519 <"$plain" 2>&1)" \
    "virt-payload: web1: --ssh-host-key: takes TYPE=NAME [usage]"
is "a host key is a name only" "$(virt-payload set - --ssh-host-key ed25519=key <"$plain" 2>&1 |
    grep -o '\[reference\]$')" "[reference]"

# --- cloud-config

cat >"$tap_dir/cloud.yaml" <<YAML
#cloud-config
hostname: short
fqdn: web1.example.com
users:
  - default
  - name: bob
    groups: adm, wheel
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: ["$key"]
    lock_passwd: false
ssh_pwauth: yes
chpasswd: {expire: false, users: [{name: root, type: text, password: canary}]}
packages: [vim]
package_update: true
write_files:
  - {path: /etc/motd, content: aGVsbG8K, encoding: b64, permissions: '0644'}
bootcmd: [[cp, a b, c]]
runcmd:
  - touch /ready
mounts: [[/dev/vdb, /my data, auto]]
YAML
is "set: fields out of cloud-config" "$(fields_of --from-cloud-config "$tap_dir/cloud.yaml" | tr -s ' ')" \
    "hostname web1.example.com
user bob
 ssh-key $key
 sudo ALL=(ALL) NOPASSWD:ALL
 group adm
 group wheel
 lock-password no
user root
 password (hashed, expire no) ********
default-user yes
ssh-password-auth yes
package vim
package-update yes
write-file /etc/motd (permissions 0644) hello
boot-cmd
 arg cp
 arg a b
 arg c
run-cmd touch /ready
mount /dev/vdb /my\\040data auto"
cat >"$tap_dir/cloud.yaml" <<YAML
#cloud-config
users:
  - {name: op, gecos: Olga P, uid: 1500, homedir: /srv/op, no_create_home: false, system: false,
     primary_group: ops, ssh_import_id: [gh:octocat]}
YAML
is "set: every key of a user that has a field" "$(fields_of --from-cloud-config "$tap_dir/cloud.yaml" | tr -s ' ')" \
    "user op
 primary-group ops
 gecos Olga P
 uid 1500
 homedir /srv/op
 system no
 no-create-home no
 ssh-import-id gh:octocat"
printf 'users: [{name: root, ssh_authorized_keys: ["%s"]}]\n' "$key" >"$tap_dir/cloud.yaml"
like "set: users without the default one" "$(fields_of --from-cloud-config "$tap_dir/cloud.yaml")" '^default-user +no$'
printf '#cloud-config\nntp: {}\nphone_home: {}\n' >"$tap_dir/cloud.yaml"
ok "set: what has no field is refused" refused unknown --from-cloud-config "$tap_dir/cloud.yaml"
like "set: every key without a field is named" "$(cat "$tap_dir/err")" 'ntp, phone_home'
cat >"$tap_dir/cloud.yaml" <<YAML
#cloud-config
write_files:
  - {path: /a, source: {uri: "https://x/"}, src: other-guest, content: [a]}
YAML
ok "set: what a file's entry has, and no field" refused unknown --from-cloud-config "$tap_dir/cloud.yaml"
like "set: that is named, too" "$(cat "$tap_dir/err")" 'write_files/source, write_files/src, write_files/content'
printf 'a: [\n' >"$tap_dir/cloud.yaml"
ok "set: no YAML" refused value --from-cloud-config "$tap_dir/cloud.yaml"
printf '#cloud-config\n' >"$tap_dir/cloud.yaml"
ok "set: cloud-config without a key" refused value --from-cloud-config "$tap_dir/cloud.yaml"
printf 'write_files: [{path: /motd, content: !!binary aGVsbG8K}]\n' >"$tap_dir/cloud.yaml"
ok "set: a tag is not taken for text" refused value --from-cloud-config "$tap_dir/cloud.yaml"
printf 'runcmd: [[setsebool, httpd_enable_cgi, on]]\n' >"$tap_dir/cloud.yaml"
ok "set: a command's word that cloud-init would read as True" refused unknown --from-cloud-config \
    "$tap_dir/cloud.yaml"
printf 'packages:\nmounts: [[swap, null]]\n' >"$tap_dir/cloud.yaml"
ok "set: null in a mount" refused unknown --from-cloud-config "$tap_dir/cloud.yaml"
unlike "set: a key with null is a key that is not given" "$(cat "$tap_dir/err")" packages

# --- passwords in memory

freed()
{
    VP_FREED_TEXT=canary LD_PRELOAD=$VP_BUILDDIR/tests/.libs/freed-text.so \
        virt-payload set - "$@" <"$plain" 3>&1 >/dev/null
}

printf 'users:\n  - {name: a, plain_text_passwd: canary 1}\nchpasswd: {list: "b:canary 2"}\n' \
    >"$tap_dir/cloud.yaml"
printf 'canary 3\n' >"$tap_dir/password"
if [ -e "$VP_BUILDDIR/tests/.libs/freed-text.so" ]; then
    like "set: a file that holds no secret is not cleared" "$(freed --write-file "/a=$tap_dir/password")" freed
    is "set: passwords of cloud-config are cleared" "$(freed --from-cloud-config "$tap_dir/cloud.yaml")" ""
    is "set: the password of a file is cleared" "$(freed --password-file "$tap_dir/password")" ""
else
    skip "set: passwords are cleared" "no tests/freed-text here"
fi

done_testing
