#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload import: every kind of seed, what becomes fields and what is kept, and no secret on the way.
# shellcheck disable=SC2154 # variables of fields.sh

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

uuid=c7a5fdbd-cdaf-9455-926a-d65c16db1809
conf=$tap_dir/conf
printf '[virt-payload]\nsecrets-directory = %s/secrets\n' "$tap_dir" >"$conf"

# DIR [TEXT]: a NoCloud seed with this user-data
seed()
{
    mkdir -p "$1"
    printf 'instance-id: iid-1\nlocal-hostname: web1\n' >"$1/meta-data"
    printf '%s\n' "$2" >"$1/user-data"
}

imported()
{
    virt-payload --config-file "$conf" import - "$@" <"$plain" 2>"$tap_dir/err"
}

# The same as show has it, blanks squeezed
shown()
{
    imported "$@" | virt-payload show - | tr -s ' '
}

seed "$tap_dir/seed" "#cloud-config
# about it
timezone: Europe/Vienna
manage_etc_hosts: true
packages: [vim, less]   # a flow list
users:
  - default
  - name: alice
    sudo: ALL=(ALL) NOPASSWD:ALL
    groups: [adm, sudo]
    ssh_authorized_keys: [$key]
runcmd:
  - echo one
  - [ls, -l]"
out=$(shown "$tap_dir/seed")
like "a directory: the datasource" "$out" '^datasource nocloud$'
like "the instance-id stays" "$out" '^instance-id iid-1$'
like "the host name of the metadata" "$out" '^hostname web1$'
like "a scalar is a field" "$out" '^timezone Europe/Vienna$'
like "a list is" "$out" '^package less$'
like "a user is" "$out" '^user alice$'
like "a command of words is" "$out" '^ arg ls$'
like "a key without a field is kept, with comments" "$out" '^ manage_etc_hosts: true$'
like "comments stay" "$out" '^ # about it$'
unlike "what is a field is not kept twice" "$out" '^ (timezone|packages):'
like "  those are named" "$(cat "$tap_dir/err")" '^web1: fields now: user-data/timezone, '
like "  what was kept is named" "$(cat "$tap_dir/err")" '^web1: kept as given: user-data/manage_etc_hosts$'

# --- every kind of source gives the same

virt-payload set - --datasource nocloud --instance-id iid-1 --hostname web1 --timezone Europe/Vienna \
    --package vim <"$plain" >"$tap_dir/wanted.xml"
virt-payload render "$tap_dir/wanted.xml" -o "$tap_dir/seed.iso"
virt-payload set - --format vfat <"$tap_dir/wanted.xml" | virt-payload render -o "$tap_dir/seed.img"
virt-payload render "$tap_dir/wanted.xml" -t "$tap_dir/tree" -o "$tap_dir/seed.iso"
wanted=$(virt-payload show "$tap_dir/wanted.xml" | tr -s ' ')
for source in "$tap_dir/seed.iso" "$tap_dir/seed.img" "$tap_dir/tree"; do
    is "import ${source##*/}: the fields that it was rendered of" "$(shown "$source")" "$wanted"
done
is "files by options" "$(shown --user-data "$tap_dir/tree/user-data" --meta-data "$tap_dir/tree/meta-data")" \
    "$wanted"
virt-payload set - --hostname web1 --timezone Europe/Vienna --package vim <"$plain" |
    virt-payload render -t "$tap_dir/drive" -o "$tap_dir/drive.iso"
is "a config drive" "$(shown "$tap_dir/drive.iso")" "hostname web1
timezone Europe/Vienna
package vim"
is "a file of only user-data" "$(shown "$tap_dir/tree/user-data")" "datasource nocloud
timezone Europe/Vienna
package vim"
like "a seed without a host name: a note says so" "$(cat "$tap_dir/err")" '^virt-payload: note: the seed has no host name'

base64=$(printf '#cloud-config\ntimezone: Europe/Vienna\n' | base64 -w 0)
meta=$(printf '{"uuid": "%s", "hostname": "ovirt1", "launch_index": "0", "x": [1, true]}' "$uuid" | base64 -w 0)
sed "s|<devices>|<metadata><o:vm xmlns:o='http://ovirt.org/vm/1.0'><o:device devtype='disk' name='hdc'><o:payload>\
<o:volId>config-2</o:volId><o:file path='openstack/latest/user_data'>$base64</o:file>\
<o:file path='openstack/latest/meta_data.json'>$meta</o:file></o:payload></o:device></o:vm></metadata>&|" \
    "$plain" >"$tap_dir/ovirt.xml"
out=$(virt-payload import - <"$tap_dir/ovirt.xml" 2>&1 >"$tap_dir/out.xml"; virt-payload show "$tap_dir/out.xml" | tr -s ' ')
like "oVirt's payload in the definition itself" "$out" '^timezone Europe/Vienna$'
like "the host name of its metadata" "$out" '^hostname ovirt1$'
unlike "the guest's own UUID needs no instance-id" "$out" '^instance-id'
like "  what no field says, with JSON's types" "$out" '^ true$'
is "  the same from a file" "$(shown "$tap_dir/ovirt.xml" | grep timezone)" "timezone Europe/Vienna"

