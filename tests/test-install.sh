#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2317  # functions are run by ok and not_ok
# The hook's copy in libvirt's directory: put beside a foreign hook and never over it, renewed, and taken
# out again; what others write into it is kept.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

hooks=$tap_dir/hooks
program=/usr/sbin/virt-payload-hook
built=${VP_BUILDDIR:?}/virt-payload-hook
[ -f "$built" ] || skip_all "the hook's program is not built"
# an earlier version: another byte in the name of the core, the same marker
older=$tap_dir/older
LC_ALL=C sed 's|/virt-payload-core\.so|/virt-payload-cord.so|' "$built" >"$older"

install_hook()
{
    sh "$VP_SRCDIR/hooks/install-hook" "$1" "$hooks" "$program" "${2-$built}"
}

# every file with what it holds; "ours" and "older" for copies of the program
tree()
{
    (cd "$hooks" 2>/dev/null && find . ! -type d | sort | while read -r file; do
        if [ -L "$file" ]; then
            echo "$file -> $(readlink "$file")"
        elif cmp -s "$file" "$built"; then
            echo "$file: ours, $(stat -c %a "$file")"
        elif cmp -s "$file" "$older"; then
            echo "$file: older"
        else
            echo "$file: $(LC_ALL=C tr -d '\0' <"$file" | tail -n 1)"
        fi
    done)
}

fresh()
{
    rm -rf "$hooks"
    mkdir "$hooks"
}

rm -rf "$hooks"
hint='libvirt sees the hook when its daemon starts or is reloaded: systemctl try-reload-or-restart libvirtd (or virtqemud)'
not_ok "the older program is another one" cmp -s "$built" "$older"
is "install says where the hook is, and how the daemon sees it" "$(install_hook install)" "The hook is $hooks/qemu
$hint"
is "no hook: ours is qemu" "$(tree)" "./qemu: ours, 755"
ok "  again" install_hook install
is "  the same" "$(tree)" "./qemu: ours, 755"
chmod 0644 "$hooks/qemu"
is "upgrade of a copy that is not executable" "$(install_hook upgrade)" "The hook $hooks/qemu was replaced"
is "  makes it executable" "$(tree)" "./qemu: ours, 755"
ok "uninstall of our only hook" install_hook uninstall
is "  leaves nothing" "$(tree)" ""
not_ok "the emptied qemu.d is not made" test -e "$hooks/qemu.d"

like "upgrade of a hook that was removed: said so" "$(install_hook upgrade 2>&1)" \
    "an upgrade does not restore it; to install it, run: .*install-hook install $hooks $program"
is "  it stays removed" "$(tree)" ""

fresh
ln -s /usr/local/sbin/virt-payload-hook "$hooks/qemu"
ok "upgrade of a link that an earlier version made" install_hook upgrade
is "  makes it a copy" "$(tree)" "./qemu: ours, 755"

fresh
ok "an older version" install_hook install "$older"
is "  is there" "$(tree)" "./qemu: older"
is "upgrade of an older version" "$(install_hook upgrade)" "The hook $hooks/qemu was replaced"
is "  renews it" "$(tree)" "./qemu: ours, 755"

# --- by a package: daemons that run are reloaded, one that a socket starts and that has ended is not ---

fresh
mkdir "$tap_dir/programs"
cat >"$tap_dir/programs/systemctl" <<'SH'
#!/bin/sh
echo "systemctl $*" >>"$SYSTEMCTL_LOG"
case $* in
    *is-active\ "$ACTIVE".service) exit 0 ;;
    "$WORKS"\ *) exit 0 ;;
