#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Live migration between two libvirt daemons: on both sides the image is there
# exactly as long as the guest is, and the guest reads on.

# shellcheck disable=SC2317  # functions that ok and payload_wait call

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

# --- a second host: mounts and a name of its own ---

target_run=/run/elsewhere/target
meet=/run/elsewhere/meet # both QEMUs reach it
target_dir=/run/elsewhere/images # its guests' disks and consoles, as seen from here
mkdir -p $target_run $meet $target_dir /run/elsewhere/source
mount --bind /run/libvirt /run/elsewhere/source # each daemon reaches the other
cp -a "$guest_dir"/. $target_dir
: >/run/elsewhere/target.conf
: >/etc/virt-payload.conf
chmod 1777 $meet
target_uri="qemu+unix:///system?socket=$target_run/libvirt-sock"

cat >"$tap_dir/target" <<'SH'
#!/bin/bash
# the second host's first process
set -e
hostname target
mkdir -p /run/elsewhere/etc
cp -a /etc/libvirt/. /run/elsewhere/etc/
rm -rf /run/elsewhere/etc/qemu
echo 'unix_sock_dir = "/run/elsewhere/target"' >>/run/elsewhere/etc/libvirtd.conf
echo 'host_uuid = "99999999-8888-4777-8666-555555555555"' >>/run/elsewhere/etc/libvirtd.conf
mount --bind /run/elsewhere/etc /etc/libvirt
mount --bind /run/elsewhere/target.conf /etc/virt-payload.conf
mount -t tmpfs -o mode=0755 target /run/libvirt
mkdir -p /run/payload
mount -t tmpfs -o mode=0711 target /run/payload
mount -t tmpfs -o mode=0755 target /var/lib/libvirt
mkdir -m 0711 /var/lib/libvirt/images
mount --bind /run/elsewhere/images /var/lib/libvirt/images
mount -t tmpfs -o mode=0755 target /var/log/libvirt
mkdir /var/log/libvirt/qemu
mount -t tmpfs -o mode=0755 target /var/cache/libvirt
ln -s /run/elsewhere/target/libvirt-sock /run/elsewhere/target/libvirt-sock-ro /run/libvirt/
virtlogd -d -p /run/libvirt/virtlogd.pid
exec libvirtd -p /run/libvirt/libvirtd.pid >/run/elsewhere/target/log 2>&1
SH
chmod +x "$tap_dir/target"

start_target()
{
    setsid unshare -m -u "$tap_dir/target" </dev/null &
    target_pid=$!
    at_exit "kill $target_pid"
    payload_wait virsh -q -c "$target_uri" version
}

# Its root as well: this world may be in a chroot
there()
{
    nsenter -t "$target_pid" -m -r "$@"
}

on_target()
{
    virsh -q -c "$target_uri" "$@"
}

target_is_empty()
{
    [ -z "$(there ls "$payload_dir")$(on_target list --name)" ]
}

# the same as it read here, and without an error
reads_on_there()
{
    local before

    before=$(payload_sums "$1")
    [ -n "$before" ] && guest_dir=$target_dir payload_reads_on "$1" &&
        [ "$(guest_dir=$target_dir payload_sums "$1")" = "$before" ]
}

