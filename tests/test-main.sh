#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload itself, whatever the command: what is a mistake of usage, which status a run has, and that data goes to
# standard output only and messages to standard error only.
# shellcheck disable=SC2317 # functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
esc=$(printf '\033')
sed -e 's/>web1</>web2</' -e 's/c7a5fdbd/c7a5fdbe/' -e '/<metadata>/,/<\/metadata>/d' "$web1" >"$tap_dir/web2.xml"
node_guest shutoff "$web1" "$tap_dir/web2.xml"

# run ARGUMENT...: sets $status; what was said is in $tap_dir/out and $tap_dir/err
run()
{
    virt-payload "$@" >"$tap_dir/out" 2>"$tap_dir/err" </dev/null
    status=$?
}

# --- mistakes of usage ---

# usage MESSAGE ARGUMENT...: status 2, one line, and nothing is done
usage()
{
    message=$1
    shift
    run "$@"
    is "virt-payload $*: is a mistake of usage" "$status $(cat "$tap_dir/out" "$tap_dir/err")" \
        "2 virt-payload: $message [usage]"
}

usage "no command given; see virt-payload --help"
usage "unknown command ''; see --help" ''
usage "unknown command 'sow'; did you mean show?" sow web1
usage "unknown command 'nonsense'; see --help" nonsense
usage "unknown command 'sow'; did you mean show?" help sow
usage "unknown command 'sow'; did you mean show?" --help sow
usage "unknown command '\\x1b[2J'; see --help" "${esc}[2J"
usage "unknown option --hlep; did you mean --help?" --hlep
usage "unknown option --hlep; did you mean --help?" show --hlep
usage "unknown option --nonsense" show -h --nonsense
usage "unknown option -Z" show -jZ web1
usage "unknown option -?" show "-$esc"
usage "--json takes no value" show --json=1 web1
usage "missing argument for --connect" show web1 --connect
usage "missing argument for -c" -c
usage "show: too few arguments: it takes GUEST|UUID|ID|XML|-" show
usage "show: too many arguments: it takes GUEST|UUID|ID|XML|-" show web1 web2
usage "list: too many arguments: it takes none" list web1
usage "show: too few arguments: it takes GUEST|UUID|ID|XML|-" -- show

# --- help and version ---

# answers NAME REGEX ARGUMENT...: status 0, on standard output only
answers()
{
    name=$1 regex=$2
    shift 2
    run "$@"
    is "$name: its status, and no message" "$status $(cat "$tap_dir/err")" "0 "
    like "$name: what is shown" "$(head -n 1 "$tap_dir/out")" "$regex"
}

answers "--version" '^virt-payload [0-9.]+$' --version
answers "-V before an unknown command" '^virt-payload [0-9.]+$' -V nonsense
answers "help help" '^Usage: virt-payload \[OPTION\.\.\.\] COMMAND ' help help
answers "--help COMMAND" '^Usage: virt-payload show ' --help show
answers "COMMAND -h without its arguments" '^Usage: virt-payload show ' show -h

# --- the status ---

# ends STATUS ERROR ARGUMENT...: the error, by its name, is "" if there is none
ends()
{
    wanted=$1 error=$2
    shift 2
    run "$@"
    is "virt-payload $*: its status and error" "$status $(sed -n 's/^virt-payload: .*\[\([a-z-]*\)\]$/\1/p' "$tap_dir/err")" \
        "$wanted $error"
}

ends 0 '' show "$web1"
ends 1 not-found show "$tap_dir/web2.xml"
ends 1 not-found show -c "$node_uri" none
ends 1 libvirt show -c nonsense:///x web1
ends 2 not-found diff -c "$node_uri" none
ends 2 usage diff web1 --nonsense
ends 1 failed --config-file=/nonexistent show "$web1"
echo 'nonsense' >"$tap_dir/conf"
ends 1 config --config-file "$tap_dir/conf" show "$web1"

# --- one guest after the other ---

run set -c "$node_uri" web1 none web2 --timezone UTC --no-drive
is "a guest of several that is not there: the status, and nothing is done" "$status $(cat "$tap_dir/out")" "1 "
like "  its name is in the message" "$(cat "$tap_dir/err")" '^virt-payload: none: .*\[not-found\]$'

# --- output that cannot be written ---

# full ARGUMENT...: standard output is a full disk
full()
{
    virt-payload "$@" >/dev/full 2>"$tap_dir/err"
    echo "$? $(cat "$tap_dir/err")"
}

no_space='virt-payload: standard output: No space left on device [failed]'
is "a full disk: the help fails" "$(full --help)" "1 $no_space"
is "a full disk: data fails" "$(full show "$web1")" "1 $no_space"
is "a full disk: JSON fails" "$(full show --json "$web1")" "1 $no_space"
is "a full disk: another error keeps its status" "$(full diff -c "$node_uri" none | head -c 2)" "2 "
is "a reader that has gone: nothing is said" "$({ virt-payload dump "$web1" 2>&3 | :; } 3>&1)" ""
is "standard output that is closed: the data fails" \
    "$(virt-payload show "$web1" 2>&1 >&- </dev/null | sed 's/.*\[/[/')" "[failed]"

# --- no arguments at all ---

if command -v python3 >/dev/null; then
    is "a run without any argument, not even a name: a mistake of usage" "$(python3 -c '
import ctypes, os, sys
pid = os.fork()
if pid == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.execve(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None), (ctypes.c_char_p * 1)(None))
    os._exit(99)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$VP_BUILDDIR/virt-payload" 2>/dev/null)" 2
else
    skip "a run without any argument, not even a name" "no python3"
fi

done_testing
