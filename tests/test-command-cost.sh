#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the command costs if it needs no connection: libvirt, nine tenths of the price of a subcommand that
# loads it, is loaded when the first connection is opened and not before.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/testnode.sh"

stage=${VP_BUILDDIR:?}/tests/stage
command=$stage${VP_SBINDIR:?}/virt-payload
definition=$VP_SRCDIR/tests/data/command/web1.xml
printf '[virt-payload]\ndirectory = %s/payload\n' "$tap_dir" >"$tap_dir/conf"
mkdir "$tap_dir/payload"
chmod 711 "$tap_dir/payload"
node_guest shutoff "$definition"

run()
{
    "$command" --config-file "$tap_dir/conf" "$@"
}

# libvirt ARGUMENT...: "loaded" or "not loaded", then the exit status
libvirt()
{
    LD_DEBUG=files LD_DEBUG_OUTPUT="$tap_dir/debug" run "$@" >/dev/null 2>&1 <"$definition"
    libvirt_status=$?
    if cat "$tap_dir"/debug.* | grep -q 'calling init: .*/libvirt'; then
        printf 'loaded, exit %s' $libvirt_status
    else
        printf 'not loaded, exit %s' $libvirt_status
    fi
    rm -f "$tap_dir"/debug.*
}

unlike "the command is not linked with libvirt" "$(ldd "$command")" libvirt

is "--help loads no libvirt" "$(libvirt --help)" "not loaded, exit 0"
for subcommand in $(run help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    is "'$subcommand --help' loads no libvirt" "$(libvirt "$subcommand" --help)" "not loaded, exit 0"
done

# --- a file in the place of a guest ----------------------------------------------

run render "$definition" --output "$tap_dir/web1.img"
is "'dump IMAGE' loads no libvirt" "$(libvirt dump "$tap_dir/web1.img")" "not loaded, exit 0"
for subcommand in dump render show validate; do
    is "'$subcommand FILE' loads no libvirt" "$(libvirt "$subcommand" "$definition")" \
        "not loaded, exit 0"
done
is "'rewrite' loads no libvirt" "$(libvirt rewrite)" "not loaded, exit 0"
is "'set -' loads no libvirt" "$(libvirt set - --hostname web9)" "not loaded, exit 0"
is "'unset -' loads no libvirt" "$(libvirt unset - hostname)" "not loaded, exit 0"

# --- a guest ---------------------------------------------------------------------

for subcommand in dump show validate; do
    is "'$subcommand GUEST' loads it" "$(libvirt -c "$node_uri" "$subcommand" web1)" "loaded, exit 0"
done
is "'list' loads it" "$(libvirt -c "$node_uri" list)" "loaded, exit 0"

# --- how often a definition is fetched, which its guest's lock and libvirt's workers pay for -----------------

# fetches ARGUMENT...: how many definitions libvirt was asked for, by its own log
fetches()
{
    LIBVIRT_LOG_FILTERS=1:libvirt LIBVIRT_LOG_OUTPUTS="1:file:$tap_dir/calls" run -c "$node_uri" "$@" \
        >/dev/null 2>"$tap_dir/errors" || sed 's/^/# /' "$tap_dir/errors"
    grep -c ' virDomainGetXMLDesc:' "$tap_dir/calls"
    rm -f "$tap_dir/calls"
}

for subcommand in 'show web1' 'dump web1' 'validate web1' 'list' 'set web1 --timezone UTC' 'unset web1 hostname'; do
    # shellcheck disable=SC2086  # words
    is "'$subcommand' fetches one definition" "$(fetches $subcommand)" 1
done
cp "$definition" "$tap_dir/runs.xml"
sed -i 's|<name>web1|<name>runs|; s|c7a5fdbd|c7a5fdbe|' "$tap_dir/runs.xml"
node_guest running "$tap_dir/runs.xml"
is "'diff GUEST' fetches both of a running guest" "$(fetches diff runs)" 2
is "'list' fetches both of a running guest, one of another" "$(fetches list)" 3

done_testing
