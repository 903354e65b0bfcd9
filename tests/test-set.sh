#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload set, unset, show, edit and validate: fields into a definition and out of it, no secret on
# the way, nothing stored that is not valid.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/pty.sh
. "$VP_SRCDIR/tests/lib/pty.sh"
need_terminals "$0" "$@"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
schema=$VP_SRCDIR/data/metadata.rng
plain=$tap_dir/plain.xml
keys=$tap_dir/keys.pub
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me@laptop'
TMPDIR=$tap_dir
TERM=xterm
export TMPDIR TERM
unset NO_COLOR VISUAL EDITOR

sed -e '/<metadata>/,/<\/metadata>/d' -e "s|<console type='pty'/>|<interface type='user'>\
<mac address='52:54:00:00:00:01'/></interface>|" "$web1" >"$plain"
printf '# mine\n\n%s\n' "$key" >"$keys"
printf 'canary\n' >"$tap_dir/password"

# The fields that set gives to the plain definition, as show has them
fields_of()
{
    virt-payload set - "$@" <"$plain" | virt-payload show -
}

# One field of it: "name value", blanks squeezed
field()
{
    name=$1
    shift
    fields_of "$@" | tr -s ' ' | sed -n "s/^ *$name //p"
}

refused()
{
    code=$1
    shift
    virt-payload set - "$@" <"$plain" >"$tap_dir/out" 2>"$tap_dir/err"
    [ $? = 1 ] && [ ! -s "$tap_dir/out" ] && [ "$(wc -l <"$tap_dir/err")" = 1 ] &&
        grep -q "^virt-payload: web1: .*\[$code\]\$" "$tap_dir/err"
}

usage()
{
    "$@" >"$tap_dir/out" 2>"$tap_dir/err" </dev/null
    [ $? = 2 ]
}

# --- which part: libvirt's test driver, whose guest runs, and forgets at the end of a connection

on_test()
{
    virt-payload -c test:///default "$@"
}

ok "usage: --current excludes --live" usage on_test set test --live --current --hostname web1
ok "usage: --current excludes --config" usage on_test unset test --config --current hostname
ok "usage: standard input has no run" usage virt-payload set - --live --hostname web1
is "set --live: the run" "$(on_test set test --live --no-drive --hostname web1 2>&1)" \
    "test: payload given to the run of now"
is "set --current: the run, for there is one" \
    "$(on_test set test --current --no-drive --hostname web1 2>&1)" \
    "test: payload given to the run of now"
is "set --config: the next start" "$(on_test set test --config --no-drive --hostname web1 2>&1)" \
    "test: payload stored; the next start gives it, the run of now keeps its own"
is "set: the next start" "$(on_test set test --no-drive --hostname web1 2>&1)" \
    "test: payload stored; the next start gives it, the run of now keeps its own"
node_guest shutoff "$plain"
is "set --live: no run" "$(virt-payload -c "$node_uri" set web1 --live --hostname web1 2>&1)" \
    "virt-payload: web1: the guest does not run [drive]"
is "set --current: the next start, for there is no run" \
    "$(virt-payload -c "$node_uri" set web1 --current --no-drive --hostname web1 2>&1)" \
    "web1: payload stored; the next start gives it"

# --- set

virt-payload set - --hostname web1.example.com -k "$keys" <"$plain" >"$tap_dir/set.xml"
like "set adds the drive" "$(cat "$tap_dir/set.xml")" '/c7a5fdbd-[-0-9a-f]*\.img'
ok "and is taken for a definition" virt-payload validate --schema "$schema" "$tap_dir/set.xml"
virt-payload set - --hostname web1.example.com -k "$keys" <"$tap_dir/set.xml" >"$tap_dir/again.xml"
ok "the same again changes nothing" cmp "$tap_dir/set.xml" "$tap_dir/again.xml"
virt-payload unset - --all <"$tap_dir/set.xml" | grep -v '^ *$' >"$tap_dir/unset.xml"
unlike "unset --all leaves no trace" "$(cat "$tap_dir/unset.xml")" 'payload'
unlike "set --no-drive adds no drive" \
    "$(virt-payload set - --no-drive --hostname a <"$plain")" '/c7a5fdbd-[-0-9a-f]*\.img'

