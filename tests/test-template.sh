#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Many guests from one template (set --from, import --from), and seed images of files (render --seed).
# shellcheck disable=SC2154,SC2317 # variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

conf=$tap_dir/conf
printf '[virt-payload]\nsecrets-directory = %s/secrets\n' "$tap_dir" >"$conf"

vp()
{
    virt-payload --config-file "$conf" "$@"
}

# --- a template

template=$tap_dir/template.xml
vp set - --hostname web0 --instance-id i-0 --generate-host-key -k "$keys" --package nginx \
    --network eth0,mac=52:54:00:00:00:01,dhcp4 <"$plain" >"$template"
vp set - --from "$template" <"$plain" >"$tap_dir/new.xml" 2>"$tap_dir/err"
is "set --from: the fields, but for those of one guest" "$(vp show "$tap_dir/new.xml" | tr -s ' ')" "user root
 ssh-key $key
network
 interface eth0
 dhcp4 yes
package nginx"
like "set --from: a host key that is not copied is reported" "$(cat "$tap_dir/err")" '^the ssh host key is not copied; give --generate-host-key$'
vp set - --from "$template" --hostname web7 --package vim <"$plain" 2>/dev/null >"$tap_dir/new.xml"
like "set --from: other options change them" "$(vp show "$tap_dir/new.xml")" '^hostname +web7$'
is "set --from: lists are added to" "$(vp show "$tap_dir/new.xml" | grep -c package)" 2
like "set --from: static addresses are not copied" \
    "$(vp set - --network eth0,address=192.0.2.5/24 <"$plain" >"$tap_dir/static.xml"
    vp set - --from "$tap_dir/static.xml" --package x <"$plain" 2>&1 >/dev/null)" '^the network is not copied'
is "set --from: a guest that has fields is refused" "$(vp set - --from "$template" <"$web1" 2>&1 >/dev/null)" \
    "virt-payload: web1: the guest has fields already; 'virt-payload unset - --all' removes them [conflict]"
cp "$plain" "$tap_dir/none.xml"
is "set --from: a template without fields" "$(vp set - --from "$tap_dir/none.xml" <"$plain" 2>&1 >/dev/null)" \
    "virt-payload: web1: the template has no fields [not-found]"
sed "s/web1/web0/; s/c7a5fdbd/c7a5fdbe/" "$template" >"$tap_dir/web0.xml"
node_guest shutoff "$plain" "$tap_dir/web0.xml"
is "set --from: another guest of the connection" "$(vp -c "$node_uri" set web1 --from web0 --no-drive 2>/dev/null | head -n 1)" \
    "web1: payload stored; takes effect at the next start"
like "import --from: as a dry run" "$(vp -c "$node_uri" import web1 --from web0 --dry-run 2>/dev/null)" '^\+ .*nginx'
ok "import --from: a seed beside it is a mistake" usage vp -c "$node_uri" import web1 "$tap_dir" --from web0

# --- ten guests, one after the other, without waiting: each its own name, key and UUID

# virt-install --print-xml gives no UUID, and another MAC address each time
for i in 1 2 3 4 5 6 7 8 9 10; do
    sed -e "s|<name>.*|<name>web$i</name>|" -e '/<uuid>/d' -e "s|52:54:00:00:00:01|52:54:00:00:01:0$((i % 10))|" "$plain" |
        vp set - --from "$template" --generate-host-key 2>/dev/null >"$tap_dir/web-$i.xml"
done
is "ten guests: ten definitions that are valid" \
    "$(for i in 1 2 3 4 5 6 7 8 9 10; do vp validate "$tap_dir/web-$i.xml" >/dev/null 2>&1 && echo; done | wc -l)" 10
facts()
{
    for i in 1 2 3 4 5 6 7 8 9 10; do
        vp dump --show-secrets "$tap_dir/web-$i.xml" | grep -E "$1"
    done | sort -u | wc -l
}
is "ten guests: ten host names" "$(facts '^ *"hostname"')" 10
is "ten guests: ten identities" "$(facts '^ *"uuid"')" 10
is "ten guests: ten host keys" "$(facts 'ed25519_private')" 10
is "ten guests: ten addresses by DHCP, by ten MAC addresses" "$(facts 'ethernet_mac_address')" 10

# --- seeds

printf '#cloud-config\ntimezone: Europe/Vienna\n' >"$tap_dir/user-data"
printf 'instance-id: i-1\nlocal-hostname: web1\n' >"$tap_dir/meta-data"
printf 'version: 2\nethernets: {eth0: {dhcp4: true}}\n' >"$tap_dir/network-config"
ok "render --seed" vp render --seed "$tap_dir/user-data" "$tap_dir/meta-data" \
    --network-config "$tap_dir/network-config" --vendor-data "$tap_dir/user-data" -o "$tap_dir/seed.iso"
is "render --seed: its files" "$(vp dump "$tap_dir/seed.iso" --list)" "meta-data
network-config
user-data
vendor-data"
for file in user-data meta-data network-config; do
    ok "render --seed: $file byte for byte" sh -c \
        "virt-payload dump --show-secrets '$tap_dir/seed.iso' -f $file | cmp - '$tap_dir/$file'"
done
like "render --seed: its label" "$(vp dump "$tap_dir/seed.iso" | head -n 1)" 'iso9660, label cidata'
vp render --seed "$tap_dir/user-data" "$tap_dir/meta-data" >"$tap_dir/a"
vp render --seed "$tap_dir/user-data" "$tap_dir/meta-data" >"$tap_dir/b"
ok "render --seed: the same files, the same bytes" cmp "$tap_dir/a" "$tap_dir/b"
vp render --seed "$tap_dir/user-data" --format vfat --hostname web9 -o "$tap_dir/seed.img"
like "render --seed: vfat" "$(vp dump "$tap_dir/seed.img" | head -n 1)" 'vfat, label (cidata|CIDATA)'
like "render --seed: a host name" "$(vp dump "$tap_dir/seed.img" -f meta-data)" '^local-hostname: "web9"'
vp render --seed "$tap_dir/user-data" -o "$tap_dir/one.iso"
printf 'packages: [x]\n' >>"$tap_dir/user-data"
vp render --seed "$tap_dir/user-data" -o "$tap_dir/two.iso"
not_ok "render --seed: another content is another instance" \
    test "$(vp dump "$tap_dir/one.iso" -f meta-data)" = "$(vp dump "$tap_dir/two.iso" -f meta-data)"
is "import takes it back" "$(vp import - "$tap_dir/seed.iso" <"$plain" 2>/dev/null | vp show - | tr -s ' ' | head -n 3)" \
    "datasource nocloud
instance-id i-1
hostname web1"
printf '#cloud-config\n  a: [\n' >"$tap_dir/broken"
like "render --seed: what the guest would drop is refused" "$(vp render --seed "$tap_dir/broken" 2>&1)" '^virt-payload: user-data: .*\[value\]$'
like "render --seed: a meta-data that is not a mapping" \
    "$(vp render --seed "$tap_dir/user-data" "$keys" 2>&1)" '^virt-payload: meta-data: .*\[value\]$'
ok "render: two files without --seed are a mistake" usage vp render "$plain" "$plain"
ok "render: --seed without a file" usage vp render --seed
ok "render: an unknown format" usage vp render --seed "$tap_dir/user-data" --format x

done_testing
