#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the hook costs a guest that is not ours, counted and not timed: the libraries that are loaded, the
# system calls and the instructions above an empty program's.

# shellcheck disable=SC2317  # functions are run by ok and not_ok

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

stage=${VP_BUILDDIR:?}/tests/stage
hook=$stage${VP_SBINDIR:?}/virt-payload-hook
core=$stage${VP_PKGLIBDIR:?}/virt-payload-core.so
empty=$VP_BUILDDIR/tests/bench/empty
data=$VP_SRCDIR/tests/data/hook

sed 's/urn:virt-payload:1/urn:another:1/' "$data/prepare.xml" >"$tap_dir/other.xml"
sed 's/urn:virt-payload:1/urn:another:1/' "$data/release.xml" >"$tap_dir/other-release.xml"

# --- libraries ----------------------------------------------------------------

needed()
{
    ldd "$1" | sed 's/^[[:space:]]*//; s/ .*//; s|.*/||' | grep -v -e '^linux-' -e '^ld-' | sort
}

sanitized()
{
    needed "$1" | grep -q -e '^libasan' -e '^libubsan'
}

if sanitized "$hook"; then
    skip_all "sanitizers load libraries and count instructions of their own"
fi
is "the hook's front end links only libc" "$(needed "$hook" | grep -v '^libdl')" libc.so.6
unlike "the core is linked with no libvirt, gio or archive library" "$(needed "$core")" \
    '^lib(virt|gio|gobject|archive|isofs|curl|gnutls|ssl)'

loaded()
{
    LD_DEBUG=libs "$hook" "$@" - 2>&1 | sed -n 's/.*calling init: //p' | sed 's|.*/||' |
        grep -v '^ld-' | sort | tr '\n' ' '
}

is "a guest that is not ours loads only libc" "$(loaded web1 prepare begin <"$tap_dir/other.xml")" \
    "libc.so.6 "
is "  its release loads only libc" "$(loaded web1 release end <"$tap_dir/other-release.xml")" "libc.so.6 "
is "  an operation that is not ours" "$(loaded web1 stopped end <"$data/release.xml")" "libc.so.6 "

# --- system calls ----------------------------------------------------------------

calls()
{
    strace -o "$tap_dir/calls" "$@" && wc -l <"$tap_dir/calls"
}

# above COMMAND...: how many more system calls than the empty program
above()
{
    echo $(($(calls "$@") - $(calls "$empty")))
}

if strace -o /dev/null true 2>/dev/null; then
    is "an operation that is not ours makes no system call of its own" \
        "$(above "$hook" web1 stopped end - <"$data/release.xml")" 0
    is "a guest that is not ours costs four: time limit, input and its end" \
        "$(above "$hook" web1 prepare begin - <"$tap_dir/other.xml")" 4
    is "  its release costs two more: whether there is an image, and whose hook this is" \
        "$(above "$hook" web1 release end - <"$tap_dir/other-release.xml")" 6
else
    skip "system calls" "strace does not work here"
fi

# --- instructions -----------------------------------------------------------------

instructions()
{
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 |
        sed -n 's/.*Collected : //p'
}

# at_most NAME INSTRUCTIONS COMMAND...: above the empty program
at_most()
{
    name=$1 limit=$2
    shift 2
    more=$(($(instructions "$@") - floor))
    diag "$more instructions above the empty program's $floor"
    ok "$name: at most $limit more" test "$more" -le "$limit"
}

if valgrind --tool=callgrind --callgrind-out-file=/dev/null true >/dev/null 2>&1; then
    floor=$(instructions "$empty")
    # most of them look libc's functions up, and all at once, so that no address can be changed afterwards
    at_most "an operation that is not ours" 13000 \
        "$hook" web1 stopped end - <"$data/release.xml"
    at_most "a guest that is not ours" 20000 "$hook" web1 prepare begin - <"$tap_dir/other.xml"
    at_most "its release, which looks for its image, too" 23000 "$hook" web1 release end - <"$tap_dir/other-release.xml"
else
    skip "instructions" "valgrind does not work here"
fi

done_testing