# --- the drive of the seed

sed "s|</devices>|<disk type='file' device='cdrom'><source file='$tap_dir/seed.iso'/><target dev='sdx' bus='sata'/>\
<readonly/></disk>&|" "$plain" >"$tap_dir/with.xml"
virt-payload import - <"$tap_dir/with.xml" >"$tap_dir/out.xml" 2>"$tap_dir/err"
like "  without an argument: the seed on the guest's drive" "$(virt-payload show "$tap_dir/out.xml")" 'Europe/Vienna'
like "  which stays" "$(cat "$tap_dir/out.xml")" 'seed\.iso'
like "  a note says so" "$(cat "$tap_dir/err")" 'note: drive sdx still shows the seed'
virt-payload import - --replace-seed <"$tap_dir/with.xml" >"$tap_dir/out.xml" 2>"$tap_dir/err"
unlike "--replace-seed removes it" "$(cat "$tap_dir/out.xml")" 'seed\.iso'
like "  has the fields" "$(virt-payload show "$tap_dir/out.xml")" 'Europe/Vienna'
is "--replace-seed without such a drive" "$(imported --replace-seed "$tap_dir/seed" ; cat "$tap_dir/err")" \
    "virt-payload: web1: the definition has no drive with a seed; leave --replace-seed out [not-found]"
is "nothing to import" "$(imported; cat "$tap_dir/err")" \
    "virt-payload: web1: the definition has no seed: neither a payload of oVirt's nor a drive labelled cidata or config-2 [not-found]"

# --- what must not be torn apart is kept whole

for text in '#!/bin/sh
echo hi' '## template: jinja
#cloud-config
timezone: {{ x }}' '#cloud-config
a: &x [1]
packages: *x' '#cloud-config
merge_how: "list(append)"
timezone: Europe/Vienna' '#cloud-config
{timezone: Europe/Vienna}' '#cloud-config
timezone: Europe/Vienna
timezone: Europe/Rome'; do
    seed "$tap_dir/whole" "$text"
    imported "$tap_dir/whole" >"$tap_dir/out.xml"
    if [ -s "$tap_dir/out.xml" ]; then
        rm -rf "$tap_dir/whole.tree"
        virt-payload render "$tap_dir/out.xml" -t "$tap_dir/whole.tree" -o "$tap_dir/whole.iso"
        ok "kept byte for byte: $(echo "$text" | tail -n 1)" \
            cmp "$tap_dir/whole/user-data" "$tap_dir/whole.tree/user-data"
    else
        like "  refused as the guest would drop it: $(echo "$text" | tail -n 1)" "$(cat "$tap_dir/err")" 'user-data'
    fi
done

# --- nothing that opens or closes a door: keys that mean more as fields stay

seed "$tap_dir/access" "#cloud-config
password: canary
chpasswd: {expire: false}
ssh_authorized_keys: [$key]
timezone: Europe/Vienna"
out=$(shown "$tap_dir/access")
like "the default user's password has no field" "$out" '^ password: "\*+"$'
unlike "  no user comes of it" "$out" '^user '
like "others of the file are fields" "$out" '^timezone '
seed "$tap_dir/access" "#cloud-config
users: [{name: alice, passwd: '\$6\$canary\$canary', lock_passwd: false}]"
unlike "a password that would turn on passwords of sshd is not a field" "$(shown "$tap_dir/access")" '^user '
seed "$tap_dir/access" "#cloud-config
ssh_pwauth: true
users: [{name: alice, plain_text_passwd: canary, lock_passwd: false}]"
out=$(imported "$tap_dir/access"; cat "$tap_dir/err")
like "  with ssh_pwauth it is one" "$(echo "$out" | grep -v ^virt-payload | grep -v '^web1' | virt-payload show -)" '^user +alice$'
unlike "in the clear no more" "$out" canary

# --- secrets

ssh-keygen -q -t ed25519 -N '' -C '' -f "$tap_dir/hostkey" 2>/dev/null || skip_all "no ssh-keygen"
seed "$tap_dir/keys" "#cloud-config
ssh_keys:
  ed25519_private: |
$(sed 's/^/    /' "$tap_dir/hostkey")
  ed25519_public: $(cat "$tap_dir/hostkey.pub")
write_files:
  - {path: /etc/token, permissions: '0600', content: canary}