esac
exit 1
SH
cp "$tap_dir/programs/systemctl" "$tap_dir/programs/deb-systemd-invoke"
chmod +x "$tap_dir"/programs/*

# by_package ACTIVE WORKS: what is said
by_package()
{
    rm -f "$tap_dir/systemctl.log"
    ACTIVE=$1 WORKS=$2 SYSTEMCTL_LOG=$tap_dir/systemctl.log PATH=$tap_dir/programs:$PATH \
        sh "$VP_SRCDIR/hooks/install-hook" --reload install "$hooks" "$program" "$built" 2>&1
}

is "a package, and libvirtd runs" "$(by_package libvirtd reload)" "The hook is $hooks/qemu
libvirtd was reloaded and sees the hook"
is "a package, and virtqemud runs" "$(by_package virtqemud reload)" "The hook is $hooks/qemu
virtqemud was reloaded and sees the hook"
is "a package, and neither runs" "$(by_package none reload)" "The hook is $hooks/qemu
$hint"
unlike "  nothing is reloaded" "$(cat "$tap_dir/systemctl.log")" ' reload'
is "a package, and the reload fails" "$(by_package libvirtd nothing)" "The hook is $hooks/qemu
install-hook: libvirtd could not be reloaded
$hint"

# --- faults ---

rm -rf "$hooks"
(umask 077 && install_hook install >"$tap_dir/out")
is "with a strict umask: all users may read the hook" "$(stat -c %a "$hooks" "$hooks/qemu" | tr '\n' ' ')" "755 755 "

# with OTHER FUNCTION: the program of that name says what it was called with, and then does this instead
with()
{
    mkdir -p "$tap_dir/faults"
    rm -f "$tap_dir"/faults/*
    for name in sync mv "$1"; do
        printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$name" "$tap_dir/faults.log" >"$tap_dir/faults/$name"
        echo "$([ "$name" != "$1" ] && command -v "$name" || echo "$2") \"\$@\"" >>"$tap_dir/faults/$name"
    done
    chmod +x "$tap_dir"/faults/*
    rm -f "$tap_dir/faults.log"
    PATH=$tap_dir/faults:$PATH install_hook upgrade
}

fresh
ok "an older version, before a full disk" install_hook install "$older"
not_ok "upgrade on a full disk fails" with cp "head -c 1000 '$built' >'$hooks/.virt-payload-hook.new'; false"
is "  leaves the older version, and nothing else" "$(tree)" "./qemu: older"
ok "upgrade where files cannot be synced" with sync false
is "  succeeds" "$(tree)" "./qemu: ours, 755"
is "the copy is synced before it takes the name" "$(cut -d ' ' -f 1 "$tap_dir/faults.log" | tr '\n' ' ')" "sync mv "

# --- beside another product's hook ---

fresh
echo foreign >"$hooks/qemu"
ok "upgrade if another product's hook has replaced ours" install_hook upgrade
is "  leaves it alone" "$(tree)" "./qemu: foreign"
like "a foreign hook: said so" "$(install_hook install)" "hooks/qemu belongs to another product and stays"
is "ours is beside it" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: ours, 755"
ok "  again" install_hook install
ok "an older version beside it" install_hook install "$older"
is "upgrade of an older version beside another hook" "$(install_hook upgrade)" "The hook $hooks/qemu.d/50-virt-payload was replaced"
is "  renews ours" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: ours, 755"
mv "$hooks/qemu.d/50-virt-payload" "$hooks/qemu.d/05-first"
ok "renamed, and installed again" install_hook install
is "  keeps its new name" "$(tree)" "./qemu: foreign
./qemu.d/05-first: ours, 755"
echo theirs >"$hooks/qemu.d/10-other"
ok "uninstall among other hooks" install_hook uninstall
is "  leaves the foreign hooks" "$(tree)" "./qemu: foreign
./qemu.d/10-other: theirs"

fresh
mkdir "$hooks/qemu.d"
ln -s /usr/sbin/virt-payload-hook "$hooks/qemu.d/50-virt-payload"
ln -s /nowhere/hook "$hooks/qemu"
ok "a foreign link that leads nowhere" install_hook install
is "  stays" "$(tree)" "./qemu -> /nowhere/hook
./qemu.d/50-virt-payload: ours, 755"
rm "$hooks/qemu"
ok "the foreign hook has gone" install_hook install
is "ours takes its place, and runs once" "$(tree)" "./qemu: ours, 755"
not_ok "the emptied qemu.d is gone" test -e "$hooks/qemu.d"

fresh
mkdir -p "$hooks/qemu.d"
echo foreign >"$hooks/qemu"
echo foreign >"$hooks/qemu.d/50-virt-payload"
not_ok "  both places taken: refused" install_hook install
is "  nothing is overwritten" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: foreign"
ok "uninstall where both places are taken" install_hook uninstall
is "  takes nothing" "$(tree)" "./qemu: foreign
./qemu.d/50-virt-payload: foreign"
# a script that calls our program is not ours
printf '#!/bin/sh\nexec /usr/sbin/virt-payload-hook "$@"\n' >"$hooks/qemu"
ok "uninstall beside a script that calls ours" install_hook uninstall
like "  leaves the script" "$(tree)" '^./qemu: exec'

# --- written into by another program ---

fresh
ok "  our copy" install_hook install
echo 'echo theirs' >>"$hooks/qemu"
like "appended to, and upgraded: said so" "$(install_hook upgrade 2>&1)" \
    "appended text to $hooks/qemu, which is never run; it is kept in $hooks/qemu.appended"
is "  nothing is lost" "$(tree)" "./qemu: ours, 755
./qemu.appended: echo theirs"
is "the text and nothing else is kept" "$(cat "$hooks/qemu.appended")" 'echo theirs'
fresh
ok "an older copy" install_hook install "$older"
echo 'echo theirs' >>"$hooks/qemu"
ok "appended to, and removed" install_hook uninstall
is "  nothing is lost" "$(tree)" "./qemu.appended: echo theirs"
fresh
ok "  our copy" install_hook install
sed -i '1i #!/bin/sh' "$hooks/qemu"
like "edited by sed -i, and upgraded: said so" "$(install_hook upgrade 2>&1)" "kept as $hooks/qemu.edited"
is "  is a whole copy again" "$(tree | head -n 1)" "./qemu: ours, 755"
is "what was written is kept" "$(head -n 1 "$hooks/qemu.edited")" '#!/bin/sh'

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
ok "the program" test -x "$stage${VP_SBINDIR:?}/virt-payload-hook"
ok "the hook is a copy of it" cmp "$stage${VP_HOOKDIR:?}/qemu" "$stage$VP_SBINDIR/virt-payload-hook"
not_ok "  no link to it" test -L "$stage$VP_HOOKDIR/qemu"
ok "  its core" test -f "$stage${VP_PKGLIBDIR:?}/virt-payload-core.so"
is "the core's directory holds nothing else" "$(ls "$stage$VP_PKGLIBDIR")" virt-payload-core.so
is "the hook's directory neither" "$(find "$stage$VP_HOOKDIR" ! -type d)" "$stage$VP_HOOKDIR/qemu"
ok "the AppArmor profile" test -f "$stage${VP_PKGDATADIR:?}/apparmor/usr.sbin.virt-payload-hook"
ok "the SELinux module" test -f "$stage$VP_PKGDATADIR/selinux/virt-payload.te"
is "only root can read secrets" "$(stat -c %a "$stage${VP_SYSCONFDIR:?}/virt-payload/secrets")" 700
run_make -n uninstall >"$tap_dir/steps" 2>/dev/null
ok "make uninstall takes the hook out before its core" sh -c "
    sed '/mode=uninstall/q' '$tap_dir/steps' | grep -q 'install-hook uninstall'"
ok "make uninstall" run_make uninstall
is "  leaves nothing" "$(files)" ""

mkdir -p "$stage$VP_SYSCONFDIR"
echo "# mine" >"$stage$VP_SYSCONFDIR/virt-payload.conf"
ok "make install over an administrator's file" run_make install
ok "make uninstall beside an administrator's file" run_make uninstall
is "  leaves it" "$(files) $(cat "$stage$VP_SYSCONFDIR/virt-payload.conf")" \
    ".$VP_SYSCONFDIR/virt-payload.conf # mine"

done_testing
