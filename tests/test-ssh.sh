#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload address and ssh, and a host key made beforehand, with libvirt's test driver: which address, which
# user, which known_hosts.
# shellcheck disable=SC2154 # variables of fields.sh

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"

command -v ssh-keygen >/dev/null || skip_all "no ssh-keygen"
uuid=c7a5fdbd-cdaf-9455-926a-d65c16db1809
conf=$tap_dir/conf
printf '[virt-payload]\nsecrets-directory = %s/secrets\n' "$tap_dir" >"$conf"
XDG_CACHE_HOME=$tap_dir/cache
export XDG_CACHE_HOME

vp()
{
    virt-payload --config-file "$conf" "$@"
}

# OPTION...: a running guest with these fields
running()
{
    vp set - "$@" <"$plain" >"$tap_dir/fields.xml" 2>"$tap_dir/err"
    node_guests=
    node_guest running "$tap_dir/fields.xml"
}

# --- the key

running --generate-host-key --hostname web1
secret=$tap_dir/secrets/$uuid/ssh_host_ed25519_key
is "a private key is the guest's secret, only for root" "$(stat -c %a "$secret")" 600
is "  its public half is not next to it" "$(ls "$tap_dir/secrets/$uuid")" ssh_host_ed25519_key
public=$(ssh-keygen -y -f "$secret")
ok "the definition has the public half" \
    grep -qF "type=\"ed25519\" secret=\"ssh_host_ed25519_key\" public=\"$public\"" "$tap_dir/fields.xml"
unlike "  not the private one" "$(cat "$tap_dir/fields.xml")" 'PRIVATE'
ok "the definition is valid" vp validate --schema "$schema" "$tap_dir/fields.xml"
like "the guest is given the private one" "$(vp dump --show-secrets "$tap_dir/fields.xml" -f user_data)" 'ed25519_private: "-----BEGIN OPENSSH'
before=$(cat "$secret")
running --generate-host-key
is "a guest that has a key keeps it" "$(cat "$secret")" "$before"
chmod o+w "$tap_dir/secrets"
like "a directory that others may write to is refused" \
    "$(vp set - --generate-host-key <"$plain" 2>&1 >/dev/null)" 'others may write to it.*\[reference\]$'
chmod o-w "$tap_dir/secrets"

# --- the address, which libvirt's test driver gives every interface

running --hostname web1
is "address: that alone" "$(vp -c "$node_uri" address web1)" 192.168.0.1
is "address --all: with its source" "$(vp -c "$node_uri" address --all web1)" \
    "192.168.0.1  testnet0  52:54:00:00:00:01  agent"
like "address --json" "$(vp -c "$node_uri" address --json web1 | tr -d '\n ')" \
    '"address":"192.168.0.1","prefix":24,"interface":"testnet0","mac":"52:54:00:00:00:01","source":"agent"'
is "wait --for address" "$(vp -c "$node_uri" wait --for address web1 2>&1)" "web1: 192.168.0.1"
node_guests=
sed '/<interface/d' "$tap_dir/fields.xml" >"$tap_dir/none.xml"
node_guest running "$tap_dir/none.xml"
like "no address" "$(vp -c "$node_uri" address web1 2>&1)" \
    "^virt-payload: web1: no address is known yet; 'virt-payload wait --for address [0-9a-f-]{36}' waits for one \[not-found\]\$"
is "no address as JSON" "$(vp -c "$node_uri" address --json web1 2>/dev/null)" "[]"
vp -c "$node_uri" wait --for address --timeout 0 web1 >"$tap_dir/out" 2>&1
is "wait: the status of a time-out" $? 4
like "wait: and what is missing" "$(cat "$tap_dir/out")" 'no address is known yet$'
ok "wait --for something else is a mistake" usage vp -c "$node_uri" wait --for x web1

# --- the call

running --generate-host-key -u alice --shell /bin/sh -u bob -k "$keys"
known=$XDG_CACHE_HOME/virt-payload/known_hosts/$uuid
is "ssh: the user with a key, the host key known" "$(vp -c "$node_uri" ssh --print web1)" \
    "ssh -o HostKeyAlias=virt-payload-$uuid -o 'UserKnownHostsFile=\"$known\"' -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -l bob -- 192.168.0.1"
is "ssh: known_hosts is one line" "$(cat "$known")" "virt-payload-$uuid $public"
like "ssh: a command, another user, a port, a key" \
    "$(vp -c "$node_uri" ssh --print -u carol -p 2222 -i ~/k web1 -- ls -l)" \
    '-o Port=2222 -i [^ ]*/k -l carol -- 192\.168\.0\.1 ls -l$'
vp -c "$node_uri" ssh --timeout 0 web1 >"$tap_dir/out" 2>&1
is "ssh: nobody answers: ssh's own status" $? 255
is "ssh:   a message says so" "$(cat "$tap_dir/out")" "virt-payload: web1: its sshd does not answer [not-found]"
running --hostname web1
is "ssh: without a key and a user ssh decides" "$(vp -c "$node_uri" ssh --print web1)" \
    "ssh -o HostKeyAlias=virt-payload-$uuid -- 192.168.0.1"
node_guests=
node_guest shutoff "$tap_dir/fields.xml"
is "ssh: a guest that does not run" "$(vp -c "$node_uri" ssh web1 2>&1)" \
    "virt-payload: web1: the guest is not running; start it first [drive]"

done_testing
