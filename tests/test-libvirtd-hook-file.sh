#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other products' installers write onto libvirt's hook: no file of ours is harmed but the copy, doctor,
# list and set notice it, and the command that doctor names puts it right.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

hooks=/etc/libvirt/hooks
hook=$hooks/qemu
theirs=$tap_dir/theirs
# shellcheck disable=SC2016  # $2 is for the script that is written
printf '#!/bin/sh\ncat >/dev/null\necho "theirs $2" >>/run/theirs\n' >"$theirs"
chmod +x "$theirs"

ours()
{
    find /usr/sbin /usr/lib /usr/libexec /usr/share /etc/virt-payload* -path '*virt-payload*' -type f \
        -exec sha256sum {} + | sort
}

guest_define web1 memory=64 "metadata=$(payload_metadata web1)"
virt-payload attach web1 >/dev/null
payload_restart_libvirtd
before=$(ours)
ok "something of ours is there to be harmed" test "$(echo "$before" | wc -l)" -gt 4
is "as installed: doctor has nothing to say" "$(virt-payload doctor)" "no problems found"

# damaged WHAT REGEX COMMAND: COMMAND is what another installer does
damaged()
{
    ok "$1" sh -c "$3"
    is "$1: no other file of ours has changed" "$(ours)" "$before"
    like "$1: doctor says it" "$(virt-payload doctor)" "$2"
    like "$1: list warns" "$(virt-payload list 2>&1 >/dev/null)" "^virt-payload: warning: .*$2"
    like "$1: set warns" "$(virt-payload set web1 --timezone Europe/Berlin 2>&1 >/dev/null)" \
        "^virt-payload: warning: .*$2"
    advice=$(virt-payload doctor | sed -n 's/.*; run: //p' | head -n 1)
    ok "$1: what doctor advises" sh -c "$advice"
    # what "systemctl reload libvirtd" does, of which nobody but systemd could tell doctor
    kill -HUP "$VP_PRIVATE_LIBVIRTD"
    unlike "$1: doctor does not repeat it" "$(virt-payload doctor)" "$2"
    ok "$1: a guest starts with its image" guest_start web1 --paused
    ok "$1: the image is there" test -s "$payload_dir/$(virsh domuuid web1 | head -n 1).img"
    is "$1: doctor has nothing more to say" "$(virt-payload doctor)" "no problems found"
    is "$1: list neither" "$(virt-payload list 2>&1 >/dev/null)" ""
    guest_stop web1
    is "$1: nothing is left" "$(payload_leftovers)" ""
    is "$1: no other file of ours has changed by then" "$(ours)" "$before"
    rm -rf "${hooks:?}"/*
    /usr/share/virt-payload/install-hook install $hooks /usr/sbin/virt-payload-hook >/dev/null
}

beside="$hook: is another product's hook"
damaged "cp" "$beside" "cp -p $theirs $hook"
damaged "tee" "$beside" "tee $hook <$theirs"
damaged "cat >" "$beside" "cat $theirs >$hook"
damaged "wget -O" "$beside" "busybox wget -q -O $hook http://127.0.0.1:8086/theirs || cat $theirs >$hook"
damaged "install" "$beside" "install -m 0755 $theirs $hook"
damaged ">>" "$hook: another program has appended text" "echo 'echo theirs' >>$hook"
damaged "sed -i, a line before" "$hook: another program has edited" "sed -i '1i #!/bin/sh' $hook"
damaged "sed -i, a line after" "$hook: another program has appended text" "sed -i '\$a echo theirs' $hook"
damaged "chmod -x" "$hook: the hook is not executable" "chmod 0644 $hook"
damaged "rm" "$hook: the hook is not installed" "rm $hook"
damaged "a backup copy" "$hooks/qemu.d/qemu.bak: is a second copy" "mkdir $hooks/qemu.d; cp -p $hook $hooks/qemu.d/qemu.bak"
LC_ALL=C sed 's|/virt-payload-core\.so|/virt-payload-cord.so|' $hook >"$tap_dir/older"
chmod +x "$tap_dir/older"
damaged "an older version" "$hook: the hook's version differs" "cp -p $tap_dir/older $hook"
damaged "the link of an earlier version" "$hook: is a link" "ln -sf /usr/sbin/virt-payload-hook $hook"

# an older copy serves a guest all the same: the installed program does the work
cp -p "$tap_dir/older" $hook
ok "an older copy: a guest starts" guest_start web1 --paused
ok "  with its image" test -s "$payload_dir/$(virsh domuuid web1 | head -n 1).img"
guest_stop web1

ok "  both hooks run" sh -c "cp -p $theirs $hook && \
    /usr/share/virt-payload/install-hook install $hooks /usr/sbin/virt-payload-hook"
rm -f /run/theirs
ok "  a guest starts" guest_start web1 --paused
like "  theirs has been called" "$(cat /run/theirs)" '^theirs prepare$'
ok "  ours too" test -s "$payload_dir/$(virsh domuuid web1 | head -n 1).img"
guest_stop web1

# --- a daemon that has not seen the hook ---

rm -rf "${hooks:?}"/*
payload_restart_libvirtd
sleep 3
/usr/share/virt-payload/install-hook install $hooks /usr/sbin/virt-payload-hook >/dev/null
like "a daemon that was not reloaded: doctor says so" "$(virt-payload doctor)" \
    "$hook: was installed after libvirtd started"
like "  list warns" "$(virt-payload list 2>&1 >/dev/null)" "was installed after libvirtd started"
like "  set warns" "$(virt-payload set web1 --timezone Europe/Rome 2>&1 >/dev/null)" "was installed after libvirtd"
not_ok "  a guest with its drive does not start, indeed" virsh -q start web1
# what "systemctl reload libvirtd" does
kill -HUP "$VP_PRIVATE_LIBVIRTD"
ok "  after a reload it does" payload_wait virsh -q start web1 --paused
is "  doctor has nothing to say" "$(virt-payload doctor)" "no problems found"
guest_stop web1

done_testing
