#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What oVirt's payload does, with a real libvirtd: a guest with root's password
# and key, its drive on IDE; and oVirt's own metadata, unchanged.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me@laptop'

seed_metadata()
{
    cat <<XML
<payload:cloud-init xmlns:payload="urn:virt-payload:1">
  <payload:hostname>seed.example.com</payload:hostname>
  <payload:user name="root">
    <payload:password clear="yes">abc123</payload:password>
    <payload:ssh-key>$key</payload:ssh-key>
  </payload:user>
  <payload:ssh-password-auth>yes</payload:ssh-password-auth>
  <payload:disable-root>no</payload:disable-root>
  <payload:output>&gt;&gt; /var/log/cloud-init-output.log</payload:output>
  <payload:run-cmd>sed -i '/^datasource_list: /d' /etc/cloud/cloud.cfg</payload:run-cmd>
</payload:cloud-init>
XML
}

guest_define seed machine=pc disk=ide memory=128 "metadata=$(seed_metadata)"
ok "attach" virt-payload attach seed
image=$payload_dir/$(virsh domuuid seed | head -n 1).img
is "  a CD-ROM on IDE" "$(payload_drive seed --inactive)" "hdd ide $image"
ok "  it starts" guest_start seed
ok "  the image is at its path" test -s "$image"
ok "  the guest finds it" guest_wait seed 'drive sr0, bus ide, label config-2'
ok "  reads it" guest_wait seed 'end of files'

virt-payload dump seed >"$tap_dir/dump"
is "dump succeeds" $? 0
for line in 'openstack/latest/meta_data.json' 'openstack/latest/user_data' '#cloud-config' \
    'name: "?root"?$' '^password: ' '^  expire: false$' '^chpasswd:$' '^ssh_pwauth: true$' \
    '^disable_root: false$' '^output:$' '^runcmd:$' 'datasource_list' 'me@laptop'; do
    like "  it shows $line" "$(cat "$tap_dir/dump")" "$line"
done
unlike "  hides the password" "$(cat "$tap_dir/dump")" abc123
like "  shows the password if it is asked for" "$(virt-payload dump --show-secrets seed)" '^password: "?abc123"?$'
is "dump shows what the guest reads" \
    "$(virt-payload dump --show-secrets --file openstack/latest/user_data seed)" \
    "$(guest_file seed openstack/latest/user_data)"
guest_stop seed

# --- oVirt's metadata, on a host without oVirt ---

ovirt_metadata()
{
    cat <<XML
<ovirt-vm:vm xmlns:ovirt-vm="http://ovirt.org/vm/1.0">
  <ovirt-vm:device devtype="disk" name="hdd">
    <ovirt-vm:payload>
      <ovirt-vm:volId>config-2</ovirt-vm:volId>
      <ovirt-vm:file path="openstack/latest/meta_data.json">$(echo '{"uuid": "x"}' | base64)</ovirt-vm:file>
      <ovirt-vm:file path="openstack/latest/user_data">$(echo '#cloud-config' | base64)</ovirt-vm:file>
    </ovirt-vm:payload>
  </ovirt-vm:device>
</ovirt-vm:vm>
XML
}

guest_define vm1 machine=pc disk=virtio memory=128 "metadata=$(ovirt_metadata)"
ok "oVirt's metadata: attach" virt-payload attach vm1
is "  a drive that its kernel can read" "$(payload_drive vm1 --inactive | cut -d ' ' -f 1,2)" \
    "vdz virtio"
ok "  it starts" guest_start vm1
ok "  the guest finds it" guest_wait vm1 'drive vdb, bus virtio, label config-2'
ok "  reads it" guest_wait vm1 'end of files'
is "  as oVirt gave it" "$(guest_file vm1 openstack/latest/user_data)" '#cloud-config'
guest_stop vm1
is "  nothing is left" "$(payload_leftovers)" ""

# --- and beside oVirt's own agent ---

guest_define vm2 machine=pc disk=virtio memory=128 "metadata=$(ovirt_metadata)"
cat >"$tap_dir/vdsm.xml" <<'XML'
<disk type='file' device='cdrom'>
  <source file='/var/run/vdsm/payload/vm2.img'/>
  <target dev='hdd' bus='ide'/>
  <readonly/>
</disk>
XML
virsh -q attach-device vm2 "$tap_dir/vdsm.xml" --config
like "VDSM's drive on a host without VDSM: a start names the command that fixes it" "$(virsh start vm2 2>&1)" \
    'virt-payload: vm2: .*oVirt.*virt-payload attach vm2 \[drive\]'
is "  nothing is left" "$(payload_leftovers)" ""
mkdir -p /run/vdsm
unlike "  with VDSM it is VDSM's business" "$(virsh start vm2 2>&1)" 'virt-payload'
mkdir /run/vdsm/payload
truncate -s 64K /run/vdsm/payload/vm2.img
ok "a guest that VDSM serves starts" guest_start vm2 --paused
sleep 1
is "  with VDSM's drive" "$(payload_drive vm2)" "hdd ide /var/run/vdsm/payload/vm2.img"
is "  no other" "$(virsh -q domblklist vm2 | wc -l)" 2
is "  no image is made" "$(payload_leftovers)" ""
guest_stop vm2
ok "  VDSM's image stays" test -s /run/vdsm/payload/vm2.img

rm -r /run/vdsm
ok "VDSM is gone: attach" virt-payload attach vm2
ok "  takes its drive over" guest_start vm2
is "  one drive" "$(virsh -q domblklist vm2 | grep -c /payload/)" 1
like "  with an image of its own" "$(payload_drive vm2)" " $payload_dir/$(virsh domuuid vm2 | head -n 1).img\$"
guest_wait vm2 'end of files'
is "  which the guest reads" "$(guest_file vm2 openstack/latest/user_data)" '#cloud-config'
guest_stop vm2
is "  nothing is left" "$(payload_leftovers)" ""

done_testing
