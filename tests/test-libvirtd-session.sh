#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# qemu:///session: the same hook, run by an unprivileged user's own daemon.

# shellcheck disable=SC2317  # functions that ok and payload_wait call

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
command -v setpriv >/dev/null || skip_all "setpriv is not installed"
guest_need

user=1234
home=/run/home
echo "tester:x:$user:$user::$home:/bin/sh" >>/etc/passwd
echo "tester:x:$user:" >>/etc/group
mkdir -m 0700 $home /run/user/$user
mkdir $home/images
cp "$guest_dir/vmlinuz" "$guest_dir/initrd" $home/images
guest_dir=$home/images
payload_dir=/run/user/$user/payload
runtime=/run/user/$user

as_user()
{
    chown -R $user:$user $home /run/user/$user
    setpriv --reuid=$user --regid=$user --clear-groups --inh-caps=-all --bounding-set=-all \
        env -i HOME=$home USER=tester PATH="$PATH" LC_ALL=C XDG_RUNTIME_DIR=$runtime "$@"
}

# guest.sh and payload.sh reach the session by this
virsh()
{
    as_user virsh -c qemu:///session "$@"
}

virt_payload()
{
    as_user virt-payload "$@"
}

ok "a session's own daemon" virsh -q version || done_testing
at_exit "kill \$(cat /run/user/$user/libvirt/libvirtd.pid) 2>/dev/null"

guest_define web1 memory=128 "metadata=$(payload_metadata web1)"
image=$payload_dir/$(virsh domuuid web1 | head -n 1).img
ok "a guest with only metadata starts" guest_start web1
ok "  its drive is plugged" payload_wait payload_plugged web1
is "  below the user's runtime directory" "$(payload_drive web1)" "vdz virtio $image"
is "  the definition has none" "$(payload_drive web1 --inactive)" ""
is "  only the user can read the image" "$(stat -c '%a %u' "$image")" "600 $user"
ok "  the guest finds it" guest_wait web1 'drive vdb, bus virtio, label config-2'
guest_stop web1
not_ok "  no image is left" test -e "$image"
ok "  it starts again" guest_start web1 --paused
ok "  its drive is plugged again" payload_wait payload_plugged web1
is "  in the same place" "$(payload_drive web1)" "vdz virtio $image"
guest_stop web1

ok "attach" virt_payload attach web1
is "  the definition has the drive" "$(payload_drive web1 --inactive)" "vdz virtio $image"
ok "detach" virt_payload detach web1
is "  the drive is gone" "$(payload_drive web1 --inactive)" ""

guest_define broken memory=128 "metadata=$(payload_metadata 'a b')"
like "a broken field stops a start" "$(virsh start broken 2>&1)" \
    'virt-payload: broken: .*hostname.*\[hostname\]'
is "  nothing is left" "$(ls $payload_dir)" ""
# --- the system's daemon, as this user, and the session's, as root ---

mkdir -p /var/run/payload
chmod 0711 /var/run/payload
other=/var/run/payload/11111111-2222-4333-8444-555555555555.img
touch "$other"
like "82: doctor on the system's daemon says what only root can see" \
    "$(as_user virt-payload -c qemu:///system doctor 2>&1)" \
    '^/var/run/payload: only root can look into it, or check secrets; run this as root$'
like "82: sweep says so" "$(as_user virt-payload -c qemu:///system sweep --remove 2>&1)" \
    'only root can look into /var/run/payload; run this as root \[libvirt\]$'
is "82: sweep on the session leaves the system's images" \
    "$(as_user virt-payload -c qemu:///session sweep --remove 2>&1) $(ls "$other")" " $other"
rm "$other"
is "  nothing of root's is touched" "$(ls /var/run/payload 2>/dev/null)" ""

# --- a daemon that has its sockets elsewhere is the one that is asked ---

daemon=$(cat /run/user/$user/libvirt/libvirtd.pid)
kill "$daemon"
payload_wait payload_is_gone "$daemon"
runtime=$home/runtime
mkdir $runtime
ok "a session with another runtime directory" virsh -q version
at_exit "kill \$(cat $runtime/libvirt/libvirtd.pid)"
ok "  a guest starts" guest_start web1 --paused
ok "  its drive is plugged" payload_wait payload_plugged web1
ok "  no other daemon was started for that" sh -c "! kill -0 \$(cat /run/user/$user/libvirt/libvirtd.pid 2>/dev/null || echo 0x) 2>/dev/null"
guest_stop web1
is "  nothing is left" "$(ls $payload_dir)" ""

done_testing
