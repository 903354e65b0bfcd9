#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion in bash, zsh and fish: the same lines give the same candidates in each, guests and their fields
# included.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"

PATH=${VP_BUILDDIR:?}:$PATH
HOME=$tap_dir
unset CDPATH
data=$VP_SRCDIR/data
web1=$VP_SRCDIR/tests/data/command/web1.xml
conf=$tap_dir/virt-payload.conf

node_guest running "$web1"
sed -e 's/>web1</>db1</' -e 's/c7a5fdbd/c7a5fdba/' "$web1" >"$tap_dir/db1.xml"
node_guest shutoff "$tap_dir/db1.xml"
cd "$tap_dir" || exit 99
mkdir profiles files files/sub
touch profiles/berlin.xml profiles/vienna.xml files/seed.iso files/user-data
printf '[virt-payload]\nprofiles-directory = %s/profiles\n' "$tap_dir" >"$conf"
cd files || exit 99

# Each prints the whole words that its shell would offer for the line, one per line.

in_bash()
{
    bash -c '
        . "$1"
        line=$2
        compopt() { :; }
        complete -p virt-payload >/dev/null || exit
        # as readline splits it: at blanks, and before and after ":" and "="
        rest=$line
        while [[ $rest ]]; do
            case $rest in
                [[:blank:]]*) rest=${rest#?}; [[ $rest ]] || COMP_WORDS+=("") ;;
                [:=]*) word=${rest%%[^:=]*} COMP_WORDS+=("$word") rest=${rest#"$word"} ;;
                *) word=${rest%%[:=[:blank:]]*} COMP_WORDS+=("$word") rest=${rest#"$word"} ;;
            esac
        done
        COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _virt_payload
        last=${COMP_WORDS[COMP_CWORD]}
        [[ $last != *[:=] ]] || last=
        whole=${line##*[[:blank:]]}
        for word in "${COMPREPLY[@]}"; do
            echo "${whole%"$last"}$word"
        done' bash "$data/bash-completion/virt-payload" "$1" 2>&1
}

in_fish()
{
    # shellcheck disable=SC2016 # for fish
    fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$data/fish/virt-payload.fish" "$1" 2>&1 | cut -f 1
}

# What zsh shows after a tab. If there is one candidate, its line has that.
in_zsh()
{
    timeout 60 zsh -f "$VP_SRCDIR/tests/lib/complete.zsh" "$data/zsh" "$1" 2>&1
}

# offers LINE WORD...: each shell offers the words and nothing else; zsh's list is without what is typed before '='
offers()
{
    line=$1
    shift
    wanted=$(printf '%s\n' "$@" | sort)
    is "bash: $line" "$(in_bash "virt-payload $line" | sed 's|/$||' | sort)" "$wanted"
    [ -z "$fish" ] || is "fish: $line" "$(in_fish "virt-payload $line" | sed 's|/$||' | sort)" "$wanted"
    [ -n "$zsh" ] || return
    shown=$(in_zsh "virt-payload $line")
    if [ $# = 1 ]; then
        like "zsh: $line, completed" "$shown" "<virt-payload .*$1[ /]?>"
    else
        listed=$(printf '%s\n' "$shown" | grep -v virt-payload | tr -s ' ' '\n' | sed 's|[/*]$||' | grep . | sort)
        is "zsh: $line" "$listed" "$(printf '%s\n' "$@" | sed 's/^-.*=//' | sort)"
    fi
    unlike "  no error is shown" "$shown" 'eval|not found|no such|bad |_virt_payload|invalid'
}

# nothing LINE: no shell offers anything
nothing()
{
    is "bash: $1: nothing" "$(in_bash "virt-payload $1")" ""
    [ -z "$fish" ] || is "fish: $1: nothing" "$(in_fish "virt-payload $1")" ""
    [ -z "$zsh" ] || like "zsh: $1: nothing" "$(in_zsh "virt-payload $1")" "<virt-payload $1>"
}

for shell in zsh fish; do
    eval "$shell=\$(command -v $shell)"
    eval "[ -n \"\$$shell\" ]" || skip "completion in $shell" "no $shell"
done

offers 'du' dump
offers 'help sho' show
offers 'dump --show' --show-secrets
nothing 'list --ex'
offers '--conn' --connect=

offers "-c $node_uri unset " db1 web1
offers "-c $node_uri set db1 w" web1
offers "--connect=$node_uri address w" web1
offers "ssh -c $node_uri " db1 web1
nothing "-c $node_uri ssh web1 "
offers "-c $node_uri unset web1 " hostname run-cmd user user=root user=root/password user=root/ssh-key write-file
offers "-c $node_uri unset web1 hostname run" run-cmd
offers "-c $node_uri dump web1 --file=" --file=openstack/latest/meta_data.json --file=openstack/latest/user_data
offers "-c $node_uri set db1 --from w" web1
offers '-c qemu:' qemu:///session qemu:///system
offers 'list --connect=qemu:///sy' --connect=qemu:///system

offers 'set x --expire-password=' --expire-password=no --expire-password=yes
offers 'set x --expire-password y' yes
offers 'set x --bus ' auto ide sata scsi usb virtio
offers 'set x --bus=s' --bus=sata --bus=scsi
offers 'set x --datasource n' nocloud
offers 'render --format v' vfat
offers 'wait --for ' address cloud-init ssh
offers "--config-file $conf set x --profile " berlin vienna

offers 'import x ' seed.iso sub user-data
offers 'render --seed u' user-data
offers 'render --seed user-data se' seed.iso
offers 'render --output=se' --output=seed.iso
offers 'set x --ssh-key u' user-data
offers 'set x --write-file=/etc/motd=u' --write-file=/etc/motd=user-data
nothing 'set x --write-file=u'
nothing 'set x --hostname u'
offers 'dump x --extract ' sub

# Nothing that is typed is run
for shell in bash ${fish:+fish} ${zsh:+zsh}; do
    "in_$shell" "virt-payload '\$(touch ran)' " >/dev/null
    "in_$shell" "virt-payload unset '\$(touch ran)' " >/dev/null
    ok "$shell: a command substitution in quotes is not run" test ! -e ran
done

# Nor is a guest's name: each shell puts it into the line as one word and nothing else.
# shellcheck disable=SC2016 # not to be run
hostile='h$(touch ran);touch ran #'\''"`touch ran`'
# shellcheck disable=SC2016 # as above
sed 's|>web1<|>h$(touch ran);touch ran #\&apos;\&quot;`touch ran`<|' "$web1" >"$tap_dir/hostile.xml"
node_guests=
node_guest shutoff "$tap_dir/hostile.xml"
is "a hostile name is a guest's" "$(virsh -q -c "$node_uri" list --all --name | head -n 1)" "$hostile"

# The last word of the command line, as that shell reads it
last_word()
{
    # shellcheck disable=SC2016 # for the shells
    "$1" -c 'eval "set -- $1"; eval "printf %s \"\${$#}\""' "$1" "$2"
}

is "bash: a guest's name is quoted" "$(last_word bash "$(in_bash "virt-payload -c $node_uri show h")")" "$hostile"
if [ -n "$zsh" ]; then
    line=$(in_zsh "virt-payload -c $node_uri show h" | sed -n 's/.*<\(virt-payload .*\)>.*/\1/p')
    is "zsh: a guest's name is quoted" "$(last_word zsh "$line")" "$hostile"
fi
[ -z "$fish" ] || is "fish: a guest's name is offered as it is" "$(in_fish "virt-payload -c $node_uri show h")" "$hostile"
ok "nothing in a guest's name is run" test ! -e ran

if [ -n "$zsh" ] && [ -e /etc/debian_version ]; then
    # shellcheck disable=SC2016 # for zsh
    like "the package's zsh completion is where Debian's zsh looks" "$(zsh -f -c 'print -l $fpath')" \
        "^$(sed -n 's/.*--with-zsh-completion-dir=//p' "$VP_SRCDIR/debian/rules")\$"
fi

done_testing
