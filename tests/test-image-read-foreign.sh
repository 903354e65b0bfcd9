#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images that other programs made, as our reader reads them.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/files.sh
. "$VP_SRCDIR/tests/lib/files.sh"

PATH=$PATH:/usr/sbin:/sbin
for program in genisoimage xorriso mkfs.vfat mcopy cloud-localds qemu-img; do
    command -v $program >/dev/null || skip_all "$program is not installed"
done
LC_ALL=C.UTF-8
export LC_ALL

# prints "FORMAT LABEL"
read_image()
{
    rm -rf "$tap_dir/out"
    mkdir "$tap_dir/out"
    "${VP_BUILDDIR:?}/tests/image-to-tree" "$image" "$tap_dir/out"
}

same()
{
    is "$1: format and label" "$(read_image)" "$2"
    ok "$1: the same files" diff -r "$files" "$tap_dir/out"
}

remake()
{
    rm -f "$image"
    "$@"
}

put openstack/latest/meta_data.json
put openstack/latest/user_data
put openstack/content/0000
put 'a name/with spaces.and.dots'
put 1/2/3/4/5/6/7/file
put 'ünïcödé, long/日本語'
put "$(printf '%0200d' 7)"
: >"$files/empty"
head -c 100000 /dev/urandom >"$files/openstack/content/0001"
put_many 200 many

# as oVirt and VDSM call it
ok 'genisoimage -R -J' remake genisoimage -quiet -input-charset utf-8 -R -J -joliet-long \
    -V config-2 -o "$image" "$files"
same 'genisoimage -R -J' 'iso9660 config-2'
ok 'genisoimage -R' remake genisoimage -quiet -input-charset utf-8 -r -V cidata -o "$image" "$files"
same 'genisoimage -R' 'iso9660 cidata'
ok 'xorriso' remake xorriso -as mkisofs -quiet -R -J -joliet-long -V config-2 -o "$image" "$files"
same xorriso 'iso9660 config-2'
ok 'xorriso, RRIP 1.10' remake xorriso -compliance new_rr -volid config-2 -outdev "$image" \
    -map "$files" /
same 'xorriso, RRIP 1.10' 'iso9660 config-2'

# without Rock Ridge, names end at 64 characters and genisoimage leaves out what is deep
rm -r "$files"/0*7 "$files/1"
ok 'genisoimage -J' remake genisoimage -quiet -input-charset utf-8 -J -V cidata -o "$image" "$files"
same 'genisoimage -J' 'iso9660 cidata'
put 1/2/3/4/5/6/7/file

while read -r bits sectors size; do
    name="FAT$bits of $size, clusters of $sectors"
    rm -f "$image"
    truncate -s "$size" "$image"
    ok "$name: mkfs.vfat" mkfs.vfat -F "$bits" -s "$sectors" -n CIDATA "$image"
    ok "$name: mcopy" mcopy -s -i "$image" "$files"/* ::
    same "$name" 'vfat CIDATA'
done <<END
12 1 1800K
12 4 7M
16 1 20M
16 4 60M
32 1 80M
END

# A file in pieces: the gap that another one left is filled first.
rm "$image"
truncate -s 20M "$image"
ok 'pieces: mkfs.vfat' mkfs.vfat -F 16 -s 1 -n CIDATA "$image"
head -c 70000 /dev/urandom >"$tap_dir/gap"
ok 'pieces: first' mcopy -i "$image" "$tap_dir/gap" ::
ok 'pieces: second' mcopy -s -i "$image" "$files"/* ::
ok 'pieces: a gap' mdel -i "$image" ::gap
head -c 200000 /dev/urandom >"$files/in-pieces"
ok 'pieces: third' mcopy -i "$image" "$files/in-pieces" ::
same 'pieces' 'vfat CIDATA'

rm -rf "$files"
put user-data
put meta-data
put network-config
for filesystem in iso vfat; do
    ok "cloud-localds, $filesystem" remake cloud-localds --filesystem $filesystem \
        --network-config "$files/network-config" "$image" "$files/user-data" "$files/meta-data"
    is "cloud-localds, $filesystem: label" "$(read_image | cut -d' ' -f2 | tr '[:upper:]' '[:lower:]')" cidata
    ok "cloud-localds, $filesystem: the same files" diff -r "$files" "$tap_dir/out"
done

ok 'qcow2 is made' qemu-img convert -f raw -O qcow2 "$image" "$image.qcow2"
mv "$image.qcow2" "$image"
like 'qcow2 is refused' "$(read_image 2>&1)" '^image-to-tree: image is qcow2.*\[image-format\]$'

done_testing
