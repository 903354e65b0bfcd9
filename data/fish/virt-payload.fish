# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of virt-payload for fish, from the program's own help; guests come from virsh.

function __virt_payload_help
    set -l program (commandline -opc)[1]
    test -n "$program"; and command $program help $argv 2>/dev/null
end

function __virt_payload_commands
    __virt_payload_help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) *\(.*\)/\1\t\2/p'
    printf 'help\tshow the commands, or the options of one\n'
end

# An option a line: name, letter, what its value is, summary; separated by tabs, "-" for what it lacks
function __virt_payload_options
    __virt_payload_help $argv | awk '
        function out() { if (name) print name "\t" letter "\t" value "\t" text; name = "" }
        /^Options:/ { on = 1; next }
        !NF { on = 0 }
        !on { next }
        /^  ....--/ {
            out()
            rest = substr($0, 7)
            word = name = rest
            sub(/ .*/, "", word)
            sub(/[ =].*/, "", name)
            letter = substr($0, 3, 1) == "-" ? substr($0, 3, 2) : "-"
            value = word == name ? "-" : substr(word, length(name) + 2)
            text = substr(rest, length(word) + 1)
            sub(/^ +/, "", text)
            next
        }
        { sub(/^ +/, ""); text = text (text ? " " : "") $0 }
        END { out() }'
end

# What the option's value is; empty if it takes none
function __virt_payload_value
    __virt_payload_options $argv[2..] |
        awk -F '\t' -v given=$argv[1] '($1 == given || $2 == given) && $3 != "-" { print $3 }'
end

function __virt_payload_option_words
    __virt_payload_options $argv | awk -F '\t' '
        { print $1 ($3 == "-" ? "" : "=") "\t" $4 }
        $2 != "-" { print $2 "\t" $4 }'
end

# What the command's argument NUMBER is, counted from 1, as in its usage: "GUEST|UUID|ID"
function __virt_payload_argument -a name number
    set -l usage (__virt_payload_help $name |
        sed -n '1{s/.*\[OPTION\.\.\.\]//;s/[][]//g;s/ | / /g;s/ --[a-z-]*//g;p;}' | string split -n ' ')
    if set -q usage[$number]
        echo $usage[$number]
    else if string match -q '*...*' -- $usage[-1]
        echo $usage[-1]
    end
end

function __virt_payload_profiles -a conf
    test -n "$conf"; or set conf /etc/virt-payload.conf
    set -l directory (sed -n 's/^ *profiles-directory *= *//p' $conf 2>/dev/null)
    test -n "$directory"; or set directory /etc/virt-payload/profiles
    for file in $directory/*.xml
        basename $file .xml
    end
end

# The fields that the guest has, as unset names them: "hostname", "user=op", "user=op/ssh-key"
function __virt_payload_fields
    command $argv 2>/dev/null </dev/null | awk '
        /^[a-z]/ { print $1; user = $1 == "user" ? $1 "=" $2 : "" }
        /^[a-z]/ && user { print user }
        /^  [a-z]/ && user { print user "/" $1 }' | sort -u
end

# The candidates for what is typed on the line; a value after '=' comes with its option.
function __virt_payload_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -l name
    set -l kind
    set -l option
    set -l uri
    set -l conf
    set -l arguments

    for word in $words[2..]
        if test -z "$kind"; and string match -qr -- '^-.' $word
            set option (string replace -r '=.*' '' -- $word)
            set kind (__virt_payload_value $option $name)
            string match -q -- '--*=*' $word; or continue
            set word (string replace -r '^[^=]*=' '' -- $word)
        else if test -z "$kind$name"
            set name $word
        else if test -z "$kind"
            set -a arguments $word
        end
        switch "$kind:$option"
            case 'URI:*'
                set uri -c $word
                set -a program --connect $word
            case 'FILE:--config-file'
                set conf $word
                set -a program --config-file $word
        end
        set kind
    end

    set -l prefix ''
    if test -n "$kind"
        # the word before takes this one as its value
    else if string match -q -- '--*=*' $current
        set prefix (string replace -r '=.*' '=' -- $current)
        set kind (__virt_payload_value (string replace -r '=.*' '' -- $current) $name)
        set current (string replace -r '^[^=]*=' '' -- $current)
    else if string match -q -- '-*' $current
        __virt_payload_option_words $name
        return
    else if contains -- "$name" '' help
        __virt_payload_commands
        return
    else
        set kind (__virt_payload_argument $name (math (count $arguments) + 1))
    end

    for one in (string split -n '|' -- $kind)
        set -l before $prefix
        set -l candidates
        switch $one
            case 'GUEST*'
                set candidates (virsh -q -r $uri list --all --name 2>/dev/null)
            case 'FILE*' XML IMAGE SEED USER-DATA META-DATA
                set candidates (__fish_complete_path $current)
            case PATH=FILE
                if string match -q '*=*' -- $current
                    set before $prefix(string replace -r '=.*' '=' -- $current)
                    set candidates (__fish_complete_path (string replace -r '^[^=]*=' '' -- $current))
                end
            case DIR
                set candidates (__fish_complete_directories $current)
            case URI
                set candidates qemu:///system qemu:///session
            case PROFILE
                set candidates (__virt_payload_profiles $conf)
            case 'FIELD*'
                set -q arguments[1]; and set candidates (__virt_payload_fields $program show -- $arguments[1])
            case PATH
                if test "$name" = dump; and set -q arguments[1]
                    set candidates (command $program dump --list -- $arguments[1] 2>/dev/null </dev/null)
                end
            case '*'
                string match -qr '^[a-z]' -- $one; and set candidates $one
        end
        set -q candidates[1]; and printf '%s\n' $before$candidates
    end
end

complete -c virt-payload -f -a '(__virt_payload_complete)'
