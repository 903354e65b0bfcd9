#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The sidecar for KubeVirt, run as KubeVirt's shim runs it: only arguments, no
# root, the new definition on standard output.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

data=$VP_SRCDIR/tests/data/rewrite
uuid=11111111-2222-4333-8444-555555555555
out=$tap_dir/out.xml
images=$tap_dir/images

# another user may not reach the build directory
cp "${VP_BUILDDIR:?}/virt-payload-kubevirt" "$tap_dir/onDefineDomain"
mkdir "$images"
as=
if [ "$(id -u)" = 0 ]; then
    chown 107:107 "$images"
    as='setpriv --reuid=107 --regid=107 --clear-groups --inh-caps=-all --bounding-set=-all'
fi

# sidecar VMI DEFINITION [VARIABLE=VALUE...]: the status; output in $out, errors in $tap_dir/stderr
sidecar()
{
    vmi=$1
    definition=$(cat "$2")
    shift 2
    # shellcheck disable=SC2086
    $as env -i PATH=/usr/bin:/bin HOME=/ VIRT_PAYLOAD_DIRECTORY="$images" "$@" \
        "$tap_dir/onDefineDomain" --vmi "$vmi" --domain "$definition" \
        </dev/null >"$out" 2>"$tap_dir/stderr"
}

# vmi ELEMENT: a VMI with our annotation; ELEMENT has its quotes escaped for JSON
vmi()
{
    cat <<JSON
{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstance",
 "metadata": {"name": "web1", "namespace": "default", "annotations": {
   "hooks.kubevirt.io/hookSidecars": "[{\"args\": [\"--version\", \"v1alpha2\"]}]",
   "virt-payload/metadata": "$1"}},
 "spec": {"domain": {"devices": {"disks": []}}}}
JSON
}
plain='{"metadata": {"name": "web1", "annotations": {}}, "spec": {}}'
ours='<cloud-init xmlns=\"urn:virt-payload:1\"><hostname>web1.example.com</hostname></cloud-init>'

