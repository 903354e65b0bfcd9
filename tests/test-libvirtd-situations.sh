#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A table: what keeps a guest from its payload, and what "virsh start", doctor, list and validate say of
# it. If doctor names a command, that is run as it is printed, and puts it right.
#
# The guests have no system to boot, and are started without running.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
# shellcheck source=tests/lib/json.sh
. "$VP_SRCDIR/tests/lib/json.sh"
json_need
private_world --staged "$0" "$@"

conf=/etc/virt-payload.conf
files=/etc/virt-payload/files
secrets=/etc/virt-payload/secrets
hooks=/etc/libvirt/hooks
n=0

install -d -m 0711 $payload_dir

# make METADATA [DEVICES [MACHINE]]: another guest, $guest; q35 has one free port for a hot-plug, pc many
make()
{
    n=$((n + 1))
    guest=g$n
    guest_define "$guest" system=none machine="${3-pc}" metadata="$1" devices="${2-}"
}

payload()
{
    echo "<payload:cloud-init xmlns:payload='urn:virt-payload:1' ${2-}><payload:hostname>web1</payload:hostname>${1-}</payload:cloud-init>"
}

gone()
{
    virsh -q destroy "$guest" 2>/dev/null
    virsh -q undefine --managed-save "$guest"
}

# Cell by cell; '' for nothing to say
#   situation NAME START DOCTOR LIST VALIDATE
# START: "refused" if the hook refuses it, for what doctor says; "fails" if something else keeps it from
# starting; "starts". LIST: the payload's column, then a regex for the rest. $here: what doctor's line
# begins with, if not the guest.
situation()
{
    local name=$1 start=$2 doctor=$3 list=$4 validate=$5 said told line

    told=$(virt-payload doctor 2>&1)
    line=$(echo "$told" | grep "^${here:-$guest}:" | grep -v ': advice: ' | head -n 1)
    like "$name: doctor" "$line" "$doctor"
    like "$name: list" "$(virt-payload list 2>&1 | grep -e "^$guest " -e '^virt-payload: warning' | tr -s ' ')" "$list"
    like "$name: validate" "$(virt-payload validate "$guest" 2>&1)" "$validate"
    said=$(virsh start "$guest" --paused 2>&1)
    case $start in
        refused)
            line=${line#*start will be refused: }
            like "$name: virsh start does not start it" "$(virsh domstate "$guest")" 'shut off'
            line=${line%"; run: "*}
            ok "$name: virsh start says the same as doctor: $line" test "${said#*"$line"}" != "$said" ||
                diag "$said"
            ;;
        fails) like "$name: virsh start fails" "$said" '^error:' ;;
        starts)
            unlike "$name: virsh start works" "$said" '^error:'
            virsh -q destroy "$guest"
            ;;
    esac
    # a slow machine also lets doctor see that the hook is newer than the daemon, which systemd would reload
    advice=$(echo "$told" | grep "^${here:-$guest}:" | grep -v 'was installed after libvirtd started' |
        sed -n 's/.*; run: //p')
}