is "a key from a file" "$(field ssh-key -k "$keys")" "$key"
is "a key as it is" "$(field ssh-key -k "$key")" "$key"
is "a key belongs to root" "$(field user -k "$key")" root
is "or to whom --user says" "$(field user -u bob -k "$key")" bob
is "given twice it is there once" "$(field ssh-key -k "$key" -k "$keys")" "$key"
is "two users, two keys" "$(fields_of -u a -k "$key" -u b -k "$key" | grep -c ssh-key)" 2
is "what comes once is replaced" "$(field hostname --hostname a --hostname b)" b
is "set: a control character is refused where it enters" \
    "$(virt-payload set - --run-cmd "$(printf 'a\033b')" <"$plain" 2>&1)" \
    "virt-payload: web1: --run-cmd: has a control character [text]"
is "set: so is what is no UTF-8" "$(virt-payload set - --run-cmd "$(printf 'a\377b')" <"$plain" 2>&1)" \
    "virt-payload: web1: --run-cmd: is not UTF-8 text [text]"
is "commands are added, as often as given" "$(fields_of --run-cmd x --run-cmd x | grep -c run-cmd)" 2
is "packages once" "$(fields_of --package x --package x | grep -c package)" 1
is "attributes" "$(fields_of --datasource nocloud --bus scsi --instance-id content | tr -s ' ')" \
    "datasource nocloud
bus scsi
instance-id content"
is "interfaces" "$(fields_of --network 'eth0,mac=52:54:00:00:00:01,address=192.0.2.5/24,gateway=192.0.2.1,route=198.51.100.0/24 via 192.0.2.9,mtu=1400' |
    tr -s ' ')" "network
 interface 52:54:00:00:00:01 (name eth0)
 address 192.0.2.5/24
 gateway 192.0.2.1
 route 198.51.100.0/24 (gateway 192.0.2.9)
 mtu 1400"
is "the same interface replaces it" "$(fields_of --network eth0,dhcp6 --network eth0,dhcp4 | tr -s ' ')" \
    "network
 interface eth0
 dhcp4 yes"
is "--dhcp" "$(field dhcp4 --dhcp)" yes
is "meta" "$(fields_of --meta a=b=c --meta a=d | tr -s ' ')" "meta a d"
printf '#!/bin/sh\n\ttrue <&>\n' >"$tap_dir/script"
virt-payload set - --user-data "$tap_dir/script" <"$plain" >"$tap_dir/out"
virt-payload dump "$tap_dir/out" -s -f user_data >"$tap_dir/script-out"
ok "user-data reaches the guest byte for byte" cmp "$tap_dir/script" "$tap_dir/script-out"
printf '\n\r\000\377' >"$tap_dir/binary"
virt-payload set - --file extra/b="$tap_dir/binary" --write-file /b="$tap_dir/binary,permissions=0640" \
    <"$plain" >"$tap_dir/out"
virt-payload dump "$tap_dir/out" -s -f extra/b >"$tap_dir/binary-out"
ok "so do other files" cmp "$tap_dir/binary" "$tap_dir/binary-out"
like "write-file with its mode" "$(virt-payload show - <"$tap_dir/out" | tr -s ' ')" \
    '^write-file /b \(permissions 0640, encoding base64\)'
is "a file of the host" "$(fields_of --user-data src:big | tr -s ' ')" ""
like "is looked up before it is stored" \
    "$(virt-payload set - --user-data src:big <"$plain" 2>&1)" '\[reference\]$'

