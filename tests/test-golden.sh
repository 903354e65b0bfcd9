#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every form of output of list, dump, show, diff, validate, doctor and sweep, byte for byte: one golden file of each
# over the same guests. To accept new ones after reading the difference: VP_UPDATE_GOLDEN=1 make check.
# shellcheck disable=SC2317 # functions are called through golden

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"

[ "$(id -u)" = 0 ] || skip_all "this needs root, whose profiles and images are the host's"
PATH=${VP_BUILDDIR:?}:$PATH
data=$VP_SRCDIR/tests/data/command
conf=$tap_dir/virt-payload.conf
images=$tap_dir/images
# their order in the files
guests='web1 changed gone early bad net win raw ovirt plain'
LC_ALL=C.UTF-8 COLUMNS=80
export LC_ALL COLUMNS

# --- the guests ---

mkdir "$tap_dir/guests" "$tap_dir/profiles" "$tap_dir/secrets" "$tap_dir/secrets/net" "$tap_dir/files"
mkdir -m 0711 "$images"
cp "$data/guests/profiles/web.xml" "$tap_dir/profiles/web.xml"
echo canary >"$tap_dir/secrets/net/op"
chmod 0700 "$tap_dir/secrets" "$tap_dir/secrets/net"
chmod 0600 "$tap_dir/secrets/net/op"
cat >"$conf" <<CONF
[virt-payload]
uri = $node_uri
directory = $images
secrets-directory = $tap_dir/secrets
files-directory = $tap_dir/files
profiles-directory = $tap_dir/profiles
CONF
sed "s|<console type='pty'/>|<disk type='file' device='cdrom'>\
<source file='@images@/c7a5fdbd-cdaf-9455-926a-d65c16db1809.img'/>\
<target dev='sda' bus='sata'/><readonly/></disk>|" "$data/web1.xml" >"$tap_dir/guests/web1.xml"
cp "$data/guests"/*.xml "$tap_dir/guests"
sed -i "s|@images@|$images|" "$tap_dir/guests"/*.xml

# image GUEST [SED-SCRIPT]: the one that it was started with, by a definition that was changed since
image()
{
    sed "${2-}" "$tap_dir/guests/$1.xml" | virt-payload --config-file "$conf" render \
        >"$images/$(sed -n 's|.*<uuid>\(.*\)</uuid>|\1|p' "$tap_dir/guests/$1.xml").img"
}

image web1
image changed 's/changed\.example/before.example/; s/two/2/; s/>canary2</>canary</; /path="same"/d; s/path="new"/path="old"/'
image early
: >"$images/c7a5fd00-cdaf-9455-926a-d65c16db1809.img"
chmod 0600 "$images"/*
for guest in $guests; do
    case $guest in
        web1 | changed | gone | early) node_guest running "$tap_dir/guests/$guest.xml" ;;
        *) node_guest shutoff "$tap_dir/guests/$guest.xml" ;;
    esac
done

# --- what is said of them ---

# said COMMAND...: as a user would see it, with its status if it is not 0, and without a warning of this host's hook
said()
{
    echo "\$ virt-payload $*"
    virt-payload --config-file "$conf" -c "$node_uri" "$@" 2>"$tap_dir/err" </dev/null
    status=$?
    sed -e '/: warning: \//d' -e 's/^/stderr: /' "$tap_dir/err"
    [ "$status" = 0 ] || echo "status: $status"
}

# each COMMAND...: of every guest
each()
{
    for guest in $guests; do
        said "$@" "$guest"
    done
}

# each_file COMMAND...: of every definition, as it was written
each_file()
{
    for guest in $guests; do
        said "$@" "$tap_dir/guests/$guest.xml"
    done
}

# doctor says nothing of this host and its libvirtd, which differ
about_guests()
{
    # shellcheck disable=SC2086  # their names
    printf '%s\n' $guests c7a5fd00 "$tap_dir" >"$tap_dir/about"
    python3 -c '
import json, re, sys
about = tuple(open(sys.argv[1]).read().split())
head, text = sys.stdin.read().split("\n", 1)
print(head)
if "--json" in head:
    text, end = text.rsplit("]", 1)
    print(json.dumps([o for o in json.loads(text + "]") if o["about"].startswith(about)], indent=2, ensure_ascii=False)
          + end, end="")
else:
    print(*(line for line in text.splitlines() if line.startswith(about + ("status:", "stderr:"))), sep="\n")
' "$tap_dir/about"
}

# golden FILE COMMAND...: what the command prints is the file
golden()
{
    name=$1
    shift
    "$@" | sed -e "s|$tap_dir|DIRECTORY|g" -e "s|$VP_SRCDIR|SOURCE|g" >"$tap_dir/now"
    [ -z "${VP_UPDATE_GOLDEN-}" ] || cp "$tap_dir/now" "$data/golden/$name"
    ok "$name: is what is printed" diff -u "$data/golden/$name" "$tap_dir/now"
}

schema=$VP_SRCDIR/data/metadata.rng

doctor()
{
    said doctor "$@" | about_guests
}

golden list.txt said list
golden list.json said list --json
golden show.txt each show
golden show.xml each show --xml
golden show.json each show --json
golden show.yaml each show --yaml
golden show-effective.txt said show --effective net
golden dump.txt each dump
golden dump-list.txt each dump --list
golden dump.json each dump --json
golden diff.txt each diff
golden diff.json each diff --json
golden validate.txt each_file validate --schema "$schema"
golden validate.json each_file validate --json --schema "$schema"
golden doctor.txt doctor
golden doctor.json doctor --json
golden sweep.txt said sweep
golden sweep.json said sweep --json

is "canary, which each secret is, is in no golden file" "$(grep -l canary "$data/golden"/*)" ""
is "a golden file is of a claim" "$(find "$data/golden" -type f | wc -l)" $((tap_count - 1))

done_testing
