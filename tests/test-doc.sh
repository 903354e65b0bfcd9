#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the pages of the project say is there: commands and options, targets, tests, pages, modules; and their
# pictures are what they were made of.
# shellcheck disable=SC2016,SC2317  # backquotes of Markdown; functions that ok runs

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

PATH=${VP_BUILDDIR:?}:$PATH
makefile=${tap_dir:?}/makefile
find "$VP_SRCDIR" \( -name Makefile.am -o -name '*.mk' \) -exec cat {} + >"$makefile"

# The pieces of a page that are code, one per line: `spans`, and lines that are indented, without a prompt
code()
{
    grep -o '`[^`]*`' "$1" | tr -d '`'
    sed -n 's/^    \([#$] \)\{0,1\}//p' "$1"
}

# Those that run PROGRAM WORD..., from the program on; a pipe's further commands are lines of their own
runs_of()
{
    code "$1" | tr '|' '\n' | sed 's/^ *\(sudo \)\{0,1\}//' | grep -E "^$2 +[a-z]" | sort -u
}

# COMMAND's help, asked for once
has_command()
{
    [ -e "$tap_dir/help-$1" ] || virt-payload help "$1" >"$tap_dir/help-$1" || rm "$tap_dir/help-$1"
    [ -e "$tap_dir/help-$1" ]
}

has_option()
{
    grep -Eq -e "$2([=, ]|\$)" "$tap_dir/help-$1"
}

for page in "$VP_SRCDIR"/*.md "$VP_SRCDIR"/doc/*.md; do
    name=${page#"$VP_SRCDIR"/}
    directory=$(dirname "$page")
    runs_of "$page" virt-payload >"$tap_dir/runs"
    while read -r _ command words; do
        ok "$name: virt-payload $command" has_command "$command"
        for option in $(printf '%s\n' "$words" | grep -oE -e '(^| )--[a-z-]+' | sort -u); do
            ok "$name: virt-payload $command $option" has_option "$command" "$option"
        done
    done <"$tap_dir/runs"
    for target in $(runs_of "$page" make | sed -n 's/^make \([a-z][a-z-]*\)\( .*\)\{0,1\}$/\1/p' | sort -u); do
        case $target in
            check | install | uninstall | dist) continue ;;
        esac
        ok "$name: make $target" grep -q "^$target:" "$makefile"
    done
    for mode in $(runs_of "$page" '\./bootstrap' | sed 's|^\./bootstrap \([a-z]*\).*|\1|' | sort -u); do
        ok "$name: ./bootstrap $mode" grep -q "^    $mode)\|'$mode" "$VP_SRCDIR/bootstrap"
    done
    # shellcheck disable=SC2013  # names have no blanks
    for test in $(grep -o 'test-[a-z0-9-]*\.sh' "$page" | sort -u); do
        ok "$name names $test, which is run" grep -q "tests/$test" "$makefile"
    done
    for link in $(grep -o '\](\([^)#]*\))' "$page" | tr -d '()]' | grep -v : | sort -u); do
        ok "$name links to $link" test -s "$directory/$link"
    done
done

like "README says how to try it without installing" \
    "$(sed -n '/^## Try it/,/^## What/p' "$VP_SRCDIR/README.md" | grep bootstrap | tr '\n' ' ')" \
    '^    sudo \./bootstrap demo .*    sudo \./bootstrap check'

# --- tables

rows=$(grep -c '^| [^-]' "$VP_SRCDIR/doc/lifecycle.md")
proven=$(grep -c '^| .*`test-.*\.sh` |$' "$VP_SRCDIR/doc/lifecycle.md")
is "every row of the lifecycle names its test" $((rows - 1)) "$proven"

threats=$VP_SRCDIR/doc/threats.md
covered=$(sed -n 's/^| \([0-9–]*\) |.*/\1/p' "$threats" | sed 's/^\([0-9]*\)$/\1–\1/' | tr – ' ' |
    while read -r first last; do seq "$first" "$last"; done)
is "no threat is listed twice" "$(echo "$covered" | sort -n | uniq -d)" ""
is "no threat is left out" "$(echo "$covered" | sort -n | head -n 70)" "$(seq 70)"
for name in $(grep -o '`[a-z/-]*\.\(sh\|py\|c\)`' "$threats" | tr -d '`' | sort -u); do
    ok "threats.md names $name, which exists" test -e "$VP_SRCDIR/tests/$name" -o -e "$VP_SRCDIR/tests/fuzz/$name"
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

words=$(sed -n '/^| VmInit/,$p' "$VP_SRCDIR/doc/vdsm.md" | cut -d '|' -f 3- | grep -o '`[a-z][a-z0-9-]*`' | tr -d '`' | sort -u)
like "oVirt's fields are listed" "$words" '^machine-object-ou$'
for word in $words; do
    ok "  our $word is in the vocabulary" grep -q "name=\"$word\"" "$VP_SRCDIR/data/metadata.rng"
done

mapped=$(sed -n '/^## Map of src/,/^## /s/^| `\([a-z]*\)\/` |.*/\1/p' "$VP_SRCDIR/HACKING.md" | sort)
is "HACKING's map has every folder of src/, and no other" "$mapped" "$(cd "$VP_SRCDIR/src" && printf '%s\n' */ | tr -d / | sort)"

# --- pictures

if command -v xmllint >/dev/null; then
    for picture in "$VP_SRCDIR"/doc/*.svg; do
        ok "${picture##*/} is XML" xmllint --noout "$picture"
    done
else
    skip "pictures are XML" "no xmllint"
fi
"$VP_SRCDIR/doc/cast-to-svg" "$VP_SRCDIR/doc/session.cast" >"$tap_dir/session.svg"
ok "session.svg is made of session.cast" cmp "$tap_dir/session.svg" "$VP_SRCDIR/doc/session.svg"
like "  shows README's commands" "$(cat "$VP_SRCDIR/doc/session.svg")" \
    'virt-payload set web1 --hostname web1.example.com --ssh-key ~/.ssh/id_ed25519.pub'

done_testing
