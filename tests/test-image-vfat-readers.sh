#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# FAT images as other programs read them: sound, every file byte for byte, the label exactly.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/files.sh
. "$VP_SRCDIR/tests/lib/files.sh"

PATH=$PATH:/usr/sbin:/sbin
for program in fsck.vfat mcopy blkid; do
    command -v $program >/dev/null || skip_all "$program is not installed"
done
# mtools writes names in the locale's encoding
LC_ALL=C.UTF-8
export LC_ALL

same_by_mcopy()
{
    rm -rf "$tap_dir/out"
    mkdir "$tap_dir/out"
    mcopy -s -n -i "$image" '::*' "$tap_dir/out" || return 1
    diff -rq "$files" "$tap_dir/out"
}

# fsck.vfat says what it would fix and then exits 1
sound_and_same()
{
    ok "$1: fsck.vfat finds it sound" fsck.vfat -n "$image"
    ok "$1: mcopy reads the files" same_by_mcopy
}

for format in vfat floppy; do
    for label in config-2 cidata A_b-9 eleven-char; do
        put file
        ok "$format, $label: image is made" write_image $format $label
        is "$format, $label: blkid sees the label" "$(blkid -p -s LABEL -o value "$image")" $label
        is "$format, $label: blkid sees the label of the boot sector" \
            "$(blkid -p -s LABEL_FATBOOT -o value "$image")" $label
        is "$format, $label: blkid sees the type" "$(blkid -p -s TYPE -o value "$image")" vfat
    done
    rm -rf "$files"
    put openstack/latest/meta_data.json
    put openstack/latest/user_data
    put openstack/content/0000
    : >"$files/openstack/latest/empty"
    : >"$files/zzz-empty-at-the-end"
    head -c 524289 /dev/urandom >"$files/half-a-mebibyte-and-a-byte"
    head -c 2048 /dev/urandom >"$files/a-cluster"
    put 1/2/3/4/5/6/7/file
    put "$(repeat 64 n)"
    put "$(repeat 63 n)m"
    put "$(repeat 13 x)"
    put "$(repeat 26 x)"
    put "with space/ and.many.dots.tar.gz"
    put FITS.TXT
    put .hidden
    put ./-rf
    put "\$(touch canary)"
    put "ünïcödé/日本語"
    put "$(repeat 64 日)"
    ok "$format: image is made" write_image $format config-2
    sound_and_same "$format"
    same_bytes_elsewhere "$format" $format
done

put "🐧"
head -c 20000000 /dev/urandom >"$files/nineteen-mebibytes"
ok 'FAT16: image is made' write_image vfat config-2
is 'FAT16: blkid sees the version' "$(blkid -p -s VERSION -o value "$image")" FAT16
ok 'FAT16: fsck.vfat finds it sound' fsck.vfat -n "$image"
rm "$files/🐧" # mtools knows no characters beyond U+FFFF
ok 'FAT16: image for mtools is made' write_image vfat config-2
sound_and_same FAT16

rm -rf "$files"
put_many 1000 of-many
put in-the-root
ok 'many: image is made' write_image vfat config-2
sound_and_same many
mv "$files"/of-many/* "$files"
rmdir "$files/of-many"
ok 'many in the root: image is made' write_image vfat config-2
sound_and_same 'many in the root'
not_ok 'many in the root do not fit a floppy' write_image floppy config-2

done_testing
