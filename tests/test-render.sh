#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload render and rewrite: no libvirt, the same bytes each time, input that needs nothing untouched.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

PATH=${VP_BUILDDIR:?}:$PATH
xml=$VP_SRCDIR/tests/data/command/web1.xml
uuid=c7a5fdbd-cdaf-9455-926a-d65c16db1809
plain=$tap_dir/plain.xml
conf=$tap_dir/virt-payload.conf

sed '/<metadata>/,/<\/metadata>/d' "$xml" >"$plain"
printf '[virt-payload]\ndirectory = %s\n' "$tap_dir/payload" >"$conf"

payload()
{
    virt-payload --config-file "$conf" "$@"
}

fails_with()
{
    wanted=$1
    shift
    "$@" >"$tap_dir/out" 2>"$tap_dir/err" </dev/null
    status=$?
    cat "$tap_dir/err"
    [ "$status" = "$wanted" ] && [ ! -s "$tap_dir/out" ] && [ "$(wc -l <"$tap_dir/err")" = 1 ]
}

same()
{
    cmp "$1" "$2"
}

# --- render

ok "render writes to a file" payload render "$xml" -o "$tap_dir/a.img"
is "  which only its owner can read" "$(stat -c %a "$tap_dir/a.img")" 600
TZ=Asia/Tokyo LC_ALL=C.UTF-8 payload render <"$xml" >"$tap_dir/b.img"
ok "render as a filter, elsewhere and later: the same bytes" same "$tap_dir/a.img" "$tap_dir/b.img"
chmod 0644 "$tap_dir/b.img"
ok "render over a file" payload render "$xml" --output "$tap_dir/b.img"
is "  keeps its mode" "$(stat -c %a "$tap_dir/b.img")" 644
sed '/<uuid>/d' "$xml" >"$tap_dir/new.xml"
ok "render takes a definition without a UUID" payload render "$tap_dir/new.xml" -o "$tap_dir/new.img"
for command in dump show validate; do
    ok "$command takes a definition without a UUID" payload $command "$tap_dir/new.xml"
done
for command in rewrite 'set - --hostname web2' 'unset - hostname'; do
    # shellcheck disable=SC2086  # a command and its arguments
    like "$command generates the UUID" "$(payload $command <"$tap_dir/new.xml")" \
        '^  <uuid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</uuid>$'
done
ok "render into a directory" payload render "$xml" --tree "$tap_dir/tree"
is "  gives the files" "$(cd "$tap_dir/tree" && find . -type f | sort)" \
    "./openstack/latest/meta_data.json
./openstack/latest/user_data"
is "  that none but the owner reads" "$(find "$tap_dir/tree" -perm /077)" ""
ok "  writes over none" fails_with 1 payload render "$xml" --tree "$tap_dir/tree"
ok "render refuses a device as its output" fails_with 1 payload render "$xml" -o /dev/null
ok "/dev/null is still there" test -c /dev/null
if [ "$(id -u)" = 0 ]; then
    install -d -m 1777 "$tap_dir/open"
    install -m 666 -o nobody /dev/null "$tap_dir/open/seed.img"
    ok "render refuses another user's file in a directory like /tmp" \
        fails_with 1 payload render "$xml" -o "$tap_dir/open/seed.img"
    is "  nothing is written to it" "$(stat -c '%U %s' "$tap_dir/open/seed.img")" "nobody 0"
    install -d -o nobody "$tap_dir/open/theirs"
    mkdir "$tap_dir/not-theirs"
    ln -s "$tap_dir/not-theirs" "$tap_dir/open/link"
    chown -h nobody "$tap_dir/open/link"
    for directory in theirs link link/; do
        payload render "$xml" --tree "$tap_dir/open/$directory" 2>"$tap_dir/err"
        like "render --tree refuses another user's $directory in a directory like /tmp" "$(cat "$tap_dir/err")" \
            "/open/$directory: another user's, in a directory that everyone may write to; .*\[value\]\$"
    done
    is "  nothing is written below it" "$(find "$tap_dir/open/theirs" "$tap_dir/not-theirs" -mindepth 1)" ""
    ok "render --tree makes a directory there" payload render "$xml" --tree "$tap_dir/open/ours"
    chmod 0755 "$tap_dir/open"
    ok "render over another user's file elsewhere" payload render "$xml" -o "$tap_dir/open/seed.img"
    is "  keeps its owner" "$(stat -c %U "$tap_dir/open/seed.img")" nobody