ok "a bad value is refused" refused hostname --hostname "ca nary"
unlike "and not repeated" "$(cat "$tap_dir/err")" 'ca nary|line [0-9]'
ok "a private key is refused" refused ssh-key -k "$VP_SRCDIR/tests/view/test-mask.c"
ok "a file that is not there" refused failed -k "$tap_dir/none"
ok "an unknown user attribute" refused value --write-file "/a=$keys,permissions=9"
ok "sysprep's fields are sysprep's" refused unknown --product-key canary
unlike "the key is not repeated" "$(cat "$tap_dir/err")" canary
ok "no field at all" usage virt-payload set web1
ok "no guest" usage virt-payload set --hostname a
ok "no password on the command line" usage virt-payload set web1 --password=canary
unlike "and none in the message" "$(cat "$tap_dir/err")" canary
like "sysprep" "$(fields_of --sysprep --organization 'Example Ltd' --admin-password-file \
    "$tap_dir/password" | tr -s ' ')" '^admin-password \*{8}$'

# --- passwords

out=$(virt-payload set - --password-file "$tap_dir/password" <"$plain")
# shellcheck disable=SC2016
like "a password is stored as a hash" "$out" '<payload:password hashed="yes">\$6\$'
unlike "and not as it is" "$out" canary
like "from standard input" "$(virt-payload set - --password-file - <"$plain" 2>&1)" 'once only.*\[usage\]$'
node_guest shutoff "$web1"
like "of a guest" "$(virt-payload set -c "$node_uri" --no-drive web1 --password-file - \
    <"$tap_dir/password" 2>&1)" '^web1: payload stored'
out=$(virt-payload set - -u bob --generate-password --expire-password yes <"$plain" 2>"$tap_dir/err")
password=$(sed -n 's/^password of bob: //p' "$tap_dir/err")
like "a password is made up" "$password" '^([a-z2-9]{5}-){3}[a-z2-9]{5}$'
unlike "and shown once" "$out" "$password"
like "and expires" "$out" 'expire="yes"'
is "another each time" "$(virt-payload set - --generate-password <"$plain" 2>&1 >/dev/null |
    grep -c -e "$password")" 0
hash=$(printf %s "$out" | sed -n 's/.*<payload:password[^>]*>\(.*\)<.*/\1/p')
is "its hash is what crypt(3) makes of it" "$(printf %s "$password" | openssl passwd -6 -stdin \
    -salt "$(printf %s "$hash" | cut -d'$' -f3)")" "$hash"

out=$(answer 'canary\ncanary\n' virt-payload set -c "$node_uri" --no-drive web1 --password)
is "a password is asked for, twice, and not shown" "$out" "Password of root: 
Again: 
web1: payload stored; the next start gives it"
out=$(answer 'canary\nanother\n' virt-payload set -c "$node_uri" --no-drive web1 --password)
like "two that differ are refused" "$out" '^virt-payload: web1: .*differ \[password\]$'
like "without a terminal that cannot be asked" \
    "$(setsid virt-payload set - --password <"$plain" 2>&1)" '\[usage\]$'
is "a password below secrets-directory" "$(virt-payload set - --password-secret x <"$plain" 2>&1 |
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
is "fields out of cloud-config" "$(fields_of --from-cloud-config "$tap_dir/cloud.yaml" | tr -s ' ')" \
    "hostname web1.example.com
user bob
 ssh-key $key
 sudo ALL=(ALL) NOPASSWD:ALL
 group adm
 group wheel
 lock-password no
user root
 password (hashed, expire no) ********
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
printf '#cloud-config\nntp: {}\nphone_home: {}\n' >"$tap_dir/cloud.yaml"
ok "what has no field is refused" refused unknown --from-cloud-config "$tap_dir/cloud.yaml"
like "and told, all of it" "$(cat "$tap_dir/err")" 'ntp, phone_home'
printf 'a: [\n' >"$tap_dir/cloud.yaml"
ok "no YAML" refused value --from-cloud-config "$tap_dir/cloud.yaml"

# --- unset

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
is "unset: what is not there" "$out" \
    "virt-payload: web1: hostname: the payload has no such field [not-found]"