# migrate GUEST [OPTION...]: to the target; back GUEST [OPTION...]: from it
migrate()
{
    local guest=$1
    shift
    rm -f "$meet"/*
    [ ! -e "$guest_dir/$guest.img" ] || truncate -s 1M "$target_dir/$guest.img"
    virsh -q migrate --live --unsafe --persistent --undefinesource "$guest" "$target_uri" \
        --migrateuri "unix://$meet/ram" "$@"
}

back()
{
    local guest=$1
    shift
    rm -f "$meet"/*
    on_target migrate --live --unsafe --persistent --undefinesource "$guest" \
        "qemu+unix:///system?socket=/run/elsewhere/source/libvirt-sock" --migrateuri "unix://$meet/ram" "$@"
}

migrate_tunnelled()
{
    truncate -s 1M "$target_dir/$1.img"
    virsh -q migrate --live --unsafe --persistent --undefinesource --p2p --tunnelled "$1" "$target_uri"
}

ok "a second host" start_target || done_testing

# --- there and back, with a disk and with a CD-ROM ---

# round_trip MACHINE DISK MODE: with a drive that is hot-plugged, or attached to the definition
round_trip()
{
    local guest=$1-$2 image sum inactive

    guest_define "$guest" machine="$1" disk="$2" memory=96 append=vp.loop \
        "metadata=$(payload_metadata "$guest")"
    [ "$3" = hotplug ] || virt-payload attach "$guest" >/dev/null
    inactive=$(virsh -q domblklist --inactive "$guest" | tr -s ' ')
    image=$payload_dir/$(virsh domuuid "$guest" | head -n 1).img
    guest_start "$guest"
    ok "$guest: reads its drive" guest_wait "$guest" 'tick 2 '
    sum=$(sha256sum <"$image")
    ok "$guest: migrates" migrate "$guest"
    not_ok "$guest: no image is left" test -e "$image"
    is "$guest: the same image is there" "$(there cat "$image" | sha256sum)" "$sum"
    is "$guest: it runs there" "$(on_target domstate "$guest" | head -n 1)" running
    ok "$guest: reads on" reads_on_there "$guest"
    is "$guest: its definition went along" "$(on_target domblklist --inactive "$guest" | tr -s ' ')" \
        "$inactive"
    ok "$guest: migrates back" back "$guest"
    is "$guest: the same image is back" "$(sha256sum <"$image")" "$sum"
    is "$guest: none is left there" "$(there ls "$payload_dir")" ""
    ok "$guest: it reads on" payload_reads_on "$guest"
    is "$guest: the definition is as it was" "$(virsh -q domblklist --inactive "$guest" | tr -s ' ')" "$inactive"
    guest_stop "$guest"
    is "$guest: nothing is left" "$(payload_leftovers)" ""
    virsh -q undefine "$guest"
}

# the mode of the other host does not matter
printf '[virt-payload]\nattach = refuse\n' >/run/elsewhere/target.conf
round_trip q35 virtio hotplug
: >/run/elsewhere/target.conf
round_trip q35 scsi hotplug
round_trip pc ide attached

# --- by the daemons themselves, and without a definition to take along ---

guest_define plain memory=96 append=vp.loop "metadata=$(payload_metadata plain)"
image=$payload_dir/$(virsh domuuid plain | head -n 1).img
guest_start plain
ok "plain: reads its drive" guest_wait plain 'tick 2 '
ok "plain: migrates from daemon to daemon" migrate plain --p2p
not_ok "plain: no image is left" test -e "$image"
ok "plain: it reads on" reads_on_there plain
ok "plain: migrates back" back plain --p2p
ok "plain: it reads on here" payload_reads_on plain
is "plain: none is left there" "$(there ls "$payload_dir")" ""
ok "plain: through libvirt's own connection" migrate_tunnelled plain
not_ok "plain, again: no image is left" test -e "$image"
ok "plain, again: it reads on" reads_on_there plain
ok "plain, again: migrates back" back plain
ok "plain, again: it reads on here" payload_reads_on plain
ok "plain: as a transient guest" virsh -q migrate --live --unsafe plain "$target_uri" \
    --migrateuri "unix://$meet/transient"
not_ok "plain, a third time: no image is left" test -e "$image"
ok "plain, a third time: it reads on" reads_on_there plain
on_target destroy plain
is "plain, a third time: none is left there" "$(there ls "$payload_dir")" ""
is "plain: nor a definition" "$(on_target list --all --name)" ""
ok "plain: its definition here starts again" guest_start plain --paused
ok "plain: with its image" test -s "$image"
guest_stop plain
virsh -q undefine plain

# --- another payload directory there ---

guest_define moved memory=96 append=vp.loop "metadata=$(payload_metadata moved)"
uuid_moved=$(virsh domuuid moved | head -n 1)
guest_start moved
ok "moved: reads its drive" guest_wait moved 'tick 2 '
printf '[virt-payload]\ndirectory = /run/libvirt/payload\n' >/run/elsewhere/target.conf
ok "moved: migrates to another payload directory" migrate moved
is "moved: its drive is there" \
    "$(on_target domblklist moved | awk '$1 == "vdz" { print $2 }')" "/run/libvirt/payload/$uuid_moved.img"
ok "moved: it reads on" reads_on_there moved
on_target destroy moved
is "moved: none is left there" "$(there ls /run/libvirt/payload)" ""
: >/run/elsewhere/target.conf
on_target undefine moved

# --- profiles of each host's own ---

profiles=/etc/virt-payload/profiles
mkdir -p /run/elsewhere/profiles
printf '[virt-payload]\nprofiles-directory = /run/elsewhere/profiles\n' >/run/elsewhere/target.conf
profile='<cloud-init xmlns="urn:virt-payload:1"><timezone>UTC</timezone></cloud-init>'
echo "$profile" >$profiles/zone.xml
guest_define shared memory=96 append=vp.loop "metadata=$(payload_metadata shared 'profile="zone" instance-id="content"')"
image=$payload_dir/$(virsh domuuid shared | head -n 1).img
guest_start shared
ok "shared: reads its drive" guest_wait shared 'tick 2 '
said=$(migrate shared 2>&1)
is "shared: a profile that is missing there keeps the guest here" "$(virsh domstate shared | head -n 1)" running
like "shared: the error has its path" "$said" 'no such file: /run/elsewhere/profiles/zone\.xml'
is "shared: nothing is left there" "$(there ls "$payload_dir")" ""
ok "shared: its image is here" test -s "$image"
ok "shared: it reads on" payload_reads_on shared
like "doctor there, once the definition is: names it" "$(virsh dumpxml --inactive shared >"$tap_dir/shared.xml"
    on_target define "$tap_dir/shared.xml" >/dev/null; there virt-payload doctor)" \
    '^shared: its start will be refused: .*no such file: /run/elsewhere/profiles/zone\.xml'
on_target undefine shared
echo "$profile" >/run/elsewhere/profiles/zone.xml
sum=$(sha256sum <"$image")
ok "shared: with the same profile it migrates" migrate shared
is "shared: the same image is there" "$(there cat "$image" | sha256sum)" "$sum"
ok "shared: it reads on there" reads_on_there shared
ok "shared: migrates back" back shared
ok "shared: reads on here" payload_reads_on shared
sed -i 's/UTC/Europe\/Vienna/' /run/elsewhere/profiles/zone.xml
ok "shared: with a different profile it migrates, too" migrate shared
is "shared: the image has the other host's fields" \
    "$(there virt-payload dump shared -f user_data | grep timezone)" 'timezone: "Europe/Vienna"'
like "shared: and is another instance" "$(there virt-payload dump shared -f meta_data.json)" '"uuid": ".*-[0-9a-f]{16}"'
not_ok "shared: no image is left here" test -e "$image"
on_target destroy shared
on_target undefine shared
: >/run/elsewhere/target.conf

# --- a migration that fails ---

guest_define stays memory=96 append=vp.loop "metadata=$(payload_metadata stays)"
virt-payload attach stays >/dev/null
guest_start stays
ok "stays: reads its drive" guest_wait stays 'tick 2 '
image=$payload_dir/$(virsh domuuid stays | head -n 1).img
inode=$(stat -c %i "$image")
# at this pace it would take minutes
migrate stays --bandwidth 1 2>/dev/null &
ok "stays: a migration begins" payload_wait there test -s "$image"
ok "  is broken off" payload_wait virsh domjobabort stays
wait $!
is "  it fails" $? 1
ok "stays: nothing is left there" payload_wait target_is_empty
is "stays, broken off: it runs here" "$(virsh domstate stays | head -n 1)" running
is "stays, broken off: with the same image" "$(stat -c %i "$image")" "$inode"
ok "stays, broken off: it reads on" payload_reads_on stays
there mount -t tmpfs target /run/payload -o ro
not_ok "stays: a target that cannot make the image" migrate stays
there umount /run/payload
is "stays: it runs here" "$(virsh domstate stays | head -n 1)" running
is "stays: with the same image" "$(stat -c %i "$image")" "$inode"
ok "stays: it reads on" payload_reads_on stays
guest_stop stays
is "stays: nothing is left" "$(payload_leftovers)" ""

# --- a guest that was started without the drive ---

printf '[virt-payload]\nattach = off\n' >/etc/virt-payload.conf
guest_define bare memory=96 "metadata=$(payload_metadata bare 'bus="sata"')"
guest_start bare --paused
: >/etc/virt-payload.conf
ok "bare: migrates to a host where its start would be refused" migrate bare
sleep 1
is "bare: it has no drive there either" "$(on_target domblklist bare | grep -c /payload/)" 0
is "bare: no note is left there" "$(there ls "$payload_dir" | grep -c resumed)" 0
on_target destroy bare
is "bare: nothing is left there" "$(there ls "$payload_dir")" ""
on_target undefine bare

# --- only a definition, and disks that are copied ---

ok "offline" virsh -q migrate --offline --persistent stays "$target_uri"
is "  the definition there has the drive" \
    "$(on_target domblklist --inactive stays | awk '$1 == "vdz" { print $2 }')" "$image"
is "  there is no image" "$(there ls "$payload_dir")" ""
ok "  it starts there" on_target start stays --paused
ok "  with its image" there test -s "$image"
on_target destroy stays
is "  leaves nothing" "$(there ls "$payload_dir")" ""
on_target undefine stays

guest_define copied memory=96 append=vp.loop "metadata=$(payload_metadata copied)"
image=$payload_dir/$(virsh domuuid copied | head -n 1).img
guest_start copied
ok "copied: reads its drive" guest_wait copied 'tick 2 '
ok "copied: migrates with its disks" migrate copied --copy-storage-all \
    --disks-uri "unix://$meet/disks"
is "copied: the payload is not copied but made there" "$(there ls "$payload_dir")" \
    "$(basename "$image")"
not_ok "copied: none is left here" test -e "$image"
ok "copied: it reads on" reads_on_there copied
on_target destroy copied
is "copied: and leaves nothing there" "$(there ls "$payload_dir")" ""

done_testing
