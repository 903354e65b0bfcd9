#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make check-lint` finds without clang's parser. Other versions of a tool than Debian 12's find other things
# and format otherwise: they are not asked.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

# lint TARGET PROGRAM VERSION NAME
lint()
{
    if ! command -v "$2" >/dev/null; then
        skip "$4" "$2 is not installed"
    elif "$2" --version | grep -q "$3"; then
        ok "$4" make -s -C "${VP_BUILDDIR:?}" "lint-$1"
    fi
}

lint english python3 . "plain English"
lint claims python3 . "every claim of the shell tests has a name of its own, which says what it is about"
lint headers python3 . "no header is included without use, no function declared without a caller"
lint cppcheck cppcheck ' 2\.10' "cppcheck finds nothing"
lint format clang-format ' version 14\.' "every file has the tree's format"

done_testing
