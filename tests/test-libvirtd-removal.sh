#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The package is removed, by the scripts of both packages: they say which guests
# cannot start any more, and what they say makes each startable.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

prerm()
{
    sh "$VP_SRCDIR/debian/virt-payload.prerm" "$1" 2>&1
}

# As RPM expands it; $1 is how many versions of the package will be left.
preun()
{
    sed -n '/^%preun$/,/^%files$/ { /^%/d
        s|%{_datadir}|/usr/share|g
        s|%{_sysconfdir}|/etc|g
        s|%{_sbindir}|/usr/sbin|g
        s|%{name}|virt-payload|g
        p }' "$VP_SRCDIR/packaging/virt-payload.spec" >"$tap_dir/preun"
    sh "$tap_dir/preun" "$1" 2>&1
}

install_hook()
{
    /usr/share/virt-payload/install-hook install /etc/libvirt/hooks /usr/sbin/virt-payload-hook >/dev/null
}

is "an upgrade says nothing" "$(prerm upgrade; preun 1)" ""
ok "  leaves the hook" test -e /etc/libvirt/hooks/qemu
not_ok "  no macro of RPM's is left over here" grep "%{" "$tap_dir/preun"
is "no guest: nothing is said" "$(prerm remove)" ""
not_ok "  the hook is gone" test -e /etc/libvirt/hooks/qemu
install_hook

guest_define web1 memory=64 "metadata=$(payload_metadata web1)"
guest_define 'my web' machine=pc disk=ide memory=64 "metadata=$(payload_metadata web2)"
guest_define fresh memory=64 "metadata=$(payload_metadata fresh)"
guest_define plain memory=64
virt-payload attach web1 >/dev/null
virt-payload attach 'my web' >/dev/null
its_uuid=$(virsh domuuid "my web" | head -n 1)
guest_xml passing memory=64 "metadata=$(payload_metadata passing)" >"$tap_dir/passing.xml"
virsh -q create "$tap_dir/passing.xml" --paused
payload_wait payload_plugged passing

guest_define saved memory=64 "metadata=$(payload_metadata saved)"
guest_start saved --paused
payload_wait payload_plugged saved
virsh -q managedsave saved
guest_define both memory=64 "metadata=$(payload_metadata both)"
virt-payload attach both >/dev/null
guest_start both --paused
virsh -q managedsave both

said="    virsh detach-disk $its_uuid hdd --config    # my web
    virsh detach-disk web1 vdz --config
    virsh managedsave-remove both && virsh detach-disk both vdz --config
    virsh managedsave-remove saved"
is "an upgrade says nothing then either" "$(prerm upgrade; preun 1)" ""
out=$(preun 0)
is "rpm -e names the guests that have a drive" "$(echo "$out" | grep virsh | sort)" "$said"
like "  what happens to the saved state" "$out" "^managedsave-remove discards a guest's saved state"
not_ok "  the hook is gone" test -e /etc/libvirt/hooks/qemu
install_hook
is "dpkg --remove does" "$(prerm remove | grep virsh | sort)" "$said"
not_ok "  the hook is gone" test -e /etc/libvirt/hooks/qemu
ok "  a running guest keeps its image" test -s "$payload_dir/$(virsh domuuid passing | head -n 1).img"
virsh -q destroy passing
rm -rf "$payload_dir"

not_ok "a guest with a payload drive cannot start" virsh -q start web1 --paused
not_ok "  one that was saved cannot either" virsh -q start saved --paused
ok "  what was said" sh -c "$said"
for guest in web1 'my web' saved both fresh plain; do
    ok "$guest starts without virt-payload" virsh -q start "$guest" --paused
    virsh -q destroy "$guest"
done
install_hook
ok "virt-payload is back: a guest starts" guest_start web1 --paused
ok "  is the drive" payload_wait payload_plugged web1
guest_stop web1

# --- libvirt does not answer ---

payload_stop_libvirtd
rm -f /run/libvirt/libvirt-sock*
like "libvirtd does not run: the script says what may be" "$(prerm remove)" 'virsh detach-disk GUEST TARGET --config'
not_ok "  the hook is gone" test -e /etc/libvirt/hooks/qemu
install_hook
# a daemon that takes a connection and never says a word
python3 -c '
import socket, time
for name in ("libvirt-sock", "libvirt-sock-ro"):
    s = socket.socket(socket.AF_UNIX); s.bind("/run/libvirt/" + name); s.listen(8); globals()[name] = s
time.sleep(120)' &
at_exit "kill $!"
payload_wait test -S /run/libvirt/libvirt-sock-ro
began=$(date +%s)
like "libvirtd hangs: the script says what may be" "$(prerm remove)" 'virsh detach-disk GUEST TARGET --config'
ok "  in time" test $(($(date +%s) - began)) -le 40
not_ok "  the hook is gone" test -e /etc/libvirt/hooks/qemu
is "rpm -e succeeds as well" "$(preun 0 >/dev/null; echo $?)" 0

done_testing
