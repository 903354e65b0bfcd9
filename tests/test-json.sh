#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What every command prints with --json fits the schema that is installed; --quiet, several guests, and
# what the same call does a second time.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"

# shellcheck source=tests/lib/json.sh
. "$VP_SRCDIR/tests/lib/json.sh"

json_need
PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
images=$tap_dir/payload
conf=$tap_dir/virt-payload.conf

mkdir -m 0711 "$images"
printf '[virt-payload]\ndirectory = %s\nuri = %s\n' "$images" "$node_uri" >"$conf"
drive="<disk type='file' device='cdrom'><source file='$images/c7a5fdbd-cdaf-9455-926a-d65c16db1809.img'/>\
<target dev='sda' bus='sata'/><readonly/></disk>"
sed "s|<console type='pty'/>|$drive|" "$web1" >"$tap_dir/web1.xml"
sed -e 's/>web1</>web2</' -e 's/c7a5fdbd/c7a5fdbe/' -e 's/web1\.ex/web1 ex/' "$web1" >"$tap_dir/web2.xml"
sed -e 's/>web1</>web3</' -e 's/c7a5fdbd/c7a5fdba/' "$web1" >"$tap_dir/web3.xml"
sed -e 's/>web1</>plain</' -e 's/c7a5fdbd/c7a5fdbb/' -e '/<metadata>/,/<\/metadata>/d' \
    -e "s|<console type='pty'/>|<interface type='user'><mac address='52:54:00:00:00:01'/></interface>\
<interface type='user'><mac address='52:54:00:00:00:02'/></interface>|" "$web1" >"$tap_dir/plain.xml"
sed -e 's/>plain</>wired</' -e 's/c7a5fdbb/c7a5fdbc/' "$tap_dir/plain.xml" >"$tap_dir/wired.xml"
node_guest running "$tap_dir/web1.xml" "$tap_dir/wired.xml"
node_guest shutoff "$tap_dir/web2.xml" "$tap_dir/web3.xml" "$tap_dir/plain.xml"

payload()
{
    virt-payload --config-file "$conf" -c "$node_uri" "$@"
}

# The image that web1 was started with: another host name
sed 's/web1\.ex/web0.ex/' "$tap_dir/web1.xml" |
    virt-payload --config-file "$conf" render >"$images/c7a5fdbd-cdaf-9455-926a-d65c16db1809.img"
