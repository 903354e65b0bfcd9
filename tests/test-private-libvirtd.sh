#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The private world that other tests run in: complete, and gone afterwards.
. "$VP_SRCDIR/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"

# The "host" of this test is a bare world: what it writes there is private too. It has no network, either.
[ -n "${VP_PRIVATE_LIBVIRTD-}" ] || "$VP_SRCDIR/tests/guest/build-demo-guest" --fetch >/dev/null 2>&1
private_world --bare "$0" "$@"

world=$VP_SRCDIR/tests/lib/private-libvirtd

mounts()
{
    cut -d ' ' -f 5- /proc/self/mountinfo
}

# What a world consists of, and does not end by itself.
processes()
{
    cat /proc/[0-9]*/comm 2>/dev/null | grep -Ex 'libvirtd|virtqemud|virtlogd|unshare|sleep'
}

# A world with a guest-like process in it, in the background: its pid is $world_pid
start_world()
{
    rm -f "$tap_dir/ready"
    # without job control a background process would ignore SIGINT
    env --default-signal=INT "$world" sh -c "touch '$tap_dir/ready'; sleep 600" &
    world_pid=$!
    tries=300
    until { [ -e "$tap_dir/ready" ] && processes | grep -qx sleep; } || [ $((tries -= 1)) -le 0 ]; do
        sleep 0.1
    done
}

# shellcheck disable=SC2317  # called by ok
gone()
{
    tries=100
    while processes; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

# A host with a hook and a guest of its own, and a tree to be installed.
mkdir -p /etc/libvirt/hooks /etc/libvirt/qemu "$tap_dir/stage/usr/bin" \
    "$tap_dir/stage/etc/libvirt/hooks"
cat >/etc/libvirt/qemu/host.xml <<XML
<domain type='qemu'><name>host</name><memory>65536</memory>
<os><type>hvm</type></os></domain>
XML
printf '#!/bin/sh\ntouch /host-hook\n' >/etc/libvirt/hooks/qemu
cat >"$tap_dir/stage/etc/libvirt/hooks/qemu" <<'HOOK'
#!/bin/sh
sed -n 's|^ *<name>\(.*\)</name>$|\1|p' >"/run/hook-$2"
HOOK
printf '#!/bin/sh\necho staged\n' >"$tap_dir/stage/usr/bin/vp-staged"
chmod +x /etc/libvirt/hooks/qemu "$tap_dir"/stage/*/bin/* "$tap_dir"/stage/etc/libvirt/hooks/*

mounts_before=$(mounts)

is "libvirtd answers, and has no guest of the host's" \
    "$("$world" virsh -q -c qemu:///system list --all --name 2>&1)" ""
is "stdin and stdout are the command's" "$(echo through | "$world" cat 2>&1)" through
"$world" sh -c 'exit 23' 2>/dev/null
is "the exit status is the command's" $? 23
is "what is staged is installed" "$("$world" --stage "$tap_dir/stage" vp-staged 2>&1)" staged
ok "  not on the host" test ! -e /usr/bin/vp-staged
is "the host's hook is not there" "$("$world" ls /etc/libvirt/hooks 2>&1)" ""
"$world" sh -c 'touch /etc/left /run/left /var/lib/libvirt/left' 2>/dev/null
is "what is written stays inside" "$(ls -d /etc/left /run/left /var/lib/libvirt/left 2>/dev/null)" ""

for signal in TERM INT KILL; do
    start_world
    processes >"$tap_dir/running"
    kill -s $signal "$world_pid"
    wait "$world_pid" 2>/dev/null
    like "a world runs" "$(cat "$tap_dir/running")" '^sleep$'
    ok "nothing outlives SIG$signal" gone
done
is "no mount is left" "$(mounts)" "$mounts_before"

cat >"$tap_dir/boot" <<'BOOT'
. "$VP_SRCDIR/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"
guest_build >&2 && guest_define boot append=vp.wait=1 && guest_start boot &&
    guest_wait boot 'no drive' >&2 && cat /run/hook-prepare
BOOT
like "a guest boots, and the staged hook is called" \
    "$("$world" --stage "$tap_dir/stage" sh "$tap_dir/boot" 2>&1)" '^boot$'
is "the host's hook was not" "$(ls /host-hook 2>/dev/null)" ""

done_testing
