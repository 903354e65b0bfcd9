#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a package says before it is removed: each command is for its own guest, whatever the guest's name.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

uuid=c7a5fdbd-cdaf-9455-926a-d65c16db1809

# said NAME: the line for a guest of that name, as virt-payload list --json gives it
said()
{
    cat >"$tap_dir/list" <<SH
#!/bin/sh
printf '  "%s": "%s",\n' guest '$1' uuid $uuid
printf '  "next-drive": {\n    "target": "vdz"\n'
SH
    chmod +x "$tap_dir/list"
    sh "$VP_SRCDIR/hooks/before-removal" "$tap_dir/list" 2>&1 | grep '^    '
}

for name in web1 db1 beef a.b_c; do
    is "$name is named" "$(said "$name")" "    virsh detach-disk $name vdz --config"
done
# virsh takes the last three for an ID and for another guest's UUID
for name in --help 'my web' 'a;id' 7 11111111-2222-3333-4444-555555555555 11111111222233334444555555555555; do
    is "$name: its UUID instead" "$(said "$name")" "    virsh detach-disk $uuid vdz --config    # $name"
done

done_testing
