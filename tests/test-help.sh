#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, man page and completions: all say the same, and none lacks a command or an option.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"

PATH=${VP_BUILDDIR:?}:$PATH
man_page=$VP_SRCDIR/man/virt-payload.1
data=$VP_SRCDIR/data

commands()
{
    virt-payload help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# COMMAND's own options, one per line; the global ones left out
help_options()
{
    virt-payload help "$1" | sed -n '/^Options:/,$s/^  ....\(--[a-z0-9-]*\).*/\1/p' |
        grep -vxe --connect -e --help | sort
}

# The same of the man page: the tags of the command's section
man_options()
{
    sed -n '/^\.SH COMMANDS/,/^\.SH "EXIT/p' "$man_page" | tr -d '"\134' |
        awk -v command="$1" '$1 == ".SS" { here = $2 == command }
            here && /^\.T[PQ]/ { getline; gsub(/[",=]/, " "); for (i = 1; i <= NF; i++)
                if ($i ~ /^--[a-z0-9-]+$/) print $i }' | sort
}

man_commands()
{
    sed -n '/^\.SH COMMANDS/,/^\.SH "EXIT/s/^\.SS "\{0,1\}\([a-z-]*\).*/\1/p' "$man_page" | sort
}

# What bash would offer after the words given, one per line
complete_words()
{
    bash -c '
        . "$1/bash-completion/virt-payload"
        shift
        COMP_LINE="$*" COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        COMP_POINT=${#COMP_LINE}
        compopt() { :; }
        _virt_payload
        printf "%s\n" "${COMPREPLY[@]}"' bash "$data" "$@" 2>&1
}

long_options()
{
    grep -e '^--' | tr -d = | grep -vxe --connect -e --help | sort
}

too_wide()
{
    awk 'length($0) > 80'
}

like "help names the commands" "$(virt-payload --help)" '^  dump  +show '
is "help and --help are the same" "$(virt-payload help)" "$(virt-payload --help)"
is "help fits 80 columns" "$(virt-payload help | too_wide)" ""
is "the man page has every command and no other" "$(man_commands)" "$(commands | sort)"
is "bash completes the commands" "$(complete_words virt-payload '' | sort)" \
    "$({ commands; echo help; } | sort)"

for command in $(commands); do
    is "$command: help fits 80 columns" "$(virt-payload help "$command" | too_wide)" ""
    is "$command: help COMMAND and COMMAND --help are the same" \
        "$(virt-payload help "$command")" "$(virt-payload "$command" --help)"
    is "$command: the man page has every option and no other" \
        "$(man_options "$command")" "$(help_options "$command")"
    is "$command: bash completes every option and no other" \
        "$(complete_words virt-payload "$command" -- | long_options)" "$(help_options "$command")"
done

done_testing
