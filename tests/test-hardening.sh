#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What runs as root on others' input is built to make a fault in it hard to use, whatever the
# distribution's own flags: configure asks for it.

# shellcheck disable=SC2317  # functions are run by ok and not_ok

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v readelf >/dev/null || skip_all "readelf is not installed"

stage=${VP_BUILDDIR:?}/tests/stage
hook=$stage${VP_SBINDIR:?}/virt-payload-hook
command=$stage$VP_SBINDIR/virt-payload
core=$stage${VP_PKGLIBDIR:?}/virt-payload-core.so

if readelf -dW "$hook" | grep -q -e 'libasan' -e 'libubsan'; then
    skip_all "a build with sanitizers is hardened in its own way"
fi

# has FILE PATTERN OPTION...: what readelf says of it
has()
{
    file=$1 pattern=$2
    shift 2
    readelf -W "$@" "$file" | grep -Eq "$pattern"
}

stack_is_no_code()
{
    has "$1" 'GNU_STACK .* RW ' -l
}

for program in "$hook" "$command"; do
    name=${program##*/}
    ok "$name: is position-independent" has "$program" '^ *Type: *DYN ' -h
    ok "$name: says so" has "$program" 'FLAGS_1.*PIE' -d
done
for file in "$hook" "$command" "$core"; do
    name=${file##*/}
    ok "$name: addresses of functions are read-only" has "$file" GNU_RELRO -l
    ok "$name: all looked up before it runs" has "$file" 'FLAGS.*NOW' -d
    ok "$name: the stack is not executable" stack_is_no_code "$file"
    not_ok "$name: code is read-only" has "$file" 'TEXTREL' -d
    not_ok "$name: no library is looked for beside it" has "$file" '\((RPATH|RUNPATH)\)' -d
done
# A front this small may have no array to guard.
for file in "$command" "$core"; do
    name=${file##*/}
    ok "$name: its stack is guarded" has "$file" '__stack_chk_fail' --dyn-syms
done
# as CFLAGS without -O have no such checks
if grep -q 'VP_CFLAGS = .*FORTIFY_SOURCE' "$VP_BUILDDIR/Makefile"; then
    ok "virt-payload-core.so: its buffers are checked by libc" has "$core" '__[a-z_]+_chk@' --dyn-syms
fi
# An x86 processor that enforces it lets no jump land elsewhere. libc's own start files may lack this, so
# that the program's note does too.
landing_pads()
{
    objdump -d "$core" | grep -q endbr64
}

if [ "$(uname -m)" = x86_64 ]; then
    ok "virt-payload-core.so: indirect jumps land on marked places" landing_pads
fi

done_testing
