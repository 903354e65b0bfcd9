#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The checks of `make check-lint` report what they are for: each is given a small tree with planted faults, and
# the same tree without. Whether this tree is free of them is for test-lint.sh.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

tree=$tap_dir/tree
mkdir -p "$tree/src/base" "$tree/hooks" "$tree/tests"
cp "$VP_SRCDIR/.clang-format" "$tree"
cp "$VP_SRCDIR/tests/english.txt" "$VP_SRCDIR/tests/null.clang-query" "$tree/tests"

# plant FILE, its text on stdin
plant()
{
    cat >"$tree/$1"
}

# what "make lint-TARGET" says of the planted tree; make itself adds a line if it fails
lint()
{
    make -s -C "${VP_BUILDDIR:?}" "lint-$1" lint_srcdir="$tree" 2>&1
}

# needs PROGRAM VERSION NAME: other versions find other things
needs()
{
    command -v "$1" >/dev/null && "$1" --version | grep -q "$2" && return
    skip "$3" "$1 is not installed, or is of another version"
    return 1
}

# --- a clean tree

plant src/base/thing.h <<'C'
/* A thing. */
#pragma once
#include <glib.h>
#include <stdio.h> /* for those who print one */

int vp_thing_count(const char *name);
void vp_thing_free(gchar *name);
C
plant src/base/thing.c <<'C'
/* A thing. */
#include "base/thing.h"

#include <string.h>

int
vp_thing_count(const char *name)
{
    return name == NULL ? 0 : (int)strlen(name);
}

void
vp_thing_free(char *name)
{
    g_free(name);
}
C
plant hooks/main.c <<'C'
/* A program. */
#include "base/thing.h"

int
main(void)
{
    char *name = g_strdup("name");
    int count = vp_thing_count(name);

    vp_thing_free(name);
    return count;
}
C
for target in english claims headers cppcheck format null; do
    case $target in
        claims) needs python3 . "lint-claims: accepts a clean tree" || continue ;;
        headers) needs python3 . "lint-headers: accepts a clean tree" || continue ;;
        english) needs python3 . "lint-english: accepts a clean tree" || continue ;;
        cppcheck) needs cppcheck ' 2\.10' "lint-cppcheck: accepts a clean tree" || continue ;;
        format) needs clang-format ' version 14\.' "lint-format: accepts a clean tree" || continue ;;
        null) needs clang-query . "lint-null: accepts a clean tree" || continue ;;
    esac
    is "lint-$target: accepts a clean tree" "$(lint "$target")" ""
done

# --- claims

if needs python3 . "lint-claims: planted faults"; then
    cp "$VP_SRCDIR/tests/data/claims/planted.txt" "$tree/tests/test-claims.sh"
    printf 'ok "and of no shell" True
' >"$tree/tests/check-python"
    is "lint-claims: reports each planted fault, and nothing else" "$(lint claims | grep -v '^make: ')" \
        "tests/test-claims.sh:5: 'and its owner' does not begin with what it is about
tests/test-claims.sh:6: 'is not a subject' does not begin with what it is about
tests/test-claims.sh:14: '\$1: starts' is also the name of the claim on line 12
tests/test-claims.sh:19: '82-84: it stops' does not begin with what it is about
tests/test-claims.sh:21: 'nothing is left' is also the name of the claim on line 8"
    like "lint-claims: fails on planted faults" "$(lint claims)" '^make: .* Error 1$'
    rm "$tree"/tests/test-claims.sh "$tree"/tests/check-python
fi

# --- includes and declarations

if needs python3 . "lint-headers: planted faults"; then
    plant src/base/other.h <<'C'
/* Another thing. */
#pragma once
#include <stdint.h>

int vp_other_idle(void);
int vp_other_tested(void);
int vp_other_twice(void);
int vp_other_twice(void);
C
    plant src/base/other.c <<'C'
/* Another thing. */
#include "base/other.h"

#include <errno.h>

#include "base/thing.h"

int
vp_other_idle(void)
{
    return 0;
}

int
vp_other_tested(void)
{
    return vp_other_idle();
}

int
vp_other_twice(void)
{
    return vp_other_idle();
}
C
    plant tests/test-other.c <<'C'
/* Tests of it; "errno" and vp_thing_count() in a comment do not use a header. */
#include <errno.h>

