#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload set on a real libvirtd: from a plain definition to a guest that has one's key, and back;
# the same through virt-install.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"

private_world --staged "$0" "$@"
guest_need

key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me@laptop'
printf '%s\n' "$key" >"$tap_dir/key.pub"

drive_of()
{
    virsh domblklist --inactive "$1" | awk '$2 ~ /payload.*\.img$/ { print $1 }'
}

# --- doctor, of a daemon that has seen the hook, and of one that may not have

is "doctor: a host as it should be" "$(virt-payload doctor)" "no problems found"
hook=/etc/libvirt/hooks/qemu
program=$(command -v virt-payload-hook)
sleep 3
touch $hook
like "doctor: a hook that came after the daemon's start" "$(virt-payload doctor)" \
    "^$hook: was installed after (libvirtd|virtqemud) started.*systemctl reload"
rm $hook
like "doctor: no hook" "$(virt-payload doctor)" "^$hook: the hook is not installed"
cp "$program" $hook

# --- three commands, from a definition without any metadata

guest_define web1
out=$(virt-payload set web1 --hostname web1.example.com --ssh-key "$tap_dir/key.pub" 2>&1)
like "set warns of the hook that came after the daemon's start" "$out" "^virt-payload: warning: $hook: was installed after"
is "set says what it did" "$(echo "$out" | tail -n 1)" "web1: payload stored; takes effect at the next start"
is "the definition has no drive" "$(drive_of web1)" ""
like "show shows it" "$(virt-payload show web1)" '^  ssh-key +ssh-ed25519'
ok "the guest starts" guest_start web1
is "doctor: an image that was made since tells that the hook is called" "$(virt-payload doctor)" \
    "no problems found"
ok "  sees the drive" guest_wait web1 'end of files'
like "the key is on it" "$(guest_file web1 openstack/latest/meta_data.json)" "$key"
like "dump shows the same" "$(virt-payload dump web1 -f meta_data.json)" "$key"

out=$(virt-payload set web1 --hostname web2.example.com 2>&1)
like "set of a running guest says when it counts" "$out" 'the running guest is unchanged$'
like "the running guest keeps what it has" "$(virt-payload dump web1 -f meta_data.json)" 'web1.example.com'
like "show --live" "$(virt-payload show --live web1)" '^hostname +web1.example.com'
guest_stop web1
like "the next start has the new one" "$(virt-payload dump web1 -f meta_data.json 2>/dev/null)" \
    'web2.example.com'

before=$(virsh dumpxml --inactive web1)
ok "an invalid field is refused" sh -c "! virt-payload set web1 --hostname 'a b' 2>/dev/null"
is "  nothing changed" "$(virsh dumpxml --inactive web1)" "$before"

ok "set --drive" virt-payload set web1 --drive --hostname web1.example.com
is "  adds the drive to the definition" "$(drive_of web1)" vdz
ok "set" virt-payload set web1 --bus sata
is "  has the drive there follow" "$(drive_of web1)" sdz
ok "unset --all" virt-payload unset web1 --all
is "  takes the drive" "$(drive_of web1)" ""
unlike "  the metadata" "$(virsh dumpxml --inactive web1)" 'urn:virt-payload'

EDITOR='sed -i s/web1/web3/' virt-payload edit web1 >"$tap_dir/out" 2>&1
like "edit creates a payload if there is none" "$(virt-payload show web1)" '^hostname +web3'

# --- virt-install

if command -v virt-install >/dev/null; then
    truncate -s 1M "$guest_dir/web4.raw"
    virt-install --name web4 --memory 256 --disk "path=$guest_dir/web4.raw,format=raw" --import \
        --osinfo detect=on,require=off --network none --graphics none --print-xml 2>"$tap_dir/err" |
        virt-payload set - --drive --ssh-key "$tap_dir/key.pub" >"$tap_dir/web4.xml"
    diag "$(cat "$tap_dir/err")"
    ok "virt-install's definition, set and defined" virsh define "$tap_dir/web4.xml"
    like "  has the drive" "$(drive_of web4)" '^[a-z]+$'
    ok "  the fields" virt-payload show web4
else
    skip "virt-install's definition" "no virt-install"
fi

done_testing
