# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of set, unset, show, edit and validate have in common: source it after tap.sh.
#
#   $web1                 a definition with a payload, whose secrets hold "canary"; $plain: one without
#   $keys $key            a file of SSH keys, and the key in it
#   fields_of OPTION...   the fields that set gives to $plain, as show has them
#   field NAME OPTION...  one of them
#   refused CODE OPTION...  set refuses with one line, and writes nothing
#   usage COMMAND...      is an error of usage
# shellcheck disable=SC2034,SC2317  # used by the tests

# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/pty.sh
. "$VP_SRCDIR/tests/lib/pty.sh"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
schema=$VP_SRCDIR/data/metadata.rng
plain=$tap_dir/plain.xml
keys=$tap_dir/keys.pub
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me@laptop'
TMPDIR=$tap_dir
TERM=xterm
export TMPDIR TERM
unset NO_COLOR VISUAL EDITOR

sed -e '/<metadata>/,/<\/metadata>/d' -e "s|<console type='pty'/>|<interface type='user'>\
<mac address='52:54:00:00:00:01'/></interface>|" "$web1" >"$plain"
printf '# mine\n\n%s\n' "$key" >"$keys"
printf 'canary\n' >"$tap_dir/password"

# The fields that set gives to the plain definition, as show has them
fields_of()
{
    virt-payload set - "$@" <"$plain" | virt-payload show -
}

# One field of it: "name value", blanks squeezed
field()
{
    name=$1
    shift
    fields_of "$@" | tr -s ' ' | sed -n "s/^ *$name //p"
}

refused()
{
    code=$1
    shift
    virt-payload set - "$@" <"$plain" >"$tap_dir/out" 2>"$tap_dir/err"
    [ $? = 1 ] && [ ! -s "$tap_dir/out" ] && [ "$(wc -l <"$tap_dir/err")" = 1 ] &&
        grep -q "^virt-payload: web1: .*\[$code\]\$" "$tap_dir/err"
}

usage()
{
    "$@" >"$tap_dir/out" 2>"$tap_dir/err" </dev/null
    [ $? = 2 ]
}