ok "unset: no field" usage virt-payload unset web1
ok "unset: no payload" sh -c "! virt-payload unset - --all <'$plain' 2>/dev/null"

# --- show

unlike "show masks" "$(virt-payload show "$web1"; virt-payload show -x "$web1"
    virt-payload show -j "$web1"; virt-payload show -y "$web1")" canary
like "show --show-secrets does not" "$(virt-payload show -s "$web1")" canary
esc=$(sed "s|</payload:cloud-init>|<payload:final-message>$(printf '\302\233\342\200\256\177')<\!\[CDATA[$(
    printf '\342\200\256')]]></payload:final-message>&|" "$web1")
for format in json xml yaml; do
    is "84: show --$format has no character that a terminal acts on" "$(echo "$esc" |
        virt-payload show --$format - | LC_ALL=C grep -c "$(printf '\302\233\|\342\200\256\|\177')")" 0
    is "84: show --$format has them as escapes" "$(echo "$esc" | virt-payload show --$format - |
        grep -ci '202e.*202e')" 1
done
is "show --json is JSON" "$(virt-payload show -j "$web1" | python3 -c '
import json, sys
fields = json.load(sys.stdin)["cloud-init"]
print(fields["hostname"], fields["user"][0]["name"], fields["user"][0]["password"]["clear"])')" \
    "web1.example.com root True"
is "show --yaml says the same" "$(virt-payload show -y "$web1" | python3 -c '
import json, subprocess, sys
try:
    import yaml
except ImportError:
    print(True)
else:
    other = json.loads(subprocess.check_output(["virt-payload", "show", "-j", sys.argv[1]]))
    print(yaml.safe_load(sys.stdin) == other)' "$web1")" True
virt-payload show -x -s "$web1" >"$tap_dir/element.xml"
ok "show --xml is a payload element" virt-payload validate --schema "$schema" "$tap_dir/element.xml"
ok "one form at a time" usage virt-payload show -x -j "$web1"
like "show of a guest" "$(virt-payload show -c "$node_uri" web1)" '^hostname +web1\.example\.com$'

# --- edit

edit_with()
{
    EDITOR=$1 setsid virt-payload edit -c "$node_uri" --no-drive web1 >"$tap_dir/out" 2>"$tap_dir/err"
}

# What is left of the text below $TMPDIR.
left_behind()
{
    find "$tap_dir" -path "$tap_dir/virt-payload.*"
}

