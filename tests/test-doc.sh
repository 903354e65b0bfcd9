#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The pages in doc/ name tests that are there and run, and pages that are there.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

for page in "$VP_SRCDIR"/doc/*.md; do
    # shellcheck disable=SC2013  # names have no blanks
    for name in $(grep -o 'test-[a-z0-9-]*\.sh' "$page" | sort -u); do
        ok "${page##*/} names $name, which is run" grep -q "tests/$name" "$VP_SRCDIR/Makefile.am"
    done
    for name in $(grep -o '([a-z]*\.md)' "$page" | tr -d '()' | sort -u); do
        ok "${page##*/} links to $name" test -s "$VP_SRCDIR/doc/$name"
    done
done
rows=$(grep -c '^| [^-]' "$VP_SRCDIR/doc/lifecycle.md")
# shellcheck disable=SC2016  # backquotes of Markdown
proven=$(grep -c '^| .*`test-.*\.sh` |$' "$VP_SRCDIR/doc/lifecycle.md")
is "every row of the lifecycle names its test" $((rows - 1)) "$proven"

threats=$VP_SRCDIR/doc/threats.md
covered=$(sed -n 's/^| \([0-9–]*\) |.*/\1/p' "$threats" | sed 's/^\([0-9]*\)$/\1–\1/' | tr – ' ' |
    while read -r first last; do seq "$first" "$last"; done)
is "no threat is left out" "$covered" "$(seq 70)"
# shellcheck disable=SC2016  # backquotes of Markdown
for name in $(grep -o '`[a-z-]*\.\(sh\|py\|c\)`' "$threats" | tr -d '`' | sort -u); do
    is "threats.md names $name, which is there" "$(cd "$VP_SRCDIR/tests" && find . fuzz -maxdepth 1 -name "$name" | wc -l)" 1
done
# threats FILE: the numbers of those that it is to show
threats()
{
    sed -n "s/^| \([0-9–]*\) |.*${1}.*/\1/p" "$threats" | sed 's/^\([0-9]*\)$/\1–\1/' | tr – ' ' |
        while read -r first last; do seq "$first" "$last"; done
}
for number in $(threats test-threats.py); do
    ok "test-threats.py shows threat $number" grep -q "\"${number}[\":]" "$VP_SRCDIR/tests/test-threats.py"
done

# shellcheck disable=SC2016  # backquotes of Markdown
words=$(sed -n '/^| VmInit/,$p' "$VP_SRCDIR/doc/vdsm.md" | cut -d '|' -f 3- | grep -o '`[a-z][a-z0-9-]*`' | tr -d '`' | sort -u)
like "oVirt's fields are listed" "$words" '^machine-object-ou$'
for word in $words; do
    ok "and our $word is in the vocabulary" grep -q "name=\"$word\"" "$VP_SRCDIR/data/metadata.rng"
done
done_testing
