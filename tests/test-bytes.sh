#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The definitions of tests/data/bytes give the same bytes on every host, whatever its libraries' versions:
# the checksums are those of tests/data/bytes/SHA256SUMS. With --update it is written again, for a change
# that means to give guests other bytes.

case ${1-} in
    --update)
        VP_SRCDIR=$(cd "$(dirname "$0")/.." && pwd)
        : "${VP_BUILDDIR:=$VP_SRCDIR}"
        ;;
esac

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

export LC_ALL=C
PATH=${VP_BUILDDIR:?}:$PATH
data=$VP_SRCDIR/tests/data/bytes
conf=$tap_dir/virt-payload.conf

mkdir -p "$tap_dir/secrets/shared" "$tap_dir/files"
(umask 077 && printf 'Paßwörter: Ωμέγα 密码\n' >"$tap_dir/secrets/shared/password")
(umask 077 && printf 'Paßwort1!\n' >"$tap_dir/secrets/shared/windows")
(umask 077 && printf 'Passw0rd!\n' >"$tap_dir/secrets/shared/ascii")
printf 'Größe: Ω, 5 €, 日本\n' >"$tap_dir/files/shared.txt"
printf '[virt-payload]\nsecrets-directory = %s\nfiles-directory = %s\n' "$tap_dir/secrets" "$tap_dir/files" >"$conf"

sums()
{
    (cd "$data" && for xml in *.xml; do
        virt-payload --config-file "$conf" render "$xml" -o "$tap_dir/image" || continue
        echo "$(sha256sum <"$tap_dir/image" | cut -d ' ' -f 1)  $xml"
    done)
}

if [ "${1-}" = --update ]; then
    sums >"$tap_dir/sums" && cp "$tap_dir/sums" "$data/SHA256SUMS"
    tap_finished=yes
    exit
fi

sums >"$tap_dir/sums" 2>"$tap_dir/said"
is "nothing is said" "$(cat "$tap_dir/said")" ""
for xml in "$data"/*.xml; do
    name=${xml##*/}
    is "$name" "$(grep "  $name\$" "$tap_dir/sums")" "$(grep "  $name\$" "$data/SHA256SUMS")"
done
is "each has its checksum" "$(cut -c 67- "$data/SHA256SUMS")" "$(cd "$data" && LC_ALL=C && printf '%s\n' *.xml)"

sed 's/caché/cache/' "$data/config-drive.xml" >"$tap_dir/other.xml"
virt-payload --config-file "$conf" render "$tap_dir/other.xml" -o "$tap_dir/image"
unlike "  another text gives other bytes" "$(cat "$data/SHA256SUMS")" "$(sha256sum <"$tap_dir/image" | cut -d ' ' -f 1)"

done_testing