# Sends the signal to an edit whose editor is open; its exit status.
ended_by()
{
    rm -f "$tap_dir/opened"
    cat >"$tap_dir/waiting" <<SH
#!/bin/sh
: >"$tap_dir/opened"
exec sleep 100
SH
    chmod +x "$tap_dir/waiting"
    python3 - "$1" "$tap_dir/opened" "$tap_dir/waiting" "$node_uri" <<'PY'
import os, signal, subprocess, sys, time
name, opened, editor, uri = sys.argv[1:]
edit = subprocess.Popen(["virt-payload", "edit", "-c", uri, "--no-drive", "web1"],
                        env=dict(os.environ, EDITOR=editor), start_new_session=True,
                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not os.path.exists(opened):
    time.sleep(0.02)
os.kill(edit.pid, getattr(signal, "SIG" + name))
print(128 - edit.wait(timeout=60))
PY
}

ok "edit: left as it is" edit_with true
is "nothing is stored" "$(cat "$tap_dir/out")" unchanged
ok "edit: changed" edit_with 'sed -i s/web1.example/web9.example/'
like "is stored" "$(cat "$tap_dir/out")" '^web1: payload stored'
unlike "what is advised does not show secrets" "$(cat "$tap_dir/err")" canary
is "and leaves no file" "$(ls "$tap_dir"/virt-payload.* 2>/dev/null)" ""
not_ok "edit: invalid" edit_with 'sed -i s/payload:hostname/payload:hostnam/g'
like "with the place" "$(cat "$tap_dir/err")" ':2:12: error: .*did you mean .*hostname'
like "and a caret" "$(cat "$tap_dir/err")" '^ {11}\^~~~~~~$'
kept=$(sed -n 's/.*the text is kept in \(.*\) \[.*/\1/p' "$tap_dir/err")
like "and the text kept" "$(cat "$kept")" '<payload:hostnam>'
is "for its owner alone" "$(stat -c %a "$kept")" 600
rm -r "${kept%/*}"
not_ok "edit: the editor fails" edit_with false
is "edit: an editor that fails leaves no file" "$(left_behind)" ""
not_ok "edit: an editor is killed" edit_with 'kill -9 $$'
is "edit: an editor that is killed leaves no file" "$(left_behind)" ""
# shellcheck disable=SC2016 # it is the editor's shell that expands it
ok "edit: an editor that leaves files of its own" edit_with 'f() { : >"$1~"; : >"${1%/*}/.payload.xml.swp"; }; f'
is "edit: removes the files that an editor left beside its own" "$(left_behind)" ""
for signal in HUP:129 TERM:143; do
    is "edit: SIG${signal%:*} ends it" "$(ended_by "${signal%:*}")" "${signal#*:}"
    is "edit: SIG${signal%:*} leaves no file" "$(left_behind)" ""
done
cat >"$tap_dir/editor" <<'SH'
#!/bin/sh
# spoils the text the first time, mends it the second
if grep -q hostnam\> "$1"; then
    sed -i 's/hostnam>/hostname>/g; s/web1.example/web8.example/' "$1"
else
    sed -i 's/hostname>/hostnam>/g' "$1"
fi
SH
chmod +x "$tap_dir/editor"
like "edit: again, until it is valid" "$(EDITOR=$tap_dir/editor answer '\n' virt-payload edit \
    -c "$node_uri" --no-drive web1)" '^web1: payload stored'
ok "edit: of no guest" usage virt-payload edit -

# --- validate

sed -e 's/web1\.example/web1 example/' -e 's/payload:run-cmd/payload:runcmd/g' \
    -e 's/permissions="0600"/permisions="0600"/' "$web1" >"$tap_dir/bad.xml"
out=$(virt-payload validate "$tap_dir/bad.xml")
is "validate: its status" $? 1
is "validate: every error, with its place" "$(printf '%s\n' "$out" | sed -n 's|^.*/bad.xml:||p' |
    sed 's/: error: .*\[/ /; s/]$//')" "6:16 hostname
11:45 unknown
12:16 unknown"
like "validate: a caret below it" "$out" '^ {44}\^~{9}$'
unlike "validate: no secret" "$out" canary
out=$(virt-payload validate --schema "$schema" "$web1")
is "validate: advice is no error" $? 0
like "validate: advice" "$out" 'web1.xml:8:18: warning: .*in the clear.*\[unwise\]$'
unlike "validate: advice without secrets" "$out" canary
not_ok "validate --strict" virt-payload validate --strict "$web1"
not_ok "validate: no XML" virt-payload validate "$keys"
not_ok "validate: empty" virt-payload validate /dev/null
like "validate: colour on a terminal" "$(on_terminal virt-payload validate "$tap_dir/bad.xml")" \
    "$(printf '\033')\\[31merror"
for example in "$VP_SRCDIR"/data/examples/*.xml; do
    out=$(virt-payload validate --schema "$schema" "$example")
    is "validate: $(basename "$example")" "$?-$(printf '%s\n' "$out" | grep -c '\[schema\]')" 0-0
done
if [ -x /usr/bin/cloud-init ]; then
    printf '#cloud-config\nruncmd: 5\n' >"$tap_dir/user-data"
    virt-payload set - --user-data "$tap_dir/user-data" <"$plain" >"$tap_dir/raw.xml"
    out=$(virt-payload validate --cloud-init "$tap_dir/raw.xml")
    is "validate --cloud-init: its status" $? 1
    like "validate --cloud-init" "$out" 'raw.xml: cloud-init: .*runcmd'
else
    skip "validate --cloud-init" "no cloud-init"
fi

done_testing