#include "base/other.h"

int
main(void)
{
    return vp_other_tested() + vp_other_twice();
}
C
    said=$(lint headers)
    like "lint-headers: fails on planted faults" "$said" '^make: .* Error 1$'
    while read -r line; do
        like "lint-headers: reports $line" "$said" "^$tree/$(echo "$line" | sed 's/[()]/\\&/g')\$"
    done <<'L'
src/base/other.c:4: uses nothing of errno.h
src/base/other.c:6: uses nothing of base/thing.h
src/base/other.h:3: uses nothing of stdint.h
tests/test-other.c:2: uses nothing of errno.h
src/base/other.h:5: only its own file uses vp_other_idle()
src/base/other.h:6: only tests use vp_other_tested()
src/base/other.h:8: vp_other_twice() is declared twice
L
    is "lint-headers: reports nothing else" "$(echo "$said" | grep -c "^$tree/")" 7
    rm "$tree"/src/base/other.[ch] "$tree/tests/test-other.c"
fi

# --- English

if needs python3 . "lint-english: planted turns of phrase"; then
    data=$VP_SRCDIR/tests/data/english
    cp "$data/plain.md" "$tree"
    is "lint-english: accepts plain English, code and examples" "$(lint english)" ""

    cp "$data/planted.md" "$tree"
    said=$(lint english)
    like "lint-english: fails on planted turns of phrase" "$said" '^make: .* Error 1$'
    number=0
    while read -r sentence; do
        number=$((number + 1))
        like "lint-english: reports '$sentence'" "$said" "^planted.md:$number: "
    done <"$data/planted.md"
    is "lint-english: reports each row of its list" "$(echo "$said" | grep -c '^check-english: ')" \
        "$(grep -c "^[0-9]" "$tree/tests/english.txt")"
    rm "$tree"/*.md

    # the first of them in each kind of file
    verb=$(head -n 1 "$data/planted.md" | cut -d ' ' -f 3)
    for file in src/a.c src/a.h tests/a.py tests/a.sh hooks/a.mk tests/a.1; do
        case $file in
            *.[ch]) text="/* It
 * $verb here. */" ;;
            *.1) text=".\\\" It $verb here." ;;
            *) text="# It $verb here." ;;
        esac
        printf '%s\n' "$text" >"$tree/$file"
        like "lint-english: reads ${file#*/}" "$(lint english)" "^$file:[12]: $verb"
        rm "$tree/$file"
    done
    printf 'static const char *text = "it "\n    "%s here";\nint %s;\n' "$verb" "$verb" >"$tree/src/a.c"
    is "lint-english: reads a message over two lines, and no code" "$(lint english | grep -c '^src/a.c:')" 1
    rm "$tree/src/a.c"
fi

# --- the tools

if needs cppcheck ' 2\.10' "lint-cppcheck: planted fault"; then
    plant src/base/fault.c <<'C'
/* A planted fault. */
int vp_fault(void);

int
vp_fault(void)
{
    int values[2] = {0, 1};

    return values[2];
}
C
    like "lint-cppcheck: reports an index out of bounds" "$(lint cppcheck)" 'fault\.c:9:.* error: .*out of bounds'
    rm "$tree/src/base/fault.c"
fi

if needs clang-format ' version 14\.' "lint-format: planted fault"; then
    printf '/* A planted fault. */\nint  vp_fault( void );\n' >"$tree/src/base/fault.h"
    like "lint-format: reports blanks" "$(lint format)" 'src/base/fault\.h:2:.* code should be clang-formatted'
    rm "$tree/src/base/fault.h"
fi

if needs clang-query . "lint-null: planted fault"; then
    plant src/base/fault.c <<'C'
/* Planted faults. */
int vp_fault(const char *text, const char *other);

int
vp_fault(const char *text, const char *other)
{
    if (text)
        return 1;
    while (!other)
        return 2;
    for (; text && other != 0;)
        return 3;
    return other ? 4 : 5;
}
C
    said=$(lint null)
    for line in 7 9 11 13; do
        like "lint-null: reports line $line, a pointer that is not compared" "$said" "src/base/fault\.c:$line:"
    done
    like "lint-null: says what to do" "$said" '^check-lint: compare these pointers with NULL$'
    rm "$tree/src/base/fault.c"
fi

done_testing
