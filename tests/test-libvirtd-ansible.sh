#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The play and the template of doc/ansible.md, as they are printed: the second run changes nothing, and a changed
# template is applied.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
command -v ansible-playbook >/dev/null || skip_all "ansible-playbook is not installed"
/usr/bin/python3 -c "import libvirt, lxml" 2>/dev/null || skip_all "python3-libvirt and python3-lxml are not installed"
ansible-doc -t module community.libvirt.virt >/dev/null 2>&1 || skip_all "the collection community.libvirt is not installed"
private_world --staged "$0" "$@"

page=$VP_SRCDIR/doc/ansible.md
export HOME=$tap_dir/home ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_LOCAL_TEMP=$tap_dir/ansible
mkdir -p "$HOME/.ssh"
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3ZxLxQ2wG0mJ5n0Jv8m5dK2u0pYJ9b5Yw1nQb5o1zV me@laptop' >"$HOME/.ssh/id_ed25519.pub"

# block WORD: the indented lines of the page from the first that has the word on
block()
{
    awk -v word="$1" '/^    / && index($0, word) { on = 1 } on && !/^    / && !/^$/ { exit } on { print substr($0, 5) }' "$page"
}

block '- name: Guests with first-boot' >"$tap_dir/play.yml"
# guests are emulated here
block '<domain type' | sed 's/type="kvm"/type="qemu"/' >"$tap_dir/guest.xml.j2"
for guest in web1 web2; do
    qemu-img create -q -f qcow2 "$guest_dir/$guest.qcow2" 1M
done

# The play says nothing of drives: they belong to the running guest.
echo 'attach = hotplug' >>/etc/virt-payload.conf
virt-payload list >/dev/null 2>&1 || skip_all "this virt-payload does not know attach = hotplug"

# play: prints "changed=N failed=N"
play()
{
    (cd "$tap_dir" && ansible-playbook -i 'hypervisors,' -c local -e ansible_become=false \
        -e "ansible_python_interpreter=/usr/bin/python3" --skip-tags packages \
        -l hypervisors play.yml) >"$tap_dir/out" 2>&1
    sed -n 's/.* \(changed=[0-9]*\) .*\(failed=[0-9]*\) .*/\1 \2/p' "$tap_dir/out"
}
sed -i 's/hosts: hypervisors/hosts: all/' "$tap_dir/play.yml"

is "the first run defines and starts" "$(play)" "changed=2 failed=0" || sed 's/^/# /' "$tap_dir/out"
for guest in web1 web2; do
    ok "$guest is given its drive" payload_wait payload_plugged "$guest"
done
sleep 2
is "the second run changes nothing" "$(play)" "changed=0 failed=0" || sed 's/^/# /' "$tap_dir/out"
is "virt-payload has nothing pending" "$(virt-payload list | grep -c current)" 2

sed -i 's/\.example\.com/.example.org/' "$tap_dir/guest.xml.j2"
is "a changed template is applied" "$(play)" "changed=1 failed=0" || sed 's/^/# /' "$tap_dir/out"
like "  it is in the definition" "$(virsh dumpxml --inactive web1)" 'web1\.example\.org'
is "  list says that these guests will not read it" "$(virt-payload list | grep -c unread)" 2
ok "  update gives it to a running guest" virt-payload update web1 --dry-run
is "  once" "$(play)" "changed=0 failed=0"

for guest in web1 web2; do
    virsh -q destroy "$guest"
    is "$guest: its definition has no drive" "$(payload_drive "$guest" --inactive)" ""
    virsh -q start "$guest"
    ok "$guest: starts with the new payload" payload_wait payload_plugged "$guest"
    like "$guest: which has the new name" "$(virt-payload dump "$guest")" "$guest\.example\.org"
    virsh -q destroy "$guest"
done

# --- what the page says of templates that fix less ---

sed -i '/<uuid>/d; s/example\.org/example.net/' "$tap_dir/guest.xml.j2"
# the play starts both guests; with the community.libvirt of Debian 13 it also defines them
done=$(play)
if [ "$done" = "changed=1 failed=0" ]; then
    like "without a UUID: the template is not applied" "$(virsh dumpxml --inactive web1)" 'web1\.example\.org'
else
    is "without a UUID: a later version applies the template" "$done" "changed=2 failed=0"
    like "  it is in the definition" "$(virsh dumpxml --inactive web1)" 'web1\.example\.net'
fi

done_testing
