#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The demo guest's kernel, from archives as distributions lay them out: it is found or said to be missing,
# and nothing empty is kept for the next time.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v dpkg-deb >/dev/null || skip_all "dpkg-deb is not installed"
busybox=$(command -v busybox) || skip_all "busybox is not installed"

archive=$tap_dir/archive
programs=$tap_dir/programs
mkdir "$programs"
cat >"$programs/apt-cache" <<'SH'
#!/bin/sh
[ "$1" = depends ] || { echo "Version: 1"; exit; }
echo "  Depends: linux-base"
echo "  Depends: linux-image-7.2-amd64"
SH
cat >"$programs/apt-get" <<SH
#!/bin/sh
for package; do :; done
cp "$archive/\$package.deb" .
SH
chmod +x "$programs/apt-cache" "$programs/apt-get"

# package NAME PATH=CONTENT...: into the archive
package()
{
    package_root=$tap_dir/root
    package_name=$1
    shift
    rm -rf "$package_root"
    mkdir -p "$package_root/DEBIAN"
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n' "$package_name" \
        >"$package_root/DEBIAN/control"
    for package_file; do
        mkdir -p "$(dirname "$package_root/${package_file%%=*}")"
        printf '%s' "${package_file#*=}" >"$package_root/${package_file%%=*}"
    done
    dpkg-deb --build "$package_root" "$archive/$package_name.deb" >/dev/null
}

empty_archive()
{
    rm -rf "$archive" "$tap_dir/cache" "$tap_dir/out"
    mkdir "$archive"
}

build()
{
    PATH=$programs:$PATH VP_GUEST_CACHE=$tap_dir/cache \
        "$VP_SRCDIR/tests/guest/build-demo-guest" "$tap_dir/out" 2>&1
}

# gives LAYOUT: of the archive as it is
gives()
{
    ok "$1" build
    is "  the kernel" "$(cat "$tap_dir/out/vmlinuz" 2>/dev/null)" kernel
    like "  its drivers" "$("$busybox" cpio -t <"$tap_dir/out/initrd" 2>/dev/null)" '^modules/isofs\.ko$'
    rm -r "$archive" "$tap_dir/out"
    ok "  from the cache" build
    is "  the same kernel" "$(cat "$tap_dir/out/vmlinuz" 2>/dev/null)" kernel
}

modules=lib/modules/7.2-amd64
empty_archive
package linux-image-7.2-amd64 boot/vmlinuz-7.2-amd64=kernel $modules/kernel/fs/isofs.ko=x
gives "Debian 12"
empty_archive
package linux-image-7.2-amd64 boot/vmlinuz-7.2-amd64=kernel usr/$modules/kernel/fs/isofs.ko=x
gives "Debian 13"
empty_archive
package linux-image-7.2-amd64
package linux-binary-7.2-amd64 usr/$modules/vmlinuz=kernel
package linux-modules-7.2-amd64 usr/$modules/kernel/fs/isofs.ko=x
gives "Debian 14"
empty_archive
package linux-image-7.2-amd64 boot/vmlinuz-7.2-amd64=kernel
package linux-modules-7.2-amd64 $modules/kernel/fs/isofs.ko=x
gives "Ubuntu"

# --- what is not complete ---

# shellcheck disable=SC2317  # called by ok
nothing_kept()
{
    [ -z "$(find "$tap_dir/cache" -mindepth 1 -name 'linux-image*')" ]
}

empty_archive
package linux-image-7.2-amd64 boot/vmlinuz-7.2-amd64=kernel
package linux-modules-7.2-amd64
not_ok "no drivers" build
ok "  nothing is kept" nothing_kept
empty_archive
package linux-image-7.2-amd64
package linux-binary-7.2-amd64 usr/$modules/vmlinuz=
package linux-modules-7.2-amd64 usr/$modules/kernel/fs/isofs.ko=x
not_ok "an empty kernel" build
ok "  nothing is kept" nothing_kept
# what an earlier version left
package linux-binary-7.2-amd64 usr/$modules/vmlinuz=kernel
build >/dev/null
kept=$(find "$tap_dir/cache" -name vmlinuz)
: >"$kept"
ok "an empty kernel that was kept is replaced" build
is "  by the whole one" "$(cat "$tap_dir/out/vmlinuz" 2>/dev/null)" kernel

done_testing