# What doctor advised, or the command given; then all four have nothing to complain of.
cure()
{
    local name=$1

    shift
    if [ $# -gt 0 ]; then
        ok "$name: cured" "$@"
    else
        diag "$advice"
        ok "$name: doctor's advice, run as it is" sh -ec "${advice:-false}"
    fi
    # whether the daemon was told to reload since, only systemd could tell
    unlike "$name: then doctor has nothing to say" \
        "$(virt-payload doctor | grep -v -e ': advice: ' -e 'was installed after libvirtd started')" \
        "^(${here:-$guest}|$guest):"
    like "$name: nor list" "$(virt-payload list 2>&1 | grep "^$guest " | tr -s ' ')" \
        "^$guest shut off [a-z-]+ [^ ]+ [^ ]+ - next start *$"
    ok "$name: nor validate" virt-payload validate "$guest"
    ok "$name: and it starts" virsh -q start "$guest" --paused
    ok "$name: with its drive" payload_wait payload_plugged "$guest"
    like "$name: list has it as current" "$(virt-payload list 2>/dev/null | grep "^$guest ")" ' there +current *$'
    gone
}

# --- nothing wrong

make "$(payload)"
is "a guest with a payload: doctor" "$(virt-payload doctor)" "no problems found"
is "a guest with a payload: validate" "$(virt-payload validate "$guest" 2>&1)" ""
cure "a guest with a payload" true

# --- secrets, files, limits

make "$(payload "<payload:user name='op'><payload:password secret='pw'/></payload:user>")"
situation "a missing secret" refused 'no such file: /etc/virt-payload/secrets/' ' invalid ' 'error: .*no such file: '
advice=$(virt-payload doctor | sed -n "s/^$guest:.*into: //p")
cure "a missing secret" sh -ec "echo abc123 | $advice"

make "$(payload "<payload:user name='op'><payload:password secret='shared/pw'/></payload:user>")"
install -D -m 600 /dev/stdin $secrets/shared/pw <<<abc123
chmod 644 $secrets/shared/pw
here=$secrets/shared/pw
situation "a secret that others can read" fails 'run: chown' ' invalid ' "error: .*"
cure "a secret that others can read"
here=''

make "$(payload "<payload:write-file path='/etc/motd' src='motd'/>")"
situation "a missing file" refused 'no such file' ' invalid ' 'error: .*no such file'
cure "a missing file" sh -ec "install -D -m 644 /dev/stdin $files/motd <<X
hello
X"

make "$(payload "<payload:write-file path='/etc/big' src='big'/>")"
install -d $files
truncate -s 2G $files/big
situation "a file over the limit" refused '.' ' invalid ' 'error: '
cure "a file over the limit" truncate -s 1K $files/big

# --- where the drive goes

make "$(payload '' "target='vda'")"
situation "a target that is taken" refused '@target: is used' ' invalid ' 'error: .*@target'
cure "a target that is taken"

make "$(payload '' "bus='ide'")"
situation "a bus without hot-plug" refused '@bus: .*cannot be hot-plugged' ' invalid ' 'error: .*@bus'
cure "a bus without hot-plug"

make "$(payload)" "<controller type='usb' model='none'/><controller type='pci' index='0' model='pcie-root'/>" q35
# without a port left
for bus in $(virsh dumpxml "$guest" | sed -n "s/.*<controller type='pci' index='\([0-9]*\)' model='pcie-root-port'>.*/\1/p"); do
    virsh dumpxml "$guest" | grep -q "bus='0x0*$(printf %x "$bus")'" ||
        virsh -q attach-device "$guest" --config /dev/stdin <<XML
<interface type='user'><model type='virtio'/></interface>
XML
done
virsh dumpxml --inactive "$guest" >"$tap_dir/full.xml"
situation "no port for a hot-plug" refused 'cannot be hot-plugged' ' invalid ' 'error: .*cannot be hot-plugged'
cure "no port for a hot-plug"

# --- existing drives

make "$(payload)"
virt-payload attach "$guest" >/dev/null
original=$guest
virsh dumpxml --inactive "$original" | sed -e "s|<name>.*|<name>copy</name>|" -e '/<uuid>/d' \
    -e "s|$guest_dir/$original.img|$guest_dir/copy.img|" >"$tap_dir/copy.xml"
truncate -s 1M "$guest_dir/copy.img"
virsh -q define "$tap_dir/copy.xml"
guest=copy
situation "a clone's drive" refused 'drive .* shows an image' ' invalid ' 'error: drive .* shows an image'
cure "a clone's drive"
guest=$original
gone

make "$(payload)"
virt-payload attach "$guest" >/dev/null
virsh metadata "$guest" urn:virt-payload:1 --remove --config >/dev/null
situation "a drive without metadata" refused 'the metadata has no payload' ' none ' 'error: drive .*no payload'
ok "a drive without metadata: doctor's advice" sh -ec "$advice"
is "a drive without metadata: then doctor finds nothing" "$(virt-payload doctor)" "no problems found"
is "a drive without metadata: it is not listed any more" "$(virt-payload list | grep -c "^$guest ")" 0
ok "a drive without metadata: it starts" virsh -q start "$guest" --paused
gone

make "$(payload)"
virt-payload attach "$guest" >/dev/null
mkdir -p /srv/elsewhere
echo 'directory = /srv/elsewhere/payload' >>$conf
situation "another payload directory than the drive's" refused 'points outside' ' invalid ' 'error: .*points outside'
cure "another payload directory than the drive's"
sed -i '/^directory/d' $conf

make "$(payload)"
virt-payload render --output "$guest_dir/seed.img" "$guest_dir/$guest.xml" 2>/dev/null ||
    { virsh -q start "$guest" --paused; cp "$payload_dir/$(virsh domuuid "$guest" | head -n 1).img" "$guest_dir/seed.img"; virsh -q destroy "$guest"; }
virsh -q attach-disk "$guest" "$guest_dir/seed.img" hdb --type cdrom --mode readonly --config
situation "another seed" starts 'drive hdb is another seed' ' next start .*another seed' 'warning: .*another seed'
cure "another seed"

# --- configuration

make "$(payload)"
echo 'attach = refuse' >>$conf
situation "attach = refuse" refused 'no drive for it' ' invalid ' 'error: .*no drive'
cure "attach = refuse"
sed -i '/^attach/d' $conf

make "$(payload)"
echo 'attach = off' >>$conf
situation "attach = off" starts 'has no payload drive' ' no drive ' 'warning: .*no payload drive'
cure "attach = off"
sed -i '/^attach/d' $conf

# --- the payload directory

make "$(payload)"
mount -t tmpfs -o size=64k,mode=0711 full $payload_dir
dd if=/dev/zero of=$payload_dir/filler bs=64k count=1 2>/dev/null
situation "a full directory" refused 'No space left' ' invalid ' 'error: .*No space left'
cure "a full directory" rm $payload_dir/filler
umount $payload_dir

make "$(payload)"
mount -t tmpfs -o ro,mode=0711 readonly $payload_dir
situation "a read-only directory" refused 'Read-only file system' ' invalid ' 'error: .*Read-only'
cure "a read-only directory" umount $payload_dir

make "$(payload)"
chown nobody $payload_dir
situation "a directory of another user" refused 'chown root /' ' invalid ' 'error: .*chown root'
cure "a directory of another user"

make "$(payload)"
install -d -m 0711 /srv/closed/payload
chmod 0700 /srv/closed
echo 'directory = /srv/closed/payload' >>$conf
virt-payload attach "$guest" >/dev/null
here=/srv/closed
situation "a directory that QEMU's user cannot pass" fails 'cannot search' 'warning: /srv/closed: ' 'warning: /srv/closed: '
cure "a directory that QEMU's user cannot pass"
sed -i '/^directory/d' $conf
here=''

# --- the hook

# a daemon that has seen the hook; otherwise only systemd could tell
reload()
{
    kill -HUP "$VP_PRIVATE_LIBVIRTD"
}

make "$(payload)"
here=$hooks/qemu
mv $hooks/qemu "$tap_dir/hook"
situation "no hook" starts 'is not installed' 'warning: .*is not installed' 'warning: .*is not installed'
eval "$advice" >/dev/null 2>&1
reload
cure "no hook" true

make "$(payload)"
printf '#!/bin/sh\n' >$hooks/qemu
situation "a hook of another product" starts "another product's" "warning: .*another product's" "warning: .*another product's"
eval "$advice" >/dev/null 2>&1
reload
cure "a hook of another product" true
rm -rf "${hooks:?}"/*
/usr/share/virt-payload/install-hook install $hooks /usr/sbin/virt-payload-hook >/dev/null
reload

make "$(payload)"
chmod 0644 $hooks/qemu
situation "a hook that is not executable" starts 'execut' 'warning: .*execut' 'warning: .*execut'
cure "a hook that is not executable"
here=''

# --- the running guest, and the saved one

make "$(payload)"
virsh -q start "$guest" --paused
payload_wait payload_plugged "$guest"
virsh -q managedsave "$guest"
virt-payload set "$guest" --hostname web2 >/dev/null 2>&1
situation "a managed save of before" starts 'has a managed save' ' pending .*managed save' ''
virsh -q start "$guest" --paused
payload_wait payload_plugged "$guest"
virsh -q managedsave "$guest"
virt-payload set "$guest" --hostname web3 >/dev/null 2>&1
cure "a managed save of before"

# a CD-ROM, because a disk is only replaced once the guest has released it
make "$(payload '' "bus='scsi'")" "<controller type='scsi' model='virtio-scsi'/>"
virt-payload attach "$guest" >/dev/null
virsh -q start "$guest" --paused
image=$payload_dir/$(virsh domuuid "$guest" | head -n 1).img
rm "$image"
told=$(virt-payload doctor)
like "a running guest's image is gone: doctor" "$told" "^$guest: drive .* no longer there"
like "a running guest's image is gone: list" "$(virt-payload list | tr -s ' ')" "^$guest .* missing current .*no longer there"
is "a running guest's image is gone: validate has nothing against its next start" "$(virt-payload validate "$guest" 2>/dev/null)" ""
diag "$(echo "$told" | sed -n 's/.*; run: //p')"
ok "a running guest's image is gone: doctor's advice" sh -ec "$(echo "$told" | sed -n "s/^$guest: .*; run: //p")"
is "a running guest's image is gone: then doctor finds nothing" "$(virt-payload doctor)" "no problems found"
ok "a running guest's image is gone: it is there again" test -s "$image"
gone

make "$(payload)"
virsh -q start "$guest" --paused
payload_wait payload_plugged "$guest"
virsh -q destroy "$guest"
virt-payload attach "$guest" >/dev/null
echo 'attach = off' >>$conf
virt-payload detach "$guest" >/dev/null
virsh -q start "$guest" --paused
like "a running guest without a drive: list" "$(virt-payload list)" "^$guest .* no drive"
like "a running guest without a drive: doctor" "$(virt-payload doctor)" "^$guest: has no payload drive"
sed -i '/^attach/d' $conf
gone

# --- as JSON, by the schema

# json DEFINITION EXPRESSION COMMAND...
json()
{
    virt-payload "${@:3}" >"$tap_dir/json" 2>"$tap_dir/err"
    ok "${*:3}: fits the schema: $2" fits "$1" "$2" <"$tap_dir/json" || cat "$tap_dir/json" "$tap_dir/err"
}

make "$(payload '' "bus='scsi'")" "<controller type='scsi' model='virtio-scsi'/>"
json report 'j[0]["changed"] is True and j[0]["messages"]' attach "$guest" --json
json report 'j[0]["changed"] is False' attach "$guest" --json
json list 'j[0]["next-drive"] == {"target": "sdz", "bus": "scsi"} and j[0]["running"] is False' list --json
virsh -q start "$guest" --paused
json list 'j[0]["image"] is True and j[0]["payload"] == "current"' list --json
json dump 'j[0]["image"].startswith("/")' dump "$guest" --json
json diff 'j == []' diff "$guest" --json
json update 'j[0]["changed"] is False and j[0]["action"] == "none"' update "$guest" --json
cp "$payload_dir/$(virsh domuuid "$guest" | head -n 1).img" "$guest_dir/seed.img"
json report 'j[0]["changed"] is True' detach "$guest" --live --config --json
json doctor 'all(o["severity"] == "advice" or "reload" in o["command"] for o in j)' doctor --json
json report 'j[0]["changed"] is True' unset "$guest" --all --config --json
virsh -q destroy "$guest"
virsh -q attach-disk "$guest" "$guest_dir/seed.img" hdb --type cdrom --mode readonly --config
json import 'j["seed-drives-removed"] == 1 and "meta-data/hostname" in j["fields"]' import "$guest" --replace-seed --json
json validate 'j == []' validate "$guest" --json
gone

is "nothing is left" "$(payload_leftovers)" ""
done_testing