else
    skip "another user's file" "only root can make one"
fi
ok "render refuses a definition without payload" fails_with 1 payload render "$plain"
like "  names the guest" "$(cat "$tap_dir/err")" '^virt-payload: web1: .*\[not-found\]$'
ok "render refuses what is not there" fails_with 1 payload render "$tap_dir/none.xml"
ok "render refuses empty input" fails_with 1 payload render
ok "render refuses a directory" fails_with 1 payload render "$tap_dir"
ok "render refuses two definitions" fails_with 2 payload render a b
sed 's/<payload:hostname>/&canary /' "$xml" >"$tap_dir/bad.xml"
ok "render refuses a bad field" fails_with 1 payload render "$tap_dir/bad.xml"
like "  says which" "$(cat "$tap_dir/err")" '^virt-payload: web1: .*hostname.*\[hostname\]$'
unlike "  without its value" "$(cat "$tap_dir/err")" canary
ok "a full disk is an error" sh -c "! virt-payload render '$xml' >/dev/full 2>/dev/null"

# --- rewrite

payload rewrite <"$xml" >"$tap_dir/with.xml"
is "rewrite succeeds" $? 0
like "  adds the drive" "$(cat "$tap_dir/with.xml")" "<source file=.$tap_dir/payload/$uuid.img"
ok "  writes no image" test ! -e "$tap_dir/payload"
payload rewrite <"$tap_dir/with.xml" >"$tap_dir/again.xml"
ok "a second time changes nothing" same "$tap_dir/with.xml" "$tap_dir/again.xml"
payload rewrite <"$plain" >"$tap_dir/plain-out.xml"
ok "a definition without payload comes out as it was" same "$plain" "$tap_dir/plain-out.xml"
payload rewrite --remove <"$tap_dir/with.xml" >"$tap_dir/without.xml"
unlike "rewrite --remove takes the drive out" "$(cat "$tap_dir/without.xml")" "$uuid.img"
payload rewrite --remove <"$xml" >"$tap_dir/untouched.xml"
ok "  leaves a definition without drive as it was" same "$xml" "$tap_dir/untouched.xml"
ok "a broken pipe is a failure" sh -c "trap '' PIPE
    { sleep 1; virt-payload rewrite <'$xml'; echo \$? >'$tap_dir/status'; } | : ; [ \"\$(cat '$tap_dir/status')\" = 1 ]"

cp "$xml" "$tap_dir/place.xml"
chmod 0640 "$tap_dir/place.xml"
ok "rewrite in place, and build" payload rewrite --build --in-place "$tap_dir/place.xml"
ok "  gives what the filter gives" same "$tap_dir/place.xml" "$tap_dir/with.xml"
is "  with the file's mode" "$(stat -c %a "$tap_dir/place.xml")" 640
ok "  the image that render gives" same "$tap_dir/payload/$uuid.img" "$tap_dir/a.img"
inode=$(stat -c %i "$tap_dir/place.xml")
payload rewrite --directory /run/other <"$xml" >"$tap_dir/other.xml"
like "rewrite for another host's directory" "$(cat "$tap_dir/other.xml")" "/run/other/$uuid.img"
ok "--directory is absolute" fails_with 2 payload rewrite --directory other
ok "once more in place" payload rewrite --in-place "$tap_dir/place.xml"
is "  does not write" "$(stat -c %i "$tap_dir/place.xml")" "$inode"
ln -s place.xml "$tap_dir/link.xml"
payload rewrite --remove --in-place "$tap_dir/link.xml" 2>/dev/null
is "a link in place is refused" "$?-$(readlink "$tap_dir/link.xml")" "1-place.xml"
ok "--build and --remove exclude each other" fails_with 2 payload rewrite --build --remove

ok "a configuration that is named must exist" fails_with 1 virt-payload --config-file "$tap_dir/none" render "$xml"

done_testing
