# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files of images that tests make and other programs read: source it after tap.sh.
#
#   put PATH              a file whose content names it
#   put_many COUNT DIR    so many of them
#   repeat COUNT TEXT     on stdout
#   write_image FORMAT LABEL   $image of $files, by our writers (tests/tree-to-image)
#   same_bytes_elsewhere NAME FORMAT   claims that time zone and language change no byte
#   $files, $image        the directory, and where the image goes

: "${tap_dir:?source tap.sh first}"
files=$tap_dir/files
image=$tap_dir/image

put()
{
    mkdir -p "$files/$(dirname "$1")"
    printf 'content of %s\n' "$1" >"$files/$1"
}

put_many()
{
    files_i=0
    while [ $files_i -lt "$1" ]; do
        put "$2/some-file-with-a-name-$files_i"
        files_i=$((files_i + 1))
    done
}

repeat()
{
    files_i=0
    while [ $files_i -lt "$1" ]; do
        printf '%s' "$2"
        files_i=$((files_i + 1))
    done
}

write_image()
{
    "${VP_BUILDDIR:?}/tests/tree-to-image" "$1" "$2" "$files" "$image"
}

same_bytes_elsewhere()
{
    ok "$1: image is made" write_image "$2" config-2
    files_sum=$(sha256sum <"$image")
    ok "$1: image is made in Kathmandu, in Turkish" env TZ=Asia/Kathmandu LC_ALL=tr_TR.UTF-8 \
        "$VP_BUILDDIR/tests/tree-to-image" "$2" config-2 "$files" "$image"
    is "$1: same bytes in another time zone and language" "$(sha256sum <"$image")" "$files_sum"
}
