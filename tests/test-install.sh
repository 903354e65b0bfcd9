#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2317  # functions are run by ok and not_ok
# The hook's link: put beside a foreign hook and never over it, refreshed, and taken out again alone.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

hooks=$tap_dir/hooks
program=/usr/sbin/virt-payload-hook

link_hook()
{
    sh "$VP_SRCDIR/hooks/link-hook" "$1" "$hooks" "${2-$program}"
}

# every file with what it links to or holds
tree()
{
    (cd "$hooks" 2>/dev/null && find . ! -type d | sort | while read -r file; do
        if [ -L "$file" ]; then
            echo "$file -> $(readlink "$file")"
        else
            echo "$file: $(cat "$file")"
        fi
    done)
}

fresh()
{
    rm -rf "$hooks"
}

fresh
like "says how the daemon sees it" "$(link_hook install)" 'systemctl reload libvirtd'
is "no hook: ours is qemu" "$(tree)" "./qemu -> $program"
ok "again" link_hook install
is "and the same" "$(tree)" "./qemu -> $program"
ok "from another prefix" link_hook install /usr/local/sbin/virt-payload-hook
is "the link is refreshed" "$(tree)" "./qemu -> /usr/local/sbin/virt-payload-hook"
ok "uninstall" link_hook uninstall
is "leaves nothing" "$(tree)" ""

fresh
mkdir "$hooks"
echo foreign >"$hooks/qemu"
like "a foreign hook: said so" "$(link_hook install)" "hooks/qemu belongs to another product and stays"
is "ours stands beside it" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload -> $program"
ok "again" link_hook install
echo theirs >"$hooks/qemu.d/10-other"
ok "uninstall" link_hook uninstall
is "leaves the foreign hooks" "$(tree)" "./qemu: foreign
./qemu.d/10-other: theirs"

fresh
mkdir "$hooks"
ln -s /nowhere/hook "$hooks/qemu"
ok "a foreign link that leads nowhere" link_hook install
is "stays too" "$(tree)" "./qemu -> /nowhere/hook
./qemu.d/50-virt-payload -> $program"
rm "$hooks/qemu"
ok "the foreign hook has gone" link_hook install
is "ours takes its place, and runs once" "$(tree)" "./qemu -> $program"
ok "the emptied qemu.d is gone" test ! -e "$hooks/qemu.d"

fresh
mkdir -p "$hooks/qemu.d"
echo foreign >"$hooks/qemu"
echo foreign >"$hooks/qemu.d/50-virt-payload"
not_ok "both places taken: refused" link_hook install
is "and nothing is overwritten" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: foreign"
ok "uninstall" link_hook uninstall
is "takes nothing" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: foreign"

# --- the whole tree ---------------------------------------------------------

stage=$tap_dir/stage

files()
{
    (cd "$stage" && find . ! -type d | sort)
}

run_make()
{
    make -C "${VP_BUILDDIR:?}" DESTDIR="$stage" "$@"
}

if [ ! -f "$VP_BUILDDIR/Makefile" ]; then
    skip "make install" "there is no Makefile in the build directory"
    done_testing
fi

ok "make install" run_make install
is "the link leads to the program's place, not to DESTDIR" \
    "$(readlink "$stage${VP_HOOKDIR:?}/qemu")" "${VP_SBINDIR:?}/virt-payload-hook"
ok "the program" test -x "$stage$VP_SBINDIR/virt-payload-hook"
ok "its core" test -f "$stage${VP_PKGLIBDIR:?}/virt-payload-core.so"
is "the core's directory holds nothing else" "$(ls "$stage$VP_PKGLIBDIR")" virt-payload-core.so
is "the hook's directory neither" "$(find "$stage$VP_HOOKDIR" ! -type d)" "$stage$VP_HOOKDIR/qemu"
is "secrets are root's alone" "$(stat -c %a "$stage${VP_SYSCONFDIR:?}/virt-payload/secrets")" 700
ok "make uninstall" run_make uninstall
is "leaves nothing" "$(files)" ""

mkdir -p "$stage$VP_SYSCONFDIR"
echo "# mine" >"$stage$VP_SYSCONFDIR/virt-payload.conf"
ok "make install over an administrator's file" run_make install
ok "make uninstall" run_make uninstall
is "leaves it" "$(files) $(cat "$stage$VP_SYSCONFDIR/virt-payload.conf")" \
    ".$VP_SYSCONFDIR/virt-payload.conf # mine"

done_testing
