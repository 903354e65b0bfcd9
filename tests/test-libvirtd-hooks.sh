#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Beside the hooks of other products: libvirt runs hooks/qemu, then qemu.d in
# the order of its names, and hands each filter's output to the next.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

hooks=/etc/libvirt/hooks
mkdir -p $hooks/qemu.d
mv $hooks/qemu $hooks/qemu.d/50-virt-payload

# foreign_hook FILE: notes its calls; adds its name to the title in a filter;
# fails at the operation that is written in /run/FILE.fails
foreign_hook()
{
    cat >"$hooks/$1" <<'SH'
#!/bin/sh
name=$(basename "$0")
echo "$name $2" >>/run/calls
if [ "$(cat "/run/$name.fails" 2>/dev/null)" = "$2" ]; then
    echo "$name will not" >&2
    exit 1
fi
case $2 in
    restore | migrate) sed "s|<title>\(.*\)</title>|<title>\1 $name</title>|" ;;
    *) cat >/dev/null ;;
esac
SH
    chmod +x "$hooks/$1"
}

foreign_hook qemu
foreign_hook qemu.d/10-first
foreign_hook qemu.d/90-last
payload_restart_libvirtd

guest_define web1 memory=128 append=vp.loop "metadata=$(payload_metadata web1)"
virsh -q desc web1 --title --config filtered:
image=$(virsh domuuid web1 | head -n 1).img

ok "a guest starts" guest_start web1
ok "  is given its drive" payload_wait payload_plugged web1
is "  the others were called, in order" "$(grep prepare /run/calls)" \
    "qemu prepare
10-first prepare
90-last prepare"
ok "  it reads its drive" guest_wait web1 'tick 1 '

virsh -q save web1 "$guest_dir/web1.save"
mkdir -p /run/elsewhere
printf '[virt-payload]\ndirectory = /run/elsewhere/payload\n' >/etc/virt-payload.conf
ok "  it is restored elsewhere" virsh -q restore "$guest_dir/web1.save"
is "  our filter had its say" "$(payload_drive web1 | cut -d ' ' -f 3)" "/run/elsewhere/payload/$image"
is "  the others theirs" "$(virsh desc web1 --title)" "filtered: qemu 10-first 90-last"
ok "  it reads on" payload_reads_on web1
guest_stop web1
rm /etc/virt-payload.conf

# qemu.d/10-first comes before ours, 90-last after
for name in 10-first 90-last; do
    echo prepare >/run/$name.fails
    like "$name fails a start" "$(virsh start web1 2>&1)" "$name will not"
    is "  nothing is left" "$(payload_leftovers)" ""
    rm /run/$name.fails
done
ok "  it starts again" guest_start web1 --paused
ok "  with its image" test -s "$payload_dir/$image"
guest_stop web1
is "  nothing is left when the guest has run" "$(payload_leftovers)" ""

done_testing
