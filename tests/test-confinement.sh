#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The SELinux module builds and the AppArmor profile parses, with the distribution's own tools.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

PATH=$PATH:/usr/sbin:/sbin
for tool in checkmodule semodule_package apparmor_parser; do
    command -v $tool >/dev/null || skip_all "$tool is not installed"
done

selinux=$VP_SRCDIR/data/selinux
module=$tap_dir/virt-payload

ok "the SELinux module compiles" checkmodule -M -m -o "$module.mod" "$selinux/virt-payload.te"
ok "  packs with its file contexts" \
    semodule_package -o "$module.pp" -m "$module.mod" -f "$selinux/virt-payload.fc"
# either may be the name that a policy looks the other up as
for directory in /run /var/run; do
    ok "  with a context for $directory/payload" grep -q "^$directory/payload(/.\*)?[[:space:]]" "$selinux/virt-payload.fc"
done
# a policy of the time before modular daemons has no such type
ok "the SELinux module asks for no type of modular daemons" sh -c "
    sed '/virtqemud_t/d' '$selinux/virt-payload.te' | grep -q virt_content_t &&
    ! sed -n '/^require/,/^}/p' '$selinux/virt-payload.te' | grep virtqemud_t"
# Fedora 40 and later label hooks so
ok "the SELinux module lets virtqemud run the hook" \
    grep -q 'allow virtqemud_t virt_hook_t:file {.* execute_no_trans ' "$selinux/virt-payload.te"
ok "  asks for no type of hooks" sh -c "
    ! sed -n '/^require/,/^}/p' '$selinux/virt-payload.te' | grep virt_hook"
ok "the AppArmor profile parses" \
    apparmor_parser --skip-kernel-load --skip-cache "$VP_SRCDIR/data/apparmor/usr.sbin.virt-payload-hook"
sed 's/ rw,$/ zz,/' "$VP_SRCDIR/data/apparmor/usr.sbin.virt-payload-hook" >"$tap_dir/broken"
not_ok "  would not with a mistake in it" apparmor_parser --skip-kernel-load --skip-cache "$tap_dir/broken"

done_testing
