#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload import on a real libvirtd: a guest whose CD-ROM has a seed is given the same by virt-payload.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"

private_world --staged "$0" "$@"
guest_need

seed=$tap_dir/seed.xml
iso=$guest_dir/seed.iso
guest_xml web1 uuid=c7a5fdbd-edaf-9455-926a-d65c16db1809 |
    virt-payload set - --datasource nocloud --instance-id seed-1 --hostname web1.example.com --package vim >"$seed"
printf '#cloud-config\ntimezone: Europe/Vienna\nbyobu_by_default: system\n' >"$tap_dir/user-data"
virt-payload set - --user-data "$tap_dir/user-data" <"$seed" | virt-payload render -o "$iso"
chmod 644 "$iso"

guest_define web1 "devices=<disk type='file' device='cdrom'><source file='$iso'/><target dev='sda' bus='sata'/><readonly/></disk>"
before=$(virsh dumpxml --inactive web1)
out=$(virt-payload import web1 --dry-run --replace-seed 2>&1)
like "--dry-run shows the fields" "$out" '^\+ .*<payload:hostname>web1.example.com'
is "  changes nothing" "$(virsh dumpxml --inactive web1)" "$before"
out=$(virt-payload import web1 --replace-seed 2>&1)
like "the seed of the guest's CD-ROM is imported" "$out" '^web1: payload stored'
like "the identity stays" "$(virt-payload show web1)" '^instance-id +seed-1$'
is "  its drive is gone from the definition" "$(virsh domblklist --inactive web1 | grep -c seed.iso)" 0
ok "the guest starts" guest_start web1
ok "  finds its payload" guest_wait web1 'end of files'
is "  meta-data is the same" "$(guest_file web1 meta-data)" "$(virt-payload dump --show-secrets "$iso" -f meta-data)"
user_data=$(guest_file web1 user-data)
like "what no field says is there" "$user_data" '^byobu_by_default: system'
like "  what fields say" "$user_data" '^- "vim"'
guest_stop web1
ok "the seed image itself is left alone" test -s "$iso"

done_testing
