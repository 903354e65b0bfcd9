#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images as a guest's kernel mounts them: every file byte for byte.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/files.sh
. "$VP_SRCDIR/tests/lib/files.sh"

qemu='qemu-system-x86_64'
[ "$(uname -m)" = x86_64 ] || skip_all 'the guest is written for a PC'
command -v $qemu >/dev/null || skip_all "$qemu is not installed"
why=$("$VP_SRCDIR/tests/guest/build-demo-guest" "$tap_dir/guest" 2>&1) ||
    skip_all "no demo guest: $why"

put openstack/latest/meta_data.json
put openstack/latest/user_data
put 1/2/3/4/5/6/7/file
put 'with space/and.many.dots.tar.gz'
put .hidden
put FITS.TXT
put "$(printf '%064d' 7)"
: >"$files/empty"
head -c 100001 /dev/urandom >"$files/openstack/large"
put_many 200 many
wanted=$(cd "$files" && find . -type f -printf '%P\n' | sort | tr '\n' '\0' | xargs -0 sha256sum)

# The guest prints "VP-GUEST: file PATH SHA256" for each file of the drive.
for format in iso vfat; do
    ok "$format: image is made" write_image $format config-2
    timeout 300 $qemu -nodefaults -display none -no-reboot -m 256 -serial stdio \
        -kernel "$tap_dir/guest/vmlinuz" -initrd "$tap_dir/guest/initrd" \
        -append 'console=ttyS0 quiet no_timer_check vp.poweroff' \
        -drive "file=$image,format=raw,if=virtio,readonly=on" \
        </dev/null 2>&1 | tr -d '\r' >"$tap_dir/console"
    console=$(grep -a '^VP-GUEST: ' "$tap_dir/console" || tail -n 20 "$tap_dir/console")
    case $format in
        iso) type=iso9660 ;;
        *) type=vfat ;;
    esac
    like "$format: the kernel mounts it" "$console" "^VP-GUEST: type $type\$"
    is "$format: the kernel reads the files" \
        "$(printf '%s\n' "$console" |
            sed -n 's/^VP-GUEST: file \(.*\) \([0-9a-f]\{64\}\)$/\2  \1/p' | sort -k 2)" \
        "$(printf '%s\n' "$wanted" | sort -k 2)"
done

done_testing