sidecar "$(vmi "$ours")" "$data/virtio.in.xml"
is "a VMI with the annotation" $? 0
is "  the drive is on the bus of its own disk" \
    "$(xmllint --xpath "string(//disk[source/@file='$images/$uuid.img']/target/@bus)" "$out")" virtio
is "  the metadata is in the definition" \
    "$(xmllint --xpath "string(/domain/metadata/*[namespace-uri()='urn:virt-payload:1'])" "$out")" \
    web1.example.com
is "  the image is a config drive" \
    "$(dd if="$images/$uuid.img" bs=1 skip=32808 count=8 2>/dev/null)" config-2
is "  which only its user can read" "$(stat -c %a "$images/$uuid.img")" 600
is "  nothing is said" "$(cat "$tap_dir/stderr")" ""
if [ -e /usr/share/libvirt/schemas/domain.rng ]; then
    ok "  libvirt's schema takes it" xmllint --noout --relaxng \
        /usr/share/libvirt/schemas/domain.rng "$out"
else
    skip "  libvirt's schema takes it" "the schema is not installed"
fi
sum=$(sha256sum <"$images/$uuid.img")

cp "$out" "$tap_dir/first.xml"
sidecar "$plain" "$tap_dir/first.xml"
is "  again, with the definition that it made" $? 0
ok "  nothing is changed" cmp "$out" "$tap_dir/first.xml"
is "  the image has the same bytes" "$(sha256sum <"$images/$uuid.img")" "$sum"

# Both ways to write it in JSON; the annotation's name "Büro" is another application's.
for text in Büro 'B\u00fcro'; do
    element="<cloud-init xmlns=\\\"urn:virt-payload:1\\\"><run-cmd>touch /$text</run-cmd></cloud-init>"
    sidecar "$(vmi "$element\", \"Büro\": \"$text")" "$data/virtio.in.xml"
    is "an annotation with $text" $? 0
    ok "  the image has it, as YAML writes it" grep -aqF 'touch /B\xFCro' "$images/$uuid.img"
done

sidecar "$(vmi "$ours")" "$data/virtio.in.xml" VIRT_PAYLOAD_GUEST_DIRECTORY=/var/run/kubevirt-hooks/side
like "the place as the guest's container sees it" "$(cat "$out")" \
    "\"/var/run/kubevirt-hooks/side/$uuid.img\""

sidecar "$(vmi "$ours")" "$data/virtio.in.xml" CONTAINER_NAME=hook-sidecar-0
like "a container's name means nothing elsewhere" "$(cat "$out")" "\"$images/$uuid.img\""

rm "$images/$uuid.img"
sidecar "$plain" "$data/virtio.in.xml"
is "a VMI without the annotation" $? 0
is "  the definition is as it was" "$(cat "$out")" "$(cat "$data/virtio.in.xml")"
not_ok "  there is no image" test -e "$images/$uuid.img"

# refused STATUS NAME CODE VMI DEFINITION
refused()
{
    sidecar "$4" "$5"
    is "$2" $? "$1"
    like "  the log says why" "$(cat "$tap_dir/stderr")" "^virt-payload: .*\[$3\]\$"
    is "  nothing is printed" "$(cat "$out")" ""
    is "  no image made" "$(ls "$images")" ""
}

refused 1 "a broken field" hostname \
    "$(vmi '<cloud-init xmlns=\"urn:virt-payload:1\"><hostname>a b</hostname></cloud-init>')" \
    "$data/virtio.in.xml"
refused 1 "an annotation that is not XML" xml-syntax "$(vmi '{}')" "$data/virtio.in.xml"
refused 1 "fields in the definition and in the annotation" duplicate "$(vmi "$ours")" \
    "$data/foreign.in.xml"
refused 1 "a VMI that is not JSON" usage '{' "$data/virtio.in.xml"
"$tap_dir/onDefineDomain" >"$out" 2>"$tap_dir/stderr"
is "no arguments" $? 2

# --- the page ---

page=$VP_SRCDIR/doc/kubevirt.md
ok "the page's annotations are JSON" python3 - "$page" <<'PYTHON'
import json, re, sys
found = re.findall(r"hookSidecars: '(.*?)'", open(sys.argv[1]).read(), re.S)
assert len(found) == 2
for text in found:
    for sidecar in json.loads(text):
        assert sidecar["args"] == ["--version", "v1alpha3"] and sidecar["image"]
        assert sidecar.get("configMap", {"hookPath": "/usr/bin/onDefineDomain"})["hookPath"] == \
            "/usr/bin/onDefineDomain"
PYTHON

# The libraries that the program loads are of the packages that the recipe installs, or of what those need. Only
# the recipe's own Debian can tell.
release=$(sed -n 's/^ *FROM debian:\([0-9]*\)-slim$/\1/p' "$page")
ok "the page's recipe is for a Debian" test -n "$release"
if grep -q "^VERSION_ID=\"$release\"" /etc/os-release && command -v dpkg-query >/dev/null; then
    packages=$(grep -o 'libglib2.*libcrypt1' "$page")
    # shellcheck disable=SC2086  # a list
    closure=$(apt-cache depends --recurse --installed --important --no-recommends --no-suggests \
        $packages 2>/dev/null | grep -o '^[a-z0-9][^ ]*' | sort -u)
    if [ -z "$closure" ]; then
        skip "the recipe's packages" "apt-cache knows nothing here"
    else
        ldd "$VP_BUILDDIR/virt-payload-kubevirt" | grep -o '/[^ ]*' | while read -r library; do
            dpkg-query -S "$library" 2>/dev/null || dpkg-query -S "${library#/usr}" 2>/dev/null ||
                dpkg-query -S "/usr$library"
        done | sed '/^diversion by /d; s/:.*//' | sort -u >"$tap_dir/needed"
        printf '%s\n' "$closure" >"$tap_dir/closure"
        is "the recipe installs every library" "$(comm -23 "$tap_dir/needed" "$tap_dir/closure")" ""
        ok "  (there are some)" test -s "$tap_dir/needed"
    fi
fi

done_testing
