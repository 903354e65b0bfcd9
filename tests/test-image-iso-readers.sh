#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ISO images as other programs read them: every file byte for byte, the label exactly.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/files.sh
. "$VP_SRCDIR/tests/lib/files.sh"

for program in isoinfo xorriso bsdtar blkid; do
    command -v $program >/dev/null || skip_all "$program is not installed"
done
# isoinfo, xorriso and bsdtar read names in the locale's encoding
LC_ALL=C.UTF-8
export LC_ALL

make_image()
{
    write_image iso "$1"
}

# isoinfo reads one file at a time: $1 is -R or -J
same_by_isoinfo()
{
    (cd "$files" && find . -type f | sed 's/^\.//') >"$tap_dir/paths"
    while IFS= read -r path; do
        isoinfo "$1" -i "$image" -x "$path" >"$tap_dir/one" || return 1
        cmp "$tap_dir/one" "$files$path" || return 1
    done <"$tap_dir/paths"
}

same_listing_by_isoinfo()
{
    (cd "$files" && find . -mindepth 1 | sed 's/^\.//' | sort) >"$tap_dir/paths"
    isoinfo "$1" -i "$image" -f | sort | cmp "$tap_dir/paths" -
}

same_by_xorriso()
{
    rm -rf "$tap_dir/out"
    xorriso -for_backup -read_fs "$1" -indev "$image" -osirrox on -extract / "$tap_dir/out" || return 1
    chmod -R u+w "$tap_dir/out"
    diff -rq "$files" "$tap_dir/out"
}

same_by_bsdtar()
{
    rm -rf "$tap_dir/out"
    mkdir "$tap_dir/out"
    bsdtar -x -f "$image" -C "$tap_dir/out" --options "$1" || return 1
    chmod -R u+w "$tap_dir/out"
    diff -rq "$files" "$tap_dir/out"
}

same_by_all()
{
    for tree in $2; do
        ok "$1: isoinfo $tree lists the files" same_listing_by_isoinfo "$tree"
        ok "$1: isoinfo $tree reads the files" same_by_isoinfo "$tree"
    done
    ok "$1: xorriso reads the files by Rock Ridge" same_by_xorriso nojoliet
    ok "$1: xorriso reads the files by Joliet" same_by_xorriso norock
    ok "$1: bsdtar reads the files by Rock Ridge" same_by_bsdtar '!joliet'
    ok "$1: bsdtar reads the files by Joliet" same_by_bsdtar '!rockridge'
}

for label in config-2 cidata A_b-9 abcdefghijklmnopqrstuvwxyz012345; do
    put file
    ok "$label: image is made" make_image $label
    is "$label: blkid sees the label" "$(blkid -p -s LABEL -o value "$image")" $label
    is "$label: blkid sees the type" "$(blkid -p -s TYPE -o value "$image")" iso9660
done

put openstack/latest/meta_data.json
put openstack/latest/user_data
put openstack/content/0000
: >"$files/openstack/latest/empty"
: >"$files/zzz-empty-at-the-end"
head -c 1048576 /dev/urandom >"$files/a-mebibyte"
head -c 1048577 /dev/urandom >"$files/a-mebibyte-and-a-byte"
head -c 2048 /dev/urandom >"$files/a-sector"
ok 'plain: image is made' make_image config-2
same_by_all plain "-R -J"
same_bytes_elsewhere plain iso

rm -rf "$files"
put 1/2/3/4/5/6/7/file
put 1/2/3/4/5/6/7/other
put "1/2/3/4/5/$(repeat 64 d)/$(repeat 64 e)/$(repeat 64 f)"
ok 'deep: image is made' make_image config-2
same_by_all deep "-R -J"

rm -rf "$files"
put "$(repeat 64 n)"
put "$(repeat 63 n)m"
put "with space/ and.many.dots.tar.gz"
put .hidden
put ./-rf
put "\$(touch canary)"
put "$(repeat 64 é)"
put "$(repeat 64 日)"
put "$(repeat 63 日)本"
put "ünïcödé/日本語"
put "🐧🐧.txt"
ok 'names: image is made' make_image config-2
# isoinfo -J knows no encoding that holds these
same_by_all names -R

rm -rf "$files"
put_many 1024 of-many
ok 'many: image is made' make_image config-2
same_by_all many ''
ok 'many: isoinfo -R lists the files' same_listing_by_isoinfo -R
ok 'many: isoinfo -J lists the files' same_listing_by_isoinfo -J

done_testing