chpasswd: {list: 'root:canary'}"
imported "$tap_dir/keys" >"$tap_dir/out.xml"
unlike "a private host key is not in the definition" "$(cat "$tap_dir/out.xml")" 'PRIVATE KEY'
like "  named there" "$(virt-payload show "$tap_dir/out.xml" | tr -s ' ')" 'ssh-host-key ed25519 .secret ssh_host_ed25519_key, public ssh-ed25519 AAAA'
secret=$tap_dir/secrets/$uuid/ssh_host_ed25519_key
ok "  it is the guest's secret" cmp "$tap_dir/hostkey" "$secret"
is "only for root" "$(stat -c %a "$secret" "$tap_dir/secrets/$uuid")" "600
700"
like "  the guest is given it" "$(virt-payload --config-file "$conf" dump --show-secrets "$tap_dir/out.xml" -f user-data)" 'PRIVATE KEY'
unlike "no message has a secret" "$(cat "$tap_dir/err")" 'canary|PRIVATE'
rm "$secret"
out=$(imported --dry-run "$tap_dir/keys"; cat "$tap_dir/err")
unlike "  not with --dry-run" "$out" 'canary|PRIVATE'
like "  which shows the element that would come" "$out" '^\+.*ssh-host-key'
not_ok "  keeps no secret" test -e "$secret"
printf 'another\n' >"$secret"
chmod 600 "$secret"
like "  another key of the guest is not replaced" "$(imported "$tap_dir/keys"; cat "$tap_dir/err")" \
    'already has another secret named ssh_host_ed25519_key'

# --- guests that have fields, and mistakes

is "fields are not replaced unasked" "$(virt-payload import - "$tap_dir/seed" <"$web1" 2>&1 >/dev/null)" \
    "virt-payload: web1: the guest has fields already; --overwrite replaces them [conflict]"
is "--overwrite replaces them" "$(virt-payload import - "$tap_dir/seed" --overwrite <"$web1" 2>/dev/null |
    virt-payload show - | grep -c canary)" 0
is "a directory without a seed" "$(mkdir "$tap_dir/empty"; imported "$tap_dir/empty"; cat "$tap_dir/err")" \
    "virt-payload: web1: $tap_dir/empty: has neither user-data and meta-data (NoCloud) nor openstack/latest (config drive) [not-found]"
seed "$tap_dir/hostile" "#cloud-config"
for what in 'ln -s /etc/passwd' 'ln -s /etc' 'mkfifo'; do
    $what "$tap_dir/hostile/more"
    out=$(imported "$tap_dir/hostile")
    like "a directory of someone else's: $what is refused" "$(cat "$tap_dir/err")" \
        "/hostile: more: (is a symbolic link, and could lead to any file|not a regular file)"
    is "  $what: no definition is printed" "$out" ""
    rm "$tap_dir/hostile/more"
done
echo canary >"$tap_dir/another"
chmod 0777 "$tap_dir/hostile"
ln "$tap_dir/another" "$tap_dir/hostile/more"
out=$(imported "$tap_dir/hostile")
like "a hard link where anyone may put one is refused" "$(cat "$tap_dir/err")" \
    '/hostile: more: has several hard links, in a directory that others .* put a copy there instead .path.$'
is "  it: no definition is printed" "$out" ""
chmod 0755 "$tap_dir/hostile"
imported "$tap_dir/hostile" >/dev/null
like "a hard link where only its owner may put one is read" "$(cat "$tap_dir/err")" 'kept as given: .*, more$'
rm "$tap_dir/hostile/more"
right_to_left=$(printf 'f\342\200\256x')
echo x >"$tap_dir/hostile/$right_to_left"
like "a file's name cannot change what a terminal shows" "$(imported "$tap_dir/hostile" >/dev/null; cat "$tap_dir/err")" \
    'kept as given: .*, f.u.202e.x$'
rm "$tap_dir/hostile/$right_to_left"
truncate -s 9M "$tap_dir/hostile/a" "$tap_dir/hostile/b"
is "  files of any size" "$(imported "$tap_dir/hostile"; cat "$tap_dir/err")" \
    "virt-payload: web1: $tap_dir/hostile: has more files or bytes than a seed [quota]"
seed "$tap_dir/many" "#cloud-config
users:
$(seq -f '- {name: u%.0f}' 2049)
timezone: UTC"
like "more users than a payload may have are kept as they are" "$(shown "$tap_dir/many")" '^ - {name: u2049}$'
like "  the rest become fields" "$(cat "$tap_dir/err")" '^web1: fields now: user-data/timezone, '
seed "$tap_dir/many" "#cloud-config
chpasswd:
  list: |
$(seq -f '    root:p%.0f' 300)"
imported "$tap_dir/many" >/dev/null
like "  more passwords than a start hashes" "$(cat "$tap_dir/err")" '^web1: kept as given: user-data/chpasswd$'
is "a file that is not there" "$(imported "$tap_dir/none"; cat "$tap_dir/err")" \
    "virt-payload: web1: $tap_dir/none: No such file or directory [failed]"
head -c 70000 /dev/urandom >"$tap_dir/noise"
like "a file that is not an image" "$(imported "$tap_dir/noise"; cat "$tap_dir/err")" '\[image-format\]$'
node_guest shutoff "$plain"
like "--json" "$(virt-payload -c "$node_uri" import web1 "$tap_dir/seed" --json --dry-run 2>&1)" \
    '^  "datasource": "nocloud",$'
is "a real guest" "$(virt-payload --config-file "$conf" -c "$node_uri" import web1 "$tap_dir/seed" 2>&1 | head -n 1)" \
    "web1: payload stored; takes effect at the next start"

done_testing