: >"$images/c7a5fdbf-cdaf-9455-926a-d65c16db1809.img"
chmod 0600 "$images"/*

# json DEFINITION EXPRESSION COMMAND...
json()
{
    json_definition=$1 json_expression=$2
    shift 2
    EDITOR=true payload "$@" >"$tap_dir/json" 2>"$tap_dir/err"
    ok "$*: fits the schema: $json_expression" fits "$json_definition" "$json_expression" <"$tap_dir/json" ||
        cat "$tap_dir/err"
}

json list 'len(j) == 3 and j[0]["running"] is True and j[0]["image"] is True and j[0]["drive"]["bus"] == "sata"' list --json
json list 'j[1]["drive"] is None and j[1]["image"] is None and j[1]["errors"] and j[1]["kind"] is None' list -j
json show 'j["cloud-init"]["hostname"] == "web1.example.com"' show web1 --json
json dump 'any(f["text"] for f in j[0]["files"]) and j[0]["guest"] == "web1"' dump web1 --json
json dump 'j[0]["image"] is None' dump web3 --json
json diff 'any("-" in d[:1] and "web0" in d for f in j for d in f["diff"])' diff web1 --json
json doctor 'any(o["about"] == "web2" and o["severity"] == "error" for o in j)' doctor --json
json doctor 'any(o["command"] and "install-hook" in o["command"] for o in j)' doctor --json
json doctor 'len(j) > 0' doctor --compare-profiles "$tap_dir/none" --json
json validate 'j[0]["line"] == 6 and j[0]["severity"] == "error" and j[0]["name"] == "hostname"' validate web2 --json
json validate 'all(o["severity"] == "warning" for o in j)' validate "$web1" --schema "$VP_SRCDIR/data/metadata.rng" --json
json validate 'j == []' validate "$tap_dir/plain.xml" --json
json sweep 'j[0]["removed"] is False and j[0]["uuid"].startswith("c7a5fdbf")' sweep --json
json update 'j[0]["action"] == "none" and j[0]["changed"] is False' update web3 --json
json report 'j[0]["changed"] is True and j[0]["guest"] == "plain" and j[0]["messages"]' set plain --hostname a --json
json report 'j[0]["changed"] is False' set web3 --hostname web1.example.com --json
json report 'j[0]["changed"] is True' unset web3 hostname --json
json report 'j[0]["changed"] is False and "user=no" not in j' detach web3 --json

json address 'len(j) == 2 and j[0]["source"] == "agent" and j[0]["prefix"] == 24' address wired --json
json address 'j == []' address web1 --json
json wait 'j[0]["state"] == "address" and j[0]["addresses"][0]["address"] == "192.168.0.1/24"' \
    wait wired --for address --timeout 5 --json
json wait 'j[0]["state"] == "timeout" and j[0]["messages"] and not j[0]["addresses"]' \
    wait web1 --for address --timeout 0 --json
json report 'j[0]["changed"] is False and j[0]["messages"] == ["unchanged"]' edit web3 --no-drive --json
printf '#cloud-config\nhostname: web4\nbootcmd: [[a, b]]\n' >"$tap_dir/user-data"
json import '"user-data/hostname" in j["fields"] and j["seed-drives-removed"] == 0' \
    import plain "$tap_dir/user-data" --dry-run --json

# --- --quiet

is "set --quiet says nothing" "$(payload set plain --hostname a --quiet)" ""
is "doctor --quiet says nothing" "$(payload doctor -q)" ""
payload doctor -q
is "  its status does" $? 1
is "validate --quiet says nothing" "$(payload validate web2 -q)" ""
payload diff web1 -q
is "diff --quiet: its status tells" $? 1
like "set --quiet prints a generated password" \
    "$(payload set plain --generate-password -q)" '^plain: password of root: '
out=$(payload set web1 --generate-password --config --live 2>&1)
is "set --config --live: what this driver cannot do fails" $? 1
like "  the definition has the generated password, which is printed" "$out" '^web1: password of root: '
like "  with --json too" "$(payload set web1 --generate-password --config --live --json 2>"$tap_dir/err")" \
    '"password of root: '

# --- several guests

is "set of two guests" "$(payload set web3 plain --timezone UTC | cut -d: -f1 | tr '\n' ' ')" "web3 plain "
is "a guest that is named twice counts once" "$(payload set plain 'pla*' --timezone UTC | wc -l)" 1
is "patterns: a range of names" "$(payload set 'web[1-3]' --timezone UTC 2>/dev/null | cut -d: -f1 | tr '\n' ' ')" "web1 web3 "
is "patterns" "$(payload set 'p*n' 'web?' --timezone UTC 2>/dev/null | cut -d: -f1 | tr '\n' ' ')" "plain web1 web3 "
# this driver attaches and detaches nothing, so that web1 fails
json report '[o["guest"] for o in j] == ["web2", "web3"]' detach --all --json
like "--all and a guest exclude each other" "$(payload detach --all web1 2>&1)" 'takes no guest names \[usage\]'
like "a pattern that nothing matches" "$(payload attach 'nothing*' 2>&1)" 'nothing\*: no guest.s name matches'
out=$(payload set web2 web3 --timezone UTC 2>&1)
is "one that fails: the status" $? 1
like "  says so" "$out" '^virt-payload: web2: .*hostname'
like "  the other has its turn" "$out" '^web3: payload stored'
like "one standard input is for one guest" \
    "$(echo hello | payload set web3 plain --write-file /etc/motd=- 2>&1)" 'plain: .*standard input can be read once'

# --- the same again

# again NAME OPTION...: how many elements NAME there are after the same call twice
again()
{
    again_name=$1
    shift
    virt-payload set - "$@" <"$tap_dir/plain.xml" | virt-payload set - "$@" | grep -c "<payload:$again_name"
}
is "again: a command" "$(again run-cmd --run-cmd 'touch /a')" 1
is "again: a command that is given twice" "$(again run-cmd --run-cmd a --run-cmd a)" 2
is "again: two commands" "$(again run-cmd --run-cmd a --run-cmd b)" 2
is "again: --dhcp" "$(again interface --dhcp)" 1
is "again: --dhcp --dhcp" "$(again interface --dhcp --dhcp)" 2
is "again: an interface without a name" "$(again interface --network address=192.0.2.5/24,gateway=192.0.2.1)" 1
is "again: a file" "$(again write-file --write-file "/etc/motd=$web1")" 1
set -- --hostname a --user op --ssh-key "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me" \
    --network eth0,address=192.0.2.5/24 --network eth1,dhcp4 --run-cmd a --package vim --meta k=v --write-file "/etc/motd=$web1"
virt-payload set - "$@" <"$tap_dir/plain.xml" >"$tap_dir/once.xml"
virt-payload set - "$@" <"$tap_dir/once.xml" >"$tap_dir/twice.xml"
ok "again: the definition is there" test -s "$tap_dir/twice.xml"
ok "again: the definition stays byte for byte" cmp "$tap_dir/once.xml" "$tap_dir/twice.xml"
ok "  stays with only its first interface and file given" sh -c "virt-payload set - --network eth0,address=192.0.2.5/24 \
    --write-file '/etc/motd=$web1' <'$tap_dir/once.xml' | cmp - '$tap_dir/once.xml'"

# --- in place of

is "--replace: a repeated field" "$(virt-payload set - --run-cmd a --run-cmd b <"$tap_dir/plain.xml" |
    virt-payload set - --replace run-cmd --run-cmd c | grep run-cmd | tr -d ' ')" "<payload:run-cmd>c</payload:run-cmd>"
is "--replace: a user's field" "$(virt-payload set - --replace ssh-key <"$web1" | grep -c ssh-key)" 0
like "--replace: an unknown field" "$(virt-payload set - --replace nothing <"$web1" 2>&1)" 'there is no field nothing'

# --- whose key

like "a key before the user that it is for is refused" \
    "$(virt-payload set - --ssh-key "$tap_dir/k" --user op <"$tap_dir/plain.xml" 2>&1)" '\[usage\]|No such file'
ssh_key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me'
like "a key before the user that it is for: what was meant" \
    "$(virt-payload set - --ssh-key "$ssh_key" --user op <"$tap_dir/plain.xml" 2>&1)" \
    '--ssh-key comes before --user, which names the user that it applies to; put --user first \[usage\]'
is "a key after its user is not" \
    "$(virt-payload set - --user op --ssh-key "$ssh_key" --user root <"$tap_dir/plain.xml" | grep -c '<payload:user ')" 2
done_testing
